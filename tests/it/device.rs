//! Phones whose login has ended in the field: what they sign is taken, and belongs to its person.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::Rewarders;
use tests::people::Person;
use tests::phone::{Phone, content_hash};
use tests::world::{import, login, submission};
use uuid::Uuid;

async fn own_reports(who: &Person) -> Vec<Value> {
    let mine = who.asks("{ myReports { nodes { id } } }", json!({})).await.ok();
    mine.data("myReports.nodes").as_array().unwrap().iter().map(|report| report["id"].clone()).collect()
}

fn receipt(answer: &Answer) -> Value {
    answer.data("submitReport.receipt").clone()
}

/// A phone that nobody has logged in with yet: taken, and its person's after the login.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_queue_older_than_its_login_belongs_to_its_person(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (phone, nobody) = (Phone::new(), Person::stranger(&app));
    let inputs = ["NAMED", "CONFIDENTIAL"].map(|naming| submission(Uuid::new_v4(), naming));
    assert_eq!(nobody.submits(&inputs[0]).await.code(), Some("UNAUTHENTICATED"), "without a signature");

    let sent = nobody.submits(&phone.signs(&inputs[0])).await.ok();
    assert_eq!(sent.text("submitReport.receipt.contentHash"), content_hash(&inputs[0]));
    let code = sent.text("submitReport.followUpCode");
    let again = nobody.submits(&phone.signs(&inputs[0])).await.ok();
    assert_eq!((receipt(&again), again.data("submitReport.replayed")), (receipt(&sent), &json!(true)));
    assert_eq!(again.text("submitReport.followUpCode"), code);
    let other = nobody.submits(&phone.signs(&inputs[1])).await.ok();

    let ann = Person::citizen(&app, "19900009991").await;
    assert!(own_reports(&ann).await.is_empty());
    assert_eq!(ann.registers(&phone).await.ok().data("registerDevice.adoptedReports"), &json!(2));
    assert_eq!(ann.registers(&phone).await.ok().data("registerDevice.adoptedReports"), &json!(0));
    let ids = [&other, &sent].map(|answer| answer.data("submitReport.receipt.reportId").clone());
    let mut mine = own_reports(&ann).await;
    mine.sort_by_key(|id| ids.iter().position(|known| known == id));
    assert_eq!(mine, ids);
    assert_eq!(receipt(&ann.submits(&inputs[0]).await.ok()), receipt(&sent), "by whatever login");
}

/// The login has ended, the phone is known: it belongs to its person at once, and earns them the award.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_known_phone_needs_no_login_to_report(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (phone, ann) = (Phone::new(), Person::citizen(&app, "19900009991").await);
    ann.registers(&phone).await.done();

    let sent = Person::stranger(&app).submits(&phone.signs(&submission(Uuid::new_v4(), "NAMED"))).await.ok();

    let report = sent.text("submitReport.receipt.reportId");
    assert_eq!(own_reports(&ann).await, [json!(report)]);
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let rewarders = Rewarders::log_in(&app).await;
    rewarders.approve(&rewarders.award_of(&clerk.confirms(report).await).await).await;
    let query = "query($id: UUID!) { myReport(id: $id) { award { status } } }";
    let award = ann.asks(query, json!({ "id": report })).await.ok();
    assert_eq!(award.text("myReport.award.status"), "NOTIFIED");
}

/// A key is one person's; a signature is for one submission; officers report by no phone.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_not_signed_by_its_phone_is_refused(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (phone, nobody) = (Phone::new(), Person::stranger(&app));
    let [ann, bob] = ["19900009991", "19900009992"].map(|number| Person::citizen(&app, number));
    let (ann, bob) = (ann.await, bob.await);
    ann.registers(&phone).await.done();
    let refused = bob.registers(&phone).await;
    assert_eq!((refused.code(), refused.extension("field")), (Some("INVALID_INPUT"), &json!("input.publicKey")));
    let register = "mutation($i: RegisterDeviceInput!) { registerDevice(input: $i) { adoptedReports } }";
    let unknown = json!({ "i": Phone::new().registration(&Uuid::new_v4().to_string()) });
    assert_eq!(nobody.asks(register, unknown.clone()).await.code(), Some("UNAUTHENTICATED"));
    let clerk = Person::officer(&app, "binyang-clerk").await;
    assert_eq!(clerk.registers(&Phone::new()).await.code(), Some("FORBIDDEN"));

    let input = submission(Uuid::new_v4(), "NAMED");
    let mut altered = phone.signs(&input);
    altered["text"] = json!("另一件事");
    let mut foreign = phone.signs(&input);
    foreign["device"]["publicKey"] = json!(Phone::new().public_key());
    for forged in [altered, foreign] {
        let refused = nobody.submits(&forged).await;
        assert_eq!(refused.extension("field"), &json!("input.device.signature"), "{}", refused.body);
    }
    assert_eq!(clerk.submits(&phone.signs(&input)).await.code(), Some("FORBIDDEN"));
    assert!(own_reports(&ann).await.is_empty());
}

/// A public key is no secret: whoever has only that takes no reports of its phone. Only the phone itself can sign the
/// session, and a signature is for one session.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_public_key_alone_takes_no_reports(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (phone, other) = (Phone::new(), Phone::new());
    let input = submission(Uuid::new_v4(), "NAMED");
    Person::stranger(&app).submits(&phone.signs(&input)).await.done();
    let [ann, thief] = ["19900009991", "19900009992"].map(|number| login(&app, "REPORTER", number));
    let (ann, thief) = (ann.await, thief.await);
    let (of_ann, of_thief) = (phone.registration(&ann.session_id()), other.registration(&thief.session_id()));
    let register = "mutation($i: RegisterDeviceInput!) { registerDevice(input: $i) { adoptedReports } }";
    let submitted = &phone.signs(&input)["device"]["signature"];
    for signature in [&json!(""), &of_thief["signature"], &of_ann["signature"], submitted] {
        let input = json!({ "i": { "publicKey": phone.public_key(), "signature": signature } });
        let refused = thief.post(register, input).await;
        assert_eq!(refused.extension("field"), &json!("input.signature"), "{}", refused.body);
    }
    let everybodys = BASE64_STANDARD.encode([[1; 1].as_slice(), &[0; 31]].concat());
    let input = json!({ "i": { "publicKey": everybodys, "signature": "" } });
    assert_eq!(thief.post(register, input).await.extension("field"), &json!("input.publicKey"));
    let taken = ann.post(register, json!({ "i": of_ann })).await.ok();
    assert_eq!(taken.data("registerDevice.adoptedReports"), &json!(1));
}

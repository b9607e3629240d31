//! Proxy reporting 代报: somebody hands a report in for a neighbour who has no phone. Nobody else learns of either, nobody
//! judges their own, and the award is the neighbour's.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::Rewarders;
use tests::people::Person;
use tests::phone::Phone;
use tests::world::{import, phone_of, submission};
use uuid::Uuid;

/// A submission on behalf of the owner of this number.
fn for_neighbour(naming: &str, phone: &str) -> Value {
    let mut input = submission(Uuid::new_v4(), naming);
    input["onBehalfOf"] = json!({ "name": "王小明", "phone": phone });
    input
}

async fn hands_in(who: &Person, input: &Value) -> String {
    who.submits(input).await.ok().text("submitReport.receipt.reportId").to_owned()
}

async fn on_behalf(who: &Person) -> Vec<Value> {
    let mine = who.asks("{ myReports { nodes { onBehalf } } }", json!({})).await.ok();
    mine.data("myReports.nodes").as_array().unwrap().iter().map(|report| report["onBehalf"].clone()).collect()
}

/// The one who hands it in follows it; the award waits for no other identity.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_award_is_collected_in_the_name_of_who_was_represented(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let report = hands_in(&ann, &for_neighbour("CONFIDENTIAL", "19900009992")).await;
    let own = ann.reports("NAMED").await;
    let (clerk, rewarders) = (Person::officer(&app, "binyang-clerk").await, Rewarders::log_in(&app).await);
    let award = rewarders.award_of(&clerk.confirms(&report).await).await;
    rewarders.approve(&award).await;

    ann.does("collectAward", json!({ "reportId": report })).await.done();

    assert_eq!(rewarders.pay(&award).await, "PAID");
    assert_eq!(on_behalf(&ann).await, [false, true], "newest first");
    let award = rewarders.award_of(&clerk.confirms(&own).await).await;
    rewarders.approve(&award).await;
    let refused = ann.does("collectAward", json!({ "reportId": own })).await;
    assert_eq!(refused.code(), Some("EVIDENCE_MISSING"), "an own report, whose author gave no identity");
}

/// A clerk neither reviews nor is paid for what was handed in for them.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_judges_what_was_handed_in_for_them(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let for_clerk = hands_in(&ann, &for_neighbour("NAMED", &phone_of("binyang-clerk"))).await;
    let for_leader = hands_in(&ann, &for_neighbour("NAMED", &phone_of("binyang-leader"))).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;

    let refused = clerk.does("confirmReport", json!({ "reportId": for_clerk, "reason": "属实" })).await;

    assert_eq!(refused.code(), Some("NOT_YOUR_OWN"), "{}", refused.body);
    let (hazard, rewarders) = (clerk.confirms(&for_leader).await, Rewarders::log_in(&app).await);
    rewarders.approve(&rewarders.award_of(&hazard).await).await;
    let refused = ann.does("collectAward", json!({ "reportId": for_leader })).await;
    assert_eq!(refused.code(), Some("DUTY_EXCLUDED"), "it was the leader's own duty: {}", refused.body);
}

/// Names and numbers are checked at the door, and an anonymous report names nobody.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_names_nobody_properly_is_refused(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let mut nameless = for_neighbour("NAMED", "19900009992");
    nameless["onBehalfOf"]["name"] = json!(" ");
    for (input, field) in [
        (for_neighbour("ANONYMOUS", "19900009992"), "input.onBehalfOf"),
        (for_neighbour("NAMED", "12345"), "input.onBehalfOf.phone"),
        (nameless, "input.onBehalfOf.name"),
    ] {
        let refused = ann.submits(&input).await;
        assert_eq!((refused.code(), refused.extension("field")), (Some("INVALID_INPUT"), &json!(field)));
        assert!(!refused.body.contains("19900009992"));
    }
}

/// From a queue: signed by the phone, sent twice, and the first word counts.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_phone_signs_for_a_neighbour_too(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (phone, nobody) = (Phone::new(), Person::stranger(&app));
    let mut input = phone.signs(&for_neighbour("NAMED", "19900009992"));
    let first = nobody.submits(&input).await.ok();
    input.as_object_mut().unwrap().remove("onBehalfOf");
    let again = nobody.submits(&input).await.ok();
    assert_eq!(first.data("submitReport.receipt"), again.data("submitReport.receipt"));

    let ann = Person::citizen(&app, "19900009991").await;
    ann.registers(&phone).await.done();
    assert_eq!(on_behalf(&ann).await, [true]);
}

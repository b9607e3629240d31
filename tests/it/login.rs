//! Logins that strangers try to prevent, and the ways in that stay open.

use std::process::Output;

use entity::vault::one_time_code;
use entity::{event, revision};
use futures::future::join_all;
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::app::{Engine, TestApp};
use tests::client::{Answer, Client};
use tests::people::Person;
use tests::phone::Phone;
use tests::scratch;
use tests::world::{import, login, phone_of, session};

const REQUEST_CODE: &str = "mutation($i: RequestCodeInput!) { requestCode(input: $i) { requestId endsAt } }";
const LOGIN: &str = "mutation($i: LoginInput!) { login(input: $i) { accessToken } }";
/// How many strangers ask for a code of each kind.
const STRANGERS: usize = 500;

async fn asks(client: &Client, input: Value) -> Answer {
    client.post(REQUEST_CODE, json!({ "i": input })).await
}

/// The codes that were sent to a number, as the development sender printed them.
fn sent_to(app: &TestApp, phone: &str) -> Vec<String> {
    let masked = format!("one-time code for {}****{} ", &phone[..3], &phone[7..]);
    app.process().output().into_iter().filter(|line| line.starts_with(&masked)).collect()
}

async fn enters(app: &TestApp, request: &Value, code: &str) -> Answer {
    app.client().post(LOGIN, json!({ "i": { "requestId": request, "code": code } })).await
}

/// Reads the code of a request from the message, and enters it.
async fn reads_and_enters(app: &TestApp, phone: &str, request: &Value) -> Answer {
    let (start, end, id) = (&phone[..3], &phone[7..], request.as_str().unwrap());
    let code = app.process().output_after(&format!("one-time code for {start}****{end} (request {id}): ")).await;
    enters(app, request, &code).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_officer_logs_in_after_a_thousand_requests_of_strangers(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let phone = phone_of("binyang-clerk");
    for _ in 0..STRANGERS / 50 {
        let some = (0..50).flat_map(|_| ["REPORTER", "OFFICER"]);
        let answers = join_all(some.map(|kind| asks(app.client(), json!({ "phone": phone, "kind": kind })))).await;
        answers.iter().for_each(Answer::done);
    }
    let clerk = session(&app, "OFFICER", &phone).await; // on a new phone, which has nothing to show
    let posts = app.client().with_token(&clerk.access).post("{ viewer { kind staffNo } }", json!({})).await.ok();
    assert_eq!((posts.text("viewer.kind"), posts.text("viewer.staffNo")), ("OFFICER", "binyang-clerk"));
    assert_eq!(sent_to(&app, &phone).len(), 2, "one message of each kind");
    let rows = one_time_code::Entity::find().count(&app.rows().await).await.unwrap();
    assert_eq!(rows, 2, "nothing was counted");
}

/// Strangers use up the codes of a number, by wrong guesses. Its owner still gets in.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_budget_that_strangers_have_spent_keeps_nobody_out(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (officer, reporter, key) = (phone_of("binyang-clerk"), "19900009991", Phone::new());
    // The sessions are of an earlier minute: the rows of their codes are gone.
    let clerk = session(&app, "OFFICER", &officer).await;
    let ann = Person::citizen(&app, reporter).await;
    ann.registers(&key).await.done();
    let signed_in = app.client().with_token(&clerk.access);
    signed_in.post("mutation { logout }", json!({})).await.done();
    one_time_code::Entity::delete_many().exec(&app.rows().await).await.unwrap();

    for (phone, kind) in [(officer.as_str(), "OFFICER"), (reporter, "REPORTER")] {
        let asked = asks(app.client(), json!({ "phone": phone, "kind": kind })).await.ok();
        let request = asked.data("requestCode.requestId");
        for _ in 0..5 {
            enters(&app, request, "no code").await.code().unwrap();
        }
        let limited = asks(app.client(), json!({ "phone": phone, "kind": kind })).await;
        assert_eq!(limited.code(), Some("RATE_LIMITED"), "{kind}");
    }

    let shown = json!({ "phone": officer, "kind": "OFFICER", "refreshToken": clerk.refresh });
    let asked = asks(app.client(), shown).await.ok();
    reads_and_enters(&app, &officer, asked.data("requestCode.requestId")).await.done();

    let proof = |signer: &Phone, kind: &str| {
        let signature = signer.signature(&format!("chuishao/code/1\n{kind}\n+86{reporter}"));
        json!({ "phone": reporter, "kind": "REPORTER",
            "device": { "publicKey": key.public_key(), "signature": signature } })
    };
    for wrong in [proof(&Phone::new(), "REPORTER"), proof(&key, "OFFICER")] {
        assert_eq!(asks(app.client(), wrong).await.code(), Some("RATE_LIMITED"), "it is ignored");
    }
    let asked = asks(app.client(), proof(&key, "REPORTER")).await.ok();
    reads_and_enters(&app, reporter, asked.data("requestCode.requestId")).await.done();

    let told = printed(&app.run(&["officer", "code", "binyang-clerk"]).await);
    let code = told.lines().find_map(|line| line.strip_prefix("login code for binyang-clerk: ")).unwrap();
    enters(&app, &Value::Null, code).await.done();
    assert_eq!(enters(&app, &Value::Null, code).await.extension("field"), &json!("input.code"), "once");
    let issued = event::Entity::find().filter(event::Column::Kind.eq("LOGIN_CODE_ISSUED"));
    let issued = issued.all(&app.rows().await).await.unwrap();
    assert!(issued.len() == 1 && issued[0].stream.starts_with("staff:") && !issued[0].payload.contains(&officer));
}

#[track_caller]
fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn officers_file(rows: &str) -> String {
    format!("staff_no,name,unit_code,phone,active\n{rows}")
}

async fn imports_officers(app: &TestApp, rows: &str) -> Output {
    let folder = scratch::folder();
    let file = folder.path().join("officers.csv");
    std::fs::write(&file, officers_file(rows)).unwrap();
    app.run(&["import", "officers", file.to_str().unwrap()]).await
}

async fn staff_no(client: &Client) -> String {
    client.post("{ viewer { staffNo } }", json!({})).await.ok().text("viewer.staffNo").to_owned()
}

/// Two officers exchange their numbers in one file, and a number moves on from one who has left.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn numbers_change_hands_in_one_file_and_end_the_sessions(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let [one, other] = ["command-1", "command-2"].map(phone_of);
    let first = session(&app, "OFFICER", &one).await;
    let signed_in = app.client().with_token(&first.access);
    assert_eq!(staff_no(&signed_in).await, "command-1");

    let taken = format!("command-1,指挥示例甲,520115-command-centre,{other},true\n");
    let refused = imports_officers(&app, &taken).await;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("line 2, column `phone`") && !said.contains(&other), "{said}");
    assert_eq!(staff_no(&signed_in).await, "command-1", "nothing was imported");

    let exchange = format!(
        "command-1,指挥示例甲,520115-command-centre,{other},true\ncommand-2,指挥示例乙,520115-command-centre,{one},true\n"
    );
    assert!(!printed(&imports_officers(&app, &exchange).await).contains("1990"));
    assert_eq!(signed_in.post("{ viewer { kind } }", json!({})).await.code(), Some("UNAUTHENTICATED"));
    let refresh = "mutation($t: String!) { refresh(refreshToken: $t) { accessToken } }";
    assert_eq!(app.client().post(refresh, json!({ "t": first.refresh })).await.code(), Some("UNAUTHENTICATED"));
    let events = event::Entity::find().filter(event::Column::Kind.eq("NUMBER_CHANGED")).all(&app.rows().await).await;
    assert!(events.as_ref().is_ok_and(|events| events.len() == 2));
    assert!(events.unwrap().iter().all(|event| !event.payload.contains("1990")));
    assert_eq!(staff_no(&login(&app, "OFFICER", &other).await).await, "command-1");

    let spare = "19911110009"; // a duty phone moves up: its first holder gets another number, and is listed later
    let moved = format!(
        "command-1,指挥示例甲,520115-command-centre,{one},true\ncommand-2,指挥示例乙,520115-command-centre,{spare},true\n"
    );
    printed(&imports_officers(&app, &moved).await);
    // Somebody without the keys cannot try out the numbers of a short file.
    let sum = hex::encode(Sha256::digest(officers_file(&moved)));
    let revisions = revision::Entity::find().all(&app.rows().await).await.unwrap();
    let events = event::Entity::find().all(&app.rows().await).await.unwrap();
    let is_known = |text: &String| text.contains(&sum);
    assert!(!revisions.iter().any(|row| is_known(&row.summary)) && !events.iter().any(|row| is_known(&row.payload)));
    assert_eq!(staff_no(&login(&app, "OFFICER", spare).await).await, "command-2");
}

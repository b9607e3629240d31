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
    // On a new phone, which has nothing to show: one of the two messages has the code.
    let asked = asks(app.client(), json!({ "phone": phone, "kind": "OFFICER" })).await.ok();
    let mut token = None;
    for message in sent_to(&app, &phone) {
        let code = message.rsplit(' ').next().unwrap();
        let entered = enters(&app, asked.data("requestCode.requestId"), code).await;
        token = token.or(entered.code().is_none().then(|| entered.text("login.accessToken").to_owned()));
    }
    let posts = app.client().with_token(token.unwrap()).post("{ viewer { kind staffNo } }", json!({})).await.ok();
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

    let mut requests = Vec::new();
    for (phone, kind) in [(officer.as_str(), "OFFICER"), (reporter, "REPORTER")] {
        for guess in 0..20 {
            if guess % 5 == 0 {
                requests.push(asks(app.client(), json!({ "phone": phone, "kind": kind })).await.ok());
            }
            let request = requests.last().unwrap().data("requestCode.requestId");
            enters(&app, request, "no code").await.code().unwrap();
        }
        requests.push(asks(app.client(), json!({ "phone": phone, "kind": kind })).await.ok());
    }
    let mut ids: Vec<&str> = requests.iter().map(|asked| asked.text("requestCode.requestId")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10, "every answer looks alike, also those without a message");

    let shown = json!({ "phone": officer, "kind": "OFFICER", "refreshToken": clerk.refresh });
    let asked = asks(app.client(), shown).await.ok();
    reads_and_enters(&app, &officer, asked.data("requestCode.requestId")).await.done();

    let proof = |signer: &Phone, kind: &str| {
        let signature = signer.signature(&format!("chuishao/code/1\n{kind}\n+86{reporter}"));
        json!({ "phone": reporter, "kind": "REPORTER",
            "device": { "publicKey": key.public_key(), "signature": signature } })
    };
    let sent = sent_to(&app, reporter).len();
    for wrong in [proof(&Phone::new(), "REPORTER"), proof(&key, "OFFICER")] {
        asks(app.client(), wrong).await.done(); // it is ignored
    }
    let asked = asks(app.client(), proof(&key, "REPORTER")).await.ok();
    reads_and_enters(&app, reporter, asked.data("requestCode.requestId")).await.done();
    assert_eq!(sent_to(&app, reporter).len(), sent + 1);

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

/// Whoever has left is logged out at once and for good: not even a return opens the old sessions again.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_officer_who_leaves_is_logged_out(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let number = phone_of("command-1");
    let before = session(&app, "OFFICER", &number).await;
    let told = printed(&app.run(&["officer", "code", "command-1"]).await);
    let code = told.lines().find_map(|line| line.strip_prefix("login code for command-1: ")).unwrap();
    let line = |active: bool| format!("command-1,指挥示例甲,520115-command-centre,{number},{active}\n");
    let refreshes = "mutation($t: String!) { refresh(refreshToken: $t) { accessToken } }";
    for active in [false, true, true] {
        printed(&imports_officers(&app, &line(active)).await);
        let refreshed = app.client().post(refreshes, json!({ "t": before.refresh })).await;
        assert_eq!(refreshed.code(), Some("UNAUTHENTICATED"), "{active}");
        let viewer = app.client().with_token(&before.access).post("{ viewer { kind } }", json!({})).await;
        assert_eq!(viewer.code(), Some("UNAUTHENTICATED"), "{active}");
        assert_eq!(enters(&app, &Value::Null, code).await.code(), Some("INVALID_INPUT"), "{active}");
    }
    let events = event::Entity::find().filter(event::Column::Kind.eq("LOGINS_ENDED")).all(&app.rows().await).await;
    assert_eq!(events.unwrap().len(), 2, "one when they left, one when they came back");
}

/// Options are visible to every user of the host, files are not.
#[tokio::test]
async fn a_command_reads_a_number_from_a_file() {
    let app = TestApp::start(Engine::Sqlite).await;
    import(&app).await;
    let folder = scratch::folder();
    let file = folder.path().join("number");
    std::fs::write(&file, "19955550001\n").unwrap();
    let from = ["--phone-file", file.to_str().unwrap()];
    printed(&app.run(&[&["reporter", "appoint", "--area", "520115001000"], &from[..]].concat()).await);
    printed(&app.run(&[&["reporter", "dismiss"], &from[..]].concat()).await);
    let both = app.run(&[&["reporter", "dismiss", "--phone", "19955550001"], &from[..]].concat()).await;
    assert!(!both.status.success());
}

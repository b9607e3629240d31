//! The lanes of submissions: many are written in one transaction, each is decided alone.

mod interruptions;

use entity::{clock, event, report};
use futures::future::join_all;
use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, Setup, TestApp};
use tests::client::Answer;
use tests::world::{SUBMIT, import, submission};
use uuid::Uuid;

pub(super) const SUBMIT_MANY: &str = "mutation($i: [SubmitReportInput!]!) { submitReports(inputs: $i) {
    submissionId accepted { replayed receipt { reportId signature } } refusal { code } } }";
const STATUS: &str =
    "query($ids: [UUID!]!) { submissionStatus(ids: $ids) { known receipt { signature } photos { id } } }";
/// A text that the database is made to refuse.
const POISON: &str = "毒丸";

pub(super) async fn sends(app: &TestApp, input: Value) -> Answer {
    app.client().post(SUBMIT, json!({ "i": input })).await
}

pub(super) fn saying(text: &str) -> Value {
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["text"] = json!(text);
    input
}

/// The value of a counter of the server.
async fn counter(app: &TestApp, series: &str) -> u64 {
    let metrics = app.metrics().await;
    let value = metrics.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    value.map_or(0, |text| text.parse().unwrap())
}

/// Makes the database refuse a report with [`POISON`], as it would one that the rules should not have let through.
async fn poison(rows: &DatabaseConnection, engine: Engine) {
    let sql = match engine {
        Engine::Sqlite => {
            format!(
                "CREATE TRIGGER poison BEFORE INSERT ON report WHEN NEW.text = '{POISON}' \
                 BEGIN SELECT RAISE(ABORT, 'poison'); END"
            )
        }
        Engine::Postgres => format!("ALTER TABLE report ADD CONSTRAINT poison CHECK (text <> '{POISON}')"),
    };
    rows.execute_unprepared(&sql).await.unwrap();
}

/// Every report has all that a submission writes.
pub(super) async fn nothing_is_half_written(rows: &DatabaseConnection, reports: u64) {
    assert_eq!(report::Entity::find().count(rows).await.unwrap(), reports);
    let events = event::Entity::find().filter(event::COLUMN.kind.eq("RECEIVED")).count(rows).await.unwrap();
    let clocks = clock::Entity::find().filter(clock::COLUMN.stream.starts_with("report:")).count(rows).await.unwrap();
    let authors = entity::vault::authorship::Entity::find().count(rows).await.unwrap();
    let secrets = entity::vault::report_secret::Entity::find().count(rows).await.unwrap();
    assert_eq!([events, clocks, authors, secrets], [reports; 4]);
}

/// Good and bad at once: what is wrong with one harms no other, and many share a transaction.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_of_many_at_once_is_decided_alone(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let kinds = [
        ("墙裂", "ANONYMOUS", None),
        ("", "ANONYMOUS", Some("INVALID_INPUT")),
        ("路灯\u{0}倒", "ANONYMOUS", Some("INVALID_INPUT")),
        ("井盖缺失", "NAMED", Some("UNAUTHENTICATED")),
    ];
    let sent = (0..200).map(async |number: usize| {
        let (text, naming, refused) = kinds[number % kinds.len()];
        let mut input = saying(text);
        input["naming"] = json!(naming);
        (sends(&app, input).await, refused)
    });

    for (answer, refused) in join_all(sent).await {
        assert_eq!(answer.code(), refused, "{}", answer.body);
    }

    nothing_is_half_written(&app.rows().await, 50).await;
    let batches = counter(&app, "intake_batches_total{lane=\"ordinary\"}").await;
    assert!((1..100).contains(&batches), "100 got as far as the lane, in {batches} transactions");
}

/// In one call: replays, the same id twice, the same id with other content, and what is refused.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn replays_within_a_batch_give_one_receipt(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let before = saying("坡面塌方");
    let first = sends(&app, before.clone()).await.ok();
    let (twice, mut changed) = (saying("电线垂落"), before.clone());
    changed["text"] = json!("另一段文字");
    let mut inputs = vec![before, twice.clone(), saying(""), twice.clone(), changed, twice];
    inputs.extend((0..14).map(|_| saying("积水")));

    let answer = app.client().post(SUBMIT_MANY, json!({ "i": inputs })).await.ok();

    let told = answer.data("submitReports").as_array().unwrap();
    let receipt = |at: usize| told[at]["accepted"]["receipt"]["signature"].as_str().unwrap_or_default();
    assert_eq!(receipt(0), first.text("submitReport.receipt.signature"));
    assert_eq!(told[0]["accepted"]["replayed"], true);
    assert_eq!(told[2]["refusal"]["code"], "INVALID_INPUT");
    assert_eq!(told[4]["refusal"]["code"], "CONTENT_CHANGED");
    assert!(!receipt(1).is_empty() && receipt(1) == receipt(3) && receipt(3) == receipt(5));
    let new = told.iter().filter(|one| one["accepted"]["replayed"] == false).count();
    assert_eq!(new, 15);
    nothing_is_half_written(&app.rows().await, 16).await;
}

/// A report that the database itself refuses is alone in that.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_the_database_refuses_fails_no_neighbour(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    poison(&app.rows().await, app.engine()).await;
    app.expect_in_log("written one by one");
    app.expect_in_log("a submission failed");
    let mut inputs: Vec<Value> = (0..20).map(|_| saying("墙裂")).collect();
    inputs[10] = saying(POISON);
    inputs[13] = inputs[12].clone();

    let answer = app.client().post(SUBMIT_MANY, json!({ "i": inputs })).await.ok();

    let told = answer.data("submitReports").as_array().unwrap();
    for (at, one) in told.iter().enumerate() {
        assert_eq!(one["refusal"]["code"] == "INTERNAL", at == 10, "{at}: {one}");
    }
    assert_eq!(told[12]["accepted"]["receipt"], told[13]["accepted"]["receipt"]);
    nothing_is_half_written(&app.rows().await, 18).await;
}

/// Asking for a hundred runs as many statements as asking for one.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_status_of_many_costs_what_one_costs(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let inputs: Vec<Value> = (0..20).map(|_| saying("墙裂")).collect();
    app.client().post(SUBMIT_MANY, json!({ "i": inputs })).await.done();
    let mut ids: Vec<Value> = inputs.iter().map(|input| input["submissionId"].clone()).collect();
    ids.resize(100, json!(Uuid::new_v4()));
    let statements = "chuishao_request_sql_statements_sum{graphql_root_field=\"submissionStatus\"}";

    let one = app.client().post(STATUS, json!({ "ids": ids[..1] })).await.ok();
    let of_one = counter(&app, statements).await;
    let many = app.client().post(STATUS, json!({ "ids": ids })).await.ok();
    let of_many = counter(&app, statements).await - of_one;

    assert_eq!(one.data("submissionStatus.0.known"), &json!(true));
    let known = many.data("submissionStatus").as_array().unwrap().iter().filter(|one| one["known"] == true);
    assert_eq!((known.count(), of_many), (20, of_one));
    assert!(of_one > 0);
}

/// Who finds the queue full is told to come back, and the same submission then gets its receipt.
#[tokio::test]
async fn a_full_queue_turns_away() {
    let app =
        Setup::on(Engine::Sqlite).set("CHUISHAO_INTAKE_BATCH", "2").set("CHUISHAO_INTAKE_QUEUE", "4").start().await;
    import(&app).await;
    let inputs: Vec<Value> = (0..20).map(|_| saying("积水")).collect();

    let answer = app.client().post(SUBMIT_MANY, json!({ "i": inputs })).await.ok();
    let told = answer.data("submitReports").as_array().unwrap();
    let away = told.iter().filter(|one| one["refusal"]["code"] == "TRY_LATER").count();
    assert!((1..=16).contains(&away), "{away} were turned away");

    for input in inputs {
        sends(&app, input).await.done();
    }
    nothing_is_half_written(&app.rows().await, 20).await;
}

//! The lanes of submissions: many are written in one transaction, each is decided alone.

use std::time::Duration;

use entity::{clock, event, report};
use futures::future::join_all;
use reqwest::Method;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, Settings, Setup, TestApp, run};
use tests::client::{Answer, Client};
use tests::postgres::{Cluster, Flush};
use tests::repeat::times;
use tests::waiting::until;
use tests::world::{SUBMIT, import, submission};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use uuid::Uuid;

pub(super) const SUBMIT_MANY: &str = "mutation($i: [SubmitReportInput!]!) { submitReports(inputs: $i) {
    submissionId accepted { replayed receipt { reportId signature } } refusal { code } } }";
const STATUS: &str =
    "query($ids: [UUID!]!) { submissionStatus(ids: $ids) { known receipt { signature } photos { id } } }";
/// A text that the database is made to refuse.
const POISON: &str = "毒丸";
/// Says how many clients hang up.
const DROPS: &str = "CHUISHAO_TEST_DROPS";

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
    let metrics = app.client().send(Method::GET, "/metrics", None, "").await.body;
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

tests::on_both_engines! {
    /// Good and bad at once: what is wrong with one harms no other, and many share a transaction.
    async fn each_of_many_at_once_is_decided_alone(app: TestApp) {
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
    async fn replays_within_a_batch_give_one_receipt(app: TestApp) {
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
    async fn what_the_database_refuses_fails_no_neighbour(app: TestApp) {
        import(&app).await;
        poison(&app.rows().await, app.engine()).await;
        app.expect_in_log("each is written alone");
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
    async fn a_status_of_many_costs_what_one_costs(app: TestApp) {
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

/// Sends a submission and hangs up after so long.
async fn hangs_up(app: &TestApp, input: &Value, after: Duration) {
    let body = json!({ "query": SUBMIT, "variables": { "i": input } }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut connection = TcpStream::connect(app.client().address()).await.unwrap();
    connection.write_all((head + &body).as_bytes()).await.unwrap();
    tokio::time::sleep(after).await; // the moment of the cut, not a wait for something
}

/// Clients that go away at any moment leave no transaction open and no report in part.
#[tokio::test]
async fn who_hangs_up_leaves_nothing_open() {
    let app = Setup::on(Engine::Postgres).set("CHUISHAO_DATABASE_CONNECTIONS", "4").start().await;
    import(&app).await;
    let inputs: Vec<Value> = (0..times(DROPS, 400)).map(|_| saying("墙裂")).collect();
    for some in inputs.chunks(32) {
        let cuts = some.iter().zip(0_u64..).map(|(input, at)| {
            let after = Duration::from_micros(Uuid::new_v4().as_u64_pair().0 % 200 * at);
            hangs_up(&app, input, after)
        });
        join_all(cuts).await;
    }

    let rows = app.rows().await;
    until("no session in a transaction", async || {
        let open = left_in_a_transaction(&rows).await;
        if open == 0 { Ok(()) } else { Err(open) }
    })
    .await;
    for input in &inputs {
        // It may still be writing what nobody waits for any more, and tell others to come later.
        until("a receipt", async || {
            let answer = sends(&app, input.clone()).await;
            if answer.code().is_none() { Ok(()) } else { Err(answer.body) }
        })
        .await;
    }
    nothing_is_half_written(&rows, inputs.len() as u64).await;
    let open = left_in_a_transaction(&rows).await;
    println!("{} clients hung up; {open} sessions are left in a transaction", inputs.len());
    assert_eq!(open, 0);
}

/// Sessions of this database that nobody uses, in the middle of a transaction.
async fn left_in_a_transaction(rows: &DatabaseConnection) -> i64 {
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                AND state LIKE 'idle in transaction%' AND state_change < now() - interval '1 second'";
    let row = rows.query_one_raw(sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, open)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Waits until the server has tried to write, and did, without a report of anybody.
async fn finds_that_it_can_write(app: &TestApp) {
    until("the server to find by itself that it can write", async || {
        let ready = app.client().send(Method::GET, "/readyz", None, "").await;
        if ready.status == 200 && ready.json["writes"] == true { Ok(()) } else { Err(ready.body) }
    })
    .await;
}

/// The database goes away without a word and comes back: meanwhile everybody is told when to try again.
#[tokio::test]
async fn while_the_database_is_away_everybody_is_told_to_come_back() {
    let mut cluster = Cluster::start(Flush::Always);
    let migrated = run(&["migrate"], &Settings::new().set("CHUISHAO_DATABASE_URL", cluster.url())).await;
    assert!(migrated.status.success());
    let app = Setup::on(Engine::Postgres).set("CHUISHAO_DATABASE_URL", cluster.url()).start().await;
    for word in [
        "the database is not answering",
        "will try again",
        "will be tried again",
        "slow",
        "terminating connection",
        "testing the connection",
    ] {
        app.expect_in_log(word);
    }
    import(&app).await;
    let kept = saying("墙裂");
    let receipt = sends(&app, kept.clone()).await.ok().text("submitReport.receipt.signature").to_owned();

    cluster.crash();
    let lost: Vec<Value> = (0..40).map(|_| saying("积水")).collect();
    for answer in join_all(lost.iter().map(|input| sends(&app, input.clone()))).await {
        assert_eq!((answer.status.as_u16(), answer.code()), (503, Some("TRY_LATER")), "{}", answer.body);
        assert!(answer.headers.contains_key("retry-after"));
    }
    assert_eq!(app.client().send(Method::GET, "/livez", None, "").await.status, 200);

    cluster.restart();
    finds_that_it_can_write(&app).await;
    // The start took so long that the server may be closing the connections that are kept open.
    let phone = Client::new(app.client().address());
    let sends = async |input: &Value| phone.post(SUBMIT, json!({ "i": input })).await;
    until("the server to take reports again", async || {
        let answer = sends(&lost[0]).await;
        if answer.code().is_none() { Ok(()) } else { Err(answer.body) }
    })
    .await;
    for input in &lost {
        sends(input).await.done();
    }
    let again = sends(&kept).await.ok();
    assert_eq!(again.text("submitReport.receipt.signature"), receipt);
}

//! Whose turn it is: who sees something now does not stand behind the queues of phones, nor an emergency behind anybody.

use entity::report;
use futures::FutureExt;
use futures::future::{LocalBoxFuture, join_all};
use futures::stream::{FuturesUnordered, StreamExt};
use rstest::rstest;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, PaginatorTrait, Statement, TransactionTrait,
};
use serde_json::{Value, json};
use tests::app::{Engine, Setup, TestApp};
use tests::client::Answer;
use tests::waiting::until;
use tests::world::{emergency, import};
use uuid::Uuid;

use super::intake_batching::{SUBMIT_MANY, nothing_is_half_written, saying, sends};

/// With small batches and few places a storm is a long queue. What passes it is answered while most of the storm waits.
async fn passes<'a>(
    app: &'a TestApp,
    storm: impl Iterator<Item = LocalBoxFuture<'a, Answer>>,
    passing: impl Future<Output = Answer> + 'a,
) {
    let told = |answer: Answer| {
        answer.done();
        false
    };
    let mut waiting: FuturesUnordered<_> = storm.map(|call| call.map(told).boxed_local()).collect();
    let calls = waiting.len();
    waiting.next().await; // by now the others wait, or nearly all of them
    let passing = async {
        assert_eq!(passing.await.ok().data("submitReport.replayed"), &json!(false));
        true
    };
    waiting.push(passing.boxed_local());

    let mut answered = 0;
    while let Some(false) = waiting.next().await {
        answered += 1;
    }

    assert!(answered < calls / 2, "{answered} of {calls} calls of the storm were answered before it");
    while waiting.next().await.is_some() {}
    let reports = report::Entity::find().count(&app.rows().await).await.unwrap();
    nothing_is_half_written(&app.rows().await, reports).await;
}

fn narrow(engine: Engine) -> Setup {
    let setup = Setup::on(engine).set("CHUISHAO_INTAKE_BATCH", "4").set("CHUISHAO_IN_FLIGHT", "16");
    setup.set("CHUISHAO_QUEUE", "1000").set("CHUISHAO_DEADLINE_SECONDS", "60")
}

/// The phones of a valley come back at once; who sees something now does not stand behind their queues.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_live_report_passes_the_queues_of_phones(#[case] engine: Engine) {
    let app = narrow(engine).start().await;
    import(&app).await;
    let returning = (0..40).map(|_| {
        let inputs: Vec<Value> = (0..20).map(|_| saying("积水")).collect();
        app.client().post(SUBMIT_MANY, json!({ "i": inputs })).boxed_local()
    });
    passes(&app, returning, sends(&app, saying("墙裂"))).await;
}

/// Everybody sees the storm and says so; who is in danger does not stand behind them.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_emergency_passes_a_storm(#[case] engine: Engine) {
    let app = narrow(engine).start().await;
    import(&app).await;
    let everybody = (0..400).map(|_| sends(&app, saying("积水")).boxed_local());
    passes(&app, everybody, sends(&app, emergency(Uuid::new_v4(), "ANONYMOUS"))).await;
}

/// Who asks for something else may hold every other connection: an anonymous report is written all the same.
#[tokio::test]
async fn a_report_passes_those_who_hold_all_other_connections() {
    let app = Setup::on(Engine::Postgres).set("CHUISHAO_DATABASE_CONNECTIONS", "4").start().await;
    import(&app).await;
    sends(&app, saying("路灯坏了")).await.done(); // the rules have been read
    let rows = app.rows().await;
    let locking = rows.begin().await.unwrap();
    locking.execute_unprepared("LOCK TABLE one_time_code IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let asks = "mutation($i: RequestCodeInput!) { requestCode(input: $i) { requestId } }";
    let input = json!({ "i": { "phone": "19900009991", "kind": "REPORTER" } });
    let held = join_all((0..4).map(|_| app.client().post(asks, input.clone())));
    let passing = async {
        until("two backends that wait for the lock", async || match waiting_for_a_lock(&rows).await {
            2 => Ok(()),
            others => Err(others),
        })
        .await;
        for input in [saying("墙裂"), emergency(Uuid::new_v4(), "ANONYMOUS")] {
            assert_eq!(sends(&app, input).await.ok().data("submitReport.replayed"), &json!(false));
        }
        locking.rollback().await.unwrap();
    };
    let (held, ()) = tokio::join!(held, passing);
    held.iter().for_each(Answer::done); // they were only made to wait
}

async fn waiting_for_a_lock(rows: &DatabaseConnection) -> i64 {
    let ask = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let row = rows.query_one_raw(Statement::from_string(DbBackend::Postgres, ask)).await;
    row.unwrap().unwrap().try_get_by_index(0).unwrap()
}

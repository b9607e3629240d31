//! Whose turn it is: who sees something now does not stand behind the queues of phones, nor an emergency behind anybody.

use entity::report;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use futures::stream::{FuturesUnordered, StreamExt};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use tests::app::{Engine, Setup, TestApp};
use tests::client::Answer;
use tests::world::{emergency, import};
use uuid::Uuid;

use super::lane::{SUBMIT_MANY, nothing_is_half_written, saying, sends};

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
async fn a_live_report_passes(engine: Engine) {
    let app = narrow(engine).start().await;
    import(&app).await;
    let returning = (0..40).map(|_| {
        let inputs: Vec<Value> = (0..20).map(|_| saying("积水")).collect();
        app.client().post(SUBMIT_MANY, json!({ "i": inputs })).boxed_local()
    });
    passes(&app, returning, sends(&app, saying("墙裂"))).await;
}

/// Everybody sees the storm and says so; who is in danger does not stand behind them.
async fn an_emergency_passes(engine: Engine) {
    let app = narrow(engine).start().await;
    import(&app).await;
    let everybody = (0..400).map(|_| sends(&app, saying("积水")).boxed_local());
    passes(&app, everybody, sends(&app, emergency(Uuid::new_v4(), "ANONYMOUS"))).await;
}

#[tokio::test]
async fn sqlite_a_live_report_passes_the_queues_of_phones() {
    a_live_report_passes(Engine::Sqlite).await;
}

#[tokio::test]
async fn postgres_a_live_report_passes_the_queues_of_phones() {
    a_live_report_passes(Engine::Postgres).await;
}

#[tokio::test]
async fn sqlite_an_emergency_passes_a_storm() {
    an_emergency_passes(Engine::Sqlite).await;
}

#[tokio::test]
async fn postgres_an_emergency_passes_a_storm() {
    an_emergency_passes(Engine::Postgres).await;
}

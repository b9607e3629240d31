//! Tests payments that fail, have an unknown outcome, or are interrupted by a crash.

use std::time::Duration;

use chrono::TimeDelta;
use domain::award::{Account, AwardStatus};
use entity::payment;
use rstest::rstest;
use sea_orm::{EntityTrait, QueryOrder};

use super::Scene;
use crate::database::Engine;
use crate::error::ApiResult;
use crate::reward::payment::{settle_asked_before, settle_open};
use crate::reward::service;
use crate::testing::refused;

async fn payments(scene: &Scene) -> Vec<payment::Model> {
    let rows = payment::Entity::find().order_by_asc(payment::COLUMN.attempt);
    rows.all(scene.world.app.db()).await.unwrap()
}

async fn settle(scene: &Scene) -> ApiResult<u64> {
    let app = &scene.world.app;
    settle_asked_before(app, app.now() + TimeDelta::seconds(1)).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_that_nobody_knows_of_is_settled_under_its_key_and_paid_once(#[case] engine: Engine) {
    let scene = Scene::collected(engine, 10_017).await;
    assert_eq!(scene.pay().await.status, AwardStatus::Unknown);
    assert_eq!(scene.balances().await, vec![(Account::Budget, -10_017), (Account::Clearing, 10_017)]);
    assert_eq!(settle_open(&scene.world.app).await.unwrap(), 0, "it is younger than a minute");
    assert_eq!(settle(&scene).await.unwrap(), 1);
    assert_eq!(settle(&scene).await.unwrap(), 0);
    assert_eq!(scene.status().await, AwardStatus::Paid);
    assert_eq!(scene.balances().await, vec![(Account::Budget, -10_017), (Account::Paid, 10_017)]);
    let payments = payments(&scene).await;
    assert_eq!((payments.len(), payments[0].status.as_str()), (1, payment::PAID));
    assert!(payments[0].reference.is_some());
    assert_eq!(scene.world.payer.paid().0, 1);
    scene.assert_replays().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_that_failed_may_be_started_again(#[case] engine: Engine) {
    let scene = Scene::collected(engine, 10_014).await;
    assert_eq!(scene.pay().await.status, AwardStatus::Failed);
    assert_eq!(scene.balances().await, vec![(Account::Budget, -10_014), (Account::Payable, 10_014)]);
    let paid = scene.pay().await;
    assert_eq!((paid.status, paid.attempt), (AwardStatus::Paid, 2));
    let payments = payments(&scene).await;
    let told: Vec<_> = payments.iter().map(|row| (row.attempt, row.status.as_str())).collect();
    assert_eq!(told, [(1, payment::FAILED), (2, payment::PAID)]);
    assert_ne!(payments[0].id, payments[1].id, "each attempt has its own key");
    assert_eq!((scene.world.payer.paid().0, scene.balances().await.len()), (1, 2));
    scene.assert_replays().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_payment_that_fails_while_the_hazard_is_open_again_waits_for_its_closure(#[case] engine: Engine) {
    let scene = Scene::collected(engine, 10_013).await;
    scene.world.payer.hang(true);
    let app = &scene.world.app;
    let cut = tokio::time::timeout(Duration::from_millis(300), service::pay(app, &scene.finance, scene.step())).await;
    assert!(cut.is_err());
    scene.reopen().await;
    assert_eq!(scene.status().await, AwardStatus::Paying, "what is on its way is not held");
    scene.world.payer.hang(false);
    assert_eq!(settle(&scene).await.unwrap(), 1);
    let row = scene.row().await;
    assert_eq!((row.status, row.held_from), (AwardStatus::Held, Some(AwardStatus::Failed)));
    assert_eq!(scene.balances().await, vec![(Account::Budget, -10_013), (Account::Payable, 10_013)]);
    let refused_now = refused(service::pay(app, &scene.finance, scene.step()).await);
    assert_eq!(refused_now, Some((domain::Code::IllegalMove, Some("award.collected"))));
    scene.resume().await;
    assert_eq!(scene.status().await, AwardStatus::Failed);
    scene.assert_replays().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_crash_between_the_order_and_the_answer_pays_once(#[case] engine: Engine) {
    let scene = Scene::collected(engine, 10_000).await;
    let app = &scene.world.app;
    // The process crashes after the order is committed and before the provider is called.
    let step = scene.step();
    scene.world.payer.hang(true);
    let cut = tokio::time::timeout(Duration::from_millis(300), service::pay(app, &scene.finance, step)).await;
    assert!(cut.is_err());
    scene.world.payer.hang(false);
    assert_eq!(
        (scene.status().await, payments(&scene).await[0].status.as_str()),
        (AwardStatus::Paying, payment::ASKED)
    );
    // Two processes settle the payment concurrently while the officer repeats the request.
    let (one, two, again) = tokio::join!(settle(&scene), settle(&scene), service::pay(app, &scene.finance, step));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(again.unwrap().id, scene.award);
    assert_eq!((scene.status().await, scene.world.payer.paid().0), (AwardStatus::Paid, 1));
    assert_eq!(payments(&scene).await.len(), 1);
    let twice = refused(service::pay(app, &scene.finance, scene.step()).await);
    assert_eq!(twice, Some((domain::Code::IllegalMove, Some("award.collected"))));
    scene.assert_replays().await;
}

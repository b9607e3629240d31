//! Tests awards that are held, reassigned to another report, or forfeited.

use domain::Code;
use domain::award::{Account, AwardStatus};
use domain::clock::{ClockKind, ClockState};
use domain::report::ReportStatus;
use entity::award;
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::{PHONE, Scene};
use crate::database::Engine;
use crate::journal::Stream;
use crate::policy::clocks;
use crate::reward::service::{self, forfeit_overdue};
use crate::testing::{days_ago, refused};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_hazard_has_one_award(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    scene.propose(scene.report, 10_000).await.unwrap();
    assert_eq!(award::Entity::find().count(scene.world.app.db()).await.unwrap(), 1);
    assert_eq!(scene.kinds().await, ["PROPOSED"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_award_of_nothing_is_not_proposed(#[case] engine: Engine) {
    let mut scene = Scene::new(engine, 10_000).await;
    scene.hazard = scene.world.hazard().await;
    scene.propose(scene.report, 0).await.unwrap();
    assert_eq!(award::Entity::find().count(scene.world.app.db()).await.unwrap(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_follows_the_first_true_report_until_it_is_approved(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    scene.review().await;
    let first = scene.world.report(ReportStatus::Merged, Some(scene.hazard)).await;
    assert_eq!(scene.row().await.basis, "举报奖励办法");
    scene.propose_under("新的奖励办法", first, 10_000).await.unwrap();
    let row = scene.row().await;
    assert_eq!((row.status, row.report_id, row.reviewed_by), (AwardStatus::Proposed, first, None));
    assert_eq!(row.basis, "新的奖励办法", "the basis is that of the report");
    scene.review().await;
    scene.approve().await;
    scene.propose(scene.report, 10_000).await.unwrap();
    let row = scene.row().await;
    assert_eq!((row.report_id, row.basis.as_str()), (first, "新的奖励办法"), "frozen");
    assert_eq!(refused(scene.collect().await), Some((Code::NotFound, None)), "not of the second");
    scene.assert_replays().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_waits_while_its_hazard_is_open_again(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    scene.hold().await;
    scene.hold().await;
    assert_eq!(scene.status().await, AwardStatus::Held);
    let answer = service::review(&scene.world.app, &scene.reviewer, scene.step()).await;
    assert_eq!(refused(answer), Some((Code::IllegalMove, Some("award.reviewed_once"))));
    scene.resume().await;
    scene.resume().await;
    scene.review().await;
    scene.approve().await;
    let due = scene.row().await.collect_due.unwrap();
    scene.hold().await;
    assert_eq!(scene.row().await.held_from, Some(AwardStatus::Notified));
    scene.resume().await;
    let row = scene.row().await;
    assert!(row.status == AwardStatus::Notified && row.held_from.is_none() && row.collect_due.unwrap() >= due);
    scene.give_identity(PHONE).await;
    scene.collect().await.unwrap();
    scene.pay().await;
    scene.hold().await;
    assert_eq!(scene.status().await, AwardStatus::Paid, "what was paid does not wait");
    scene.assert_replays().await;
}

/// Sets the collection deadline to yesterday.
async fn let_the_days_pass(scene: &Scene) {
    let late = award::ActiveModel {
        id: Set(scene.award),
        collect_due: Set(Some(days_ago(&scene.world.app, 1))),
        ..award::ActiveModel::default()
    };
    let done = scene.world.write(async |txn| award::Entity::update(late.clone()).exec(txn).await).await;
    done.unwrap();
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_nobody_collects_goes_back_to_the_budget(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    scene.review().await;
    scene.approve().await;
    scene.give_identity(PHONE).await;
    assert_eq!(forfeit_overdue(&scene.world.app).await.unwrap(), 0);
    let_the_days_pass(&scene).await;
    assert_eq!(refused(scene.collect().await), Some((Code::IllegalMove, Some("award.collected_in_time"))));
    assert_eq!(forfeit_overdue(&scene.world.app).await.unwrap(), 1);
    assert_eq!(forfeit_overdue(&scene.world.app).await.unwrap(), 0);
    assert_eq!((scene.status().await, scene.balances().await), (AwardStatus::Forfeited, vec![]));
    assert_eq!(refused(scene.collect().await), Some((Code::IllegalMove, Some("award.notified"))));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_held_award_is_not_forfeited(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    scene.review().await;
    scene.approve().await;
    scene.hold().await;
    let_the_days_pass(&scene).await;
    assert_eq!(forfeit_overdue(&scene.world.app).await.unwrap(), 0);
    let promised = vec![(Account::Budget, -10_000), (Account::Committed, 10_000)];
    assert_eq!((scene.status().await, scene.balances().await), (AwardStatus::Held, promised));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_step_that_is_due_has_one_running_clock(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    let running = async || {
        let clocks = clocks::load(scene.world.app.db(), Stream::Award(scene.award)).await.unwrap();
        let running = clocks.into_iter().filter(|clock| clock.state == ClockState::Running);
        running.map(|clock| clock.key.kind).collect::<Vec<_>>()
    };
    assert_eq!(running().await, [ClockKind::ReviewAward]);
    scene.review().await;
    assert_eq!(running().await, [ClockKind::ApproveAward]);
    scene.approve().await;
    assert_eq!(running().await, [ClockKind::Collect]);
    scene.hold().await;
    assert_eq!(running().await, []);
    scene.resume().await;
    scene.give_identity(PHONE).await;
    scene.collect().await.unwrap();
    assert_eq!(running().await, [ClockKind::Pay]);
    scene.pay().await;
    assert_eq!(running().await, []);
    let award = scene.row().await;
    assert_eq!(award.paid_at, award.last_at, "no step precedes the collection, whose time is rounded up");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_proposed_while_its_hazard_is_open_again_waits_for_the_closure(#[case] engine: Engine) {
    let mut scene = Scene::new(engine, 10_000).await;
    scene.hazard = scene.world.hazard().await;
    scene.reopen().await;
    scene.propose(scene.report, 10_000).await.unwrap();
    scene.award = scene.row().await.id;
    let row = scene.row().await;
    assert_eq!((row.status, row.held_from), (AwardStatus::Held, Some(AwardStatus::Proposed)));
    scene.propose(scene.report, 10_000).await.unwrap();
    assert_eq!(scene.kinds().await, ["PROPOSED", "HELD"]);
    let answer = service::review(&scene.world.app, &scene.reviewer, scene.step()).await;
    assert_eq!(refused(answer), Some((Code::IllegalMove, Some("award.reviewed_once"))));
    scene.resume().await;
    scene.review().await;
    scene.assert_replays().await;
}

//! Tests the award lifecycle from proposal to payment, and which actors are rejected at which step.

use domain::Code;
use domain::award::{Account, AwardStatus};
use domain::id::{PostId, ReportId};
use domain::refusal::Language;
use domain::staff::Role;
use entity::{note, request};
use rstest::rstest;
use sea_orm::{EntityTrait, PaginatorTrait};
use uuid::Uuid;

use super::{PHONE, Scene, officer_id};
use crate::caller::{Caller, Who};
use crate::database::Engine;
use crate::identity::Phone;
use crate::identity::officer_numbers::{self, NewNumber};
use crate::reward::service::{self, AwardStep};
use crate::testing::{TOWNSHIP, author, caller, refused};

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_award_goes_from_its_proposal_to_its_reporter(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    assert_eq!(scene.status().await, AwardStatus::Proposed);
    scene.review().await;
    assert_eq!((scene.status().await, scene.balances().await), (AwardStatus::Reviewed, vec![]));
    scene.approve().await;
    let promised = vec![(Account::Budget, -10_000), (Account::Committed, 10_000)];
    assert_eq!((scene.status().await, scene.balances().await), (AwardStatus::Notified, promised));
    assert_eq!(refused(scene.collect().await), Some((Code::EvidenceMissing, Some("award.payee_verified"))));
    scene.give_identity(PHONE).await;
    assert_eq!(scene.collect().await.unwrap().status, AwardStatus::Collected);
    let paid = scene.pay().await;
    assert_eq!((paid.status, paid.attempt, paid.paid_at.is_some()), (AwardStatus::Paid, 1, true));
    assert_eq!(scene.balances().await, vec![(Account::Budget, -10_000), (Account::Paid, 10_000)]);
    assert_eq!(scene.world.payer.paid().0, 1);
    let story = ["PROPOSED", "REVIEWED", "APPROVED", "NOTIFIED", "COLLECTED", "PAYMENT_STARTED", "PAID"];
    assert_eq!(scene.kinds().await, story);
    scene.assert_replays().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_notice_follows_the_approval_and_is_nobodys_act(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    scene.review().await;
    scene.approve().await;
    let actors: Vec<_> = scene.events().await.into_iter().map(|event| (event.actor, event.post.is_some())).collect();
    let expected = [
        (Some(scene.verifier), false),
        (Some(officer_id(&scene.reviewer)), true),
        (Some(officer_id(&scene.approver)), true),
        (None, false),
    ];
    assert_eq!(actors, expected);
    let row = scene.row().await;
    let days = (row.collect_due.unwrap() - scene.events().await[3].occurred_at).num_days();
    assert_eq!(days, 60);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_person_takes_two_steps_that_need_two(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    let app = &scene.world.app;
    // This officer holds every role that may act on awards.
    let roles = [Role::RewardOfficer, Role::DepartmentLeader, Role::FinanceOfficer];
    let one = caller(roles.map(|role| scene.world.post(role, TOWNSHIP)).to_vec());
    let other_hats = |who: &Caller| {
        let Who::Officer(mut officer) = one.who.clone() else { panic!("an officer") };
        officer.id = officer_id(who);
        Caller { who: Who::Officer(officer), session: None, language: Language::Chinese }
    };
    let not_your_own = |rule| Some((Code::NotYourOwn, Some(rule)));
    let Who::Officer(mut verifier) = one.who.clone() else { panic!("an officer") };
    verifier.id = scene.verifier;
    let verifier = Caller { who: Who::Officer(verifier), session: None, language: Language::Chinese };
    assert_eq!(refused(service::review(app, &verifier, scene.step()).await), not_your_own("award.another_person"));
    service::review(app, &one, scene.step()).await.unwrap();
    assert_eq!(refused(service::approve(app, &one, scene.step()).await), not_your_own("award.another_person"));
    assert_eq!(
        refused(service::reject(app, &one, scene.step(), "金额有误").await),
        not_your_own("award.another_person")
    );
    assert_eq!(refused(service::approve(app, &verifier, scene.step()).await), not_your_own("award.another_person"));
    scene.approve().await;
    scene.give_identity(PHONE).await;
    scene.collect().await.unwrap();
    assert_eq!(refused(service::pay(app, &one, scene.step()).await), not_your_own("award.another_person"));
    let approver = other_hats(&scene.approver);
    assert_eq!(refused(service::pay(app, &approver, scene.step()).await), not_your_own("award.another_person"));
    assert_eq!(scene.pay().await.status, AwardStatus::Paid);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_decides_on_the_award_of_an_own_report(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    let phone = Phone::parse(PHONE, "phone").unwrap();
    scene.give_identity(PHONE).await;
    let reviewer = officer_id(&scene.reviewer);
    scene
        .world
        .write(async |txn| {
            let number = NewNumber { officer: reviewer, phone: phone.clone() };
            officer_numbers::keep(txn, &scene.world.app.keys, &[number], scene.world.app.now()).await
        })
        .await
        .unwrap();
    let answer = service::review(&scene.world.app, &scene.reviewer, scene.step()).await;
    assert_eq!(refused(answer), Some((Code::NotYourOwn, Some("award.own_report"))));
    let other = scene.world.officer(Role::RewardOfficer);
    service::review(&scene.world.app, &other, scene.step()).await.unwrap();
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_same_request_has_one_effect(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    let app = &scene.world.app;
    let step = scene.step();
    let first = service::review(app, &scene.reviewer, step).await.unwrap();
    assert_eq!(service::review(app, &scene.reviewer, step).await.unwrap(), first);
    assert_eq!(scene.kinds().await, ["PROPOSED", "REVIEWED"]);
    let taken = Some((Code::RequestIdTaken, None));
    assert_eq!(refused(service::approve(app, &scene.reviewer, step).await), taken);
    assert_eq!(refused(service::reject(app, &scene.reviewer, step, "理由").await), taken);
    // The idempotency key is scoped to the caller, so the same request id from another person is a new request.
    let other = scene.world.officer(Role::RewardOfficer);
    let answer = service::review(app, &other, step).await;
    assert_eq!(refused(answer), Some((Code::IllegalMove, Some("award.reviewed_once"))));
    assert_eq!(request::Entity::find().count(app.db()).await.unwrap(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_form_filled_in_on_another_version_is_refused(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    let app = &scene.world.app;
    let stale = AwardStep { expected_version: Some(2), ..scene.step() };
    assert_eq!(refused(service::review(app, &scene.reviewer, stale).await), Some((Code::ChangedMeanwhile, None)));
    let fresh = AwardStep { expected_version: Some(1), ..scene.step() };
    assert_eq!(service::review(app, &scene.reviewer, fresh).await.unwrap().version, 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_a_post_may_not_see_is_not_there(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    let app = &scene.world.app;
    let elsewhere = caller(vec![scene.world.post(Role::RewardOfficer, "0000000009/")]);
    let worker = scene.world.officer(Role::Worker);
    let nobody = Caller::nobody(Language::Chinese);
    for (who, code) in [
        (&elsewhere, Code::NotFound),
        (&worker, Code::NotFound),
        (&scene.finance, Code::Forbidden),
        (&nobody, Code::Unauthenticated),
        (&author(scene.report), Code::Forbidden),
    ] {
        assert_eq!(refused(service::review(app, who, scene.step()).await), Some((code, None)));
    }
    let foreign_post = AwardStep { as_post: Some(PostId(Uuid::new_v4())), ..scene.step() };
    assert_eq!(refused(service::review(app, &scene.reviewer, foreign_post).await), Some((Code::Forbidden, None)));
    assert_eq!(scene.kinds().await, ["PROPOSED"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_rejection_keeps_its_reason_and_is_final(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    let app = &scene.world.app;
    let answer = service::reject(app, &scene.reviewer, scene.step(), " 短 ").await;
    assert_eq!(refused(answer), Some((Code::InvalidInput, None)));
    let row = service::reject(app, &scene.reviewer, scene.step(), "不符合奖励条件").await.unwrap();
    assert_eq!(row.status, AwardStatus::Rejected);
    let notes = note::Entity::find().all(app.db()).await.unwrap();
    assert_eq!((notes.len(), notes[0].text.as_str()), (1, "不符合奖励条件"));
    assert!(scene.events().await[1].payload.contains(&notes[0].id.to_string()), "the event names the note");
    scene.propose(scene.report, 10_000).await.unwrap();
    assert_eq!(scene.status().await, AwardStatus::Rejected);
    scene.assert_replays().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_the_author_collects_and_only_after_the_notice(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    let app = &scene.world.app;
    scene.give_identity(PHONE).await;
    assert_eq!(refused(scene.collect().await), Some((Code::IllegalMove, Some("award.notified"))));
    scene.review().await;
    scene.approve().await;
    let stranger = author(ReportId(Uuid::new_v4()));
    for who in [&stranger, &scene.reviewer, &Caller::nobody(Language::Chinese)] {
        let answer = service::collect(app, who, scene.report, Uuid::new_v4()).await;
        assert_eq!(refused(answer), Some((Code::NotFound, None)));
    }
    let (id, who) = (Uuid::new_v4(), author(scene.report));
    let first = service::collect(app, &who, scene.report, id).await.unwrap();
    assert_eq!(service::collect(app, &who, scene.report, id).await.unwrap(), first);
    assert_eq!(refused(scene.collect().await), Some((Code::IllegalMove, Some("award.notified"))));
    let events = scene.events().await;
    let collected = events.last().unwrap();
    assert_eq!(collected.occurred_at.timestamp() % 900, 0, "shown at the boundary that follows");
    assert_eq!((collected.actor, collected.post), (None, None));
}

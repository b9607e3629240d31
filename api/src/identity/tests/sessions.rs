//! Sessions: single-use refresh tokens, and callers with the posts that the database lists for today.

use chrono::TimeDelta;
use domain::id::ReportId;
use domain::refusal::{Code, Language};
use domain::staff::{Role, UnitKind};
use entity::{event, officer};
use futures::future::join_all;
use rstest::rstest;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::refused;
use crate::caller::{Caller, Who};
use crate::database::Engine;
use crate::error::ApiResult;
use crate::identity::access::caller_of;
use crate::identity::codes::{Asker, LoginKind, operator};
use crate::identity::known::{self, Proof};
use crate::identity::officer_numbers::{self, NewNumber};
use crate::identity::session::{logout, refresh};
use crate::identity::sweep::sweep;
use crate::identity::testing::{LoginWorld, phone};
use crate::identity::tokens::{Audience, issue};
use crate::identity::{Phone, people};
use crate::testing::TOWNSHIP;

async fn caller(world: &LoginWorld, token: &str) -> ApiResult<Caller> {
    caller_of(world.db(), &world.keys, token, Language::Chinese, world.now).await
}

async fn again(world: &LoginWorld, token: &str) -> ApiResult<crate::identity::session::Tokens> {
    refresh(&world.database, &world.keys, &world.sightings, token, world.now).await
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_same_successor_within_the_grace_and_the_end_of_the_family_after_it(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let first = world.log_in(&phone(1), LoginKind::Reporter).await;
    let at_once = join_all((0..10).map(|_| again(&world, &first.refresh))).await;
    let second = at_once[0].as_ref().unwrap().refresh.clone();
    assert!(at_once.iter().all(|tokens| tokens.as_ref().unwrap().refresh == second));
    assert_ne!(second, first.refresh);
    world.now += TimeDelta::seconds(60);
    assert_eq!(again(&world, &first.refresh).await.unwrap().refresh, second);

    let third = again(&world, &second).await.unwrap();
    assert_eq!(refused(again(&world, &first.refresh).await), Some(Code::Unauthenticated), "the successor was used");
    assert!(caller(&world, &third.access.text).await.is_ok());
    world.now += TimeDelta::seconds(1);
    assert_eq!(refused(again(&world, &first.refresh).await), Some(Code::Unauthenticated), "used twice");
    assert_eq!(refused(again(&world, &third.refresh).await), Some(Code::Unauthenticated), "the family has ended");
    assert_eq!(refused(caller(&world, &third.access.text).await), Some(Code::Unauthenticated));
    for unknown in ["", "not a token", &"A".repeat(43)] {
        assert_eq!(refused(again(&world, unknown).await), Some(Code::Unauthenticated));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_session_ends_with_logout_or_after_ninety_days(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let tokens = world.log_in(&phone(1), LoginKind::Reporter).await;
    let ann = caller(&world, &tokens.access.text).await.unwrap();
    logout(&world.database, &ann, world.now).await.unwrap();
    assert_eq!(refused(caller(&world, &tokens.access.text).await), Some(Code::Unauthenticated));
    assert_eq!(refused(again(&world, &tokens.refresh).await), Some(Code::Unauthenticated));
    let nobody = Caller::nobody(Language::Chinese);
    assert_eq!(refused(logout(&world.database, &nobody, world.now).await), Some(Code::Unauthenticated));

    let tokens = world.log_in(&phone(2), LoginKind::Reporter).await;
    world.now += TimeDelta::days(90);
    assert_eq!(refused(again(&world, &tokens.refresh).await), Some(Code::Unauthenticated));
    world.now += TimeDelta::days(2);
    let txn = world.database.begin_write().await.unwrap();
    assert_eq!(sweep(&txn, world.now).await.unwrap(), 2, "codes; the last tokens of the sessions stay");
    assert_eq!(sweep(&txn, world.now + TimeDelta::days(365)).await.unwrap(), 2 + 2, "sessions, refresh tokens");
    txn.commit().await.unwrap();
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_officer_has_the_posts_of_today_in_one_order(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let posts = [
        (Role::Supervisor, "2026-01-01", None),
        (Role::TownshipClerk, "2026-11-24", Some("2026-11-25")),
        (Role::GridWorker, "2026-01-01", Some("2026-11-24")),
        (Role::TownshipLeader, "2026-11-25", None),
    ];
    let id = world.officer(&phone(1), &posts).await;
    let tokens = world.log_in(&phone(1), LoginKind::Officer).await;
    let Who::Officer(held) = caller(&world, &tokens.access.text).await.unwrap().who else { panic!("an officer") };
    assert_eq!(held.id, id);
    assert_eq!(held.posts.iter().map(|post| post.role).collect::<Vec<_>>(), [Role::TownshipClerk, Role::Supervisor]);
    assert!(held.posts.iter().all(|post| post.area_path == TOWNSHIP && post.unit_kind == UnitKind::Township));

    let txn = world.database.begin_write().await.unwrap();
    let gone = officer::ActiveModel { active: Set(false), ..Default::default() };
    officer::Entity::update_many().set(gone).filter(officer::Column::Id.eq(id)).exec(&txn).await.unwrap();
    txn.commit().await.unwrap();
    assert_eq!(refused(caller(&world, &tokens.access.text).await), Some(Code::Unauthenticated));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_token_is_for_its_own_kind_of_session(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let tokens = world.log_in(&phone(1), LoginKind::Reporter).await;
    let ann = caller(&world, &tokens.access.text).await.unwrap();
    assert!(matches!(ann.who, Who::Reporter(_)));
    for (audience, subject) in [(Audience::Officer, ann.session.unwrap()), (Audience::Reporter, Uuid::new_v4())] {
        let token = issue(&world.keys, audience, subject, world.now).unwrap();
        assert_eq!(refused(caller(&world, &token.text).await), Some(Code::Unauthenticated));
    }
    let report = ReportId(Uuid::new_v4());
    let token = issue(&world.keys, Audience::FollowUp, report.0, world.now).unwrap();
    let opened = caller(&world, &token.text).await.unwrap();
    assert!(matches!(opened.who, Who::FollowUp(id) if id == report));
    assert!(opened.session.is_none());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_number_is_one_person_until_they_are_erased(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let mut people = Vec::new();
    for _ in 0..2 {
        let tokens = world.log_in(&phone(1), LoginKind::Reporter).await;
        people.push((caller(&world, &tokens.access.text).await.unwrap().person().unwrap().clone(), tokens));
        world.now += TimeDelta::minutes(2);
    }
    assert!(people[0].0.is(&people[1].0));
    let txn = world.database.begin_write().await.unwrap();
    people::erase(&txn, &people[0].0, world.now).await.unwrap();
    txn.commit().await.unwrap();
    assert_eq!(refused(caller(&world, &people[1].1.access.text).await), Some(Code::Unauthenticated));
    let tokens = world.log_in(&phone(1), LoginKind::Reporter).await;
    let new = caller(&world, &tokens.access.text).await.unwrap();
    assert!(!new.person().unwrap().is(&people[0].0));
}

/// The two officers exchange their numbers: neither stays logged in, and each logs in with the new one.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_new_number_ends_the_sessions_of_the_old_one(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let mut logged_in = Vec::new();
    for end in [1, 2, 3] {
        let id = world.officer(&phone(end), &[(Role::Worker, "2026-01-01", None)]).await;
        logged_in.push((id, world.log_in(&phone(end), LoginKind::Officer).await));
    }
    let code = operator::issue(&world.database, &world.keys, &logged_in[0].0.to_string(), world.now).await.unwrap();
    let [one, other, third] = [0, 1, 2].map(|n: usize| logged_in[n].0);
    let numbers = [(one, 2), (other, 1), (third, 3)].map(|(officer, end)| NewNumber { officer, phone: phone(end) });
    let txn = world.database.begin_write().await.unwrap();
    officer_numbers::keep(&txn, &world.keys, &numbers, world.now).await.unwrap();
    txn.commit().await.unwrap();

    for (id, tokens) in &logged_in {
        let expected = (*id != third).then_some(Code::Unauthenticated);
        assert_eq!(refused(caller(&world, &tokens.access.text).await), expected);
        assert_eq!(refused(again(&world, &tokens.refresh).await), expected);
    }
    let stale = world.enter(&code.digits, world.now).await;
    assert_eq!(refused(stale), Some(Code::InvalidInput), "it was for the old number");
    let events = event::Entity::find().filter(event::Column::Kind.eq("NUMBER_CHANGED")).all(world.db()).await.unwrap();
    let mut of: Vec<&str> = events.iter().map(|event| event.stream.as_str()).collect();
    of.sort_unstable();
    let mut expected = [format!("staff:{one}"), format!("staff:{other}")];
    expected.sort();
    assert_eq!(of, expected);
    assert!(events.iter().all(|event| !event.payload.contains("1990000000")));
    world.now += TimeDelta::minutes(6);
    world.forget_messages();
    let tokens = world.log_in(&phone(2), LoginKind::Officer).await;
    let Who::Officer(now) = caller(&world, &tokens.access.text).await.unwrap().who else { panic!("an officer") };
    assert_eq!(now.id, one);
}

/// The phone of before may be in other hands, even if its owner had logged out there.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_session_of_the_old_number_shows_nothing_about_the_new_one(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let id = world.officer(&phone(1), &[(Role::Worker, "2026-01-01", None)]).await;
    let tokens = world.log_in(&phone(1), LoginKind::Officer).await;
    let leaving = caller(&world, &tokens.access.text).await.unwrap();
    logout(&world.database, &leaving, world.now).await.unwrap();
    let asker = async |phone: &Phone| {
        let proof = Proof { refresh_token: Some(tokens.refresh.clone()), device: None };
        known::asker(world.db(), &world.keys, phone, LoginKind::Officer, &proof).await.unwrap()
    };
    assert_eq!(asker(&phone(1)).await, Asker::Known);
    let txn = world.database.begin_write().await.unwrap();
    let number = NewNumber { officer: id, phone: phone(2) };
    officer_numbers::keep(&txn, &world.keys, &[number], world.now).await.unwrap();
    txn.commit().await.unwrap();
    assert_eq!((asker(&phone(1)).await, asker(&phone(2)).await), (Asker::Stranger, Asker::Stranger));
}

/// An ended session's last token, and a token of somebody else.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_was_logged_in_with_a_number_is_known(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let officer = phone(3);
    world.officer(&officer, &[(Role::Worker, "2026-01-01", None)]).await;
    let (ann, bob) = (world.log_in(&phone(1), LoginKind::Reporter).await, phone(2));
    let clerk = world.log_in(&officer, LoginKind::Officer).await;
    let leaving = caller(&world, &ann.access.text).await.unwrap();
    logout(&world.database, &leaving, world.now).await.unwrap();
    world.now += TimeDelta::days(100); // all sessions have ended or expired
    let txn = world.database.begin_write().await.unwrap();
    sweep(&txn, world.now).await.unwrap();
    txn.commit().await.unwrap();
    let asker = async |phone: &Phone, token: &str| {
        let proof = Proof { refresh_token: Some(token.to_owned()), device: None };
        known::asker(world.db(), &world.keys, phone, LoginKind::Officer, &proof).await.unwrap()
    };
    assert_eq!(asker(&phone(1), &ann.refresh).await, Asker::Known);
    assert_eq!(asker(&officer, &clerk.refresh).await, Asker::Known);
    for (phone, token) in [(&bob, &ann.refresh), (&officer, &ann.refresh), (&phone(1), &clerk.refresh)] {
        assert_eq!(asker(phone, token).await, Asker::Stranger);
    }
    for nonsense in ["", "not a token", &"A".repeat(43)] {
        assert_eq!(asker(&phone(1), nonsense).await, Asker::Stranger);
    }
}

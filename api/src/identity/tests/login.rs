//! One-time codes: rate limits, expiry, and identical responses for known and unknown numbers.

use std::collections::HashSet;

use chrono::TimeDelta;
use domain::refusal::Code;
use domain::staff::Role;
use entity::vault::one_time_code;
use futures::future::join_all;
use rstest::rstest;
use sea_orm::{EntityTrait, QueryOrder};
use uuid::Uuid;

use super::refused;
use crate::database::Engine;
use crate::identity::codes::{Asker, CodeAsked, LoginKind, operator};
use crate::identity::testing::{LoginWorld, phone};

fn other(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_code_works_once_and_only_for_its_own_request(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let first = world.ask(&phone(1), LoginKind::Reporter).await.unwrap();
    let code = world.code(first).await;
    assert_eq!(code.len(), 6);
    let second = world.ask(&phone(2), LoginKind::Reporter).await.unwrap();
    let crossed = world.guess(second, &code).await;
    assert_eq!(refused(crossed), Some(Code::InvalidInput));
    assert!(world.guess(first, &code).await.is_ok());
    assert_eq!(refused(world.guess(first, &code).await), Some(Code::InvalidInput), "once");
    let unknown = CodeAsked { request: Uuid::new_v4(), ..first };
    assert_eq!(refused(world.guess(unknown, &code).await), Some(Code::InvalidInput));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn five_guesses_are_five_however_many_come_at_once(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let asked = world.ask(&phone(1), LoginKind::Reporter).await.unwrap();
    let code = world.code(asked).await;
    let wrong = other(&code);
    let results = join_all((0..40).map(|_| world.guess(asked, &wrong))).await;
    assert!(results.into_iter().all(|result| refused(result) == Some(Code::InvalidInput)));
    let row = one_time_code::Entity::find().one(world.db()).await.unwrap().unwrap();
    assert_eq!(row.guesses, 5);
    assert_eq!(refused(world.guess(asked, &code).await), Some(Code::InvalidInput), "the sixth is too late");

    let asked = world.ask(&phone(2), LoginKind::Reporter).await.unwrap();
    let code = world.code(asked).await;
    for _ in 0..4 {
        assert!(world.guess(asked, &other(&code)).await.is_err());
    }
    assert!(world.guess(asked, &code).await.is_ok(), "the fifth may be right");
}

/// Strangers who ask for the same number lead to the same code, and cannot end it with the guesses of one request.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_code_bears_the_guesses_of_strangers(#[case] engine: Engine) {
    for (strangers, is_in) in [(3, true), (4, false)] {
        let mut world = LoginWorld::on(engine).await;
        let owner = world.ask(&phone(1), LoginKind::Reporter).await.unwrap();
        let code = world.code(owner).await;
        for _ in 0..strangers {
            let stranger = world.ask(&phone(1), LoginKind::Reporter).await.unwrap();
            assert_ne!(stranger.request, owner.request);
            for _ in 0..9 {
                assert!(world.guess(stranger, &other(&code)).await.is_err());
            }
        }
        assert_eq!(world.guess(owner, &code).await.is_ok(), is_in, "{strangers}");
    }
}

/// A request that found a valid code is as good as the one that sent it, for as long as its answer says.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_request_is_good_until_its_answer_ends(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let first = world.ask(&phone(1), LoginKind::Reporter).await.unwrap();
    let code = world.code(first).await;
    world.now += TimeDelta::seconds(299);
    let late = world.ask(&phone(1), LoginKind::Reporter).await.unwrap();
    assert_eq!(late.ends_at, world.now + TimeDelta::minutes(5));
    world.now += TimeDelta::seconds(299);
    assert!(world.guess(first, &code).await.is_err(), "its five minutes are over");
    assert!(world.guess(late, &code).await.is_ok());
    assert!(world.guess(late, &code).await.is_err(), "once");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_code_ends_after_five_minutes(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let asked = world.ask(&phone(1), LoginKind::Reporter).await.unwrap();
    let code = world.code(asked).await;
    world.now += TimeDelta::minutes(5);
    assert_eq!(refused(world.guess(asked, &code).await), Some(Code::InvalidInput));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn five_messages_an_hour_ten_a_day_and_none_while_a_code_is_valid(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let mut answers = HashSet::new();
    for _ in 0..=24 * 60 {
        // Nobody can see from the answers when somebody asked, or whether a message was sent.
        let asked = world.ask(&phone(1), LoginKind::Reporter).await.unwrap();
        assert_eq!(asked.ends_at, world.now + TimeDelta::minutes(5));
        assert!(answers.insert(asked.request));
        world.now += TimeDelta::minutes(1);
    }
    assert_eq!(sent_at(&world, "STRANGER").await, [0, 5, 10, 15, 20, 60, 65, 70, 75, 80, 24 * 60]);
}

/// The minutes, from the first one on, in which messages of this budget were sent.
async fn sent_at(world: &LoginWorld, asked_by: &str) -> Vec<i64> {
    let rows = one_time_code::Entity::find().order_by_asc(one_time_code::Column::Minute).all(world.db()).await.unwrap();
    let first = rows[0].minute;
    rows.iter().filter(|row| row.asked_by == asked_by).map(|row| row.minute - first).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn requests_at_the_same_moment_get_one_code(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let bob = phone(2);
    let at_once = join_all((0..20).map(|_| world.ask(&bob, LoginKind::Reporter))).await;
    let ids: HashSet<Uuid> = at_once.iter().map(|asked| asked.as_ref().unwrap().request).collect();
    assert_eq!(ids.len(), 20, "each has an answer of its own");
    let code = world.message().await;
    assert!(world.is_silent().await, "one message");
    assert!(world.guess(*at_once[7].as_ref().unwrap(), &code).await.is_ok());
    let early = world.ask(&bob, LoginKind::Reporter).await.unwrap();
    assert!(world.is_silent().await, "used, and a minute too early");
    assert_eq!(refused(world.guess(early, &code).await), Some(Code::InvalidInput));
}

/// Neither the other kind of login, nor somebody who is known, nor the operator pays for what strangers ask.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_kind_and_each_asker_has_a_budget_apart(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let ann = phone(1);
    let id = world.officer(&ann, &[(Role::Worker, "2026-01-01", None)]).await;
    for _ in 0..24 * 12 {
        let _limited = world.ask(&ann, LoginKind::Reporter).await;
        let _limited = world.ask(&ann, LoginKind::Officer).await;
        world.now += TimeDelta::minutes(5);
    }
    world.now -= TimeDelta::minutes(5);
    world.forget_messages();
    for kind in [LoginKind::Reporter, LoginKind::Officer] {
        world.ask(&ann, kind).await.unwrap();
    }
    assert!(world.is_silent().await, "the budgets of strangers are spent");
    let known = world.ask_as(Asker::Known, &ann, LoginKind::Officer).await.unwrap();
    let code = world.code(known).await;
    assert!(world.guess(known, &code).await.is_ok());
    let soon = world.ask_as(Asker::Known, &ann, LoginKind::Officer).await;
    assert_eq!(refused(soon), Some(Code::RateLimited), "who is known is told");

    let staff_no = id.to_string();
    let issue = async || operator::issue(&world.database, &world.keys, &staff_no, world.now).await.unwrap().digits;
    let (first, second) = (issue().await, issue().await);
    let enter = async |code: &str| world.enter(code, world.now).await;
    assert_eq!(refused(enter(&first).await), Some(Code::InvalidInput), "the second one replaces it");
    assert!(enter(&second.replace(' ', "\u{2011}")).await.is_ok());
    assert_eq!(refused(enter(&second).await), Some(Code::InvalidInput), "once");
    let unknown = operator::issue(&world.database, &world.keys, "nobody", world.now).await;
    assert_eq!(refused(unknown), Some(Code::InvalidInput));
    let late = issue().await;
    let later = world.now + TimeDelta::minutes(30);
    assert_eq!(refused(world.enter(&late, later).await), Some(Code::InvalidInput));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unknown_officer_gets_the_same_answer_and_no_message(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    world.officer(&phone(1), &[(Role::Worker, "2026-01-01", None)]).await;
    let unknown = world.ask(&phone(2), LoginKind::Officer).await.unwrap();
    assert!(world.is_silent().await);
    assert_eq!(refused(world.guess(unknown, "123456").await), Some(Code::InvalidInput));
    let again = world.ask(&phone(2), LoginKind::Officer).await.unwrap();
    assert!(again.ends_at == unknown.ends_at && again.request != unknown.request, "answered alike");
    let known = world.ask(&phone(1), LoginKind::Officer).await.unwrap();
    assert_eq!(known.ends_at, unknown.ends_at);
    let code = world.code(known).await;
    assert!(world.guess(known, &code).await.is_ok());
}

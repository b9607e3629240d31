//! One-time codes: rate limits, expiry, and identical responses for known and unknown numbers.

use chrono::TimeDelta;
use domain::refusal::Code;
use domain::staff::Role;
use entity::vault::one_time_code;
use futures::future::join_all;
use rstest::rstest;
use sea_orm::EntityTrait;
use uuid::Uuid;

use super::refused;
use crate::database::Engine;
use crate::identity::codes::{CodeAsked, LoginKind};
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
    let row = one_time_code::Entity::find_by_id(asked.request).one(world.db()).await.unwrap().unwrap();
    assert_eq!(row.guesses, 5);
    assert_eq!(refused(world.guess(asked, &code).await), Some(Code::InvalidInput), "the sixth is too late");

    let asked = world.ask(&phone(2), LoginKind::Reporter).await.unwrap();
    let code = world.code(asked).await;
    for _ in 0..4 {
        assert!(world.guess(asked, &other(&code)).await.is_err());
    }
    assert!(world.guess(asked, &code).await.is_ok(), "the fifth may be right");
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
async fn one_a_minute_five_an_hour_ten_a_day(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let mut given = Vec::new();
    for minute in 0..24 * 60 {
        if world.ask(&phone(1), LoginKind::Reporter).await.is_ok() {
            given.push(minute);
        }
        world.now += TimeDelta::minutes(1);
    }
    assert_eq!(given, [0, 1, 2, 3, 4, 60, 61, 62, 63, 64]);
    assert_eq!(refused(world.ask(&phone(1), LoginKind::Officer).await), None, "a day later, whatever the kind");

    let bob = phone(2);
    let at_once = join_all((0..20).map(|_| world.ask(&bob, LoginKind::Reporter))).await;
    assert_eq!(at_once.iter().filter(|result| result.is_ok()).count(), 1);
    world.now += TimeDelta::seconds(59);
    assert_eq!(refused(world.ask(&phone(2), LoginKind::Reporter).await), Some(Code::RateLimited));
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
    assert_eq!(refused(world.ask(&phone(2), LoginKind::Officer).await), Some(Code::RateLimited), "counted alike");
    let known = world.ask(&phone(1), LoginKind::Officer).await.unwrap();
    assert_eq!(known.ends_at, unknown.ends_at);
    let code = world.code(known).await;
    assert!(world.guess(known, &code).await.is_ok());
}

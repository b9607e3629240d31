//! Counting clocks again in small transactions, on both engines.

use chrono::TimeDelta;
use domain::clock::{ClockKey, Timing};
use domain::policy::RuleVersion;
use domain::roster::Roster;
use domain::time::DayKind;
use entity::{calendar_day, event};
use rstest::rstest;
use sea_orm::{ActiveModelTrait, IntoActiveModel, PaginatorTrait};

use super::*;
use crate::database::Engine;
use crate::journal::Stream;
use crate::policy::clocks;
use crate::testing::{World, received_report};

/// More reports than one transaction takes.
const REPORTS: usize = 230;

async fn recounted(db: &Database) -> u64 {
    event::Entity::find().filter(event::COLUMN.kind.eq("RECOUNTED")).count(&db.read).await.unwrap()
}

/// Writes reports whose review is due at the end of the next working day, and a change that makes that day a day off.
async fn reports_before_a_holiday(world: &World, start: DateTime<Utc>) {
    let txn = world.app.begin_write().await.unwrap();
    let hours = world.app.rules(&txn).await.unwrap().calendar(None, china_day(start)).hours.clone();
    let calendar = Calendar { days: recounting::Days::default(), hours };
    let timing = Timing { calendar: &calendar, warn_percent: 80, rule_version: RuleVersion(0), roster: Roster::EMPTY };
    for _ in 0..REPORTS {
        let row = received_report(world.township_unit, start);
        let stream = Stream::Report(row.id);
        row.into_active_model().insert(&txn).await.unwrap();
        let key = ClockKey::of(ClockKind::Review, 1, world.township_unit);
        let clock = timing.clock(key, start, "1wd".parse().unwrap());
        clocks::save(&txn, stream, &[], &[clock]).await.unwrap();
    }
    let day = |day: &str, kind| calendar_day::Model { date: day.parse().unwrap(), kind, name: "测试".into() };
    let known = day("2026-01-01", DayKind::Off);
    known.clone().into_active_model().insert(&txn).await.unwrap();
    day("2026-11-25", DayKind::Off).into_active_model().insert(&txn).await.unwrap();
    recounting::note(&txn, RuleVersion(1), vec![known]).await.unwrap();
    txn.commit().await.unwrap();
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_was_interrupted_is_continued_and_every_clock_is_counted_once(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let start: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().unwrap();
    reports_before_a_holiday(&world, start).await;
    let (db, now) = (&world.app.database, start + TimeDelta::hours(1));

    let (books, mut first) = (RuleBookCache::default(), Recounts::default());
    assert!(chunk(db, &books, now, &mut first).await.unwrap(), "then the process ends");
    let rest = run(db, now).await.unwrap();

    assert_eq!((first.changed, first.changed + rest.changed, first.unknown + rest.unknown), (100, REPORTS, 0));
    assert_eq!(recounted(db).await, 230);
    assert_eq!(run(db, now).await.unwrap(), Recounts::default());
    let due: Vec<DateTime<Utc>> =
        clock::Entity::find().all(&db.read).await.unwrap().iter().map(|row| row.due).collect();
    assert!(due.iter().all(|due| *due > "2026-11-26T00:00:00Z".parse::<DateTime<Utc>>().unwrap()), "{:?}", due.first());
}

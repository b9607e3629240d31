//! The timer with a clock that the test sets: nothing is set twice, and what another process leased waits for the lease.

use domain::hazard::{Axes, Case, Registration, register};
use domain::id::HazardId;
use domain::place::{Crs, Pin};
use domain::policy::RuleVersion;
use domain::time::china_day;
use entity::supervision;
use rstest::rstest;
use sea_orm::EntityTrait;

use super::*;
use crate::database::Engine;
use crate::hazard::rows::HazardSite;
use crate::journal::{AppendContext, NewEvent, Stream, append};
use crate::policy::clocks;
use crate::testing::{TOWNSHIP, World};

/// Registers a hazard that waits for its dispatch.
async fn registered(world: &World) -> Case {
    let (app, now) = (&world.app, world.app.now());
    let rules = app.rules_to_read().await.unwrap();
    let registration = Registration {
        id: HazardId(Uuid::new_v4()),
        suspected_major: false,
        category: None,
        axes: Axes::default(),
        subject: None,
        area: world.township,
        township: world.township_unit,
        for_duty: false,
        emergency: false,
        recurrence_of: None,
    };
    let policy = rules.handling(Some(world.township), china_day(now)).unwrap();
    let (case, first) = register(registration, now, policy, &rules.timing(world.township, now).unwrap());
    let site = HazardSite {
        point: Pin::parse(Crs::Wgs84, 106.6, 26.6).unwrap().point(),
        address: None,
        area_path: TOWNSHIP.to_owned(),
    };
    let row = rows::new_row(&case, site, now, RuleVersion(0));
    let stream = Stream::Hazard(case.id);
    let context = AppendContext { stream, after: 0, author: Author::default(), at: now, rules: RuleVersion(0) };
    let event = NewEvent::from_domain(&first).unwrap();
    world
        .write(async |txn| {
            entity::hazard::Entity::insert(row.clone()).exec_without_returning(txn).await.unwrap();
            clocks::save(txn, stream, &[], &case.clocks).await.unwrap();
            crate::hazard::todos::save(txn, &case).await.unwrap();
            append(txn, context, vec![event.clone()]).await.unwrap();
        })
        .await;
    case
}

/// The rungs that are set, in the order in which they were.
async fn rungs(world: &World) -> Vec<&'static str> {
    let mut rows = supervision::Entity::find().all(world.app.db()).await.unwrap();
    rows.sort_by_key(|row| row.at);
    rows.iter().map(|row| row.rung.code()).collect()
}

/// Lets the timer look while the clock stands at this time.
async fn look_at(world: &World, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    round(&world.app, || now).await.unwrap()
}

async fn next_look(world: &World) -> Option<DateTime<Utc>> {
    todo::next_look(world.app.db()).await.unwrap()
}

const MOMENT: TimeDelta = TimeDelta::milliseconds(1);

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_clock_put_forward_an_hour_and_back_sets_nothing_twice(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let case = registered(&world).await;
    let (clock, hour) = (case.clocks.first().unwrap(), TimeDelta::hours(1));
    assert_eq!(next_look(&world).await, Some(clock.warn_at));
    look_at(&world, clock.warn_at - MOMENT).await;
    assert_eq!(rungs(&world).await, [""; 0], "it is too early");

    // Half an hour before the due time, the clock is put forward by an hour, and back.
    let half = clock.due - TimeDelta::minutes(30);
    look_at(&world, half).await;
    assert_eq!(rungs(&world).await, ["REMINDER"]);
    assert_eq!(next_look(&world).await, Some(clock.due + MOMENT));
    look_at(&world, half + hour).await;
    assert_eq!(rungs(&world).await, ["REMINDER", "NOTICE"]);
    for minutes in [0, 10, 29, 30, 31, 60] {
        look_at(&world, half + TimeDelta::minutes(minutes)).await;
    }
    look_at(&world, clock.due + MOMENT).await;
    assert_eq!(rungs(&world).await, ["REMINDER", "NOTICE"], "nothing is set twice");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_looks_late_sets_only_the_highest_rung(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let case = registered(&world).await;
    look_at(&world, case.clocks.first().unwrap().due + TimeDelta::days(30)).await;
    assert_eq!(rungs(&world).await, ["DISTRICT_ORDER"]);
    assert_eq!(next_look(&world).await, None, "nothing more comes");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_a_process_leased_and_never_looked_at_is_taken_when_the_lease_is_over(#[case] engine: Engine) {
    let world = World::on(engine).await;
    let case = registered(&world).await;
    let due = case.clocks.first().unwrap().due + MOMENT;
    assert_eq!(lease(&world.app, due).await.unwrap(), BTreeSet::from([case.id]));
    assert_eq!(look_at(&world, due + LEASE - MOMENT).await, Some(due + LEASE));
    assert_eq!(rungs(&world).await, [""; 0], "it is leased");
    look_at(&world, due + LEASE).await;
    assert_eq!(rungs(&world).await, ["NOTICE"]);
}

#[test]
fn the_timer_sleeps_until_the_next_todo_is_due_but_never_long() {
    let now = DateTime::UNIX_EPOCH;
    let after = |millis| Some(now + TimeDelta::milliseconds(millis));
    assert_eq!(pause(None, now), IDLE);
    assert_eq!(pause(after(10_000), now), IDLE);
    assert_eq!(pause(after(300), now), Duration::from_millis(300));
    assert_eq!(pause(after(-300), now), Duration::ZERO, "it has come meanwhile");
}

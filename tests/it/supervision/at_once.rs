//! Several servers share one database, and one of them is killed: each rung is set once, and soon.

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::ClockKind;
use domain::id::HazardId;
use domain::policy::SupervisionTrigger;
use entity::{event, supervision, todo};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::repeat::times;
use tests::waiting::until;
use tests::world::import;

use super::{Left, pass};
use crate::now::now;

/// Says how many steps are overdue.
const STEPS: &str = "CHUISHAO_TEST_STEPS";
/// Says over how many seconds they become overdue.
const SECONDS: &str = "CHUISHAO_TEST_SECONDS";
/// How late a rung may be seen.
const LATE: TimeDelta = TimeDelta::seconds(2);
/// How long a server leases what it looks at (`LEASE` of the timer).
const LEASE: TimeDelta = TimeDelta::seconds(5);

/// Hazards that wait to be dispatched, and when each is due.
async fn due_soon(app: &TestApp, db: &DatabaseConnection) -> BTreeMap<HazardId, DateTime<Utc>> {
    let (count, seconds) = (times(STEPS, 40), times(SECONDS, 4));
    let clerk = Person::officer(app, "binyang-clerk").await;
    let mut hazards = Vec::new();
    for _ in 0..count {
        hazards.push(clerk.confirms(&Person::stranger(app).reports("ANONYMOUS").await).await);
    }
    let millis = |count: usize| TimeDelta::milliseconds(i64::try_from(count).unwrap());
    let start = now() + millis(2_000 + 50 * count); // moving the deadlines of all takes a while
    let mut due = BTreeMap::new();
    for (number, hazard) in hazards.iter().enumerate() {
        let at = start + millis(seconds * 1_000 * number / count);
        // The warning comes after the due time, so that each step has one rung.
        let to_due = at - now();
        let left = Left { to_warning: to_due + TimeDelta::seconds(1), to_due };
        pass(db, hazard, ClockKind::Dispatch, left).await;
        due.insert(HazardId(hazard.parse().unwrap()), at);
    }
    assert!(now() < start, "the deadlines were moved too slowly");
    due
}

/// Checks that each rung was seen in time; what the killed server had leased, when the lease was over.
fn in_time(due: &BTreeMap<HazardId, DateTime<Utc>>, seen: &BTreeMap<HazardId, DateTime<Utc>>, killed: DateTime<Utc>) {
    let late: Vec<(DateTime<Utc>, TimeDelta)> = due.iter().map(|(id, due)| (*due, seen[id] - *due)).collect();
    let slow = late.iter().filter(|(_, late)| *late > LATE).count();
    let latest = late.iter().map(|(_, late)| late.num_milliseconds()).max();
    println!("{} rungs, the latest seen after {latest:?} ms, {slow} of the killed server", late.len());
    for (due, late) in late {
        assert!(late >= TimeDelta::zero(), "{due} has not come");
        let of_the_killed = due >= killed - LATE && due <= killed && late <= LEASE + LATE;
        assert!(late <= LATE || of_the_killed, "{} ms late: {due}, killed {killed}", late.num_milliseconds());
    }
}

/// Steps become overdue while three servers look, and one of them is killed meanwhile.
#[tokio::test]
async fn each_rung_is_set_once_with_three_servers_of_which_one_is_killed() {
    let mut apps = TestApp::start_many(3, Engine::Postgres).await;
    import(&apps[0]).await;
    let db = apps[0].rows().await;
    let due = due_soon(&apps[0], &db).await;
    let seen: RefCell<BTreeMap<HazardId, DateTime<Utc>>> = RefCell::default();
    let look = async || {
        let set = supervision::Entity::find().filter(supervision::COLUMN.trigger.eq(SupervisionTrigger::Overdue));
        let rows = set.all(&db).await.unwrap();
        let mut seen = seen.borrow_mut();
        for row in &rows {
            seen.entry(row.hazard_id).or_insert_with(now);
        }
        seen.len()
    };
    let reach = async |count: usize| {
        until("rungs", async || {
            let set = look().await;
            if set >= count { Ok(()) } else { Err(set) }
        })
        .await;
    };
    reach(due.len() / 4).await;
    let killed = now();
    apps[2].kill_and_restart().await;
    for tenth in 1..=10 {
        reach(due.len() * tenth / 10).await; // each is awaited by itself, because a minute may pass until the last one
    }

    in_time(&due, &seen.take(), killed);
    until("nothing to look at", async || {
        let due = todo::Entity::find().filter(todo::to_look_at(now())).count(&db).await.unwrap();
        if due == 0 { Ok(()) } else { Err(due) }
    })
    .await;
    let events = event::Entity::find().filter(event::COLUMN.kind.eq("SUPERVISED")).count(&db).await.unwrap();
    let rungs = supervision::Entity::find().count(&db).await.unwrap();
    assert_eq!((events, rungs), (due.len() as u64, due.len() as u64), "nothing was set twice");
}

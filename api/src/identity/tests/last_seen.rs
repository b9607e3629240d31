//! When people were last seen: written once a day, apart from sessions and reports, among the rows of others.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeDelta};
use domain::time::china_day;
use entity::vault::person::{ActiveModel, Column, Entity};
use rstest::rstest;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use crate::database::Engine;
use crate::identity::codes::LoginKind;
use crate::identity::holders::OtherHolders;
use crate::identity::last_seen::write;
use crate::identity::mixing::MIXED_MIN;
use crate::identity::people;
use crate::identity::person::PersonId;
use crate::identity::session::refresh;
use crate::identity::testing::{LoginWorld, phone};

async fn day_of(world: &LoginWorld, person: &PersonId) -> Option<NaiveDate> {
    let row = people::living(world.db(), person).await.unwrap().unwrap();
    people::last_seen(&world.keys, &row).unwrap()
}

async fn sealed_days(world: &LoginWorld) -> HashMap<Uuid, Option<Vec<u8>>> {
    Entity::find().all(world.db()).await.unwrap().into_iter().map(|row| (row.id, row.seen_ct)).collect()
}

async fn rewritten(world: &LoginWorld, before: &HashMap<Uuid, Option<Vec<u8>>>) -> usize {
    sealed_days(world).await.iter().filter(|(person, sealed)| before[*person] != **sealed).count()
}

async fn people_in(world: &LoginWorld, count: u32) -> Vec<PersonId> {
    let txn = world.database.begin_write().await.unwrap();
    let mut made = Vec::new();
    for n in 0..count {
        made.push(people::find_or_make(&txn, &world.keys, &phone(1_000 + n), world.now).await.unwrap());
    }
    txn.commit().await.unwrap();
    made
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_day_is_written_once_and_among_the_rows_of_others(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let everybody = people_in(&world, 100).await;
    write(&world, world.now).await.unwrap();
    let (ann, first) = (&everybody[0], china_day(world.now));
    for (days, rows) in [(0, 0), (1, MIXED_MIN), (1, 0), (2, MIXED_MIN)] {
        let before = sealed_days(&world).await;
        let at = world.now + TimeDelta::days(days);
        world.sightings.note(ann, china_day(at));
        write(&world, at).await.unwrap();
        assert_eq!(rewritten(&world, &before).await, rows, "{days}");
        assert_eq!(day_of(&world, ann).await, Some(first + TimeDelta::days(days)));
        assert!(world.sightings.waiting().is_empty());
    }
    for other in &everybody[1..] {
        assert_eq!(day_of(&world, other).await, Some(first), "sealed again, but not changed");
    }
    let lengths = sealed_days(&world).await.into_values().map(|sealed| sealed.unwrap().len());
    assert_eq!(lengths.collect::<std::collections::BTreeSet<_>>().len(), 1);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn logins_and_refreshed_sessions_are_signs(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let first = world.log_in(&phone(1), LoginKind::Reporter).await;
    let officer = phone(2);
    world.officer(&officer, &[]).await;
    let staff = world.log_in(&officer, LoginKind::Officer).await;
    assert!(world.sightings.waiting().is_empty(), "a new person has the day already, and an officer is no such person");
    world.now += TimeDelta::days(1);
    refresh(&world.database, &world.keys, &world.sightings, &staff.refresh, world.now).await.unwrap();
    assert!(world.sightings.waiting().is_empty());
    refresh(&world.database, &world.keys, &world.sightings, &first.refresh, world.now).await.unwrap();
    assert_eq!(world.sightings.waiting().len(), 1);
    write(&world, world.now).await.unwrap();
    let sign = world.now + TimeDelta::days(179);
    for days in [179, 1] {
        world.now += TimeDelta::days(days);
        world.log_in(&phone(1), LoginKind::Reporter).await;
        assert_eq!(Entity::find().count(world.db()).await.unwrap(), 1, "a sign that waits to be written counts");
    }
    write(&world, world.now).await.unwrap();
    let row = Entity::find().one(world.db()).await.unwrap().unwrap();
    assert_eq!(people::last_seen(&world.keys, &row).unwrap(), Some(china_day(sign + TimeDelta::days(1))));
}

/// People of an earlier build get the day of the upgrade: their numbers rest from then on.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn people_of_an_earlier_build_get_a_day(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let everybody = people_in(&world, 250).await;
    let txn = world.database.begin_write().await.unwrap();
    let without = ActiveModel { seen_ct: Set(None), ..Default::default() };
    Entity::update_many().set(without).exec(&txn).await.unwrap();
    people::erase(&txn, &everybody[0], world.now).await.unwrap();
    txn.commit().await.unwrap();
    write(&world, world.now).await.unwrap();
    let without = Entity::find().filter(Column::SeenCt.is_null()).count(world.db()).await.unwrap();
    assert_eq!(without, 1, "whoever was erased has no day");
    assert_eq!(day_of(&world, &everybody[249]).await, Some(china_day(world.now)));
}

/// A number passes on, and back; then its first holder is erased, and nothing leads to them any more.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_person_who_was_erased_is_no_former_holder(#[case] engine: Engine) {
    let mut world = LoginWorld::on(engine).await;
    let mut holders = Vec::new();
    for _ in 0..2 {
        world.log_in(&phone(1), LoginKind::Reporter).await;
        let index = world.keys.phone_index(&phone(1));
        let holder = people::with_index(world.db(), &index).await.unwrap().unwrap();
        holders.push(PersonId::new(holder.id));
        world.now += TimeDelta::days(180);
    }
    let [former, holder] = [&holders[0], &holders[1]];
    assert!(!former.is(holder), "after 180 days");
    let others = async || OtherHolders::load(world.db(), &[former, holder]).await.unwrap();
    assert!(others().await.of(holder)[0].is(former) && others().await.of(former)[0].is(holder));
    let txn = world.database.begin_write().await.unwrap();
    people::erase(&txn, former, world.now).await.unwrap();
    txn.commit().await.unwrap();
    assert!(others().await.of(holder).is_empty());
}

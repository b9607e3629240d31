//! Slots: concurrent submissions do not block each other, and no row reveals its author.

use domain::id::UnitId;
use rstest::rstest;
use serde_json::json;

use super::reading::mode_of;
use super::*;
use crate::database::Engine;
use crate::identity::testing::LoginWorld;
use crate::identity::{bars, secrets};

fn report() -> ReportId {
    ReportId(Uuid::new_v4())
}

fn person() -> PersonId {
    PersonId::new(Uuid::new_v4())
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn submissions_of_one_person_at_the_same_time_all_succeed(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let ann = person();
    let writes = (0..40).map(|_| async {
        // Writers that lost a slot hold others, so they may deadlock. The intake tries again then, as this does.
        let two = [(report(), WrittenBy::Named(&ann)), (report(), WrittenBy::Confidential(&ann))];
        loop {
            let txn = world.database.begin_write().await.unwrap();
            match write(&txn, &world.keys, &two).await {
                Ok(()) => break txn.commit().await.unwrap(),
                Err(error) => assert!(crate::error::is_race(&error), "{error:?}"),
            }
        }
    });
    futures::future::join_all(writes).await;
    let reports = reports_of(world.db(), &world.keys, &ann).await.unwrap();
    assert_eq!(reports.iter().collect::<HashSet<_>>().len(), 80, "more than one window, without a hole");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_slot_that_was_taken_meanwhile_is_passed_over(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let ann = person();
    let txn = world.database.begin_write().await.unwrap();
    let first = report();
    write(&txn, &world.keys, &[(first, WrittenBy::Named(&ann))]).await.unwrap();
    // Another writer searched before the first one committed, and now tries to insert the same slot.
    let waiting = [UnwrittenAuthorship {
        report: report(),
        person: Some(&ann),
        sealed: world.keys.seal(place(&first), &[0; 17]).unwrap(),
    }];
    let stale = rows(&world.keys, &waiting, &mut HashMap::new(), &mut HashMap::new()).unwrap();
    assert_eq!(batch::insert_new(&txn, stale, Column::Slot).await.unwrap(), 0);
    assert_eq!(first_free(&txn, &world.keys, [&ann]).await.unwrap()[&ann.uuid()], 1);
    let second = report();
    let stale = NewAuthorship { report: second, by: WrittenBy::Named(&ann), first_free: Some(0) };
    write_from(&txn, &world.keys, &[stale]).await.unwrap();
    assert_eq!(reports_of(&txn, &world.keys, &ann).await.unwrap(), [first, second]);
}

/// Fills the first slots of a person with reports.
async fn fill<C: ConnectionTrait>(txn: &C, keys: &Keys, person: &PersonId, slots: std::ops::Range<u64>) {
    let sealed = keys.seal(place(&report()), &[0; 17]).unwrap();
    let row = |n| ActiveModel {
        report_id: Set(report()),
        slot: Set(keys.link_slot(person, n)),
        person_ct: Set(sealed.bytes.clone()),
        key_id: Set(sealed.key_id.clone()),
    };
    batch::insert(txn, slots.map(row).collect()).await.unwrap();
}

/// A hotline desk has thousands of reports. Finding its next slot takes a handful of statements, within the transaction
/// or before it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_next_slot_is_found_with_few_statements_however_many_there_are(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let (desk, ben) = (person(), person());
    let txn = world.database.begin_write().await.unwrap();
    let mut filled = 0;
    for (count, statements) in
        [(0, 1), (1, 1), (15, 1), (16, 1), (17, 2), (100, 3), (1_000, 3), (1_025, 3), (20_000, 4)]
    {
        fill(&txn, &world.keys, &desk, filled..count).await;
        filled = count;
        let search = first_free(&txn, &world.keys, [&desk, &ben]);
        let (found, asked) = crate::telemetry::statements::counted(search).await;
        let found = found.unwrap();
        assert_eq!((found[&desk.uuid()], found[&ben.uuid()]), (count, 0));
        assert!(asked <= statements, "{count}: {asked}");
    }
    let authors = [WrittenBy::Named(&desk), WrittenBy::Anonymous, WrittenBy::Confidential(&desk)];
    let next = next_slots(&txn, &world.keys, &authors).await.unwrap();
    assert_eq!(
        next.iter().map(|next| next.map(|next| next.place)).collect::<Vec<_>>(),
        [Some(filled), None, Some(filled + 1)]
    );
    let new: Vec<_> = std::iter::zip(authors, next)
        .map(|(by, next)| NewAuthorship { report: report(), by, first_free: next.map(|next| next.first_free) })
        .collect();
    let (written, asked) = crate::telemetry::statements::counted(write_from(&txn, &world.keys, &new)).await;
    written.unwrap();
    assert_eq!(asked, 1, "nothing but the insert");
    assert_eq!(first_free(&txn, &world.keys, [&desk]).await.unwrap()[&desk.uuid()], filled + 2);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_row_of_an_anonymous_report_looks_like_any_other(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let (ann, named, anonymous) = (person(), report(), report());
    let txn = world.database.begin_write().await.unwrap();
    let both = [(named, WrittenBy::Named(&ann)), (anonymous, WrittenBy::Anonymous)];
    write(&txn, &world.keys, &both).await.unwrap();
    txn.commit().await.unwrap();

    let rows = Entity::find().all(world.db()).await.unwrap();
    assert_eq!([rows[0].slot.len(), rows[0].person_ct.len()], [rows[1].slot.len(), rows[1].person_ct.len()]);
    assert_eq!(rows[0].key_id, rows[1].key_id);
    assert!(is_author(world.db(), &world.keys, &ann, named).await.unwrap());
    assert!(!is_author(world.db(), &world.keys, &person(), named).await.unwrap());
    assert!(!is_author(world.db(), &world.keys, &ann, anonymous).await.unwrap());
    assert_eq!(mode_of(world.db(), &world.keys, anonymous).await.unwrap(), Some(Naming::Anonymous));
    assert_eq!(mode_of(world.db(), &world.keys, report()).await.unwrap(), None);
    assert_eq!(reports_of(world.db(), &world.keys, &ann).await.unwrap(), [named]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_the_accused_unit_is_barred_and_secrets_come_back(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let one = report();
    let [accused, other, below] = [(); 3].map(|()| UnitId(Uuid::new_v4()));
    let txn = world.database.begin_write().await.unwrap();
    bars::bar(&txn, &world.keys, one, &[accused]).await.unwrap();
    bars::bar(&txn, &world.keys, one, &[accused]).await.unwrap();
    let mut inserts = batch::InsertSet::default();
    secrets::add_secret(&mut inserts, &world.keys, one, &json!({ "seen": "there" }), None).unwrap();
    inserts.write(&txn).await.unwrap();
    txn.commit().await.unwrap();
    assert!(bars::is_barred(world.db(), &world.keys, one, accused).await.unwrap());
    assert!(!bars::is_barred(world.db(), &world.keys, one, other).await.unwrap());
    let barred = bars::barred_units(world.db(), &world.keys, one, &[vec![other], vec![accused], vec![below, accused]])
        .await
        .unwrap();
    assert_eq!(barred, [accused, below]);
    let secret: Option<serde_json::Value> = secrets::read_secret(world.db(), &world.keys, one).await.unwrap();
    assert_eq!(secret, Some(json!({ "seen": "there" })));
    let condition = bars::not_barred(&world.keys, &[accused]);
    let found = entity::report::Entity::find().filter(condition).all(world.db()).await.unwrap();
    assert!(found.is_empty());
}

//! Adoption: it hides what belongs together, and has no limit.

use std::collections::HashMap;

use domain::id::ReportId;
use rstest::rstest;
use sea_orm::{DbBackend, Statement};
use uuid::Uuid;

use super::*;
use crate::database::Engine;
use crate::identity::authorship::{reports_of, write};
use crate::identity::testing::LoginWorld;

fn person() -> PersonId {
    PersonId::new(Uuid::new_v4())
}

fn reports(count: usize) -> Vec<ReportId> {
    (0..count).map(|_| ReportId(Uuid::new_v4())).collect()
}

async fn written(world: &LoginWorld, reports: &[ReportId], by: WrittenBy<'_>) {
    let txn = world.database.begin_write().await.unwrap();
    for some in reports.chunks(1_000) {
        let rows: Vec<_> = some.iter().map(|report| (*report, by)).collect();
        write(&txn, &world.keys, &rows).await.unwrap();
    }
    txn.commit().await.unwrap();
}

async fn adopted(world: &LoginWorld, reports: &[ReportId], person: &PersonId) -> usize {
    let txn = world.database.begin_write().await.unwrap();
    let adopted = adopt(&txn, &world.keys, reports, person).await.unwrap();
    txn.commit().await.unwrap();
    adopted
}

async fn sealed(world: &LoginWorld) -> HashMap<ReportId, Vec<u8>> {
    let rows = Entity::find().all(world.db()).await.unwrap();
    rows.into_iter().map(|row| (row.report_id, row.person_ct)).collect()
}

/// Besides the two rows that change hands, many others are written again, in one random order.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn adopted_rows_are_hidden_among_others(#[case] engine: Engine) {
    let world = LoginWorld::on(engine).await;
    let (ann, device) = (person(), person());
    let (early, own, late) = (reports(100), reports(2), reports(2_000));
    written(&world, &early, WrittenBy::Anonymous).await;
    written(&world, &own, WrittenBy::ConfidentialByDevice(&device)).await;
    written(&world, &late, WrittenBy::Anonymous).await;
    let before = sealed(&world).await;

    assert_eq!(adopted(&world, &own, &ann).await, 2);
    assert_eq!(adopted(&world, &own, &ann).await, 0, "once");

    let after = sealed(&world).await;
    let changed = after.iter().filter(|(report, sealed)| before[*report] != **sealed).count();
    assert_eq!(changed, 2 + MIXED_MIN);
    let mut mine = reports_of(world.db(), &world.keys, &ann).await.unwrap();
    mine.sort_unstable();
    let mut expected = own.clone();
    expected.sort_unstable();
    assert_eq!(mine, expected);
    assert!(reports_of(world.db(), &world.keys, &device).await.unwrap().is_empty());
    if engine == Engine::Sqlite {
        let mut places = places(&world, &own).await;
        places.sort_unstable(); // both were written at once, in the order of their slots
        assert_eq!(places, [101, 102], "each row stays where it was written");
    }
}

async fn places(world: &LoginWorld, reports: &[ReportId]) -> Vec<i64> {
    let mut places = Vec::new();
    for report in reports {
        let ask = "SELECT rowid FROM authorship WHERE report_id = ?";
        let ask = Statement::from_sql_and_values(DbBackend::Sqlite, ask, [report.0.into()]);
        places.push(world.db().query_one_raw(ask).await.unwrap().unwrap().try_get_by_index(0).unwrap());
    }
    places
}

/// More reports than a statement of either engine can name. If it stops half way, the rest is still found.
#[tokio::test]
async fn a_phone_with_thirty_thousand_reports_is_adopted() {
    let world = LoginWorld::on(Engine::Sqlite).await;
    let (ann, device) = (person(), person());
    let all = reports(33_000);
    written(&world, &all, WrittenBy::NamedByDevice(&device)).await;
    let found = reports_of(world.db(), &world.keys, &device).await.unwrap();
    assert_eq!(found.len(), all.len());
    let mut chunks = found.rchunks(ADOPTED_AT_ONCE);
    assert_eq!(adopted(&world, chunks.next().unwrap(), &ann).await, ADOPTED_AT_ONCE);
    let rest = reports_of(world.db(), &world.keys, &device).await.unwrap();
    assert_eq!(rest.len(), all.len() - ADOPTED_AT_ONCE);
    for some in rest.rchunks(ADOPTED_AT_ONCE) {
        assert_eq!(adopted(&world, some, &ann).await, some.len());
    }
    assert_eq!(reports_of(world.db(), &world.keys, &ann).await.unwrap().len(), all.len());
}

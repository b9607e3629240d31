//! Finding the hazards whose review date has come scans no table.

use entity::hazard;
use rstest::rstest;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Statement,
    TransactionTrait,
};
use tests::app::{Engine, TestApp};

use crate::now::now;

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_comes_back_and_what_is_followed_up_is_found_by_an_index(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    app.stop();
    let db = app.rows().await;
    let txn = db.begin().await.unwrap();
    let backend = txn.get_database_backend();
    let (explain, column) = match backend {
        DbBackend::Postgres => {
            // The table is empty, so PostgreSQL would scan it.
            txn.execute_unprepared("SET LOCAL enable_seqscan = off").await.unwrap();
            ("EXPLAIN", "QUERY PLAN")
        }
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let due = hazard::Entity::find().filter(hazard::to_resume(now())).order_by_asc(hazard::COLUMN.resumes_at).limit(9);
    for (select, index) in [
        (due, "ix_hazard_resumes_at"),
        (hazard::Entity::find().filter(hazard::COLUMN.suspension_request.is_not_null()), "ix_hazard_suspension_asked"),
    ] {
        let Statement { sql, values, .. } = select.build(backend);
        let explained = Statement { sql: format!("{explain} {sql}"), values, db_backend: backend };
        let rows = txn.query_all_raw(explained).await.unwrap();
        let lines: Vec<String> = rows.iter().map(|row| row.try_get("", column).unwrap()).collect();
        let plan = lines.join("\n");
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}

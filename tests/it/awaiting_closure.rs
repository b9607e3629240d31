//! 待销号: hazards whose work has been accepted, also those that an earlier build has left.

use std::collections::BTreeMap;

use entity::hazard;
use rstest::rstest;
use sea_orm::{ConnectionTrait, EntityTrait};
use tests::app::{Engine, TestApp};
use tests::handling::Handlers;
use tests::people::Person;
use tests::world::import;

/// The stored status of every hazard.
async fn statuses(app: &TestApp) -> BTreeMap<String, &'static str> {
    let rows = app.rows().await;
    let all = hazard::Entity::find().all(&rows).await.unwrap();
    rows.close().await.unwrap();
    all.iter().map(|row| (row.id.to_string(), row.status.code())).collect()
}

/// Earlier builds stored `AWAITING_ACCEPTANCE` for both.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn hazards_of_an_earlier_build_get_their_status(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let mut expected = BTreeMap::new();
    for (accepted, taken_back, status) in [
        (false, false, "IN_PROGRESS"),
        (false, true, "AWAITING_ACCEPTANCE"),
        (true, false, "IN_PROGRESS"),
        (true, true, "AWAITING_CLOSURE"),
    ] {
        let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
        let units = ["520115-housing", "520115-fire"];
        let [one, other] = all.clerk.dispatches(&hazard, &units).await.try_into().unwrap();
        all.worker.works_on(&one).await;
        if accepted {
            all.clerk.judges("acceptWork", &one).await.done();
        }
        if taken_back {
            all.clerk.judges("takeBackAssignment", &other).await.done();
        }
        expected.insert(hazard, status);
    }
    assert_eq!(statuses(&app).await, expected);

    app.stop();
    let rows = app.rows().await;
    for statement in [
        "UPDATE hazard SET status = 'AWAITING_ACCEPTANCE' WHERE status = 'AWAITING_CLOSURE'",
        "DELETE FROM seaql_migrations WHERE version LIKE '%awaiting_closure'",
    ] {
        assert_eq!(rows.execute_unprepared(statement).await.unwrap().rows_affected(), 1, "{statement}");
    }
    rows.close().await.unwrap();
    let migrated = app.run(&["migrate"]).await;
    assert!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    assert_eq!(statuses(&app).await, expected);
}

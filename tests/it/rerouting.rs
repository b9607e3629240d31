//! A change of the duty lists is tried over the matters of the last months before it is imported.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use domain::id::HazardId;
use entity::{batch, hazard};
use rstest::rstest;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait,
    Statement,
};
use tests::app::{Engine, TestApp};
use tests::handling::Handlers;
use tests::people::Person;
use tests::repeat::times;
use tests::world::import;
use uuid::Uuid;

use crate::now::now;

/// Says how many hazards the ledger has, half of them older than the ones that are tried.
const HAZARDS: &str = "CHUISHAO_TEST_HAZARDS";
const HEADING: &str = "area_code,category,lead_unit,support_units,township_may_lead,township_tasks,valid_from,basis";

/// Writes a file of duties with one entry.
fn duties(app: &TestApp, category: &str, lead: &str, valid_from: &str) -> PathBuf {
    let file = app.data().join(format!("{}.csv", Uuid::new_v4()));
    std::fs::write(&file, format!("{HEADING}\n520115000000,{category},{lead},,false,先期处置,{valid_from},测试\n"))
        .unwrap();
    file
}

async fn tried(app: &TestApp, file: &Path, more: &[&str]) -> (bool, String) {
    let done = app.run(&[&["import", "duties", file.to_str().unwrap()], more].concat()).await;
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

/// The hazards that would have gone to another department are counted and listed, and nothing is written.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_change_of_duties_says_which_matters_would_have_gone_elsewhere(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let mut hazards = BTreeSet::new();
    for _ in 0..2 {
        hazards.insert(all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await);
    }
    let (file, cases) =
        (duties(&app, "self_built_house", "520115-emergency", "2027-03-01"), app.data().join("cases.csv"));

    let (ok, said) = tried(&app, &file, &["--dry-run", "--cases", cases.to_str().unwrap()]).await;

    assert!(ok, "{said}");
    assert!(said.contains("; nothing written"), "{said}");
    let counted = "of 2 hazards of the last 90 days, 2 would have had another lead by the lists of 2027-03-01";
    assert!(said.contains(counted), "{said}");
    assert!(said.contains("520115-housing → 520115-emergency: 2 (self_built_house)"), "{said}");
    let written = std::fs::read_to_string(&cases).unwrap();
    let mut listed = BTreeSet::new();
    for line in written.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(
            (cells[1], cells[4], cells[5], cells[6]),
            ("REGISTERED", "self_built_house", "520115-housing", "520115-emergency")
        );
        listed.insert(cells[0].to_owned());
    }
    assert_eq!(listed, hazards);

    let (ok, said) = tried(&app, &duties(&app, "bridge", "520115-emergency", "2027-03-01"), &["--dry-run"]).await;
    assert!(ok && said.contains("of 2 hazards of the last 90 days, 0 would have had another lead"), "{said}");
    let (ok, said) = tried(&app, &file, &["--cases", "cases.csv"]).await;
    assert!(!ok && said.contains("--dry-run"), "{said}");
}

/// Work that a township leads, and may not lead by the new list, is counted.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_township_that_may_no_longer_lead_is_counted(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let mut input = tests::world::submission(Uuid::new_v4(), "ANONYMOUS");
    input["category"] = serde_json::json!("small_premises");
    let sent = Person::stranger(&app).submits(&input).await.ok();
    let hazard = all.clerk.confirms(sent.text("submitReport.receipt.reportId")).await;
    all.clerk.dispatches(&hazard, &["520115001000"]).await;
    let file = duties(&app, "small_premises", "520115-fire", "2027-03-01");

    let (ok, said) = tried(&app, &file, &["--dry-run"]).await;

    assert!(ok && said.contains("of 1 hazards of the last 90 days, 0 would have had another lead"), "{said}");
    assert!(said.contains("of these 1 hazards, 1 are led by a township that may no longer lead them"), "{said}");
}

/// Adds hazards like the one that is there, registered over half a year.
async fn fill(db: &DatabaseConnection, hazards: usize) {
    let first = hazard::Entity::find().one(db).await.unwrap().unwrap();
    let began = now();
    for start in (0..hazards).step_by(10_000) {
        let rows = (start..(start + 10_000).min(hazards)).map(|number| {
            let days = i64::try_from(number % 180).unwrap();
            let hazard = hazard::Model {
                id: HazardId(Uuid::new_v4()),
                registered_at: began - TimeDelta::days(days) - TimeDelta::minutes(1),
                ..first.clone()
            };
            hazard.into_active_model()
        });
        batch::insert(db, rows.collect()).await.unwrap();
    }
    db.execute_unprepared("ANALYZE").await.unwrap();
}

/// A large ledger is not read as a whole: the old hazards are passed over by the index.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_large_ledger_is_tried_by_an_index(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let (db, hazards) = (app.rows().await, times(HAZARDS, 5_000));
    fill(&db, hazards).await;
    let lately = hazard::Entity::find().filter(hazard::registered_since(now() - TimeDelta::days(2)));
    let lately = lately.select_only().column(hazard::Column::AreaId);
    let backend = db.get_database_backend();
    let Statement { sql, values, .. } = lately.build(backend);
    let (explain, column) = match backend {
        DbBackend::Postgres => ("EXPLAIN", "QUERY PLAN"),
        _ => ("EXPLAIN QUERY PLAN", "detail"),
    };
    let explained = Statement { sql: format!("{explain} {sql}"), values, db_backend: backend };
    let rows = db.query_all_raw(explained).await.unwrap();
    let plan: String = rows.iter().map(|row| row.try_get::<String>("", column).unwrap()).collect();
    assert!(plan.contains("ix_hazard_status_registered_at_id"), "{plan}");

    let (file, cases) =
        (duties(&app, "self_built_house", "520115-emergency", "2027-03-01"), app.data().join("cases.csv"));
    let (ok, said) = tried(&app, &file, &["--dry-run", "--cases", cases.to_str().unwrap()]).await;

    let recent = 1 + (0..hazards).filter(|number| number % 180 < 90).count();
    assert!(ok && said.contains(&format!("of {recent} hazards of the last 90 days, {recent} would have")), "{said}");
    assert_eq!(std::fs::read_to_string(&cases).unwrap().lines().count(), recent + 1);
}

//! A report that accuses a unit: who is kept from it, and that nobody else notices.

mod ledgers;
mod staff;
mod waiting;

use entity::event;
use rstest::rstest;
use sea_orm::{EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{import, login, submission};
use uuid::Uuid;

/// Imports a file with these lines.
async fn import_lines(app: &TestApp, kind: &str, lines: &[&str]) {
    let file = app.data().join(format!("{kind}-{}.csv", Uuid::new_v4()));
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    let imported = app.run(&["import", kind, file.to_str().unwrap()]).await;
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
}

const UNITS: &str = "code,name,kind,area_code,parent_code,valid_from";
const OFFICERS: &str = "staff_no,name,unit_code,phone";
const POSTS: &str = "staff_no,role,unit_code,area_code,valid_from,valid_to";

/// Submits an anonymous report that accuses the unit with this code, and returns its id.
async fn accuses(app: &TestApp, asker: &Person, unit: &str, mut input: Value) -> String {
    input["accusedUnitId"] = asker.ids_of(&[unit]).await.remove(0);
    let sent = Person::stranger(app).submits(&input).await.ok();
    sent.text("submitReport.receipt.reportId").to_owned()
}

async fn sees(who: &Person, hazard: &str) -> bool {
    let seen = who.asks("query($id: UUID!) { hazard(id: $id) { id } }", json!({ "id": hazard })).await;
    assert!(matches!(seen.code(), None | Some("NOT_FOUND")), "{}", seen.body);
    seen.code().is_none()
}

/// The bar is asked for when somebody reads, so that a unit that is imported below the accused one later is recused as
/// well; and it holds for all posts of an officer.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_unit_imported_below_the_accused_one_is_recused_too(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let report = accuses(&app, &clerk, "520115-fire", submission(Uuid::new_v4(), "ANONYMOUS")).await;
    let hazard = clerk.confirms(&report).await;
    let station = "520115-fire-station,消防救援站,DEPARTMENT,520115000000,,2024-01-01";
    import_lines(&app, "units", &[UNITS, station]).await;
    import_lines(&app, "officers", &[OFFICERS, "station-1,站员示例甲,520115-fire-station,19900000901"]).await;
    let posts = [
        POSTS,
        "station-1,WORKER,520115-fire-station,520115000000,2024-01-01,",
        "station-1,SUPERVISOR,520115-command-centre,520115000000,2024-01-01,",
    ];
    import_lines(&app, "posts", &posts).await;
    let officer = Person::from(login(&app, "OFFICER", "19900000901").await);
    assert!(sees(&officer, &hazard).await, "the station is no part of the accused brigade yet");

    import_lines(&app, "units", &[UNITS, &station.replace(",,", ",520115-fire,")]).await;

    assert!(!sees(&officer, &hazard).await);
    let of_it = "query($id: UUID!) { report(id: $id) { id } }";
    assert_eq!(officer.asks(of_it, json!({ "id": report })).await.code(), Some("NOT_FOUND"));
    assert!(sees(&Person::officer(&app, "supervisor-1").await, &hazard).await);
}

/// Who may read the report is told that its unit is recused, and whom it accuses. The refusal is an event of the
/// officer's, and leaves the hazard as it is.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refused_dispatch_is_recorded_and_leaves_the_hazard_alone(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let report = accuses(&app, &clerk, "520115-fire", submission(Uuid::new_v4(), "ANONYMOUS")).await;
    let hazard = clerk.confirms(&report).await;
    let version = async || {
        let query = "query($id: UUID!) { hazard(id: $id) { version } }";
        clerk.asks(query, json!({ "id": hazard })).await.ok().data("hazard.version").clone()
    };
    let before = version().await;
    let units = clerk.ids_of(&["520115-housing", "520115-fire"]).await;

    let dispatch = json!({ "hazardId": hazard, "leadUnitId": units[0], "supportUnitIds": [units[1]] });
    assert_eq!(clerk.does("dispatchHazard", dispatch.clone()).await.code(), Some("UNIT_BARRED"));

    assert_eq!(version().await, before);
    let query = "query($id: UUID!) { report(id: $id) { accusedUnits { code } } }";
    let seen = clerk.asks(query, json!({ "id": report })).await.ok();
    assert_eq!(seen.data("report.accusedUnits"), &json!([{ "code": "520115-fire" }]));
    let refused = event::COLUMN.kind.eq("DISPATCH_REFUSED");
    let events = event::Entity::find().filter(refused).all(&app.rows().await).await.unwrap();
    let payload: Value = serde_json::from_str(&events[0].payload).unwrap();
    assert!(events.len() == 1 && events[0].stream.starts_with("staff:") && events[0].actor.is_some());
    assert_eq!((&payload["hazard"], &payload["code"]), (&json!(hazard), &json!("UNIT_BARRED")));
    assert_eq!(payload["supports"], json!([units[1]]));

    // An independent report makes the matter one that the brigade may work on, without the accusing report.
    let independent = Person::stranger(&app).reports("ANONYMOUS").await;
    let merged = json!({ "reportId": independent, "hazardId": hazard, "reason": "同一处围墙" });
    clerk.does("mergeReport", merged).await.done();
    clerk.does("dispatchHazard", dispatch).await.done();
    let worker = Person::officer(&app, "fire-worker-1").await;
    let query =
        "query($id: UUID!) { hazard(id: $id) { reportCount reports { edges { node { id accusedUnits { id } } } } } }";
    let seen = worker.asks(query, json!({ "id": hazard })).await.ok();
    let shown =
        json!({ "reportCount": 1, "reports": { "edges": [{ "node": { "id": independent, "accusedUnits": [] } }] } });
    assert_eq!(seen.data("hazard"), &shown);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_unknown_accused_unit_is_refused_under_its_field(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["accusedUnitId"] = json!(Uuid::new_v4());

    let refused = Person::stranger(&app).submits(&input).await;

    assert_eq!((refused.code(), refused.extension("field")), (Some("INVALID_INPUT"), &json!("input.accusedUnitId")));
}

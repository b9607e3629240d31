//! Reports that no unit may review wait until one may.

use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::waiting::until;
use tests::world::{emergency, import, login, submission};
use uuid::Uuid;

use crate::todos::rows::todos_follow_from_events;

use super::{OFFICERS, POSTS, UNITS, accuses, import_lines};

pub(super) async fn listed(app: &TestApp) -> String {
    let done = app.run(&["reports", "unassigned"]).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Waits until the gauge has this value.
pub(super) async fn gauge(app: &TestApp, value: &str) {
    until("the gauge of waiting reports", async || {
        let metrics = app.metrics().await;
        let line = metrics.lines().find(|line| line.starts_with("chuishao_reports_unassigned ")).map(str::to_owned);
        if line.as_deref() == Some(&format!("chuishao_reports_unassigned {value}")) { Ok(()) } else { Err(line) }
    })
    .await;
}

const REVIEW: &str = "query($id: UUID!) { report(id: $id) { reviewUnitId whyHere clocks { state } history { kind } } }";

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_report_that_no_unit_may_review_waits_and_is_assigned_when_one_may(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    app.expect_in_log("reports wait because no unit may review them");
    assert_eq!(listed(&app).await, "no report waits for a unit that may review it\n");
    let centre = Person::officer(&app, "command-1").await;
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["place"] = json!({ "lng": 121.5, "lat": 31.2, "crs": "GCJ02" });

    let report = accuses(&app, &centre, "520115-command-centre", input).await;

    let told = listed(&app).await;
    assert!(told.starts_with(&report) && told.contains("(outside every area)"), "{told}");
    assert_eq!(centre.asks(REVIEW, json!({ "id": report })).await.code(), Some("NOT_FOUND"));
    gauge(&app, "1").await;

    let second = "520115-second-centre,第二指挥中心,COMMAND_CENTRE,520115000000,,2024-01-01";
    import_lines(&app, "units", &[UNITS, second]).await;
    import_lines(&app, "officers", &[OFFICERS, "second-1,指挥示例丙,520115-second-centre,19900000902"]).await;
    import_lines(&app, "posts", &[POSTS, "second-1,COMMAND_CENTRE,520115-second-centre,520115000000,2024-01-01,"])
        .await;
    gauge(&app, "0").await;

    assert_eq!(listed(&app).await, "no report waits for a unit that may review it\n");
    let officer = Person::from(login(&app, "OFFICER", "19900000902").await);
    let seen = officer.asks(REVIEW, json!({ "id": report })).await.ok();
    assert_eq!(seen.data("report.reviewUnitId"), &officer.ids_of(&["520115-second-centre"]).await[0]);
    assert_eq!(seen.data("report.history"), &json!([{ "kind": "RECEIVED" }, { "kind": "ASSIGNED" }]));
    let clocks = seen.data("report.clocks").as_array().unwrap();
    let count = |state: &str| clocks.iter().filter(|clock| clock["state"] == state).count();
    assert_eq!((clocks.len(), count("CANCELLED"), count("RUNNING")), (2, 1, 1));
    officer.confirms(&report).await;
    todos_follow_from_events(&app).await;
}

/// All units that could review are below the accused one. The report waits, but people are in danger: the township of
/// the place dispatches its hazard, of which it sees no report.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_emergency_is_dispatched_while_its_report_waits(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    app.expect_in_log("reports wait because no unit may review them");
    put_townships_below_the_centre(&app).await;
    let leader = Person::officer(&app, "binyang-leader").await;

    let report = accuses(&app, &leader, "520115-command-centre", emergency(Uuid::new_v4(), "ANONYMOUS")).await;

    assert!(listed(&app).await.starts_with(&report));
    let hazards = "{ hazards(first: 10) { edges { node { id emergency reportCount } } } }";
    let seen = leader.asks(hazards, json!({})).await.ok();
    let hazard = seen.text("hazards.edges.0.node.id").to_owned();
    assert_eq!(seen.data("hazards.edges.0.node.reportCount"), &json!(0));
    assert_eq!(leader.asks(REVIEW, json!({ "id": report })).await.code(), Some("NOT_FOUND"));
    leader.blows_of_type("emergency", &hazard, &["520115-fire"]).await;
    gauge(&app, "1").await;
    todos_follow_from_events(&app).await;
}

/// Every township is a unit of the command centre, so that whoever accuses the centre accuses them all.
async fn put_townships_below_the_centre(app: &TestApp) {
    let demo = include_str!("../../../api/data/demo/units.csv");
    let below: String = demo.lines().map(|line| line.replace(",,2024", ",520115-command-centre,2024") + "\n").collect();
    let below = below.replace("520115000000,520115-command-centre,", "520115000000,,");
    import_lines(app, "units", &below.lines().collect::<Vec<_>>()).await;
}

/// A city above the county of the sample district.
const CITY: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"520100000000","name":"贵阳市","level":"city","boundary":"official"},"geometry":{"type":"Polygon","coordinates":[[[106.0,26.0],[107.5,26.0],[107.5,27.5],[106.0,27.5],[106.0,26.0]]]}}]}"#;

/// Neither a township nor the command centre of the county may review the report: the command centre of the city does, and
/// nothing waits.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_centre_of_the_city_reviews_what_no_unit_of_the_county_may(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let file = app.data().join("city.geojson");
    std::fs::write(&file, CITY).unwrap();
    let imported = app.run(&["import", "areas", file.to_str().unwrap()]).await;
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    import(&app).await;
    let city = "520100-command-centre,贵阳市综合指挥中心,COMMAND_CENTRE,520100000000,,2024-01-01";
    import_lines(&app, "units", &[UNITS, city]).await;
    import_lines(&app, "officers", &[OFFICERS, "city-1,指挥示例丁,520100-command-centre,19900000903"]).await;
    import_lines(&app, "posts", &[POSTS, "city-1,COMMAND_CENTRE,520100-command-centre,520100000000,2024-01-01,"]).await;
    put_townships_below_the_centre(&app).await;
    let (clerk, centre) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "command-1").await);
    let officer = Person::from(login(&app, "OFFICER", "19900000903").await);

    let calm = accuses(&app, &clerk, "520115-command-centre", submission(Uuid::new_v4(), "ANONYMOUS")).await;
    let urgent = accuses(&app, &clerk, "520115-command-centre", emergency(Uuid::new_v4(), "ANONYMOUS")).await;

    assert_eq!(listed(&app).await, "no report waits for a unit that may review it\n");
    let unit = officer.ids_of(&["520100-command-centre"]).await.remove(0);
    for report in [calm, urgent] {
        for barred in [&clerk, &centre] {
            assert_eq!(barred.asks(REVIEW, json!({ "id": report })).await.code(), Some("NOT_FOUND"));
        }
        let seen = officer.asks(REVIEW, json!({ "id": report })).await.ok();
        assert_eq!(seen.data("report.reviewUnitId"), &unit);
        let hazard = officer.confirms(&report).await;
        officer.dispatches(&hazard, &["520115-fire"]).await;
    }
    todos_follow_from_events(&app).await;
}

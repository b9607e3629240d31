//! The duty roster 值班: an emergency reaches whoever is on duty, at whatever hour it comes.

mod import;
mod shifts;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{import as import_district, import_lines, phone_of};

use crate::now::now;
use crate::todos::rows::todos_follow_from_events;

const BINYANG: &str = "520115001000";
pub(crate) const HEADING: &str = "unit_code,starts_at,ends_at,staff_no,role,deputy_staff_no,deputy_role";

/// A time so many hours from now, as a file states it.
pub(crate) fn at(hours: i64) -> String {
    let at: DateTime<Utc> = now() + TimeDelta::hours(hours);
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The line of a shift that began an hour ago and lasts for eleven more.
fn tonight(unit: &str, post: &str, deputy: &str) -> String {
    format!("{unit},{},{},{post},,{deputy},", at(-1), at(11))
}

async fn put_on_duty(app: &TestApp, lines: &[String]) {
    import_lines(app, "roster", HEADING, &lines.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

/// What falls to somebody's duty: the kind of each todo, with the staff number of whoever is on duty in its unit.
async fn duty(who: &Person) -> Vec<(String, Value)> {
    let query = "{ todos(first: 100, onDuty: true) { nodes { kind urgent onDuty dutyPost { staffNo } } } }";
    let seen = who.asks(query, json!({})).await.ok();
    let mut found = Vec::new();
    for todo in seen.data("todos.nodes").as_array().unwrap() {
        assert_eq!((&todo["urgent"], &todo["onDuty"]), (&json!(true), &json!(true)), "{todo}");
        found.push((todo["kind"].as_str().unwrap().to_owned(), todo["dutyPost"]["staffNo"].clone()));
    }
    let counts = who.asks("{ todoCounts(onDuty: true) { open } }", json!({})).await.ok();
    let open = counts.data("todoCounts").as_array().unwrap().iter().map(|one| one["open"].as_u64().unwrap());
    assert_eq!(open.sum::<u64>(), found.len() as u64, "the counts are those of the list");
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

fn of(kinds: &[&str], staff_no: &str) -> Vec<(String, Value)> {
    kinds.iter().map(|kind| ((*kind).to_owned(), json!(staff_no))).collect()
}

/// The post that owns the clock of this kind of a report or a hazard.
async fn owner(who: &Person, matter: &str, id: &str, kind: &str) -> Value {
    let query = format!("query($id: UUID!) {{ {matter}(id: $id) {{ clocks {{ kind ownerPostId }} }} }}");
    let seen = who.asks(&query, json!({ "id": id })).await.ok();
    let clocks = seen.data(&format!("{matter}.clocks")).as_array().unwrap();
    clocks.iter().find(|clock| clock["kind"] == kind).unwrap()["ownerPostId"].clone()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_emergency_at_night_reaches_the_one_on_duty(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    let night = [tonight(BINYANG, "binyang-clerk", "binyang-leader"), tonight("520115-housing", "housing-clerk", "")];
    put_on_duty(&app, &night).await;
    let (clerk, leader) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "binyang-leader").await);
    let housing = Person::officer(&app, "housing-clerk").await;
    Person::stranger(&app).reports("ANONYMOUS").await;
    assert_eq!(duty(&clerk).await, [], "what is not urgent waits for the office");

    let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;

    let hazard = clerk.hazard_of(&report).await;
    assert_eq!(duty(&clerk).await, of(&["DISPATCH", "REVIEW"], "binyang-clerk"));
    let post = json!(clerk.post().await);
    assert_eq!(owner(&clerk, "report", &report, "REVIEW").await, post);
    assert_eq!(owner(&clerk, "hazard", &hazard, "DISPATCH").await, post);
    assert_eq!(duty(&leader).await, [], "the deputy is not on duty");
    let query = "{ todos(first: 100) { nodes { urgent onDuty isExpectedOfMe dutyPost { staffNo } } } }";
    let seen = leader.asks(query, json!({})).await.ok();
    let all = seen.data("todos.nodes").as_array().unwrap();
    let urgent = all.iter().filter(|todo| todo["urgent"] == true);
    let expected =
        json!({ "urgent": true, "onDuty": false, "isExpectedOfMe": false, "dutyPost": { "staffNo": "binyang-clerk" } });
    assert_eq!(urgent.collect::<Vec<_>>(), [&expected, &expected], "the leader sees who is on duty");

    clerk.dispatches(&hazard, &["520115-housing"]).await;

    assert_eq!(duty(&clerk).await, of(&["REVIEW"], "binyang-clerk"));
    assert_eq!(duty(&housing).await, of(&["SIGN"], "housing-clerk"));
    assert_eq!(owner(&housing, "hazard", &hazard, "SIGN").await, json!(housing.post().await));
    assert_eq!(owner(&housing, "hazard", &hazard, "FINISH").await, Value::Null, "the work lasts longer than a night");
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_deputy_is_on_duty_when_the_first_has_left(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    put_on_duty(&app, &[tonight(BINYANG, "binyang-clerk", "binyang-leader")]).await;
    let leader = Person::officer(&app, "binyang-leader").await;
    let on_duty = async || {
        let query = "query($unit: UUID) { onDuty(unitId: $unit) { isDeputy post { staffNo } unit { code } } }";
        let unit = leader.ids_of(&[BINYANG]).await.remove(0);
        let [named, own] = [json!({ "unit": unit }), json!({})];
        let answers = [leader.asks(query, named).await.ok(), leader.asks(query, own).await.ok()];
        assert_eq!(answers[0].data("onDuty"), answers[1].data("onDuty"), "it is the unit of the caller's only post");
        answers[0].data("onDuty").clone()
    };
    let expected = |is_deputy: bool, staff_no: &str| json!([{ "isDeputy": is_deputy, "post": { "staffNo": staff_no }, "unit": { "code": BINYANG } }]);
    assert_eq!(on_duty().await, expected(false, "binyang-clerk"));

    let left = format!("binyang-clerk,示例,{BINYANG},{},false", phone_of("binyang-clerk"));
    import_lines(&app, "officers", "staff_no,name,unit_code,phone,active", &[&left]).await;

    assert_eq!(on_duty().await, expected(true, "binyang-leader"));
    let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    assert_eq!(duty(&leader).await, of(&["DISPATCH", "REVIEW"], "binyang-leader"));
    let hazard = leader.hazard_of(&report).await;
    assert_eq!(owner(&leader, "hazard", &hazard, "DISPATCH").await, json!(leader.post().await));
    assert_eq!(owner(&leader, "report", &report, "REVIEW").await, json!(leader.post().await));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_day_without_a_roster_leaves_the_clock_to_the_unit_itself(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    // The night before and the one to come have shifts; the day between them has none.
    let night = |from, to| format!("{BINYANG},{},{},binyang-clerk,,,", at(from), at(to));
    put_on_duty(&app, &[night(-12, -1), night(11, 23)]).await;

    let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;

    let hazard = clerk.hazard_of(&report).await;
    for (matter, id, kind) in [("report", &report, "REVIEW"), ("hazard", &hazard, "DISPATCH")] {
        assert_eq!(owner(&clerk, matter, id, kind).await, Value::Null, "{kind}");
    }
    assert_eq!(duty(&clerk).await, []);
    let seen = clerk.asks("{ onDuty { shiftId } todos { nodes { onDuty dutyPost { id } } } }", json!({})).await.ok();
    assert_eq!(seen.data("onDuty"), &json!([]));
    let nobody = json!({ "onDuty": false, "dutyPost": null });
    assert_eq!(seen.data("todos.nodes"), &json!([nobody, nobody]), "the clerk finds both as on any day");
}

/// To be on duty gives no other role.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_worker_on_duty_does_not_get_the_rights_of_a_clerk(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    let (worker, centre) = (Person::officer(&app, "binyang-worker-1").await, Person::officer(&app, "command-1").await);
    put_on_duty(&app, &[tonight(BINYANG, "binyang-worker-1", "")]).await;
    let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    let hazard = centre.hazard_of(&report).await;

    assert_eq!(duty(&worker).await, []);
    let housing = centre.ids_of(&["520115-housing"]).await.remove(0);
    let input = json!({ "hazardId": hazard, "leadUnitId": housing });
    assert_eq!(worker.does("dispatchHazard", input).await.code(), Some("FORBIDDEN"));
    let query = "query($unit: UUID) { onDuty(unitId: $unit) { post { staffNo } } }";
    let unit = centre.ids_of(&[BINYANG]).await.remove(0);
    let seen = centre.asks(query, json!({ "unit": unit })).await.ok();
    assert_eq!(seen.data("onDuty"), &json!([{ "post": { "staffNo": "binyang-worker-1" } }]));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_command_centre_that_covers_a_township_dispatches_and_does_not_review(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_district(&app).await;
    put_on_duty(&app, &[tonight(BINYANG, "command-1", "")]).await;
    let [centre, other] = [Person::officer(&app, "command-1").await, Person::officer(&app, "command-2").await];

    let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;

    assert_eq!(duty(&centre).await, of(&["DISPATCH"], "command-1"));
    let seen = other.asks("{ todos { nodes { kind } } }", json!({})).await.ok();
    assert_eq!(seen.data("todos.nodes"), &json!([]), "what the township has to do is not the rest of the centre's");
    let hazard = centre.hazard_of(&report).await;
    assert_eq!(owner(&centre, "hazard", &hazard, "DISPATCH").await, json!(centre.post().await));
    let input = json!({ "reportId": report, "reason": "现场核实属实" });
    assert_eq!(centre.does("confirmReport", input).await.code(), Some("FORBIDDEN"));
    centre.dispatches(&hazard, &["520115-housing"]).await;
    assert_eq!(duty(&centre).await, []);
}

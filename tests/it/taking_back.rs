//! An assignment goes to another unit or another worker: taken back by the unit that gave it, or taken over from somebody
//! who has left.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{ENDED, import, import_lines, submission};
use uuid::Uuid;

use crate::todos::rows::todos_follow_from_events;

const POSTS: &str = "staff_no,role,unit_code,area_code,valid_from,valid_to";
const OFFICERS: &str = "staff_no,name,unit_code,phone,active";

/// What the command centre sees of a hazard.
async fn seen(centre: &Person, hazard: &str) -> Value {
    let query = "query($id: UUID!) { hazard(id: $id) { status whistles { status } history { kind }
        assignments { id part status workerId unit { code } givenBy { code } } clocks { kind state assignmentId } } }";
    centre.asks(query, json!({ "id": hazard })).await.ok().data("hazard").clone()
}

/// The states of the clocks of an assignment, in alphabetical order of their kinds.
fn clocks(hazard: &Value, assignment: &str) -> Vec<String> {
    let all = hazard["clocks"].as_array().unwrap().iter().filter(|clock| clock["assignmentId"] == assignment);
    let mut states: Vec<String> = all.map(|clock| format!("{} {}", clock["kind"], clock["state"])).collect();
    states.sort();
    states
}

fn all(state: &str) -> Vec<String> {
    ["CHECK_IN", "FINISH", "SIGN"].map(|kind| format!("\"{kind}\" \"{state}\"")).to_vec()
}

/// 收回: a slip of the finger, another lead, the same unit once more, and in the end the hazard is closed.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_assignment_is_taken_back_and_the_hazard_goes_on(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let officer = async |staff_no: &str| Person::officer(&app, staff_no).await;
    let (clerk, leader) = (officer("binyang-clerk").await, officer("binyang-leader").await);
    let (housing, city) = (officer("housing-leader").await, officer("city-management-worker-1").await);
    let centre = officer("command-2").await;
    let hazard = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let [lead, support] =
        leader.blows(&hazard, &["520115-housing", "520115-city-management"]).await.try_into().unwrap();
    let units = clerk.ids_of(&["520115-fire", "520115-city-management"]).await;
    let instead = |assignment: &str, unit: &Value| json!({ "assignmentId": assignment, "newLeadUnitId": unit, "reason": "点错了单位" });

    assert_eq!(housing.judges("takeBackAssignment", &lead).await.code(), Some("FORBIDDEN"));
    assert_eq!(clerk.judges("takeBackAssignment", &lead).await.extension("rule"), &json!("take_back.new_lead"));
    let called = clerk.does("takeBackAssignment", instead(&lead, &units[0])).await;
    assert_eq!(called.extension("rule"), &json!("whistle.may_blow"), "a clerk does not call units with this whistle");
    let request = Uuid::new_v4();
    for _ in 0..2 {
        let taken = leader.does_as(request, "takeBackAssignment", instead(&lead, &units[0])).await.ok();
        assert_eq!(taken.text("done.assignment.status"), "CANCELLED");
        assert_eq!(taken.data("done.hazard.assignments").as_array().unwrap().len(), 3, "the same request once more");
    }
    let there = seen(&centre, &hazard).await;
    assert_eq!(clocks(&there, &lead), all("CANCELLED"));
    let fire =
        there["assignments"].as_array().unwrap().iter().find(|one| one["unit"]["code"] == "520115-fire").unwrap();
    assert_eq!((&fire["part"], &fire["givenBy"]["code"]), (&json!("LEAD"), &json!("520115001000")));
    let fire = fire["id"].as_str().unwrap();
    assert_eq!(clocks(&there, fire), all("RUNNING"));
    let told = "query($id: UUID!) { hazard(id: $id) { history { kind } } }";
    let told = housing.asks(told, json!({ "id": hazard })).await.ok();
    assert_eq!(told.data("hazard.history").as_array().unwrap().last().unwrap()["kind"], "TAKEN_BACK");

    leader.does("takeBackAssignment", instead(fire, &units[1])).await.done();
    let [again] = leader.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
    assert_eq!(clocks(&seen(&centre, &hazard).await, &again), all("RUNNING"), "asked again in the same round");
    clerk.judges("takeBackAssignment", &again).await.done();
    city.works_on(&support).await;
    assert_eq!(clerk.judges("takeBackAssignment", &support).await.extension("rule"), &json!("take_back.not_finished"));
    clerk.judges("acceptWork", &support).await.done();
    leader.closes(&hazard).await;
    let there = seen(&centre, &hazard).await;
    assert_eq!((&there["status"], &there["whistles"][0]["status"]), (&json!("CLOSED"), &json!("COMPLETED")));
    todos_follow_from_events(&app).await;
}

/// A village has no clerk: its grid worker takes over from an officer without a post, and the township gives back what a
/// worker holds who may no longer log in.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_somebody_holds_who_has_left_is_taken_over(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let officer = async |staff_no: &str| Person::officer(&app, staff_no).await;
    let (clerk, leader) = (officer("binyang-clerk").await, officer("binyang-leader").await);
    let (village, grid) = (officer("binyang-village-1").await, officer("binyang-grid-1").await);
    let hazard = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let units = ["520115-housing", "520115001002"];
    let [_, support] = leader.dispatches(&hazard, &units).await.try_into().unwrap();
    village.steps("claimAssignment", &support).await.done();
    assert_eq!(grid.steps("claimAssignment", &support).await.code(), Some("ALREADY_CLAIMED"));
    assert_eq!(clerk.judges("releaseAssignment", &support).await.code(), Some("FORBIDDEN"));

    let ended = format!("binyang-village-1,VILLAGE_OFFICER,520115001002,520115001002,2024-01-01,{ENDED}");
    import_lines(&app, "posts", POSTS, &[&ended]).await;
    let taken = grid.steps("claimAssignment", &support).await.ok();
    assert_eq!(taken.text("done.status"), "CLAIMED");

    let gone = format!("binyang-grid-1,示例,520115001002,{},false", tests::world::phone_of("binyang-grid-1"));
    import_lines(&app, "officers", OFFICERS, &[&gone]).await;
    assert_eq!(clerk.judges("releaseAssignment", &support).await.ok().text("done.status"), "SIGNED");
    assert_eq!(clerk.judges("takeBackAssignment", &support).await.ok().text("done.assignment.status"), "CANCELLED");
    todos_follow_from_events(&app).await;
}

/// What the command centre holds because the township is accused: it blows every whistle 吹哨, its own work is accepted by
/// another of its officers, and its supervisor reopens it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_command_centre_brings_its_own_hazard_to_an_end(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let worker = "command-2,WORKER,520115-command-centre,520115000000,2024-01-01,";
    import_lines(&app, "posts", POSTS, &[worker]).await;
    let officer = async |staff_no: &str| Person::officer(&app, staff_no).await;
    let (centre, worker, supervisor) =
        (officer("command-1").await, officer("command-2").await, officer("supervisor-1").await);
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["accusedUnitId"] = centre.ids_of(&["520115001000"]).await.remove(0);
    let sent = Person::stranger(&app).submits(&input).await.ok();
    let hazard = centre.confirms(sent.text("submitReport.receipt.reportId")).await;
    let [assignment] = centre.blows(&hazard, &["520115-command-centre"]).await.try_into().unwrap();
    worker.works_on(&assignment).await;
    assert_eq!(worker.judges("acceptWork", &assignment).await.code(), Some("NOT_YOUR_OWN"));
    assert_eq!(centre.judges("acceptWork", &assignment).await.ok().text("done.status"), "ACCEPTED");
    centre.closes(&hazard).await;
    let input = json!({ "hazardId": hazard, "reason": "回头看发现未整改到位" });
    assert_eq!(supervisor.does("reopenHazard", input).await.ok().text("done.status"), "REGISTERED");
}

//! A unit says that an assignment is not its duty 退单, and somebody who is no party rules on it 裁定. Long because the stories
//! use the same people and the same view.

mod at_once;

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::people::Person;
use tests::world::{import, submission};
use uuid::Uuid;

/// What is shown of a hazard with its send-backs.
const SEEN: &str = "query($id: UUID!) { hazard(id: $id) { status hops
    sendBacks { assignmentId state cause basis { text } unit { code } proposedUnit { code } askedAt
        decidedBy { code } decidedAs decision { text } decidedAt movedTo { code } }
    assignments { id part status origin unit { code } givenBy { code } givenByPostId sendBacks { state } }
    whistles { status } clocks { kind state ownerUnitId assignmentId }
    history { kind sentence postId note { text }
        details { sendBackCause proposedUnitId forRuling ruling byUnitId leadAssignmentId toUnitIds assignmentIds } } } }";

async fn seen(who: &Person, hazard: &str) -> Value {
    who.asks(SEEN, json!({ "id": hazard })).await.ok().data("hazard").clone()
}

/// Asks to send an assignment back, because this unit should lead.
async fn sends_back(who: &Person, assignment: &str, proposed: Option<&str>) -> Answer {
    let mut input = json!({
        "assignmentId": assignment, "cause": "ANOTHER_LEAD", "basis": "《城镇燃气管理条例》第五条，非本单位职责",
    });
    if let Some(code) = proposed {
        input["proposedUnitId"] = who.ids_of(&[code]).await.remove(0);
    }
    who.does("sendBackAssignment", input).await
}

/// The input of a decision that names a new lead and supports.
async fn instead(who: &Person, assignment: &str, lead: Option<&str>, supports: &[&str]) -> Value {
    let mut input = json!({ "assignmentId": assignment, "reason": "按职责清单重新明确" });
    if let Some(lead) = lead {
        input["newLeadUnitId"] = who.ids_of(&[lead]).await.remove(0);
    }
    if !supports.is_empty() {
        input["supportUnitIds"] = json!(who.ids_of(supports).await);
    }
    input
}

async fn rules(who: &Person, assignment: &str, outcome: &str, lead: Option<&str>, supports: &[&str]) -> Answer {
    let mut input = instead(who, assignment, lead, supports).await;
    input["outcome"] = json!(outcome);
    who.does("ruleOnSendBack", input).await
}

fn rule(answer: &Answer) -> String {
    let rule = answer.extension("rule").as_str().or(answer.code());
    rule.unwrap_or_else(|| panic!("it was not refused: {}", answer.body)).to_owned()
}

/// The state of the clock of this kind, and the code of the unit that owns it.
async fn clock(who: &Person, hazard: &Value, kind: &str, assignment: &str) -> (String, String) {
    let of = |clock: &&Value| clock["kind"] == kind && clock["assignmentId"] == assignment;
    let clock = hazard["clocks"].as_array().unwrap().iter().rfind(of).unwrap_or_else(|| panic!("no clock {kind}"));
    let units = who.asks("{ units(first: 100) { edges { node { id code } } } }", json!({})).await.ok();
    let edges = units.data("units.edges").as_array().unwrap().clone();
    let owner = edges.iter().find(|edge| edge["node"]["id"] == clock["ownerUnitId"]).unwrap();
    (clock["state"].as_str().unwrap().to_owned(), owner["node"]["code"].as_str().unwrap().to_owned())
}

fn kinds(hazard: &Value) -> Vec<&str> {
    hazard["history"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect()
}

fn running(unit: &str) -> (String, String) {
    ("RUNNING".to_owned(), unit.to_owned())
}

/// The people of the story.
struct Cast {
    clerk: Person,
    leader: Person,
    centre: Person,
    supervisor: Person,
    housing: Person,
    housing_worker: Person,
}

impl Cast {
    async fn log_in(app: &TestApp) -> Self {
        let officer = async |staff_no: &str| Person::officer(app, staff_no).await;
        Self {
            clerk: officer("binyang-clerk").await,
            leader: officer("binyang-leader").await,
            centre: officer("command-1").await,
            supervisor: officer("supervisor-1").await,
            housing: officer("housing-clerk").await,
            housing_worker: officer("housing-worker-1").await,
        }
    }

    async fn hazard(&self, app: &TestApp) -> String {
        self.clerk.confirms(&Person::stranger(app).reports("ANONYMOUS").await).await
    }
}

/// 综合执法哨，三个部门，一个退单，裁定: the lead says that it is not its duty, the township does not agree, the command
/// centre rules, one of the supports leads from then on, a fourth unit supports, and the hazard is closed.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn of_three_departments_the_lead_sends_back_and_a_ruling_names_another_one(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let [city, fire] =
        [Person::officer(&app, "city-management-worker-1").await, Person::officer(&app, "fire-worker-1").await];
    let gas = Person::officer(&app, "emergency-worker-1").await;
    let hazard = cast.hazard(&app).await;
    let units = ["520115-housing", "520115-city-management", "520115-fire"];
    let [lead, support, other] = cast.leader.blows(&hazard, &units).await.try_into().unwrap();

    let asked = sends_back(&cast.housing, &lead, Some("520115-city-management")).await.ok();
    assert_eq!(asked.text("done.assignment.status"), "SEND_BACK_ASKED");
    let claim = cast.housing_worker.steps("claimAssignment", &lead).await;
    assert_eq!(rule(&claim), "send_back.waits", "nobody works on what is not the unit's duty");
    let there = seen(&cast.centre, &hazard).await;
    assert_eq!(clock(&cast.centre, &there, "ANSWER_SEND_BACK", &lead).await, running("520115001000"));
    assert_eq!(clock(&cast.centre, &there, "FINISH", &lead).await, running("520115-housing"), "no clock stops");
    city.works_on(&support).await; // the others go on

    assert_eq!(rule(&rules(&cast.centre, &lead, "STAYS", None, &[]).await), "send_back.for_giver");
    cast.leader.judges("refuseSendBack", &lead).await.done();
    sends_back(&cast.housing, &lead, Some("520115-city-management")).await.done();
    let there = seen(&cast.centre, &hazard).await;
    assert_eq!(clock(&cast.centre, &there, "RULE", &lead).await, running("520115-command-centre"));
    assert_eq!(rule(&cast.leader.judges("refuseSendBack", &lead).await), "send_back.for_ruling");
    assert_eq!(rules(&cast.leader, &lead, "STAYS", None, &[]).await.code(), Some("FORBIDDEN"));
    assert_eq!(rule(&rules(&cast.supervisor, &lead, "STAYS", None, &[]).await), "send_back.ruler");
    assert_eq!(rule(&rules(&cast.centre, &lead, "MOVES", None, &[]).await), "send_back.new_lead");
    let ruled = rules(&cast.centre, &lead, "MOVES", Some("520115-city-management"), &["520115-emergency"]).await.ok();
    assert_eq!(ruled.text("done.assignment.status"), "SENT_BACK");

    let there = seen(&cast.centre, &hazard).await;
    let parts: Vec<_> = there["assignments"].as_array().unwrap().iter().collect();
    let of = |code: &str| parts.iter().find(|one| one["unit"]["code"] == code).copied().unwrap();
    assert_eq!(
        (&of("520115-city-management")["part"], &of("520115-city-management")["status"]),
        (&json!("LEAD"), &json!("FINISHED"))
    );
    let new = of("520115-emergency");
    assert_eq!((&new["part"], &new["givenBy"]["code"]), (&json!("SUPPORT"), &json!("520115-command-centre")));
    assert_eq!(new["givenByPostId"], json!(cast.centre.post().await), "who asked it is the one who ruled");
    assert_eq!(of("520115-fire")["givenByPostId"], json!(cast.leader.post().await));
    assert_eq!(clock(&cast.centre, &there, "SIGN", new["id"].as_str().unwrap()).await, running("520115-emergency"));
    assert_eq!(clock(&cast.centre, &there, "FINISH", &lead).await.0, "CANCELLED");
    the_list_tells_everything(&there, &lead);

    let taken = cast.leader.judges("takeBackAssignment", new["id"].as_str().unwrap()).await;
    assert_eq!(rule(&taken), "take_back.giver", "a ruling binds the township too");
    fire.works_on(&other).await;
    gas.works_on(new["id"].as_str().unwrap()).await;
    for assignment in [&support, &other, new["id"].as_str().unwrap()] {
        cast.clerk.judges("acceptWork", assignment).await.done();
    }
    cast.leader.closes(&hazard).await;
    let there = seen(&cast.housing, &hazard).await;
    assert_eq!((&there["status"], &there["whistles"][0]["status"]), (&json!("CLOSED"), &json!("COMPLETED")));
}

fn the_list_tells_everything(there: &Value, lead: &str) {
    let [refused, moved] = there["sendBacks"].as_array().unwrap().as_slice() else { panic!("two were asked for") };
    assert_eq!((&there["hops"], &refused["state"], &moved["state"]), (&json!(1), &json!("REFUSED"), &json!("MOVED")));
    assert_eq!(
        (&refused["decidedBy"]["code"], &refused["decidedAs"]),
        (&json!("520115001000"), &json!("TOWNSHIP_LEADER"))
    );
    assert_eq!(
        (&moved["decidedBy"]["code"], &moved["decidedAs"]),
        (&json!("520115-command-centre"), &json!("COMMAND_CENTRE"))
    );
    for one in [refused, moved] {
        assert_eq!((&one["assignmentId"], &one["cause"]), (&json!(lead), &json!("ANOTHER_LEAD")));
        assert_eq!(
            (&one["unit"]["code"], &one["proposedUnit"]["code"]),
            (&json!("520115-housing"), &json!("520115-city-management"))
        );
        assert_eq!(one["basis"]["text"], "《城镇燃气管理条例》第五条，非本单位职责");
        assert!(one["askedAt"].is_string() && one["decidedAt"].is_string() && one["decision"]["text"].is_string());
    }
    assert_eq!(refused["movedTo"], json!([]));
    assert_eq!(moved["movedTo"].as_array().unwrap().len(), 2);
    let all = ["SIGNED", "SEND_BACK_ASKED", "SEND_BACK_REFUSED", "SEND_BACK_ASKED", "RULED", "SENT_BACK"];
    let told: Vec<_> = kinds(there).into_iter().filter(|kind| all.contains(kind)).collect();
    assert_eq!(told, all, "asking signs");
    let history = there["history"].as_array().unwrap();
    let event = |kind: &str| history.iter().rfind(|event| event["kind"] == kind).unwrap();
    let asked = &event("SEND_BACK_ASKED")["details"];
    assert_eq!((&asked["sendBackCause"], &asked["forRuling"]), (&json!("ANOTHER_LEAD"), &json!(true)));
    assert_eq!(event("RULED")["details"]["ruling"], "MOVES");
    assert_eq!(event("RULED")["note"]["text"], "按职责清单重新明确");
    assert_eq!(event("SENT_BACK")["details"]["assignmentIds"].as_array().unwrap().len(), 2);
}

/// The township agrees, nobody is left, and the hazard waits for another dispatch: its clock goes on.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_emergency_that_is_sent_back_waits_for_its_dispatch_again(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let stranger = Person::officer(&app, "emergency-clerk").await;
    let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    let hazard = cast.clerk.hazard_of(&report).await;
    let [assignment] = cast.clerk.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();

    assert_eq!(sends_back(&stranger, &assignment, None).await.code(), Some("NOT_FOUND"));
    assert_eq!(sends_back(&cast.housing_worker, &assignment, None).await.code(), Some("FORBIDDEN"));
    assert_eq!(rule(&cast.housing.steps("withdrawSendBack", &assignment).await), "send_back.asked");
    let request = Uuid::new_v4();
    let input = json!({ "assignmentId": assignment, "cause": "NOT_OUR_AREA", "basis": "不在本单位管辖区域" });
    for _ in 0..2 {
        let asked = cast.housing.does_as(request, "sendBackAssignment", input.clone()).await.ok();
        assert_eq!(asked.text("done.assignment.status"), "SEND_BACK_ASKED", "the same request once more");
    }
    let mut changed = input.clone();
    changed["cause"] = json!("NOT_OUR_DUTY");
    let taken = cast.housing.does_as(request, "sendBackAssignment", changed).await;
    assert_eq!(taken.code(), Some("REQUEST_ID_TAKEN"));
    assert_eq!(rule(&cast.housing.judges("acceptSendBack", &assignment).await), "FORBIDDEN");
    let agreed = cast.clerk.judges("acceptSendBack", &assignment).await.ok();
    assert_eq!((agreed.text("done.assignment.status"), agreed.text("done.hazard.status")), ("SENT_BACK", "REGISTERED"));

    let there = seen(&cast.centre, &hazard).await;
    let dispatch = there["clocks"].as_array().unwrap().iter().find(|clock| clock["kind"] == "DISPATCH").unwrap();
    assert_eq!((&dispatch["state"], &there["hops"]), (&json!("RUNNING"), &json!(1)));
    let [again] = cast.clerk.dispatches(&hazard, &["520115-fire"]).await.try_into().unwrap();
    let fire = Person::officer(&app, "fire-clerk").await;
    sends_back(&fire, &again, None).await.done();
    assert_eq!(rule(&cast.clerk.judges("acceptSendBack", &again).await), "send_back.for_ruling", "the second hop");
    let told = seen(&cast.housing, &hazard).await;
    assert_eq!(told["sendBacks"].as_array().unwrap().len(), 2, "whoever sent it back still sees what became of it");
}

/// The command centre asked and did not agree, so it is a party; its supervisor rules, and that is the end.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_rules_on_an_own_matter_and_a_ruling_is_the_end(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let colleague = Person::officer(&app, "command-2").await;
    let hazard = cast.hazard(&app).await;
    let [assignment] = cast.centre.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
    sends_back(&cast.housing, &assignment, None).await.done();
    assert_eq!(rule(&cast.clerk.judges("refuseSendBack", &assignment).await), "send_back.giver");
    cast.centre.judges("refuseSendBack", &assignment).await.done();
    sends_back(&cast.housing, &assignment, None).await.done();
    let refused = rules(&colleague, &assignment, "STAYS", None, &[]).await;
    assert_eq!((refused.code(), rule(&refused).as_str()), (Some("NOT_YOUR_OWN"), "send_back.not_party"));
    let named = rules(&cast.supervisor, &assignment, "STAYS", Some("520115-fire"), &[]).await;
    assert_eq!((named.code(), rule(&named).as_str()), (Some("INVALID_INPUT"), "send_back.stays"));
    let stays = rules(&cast.supervisor, &assignment, "STAYS", None, &[]).await.ok();
    assert_eq!(stays.text("done.assignment.status"), "SIGNED", "as it was before");
    assert_eq!(rule(&sends_back(&cast.housing, &assignment, None).await), "send_back.ruled");
    cast.housing_worker.works_on(&assignment).await;
    assert_eq!(rule(&sends_back(&cast.housing, &assignment, None).await), "send_back.before_check_in");
    let there = seen(&cast.centre, &hazard).await;
    assert_eq!((&there["hops"], &there["sendBacks"][1]["decidedAs"]), (&json!(0), &json!("SUPERVISOR")));
}

/// 回避: whoever may read the report that accuses a unit neither proposes nor names that unit. Work that is sent back goes to
/// others.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn work_that_is_sent_back_does_not_go_to_a_unit_that_a_report_accuses(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    for accused in [None, Some("520115-fire")] {
        let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
        if let Some(unit) = accused {
            input["accusedUnitId"] = cast.clerk.ids_of(&[unit]).await.remove(0);
        }
        let sent = Person::stranger(&app).submits(&input).await.ok();
        let hazard = cast.clerk.confirms(sent.text("submitReport.receipt.reportId")).await;
        let [assignment] = cast.clerk.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
        let proposed = sends_back(&cast.housing, &assignment, Some("520115-fire")).await;
        assert_eq!(proposed.code(), accused.map(|_| "UNIT_BARRED"), "a department reads the reports of its work");
        if accused.is_some() {
            sends_back(&cast.housing, &assignment, Some("520115-water")).await.done();
        }
        let named = instead(&cast.clerk, &assignment, Some("520115-fire"), &[]).await;
        let agreed = cast.clerk.does("acceptSendBack", named).await;
        assert_eq!(agreed.code(), accused.map(|_| "UNIT_BARRED"));
        if accused.is_some() {
            let named = instead(&cast.clerk, &assignment, Some("520115-water"), &[]).await;
            cast.clerk.does("acceptSendBack", named).await.done();
        }
    }
}

/// Two entries of one matter become one while a send-back awaits its answer: it is answered there, after the merge was undone
/// and made once more.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_send_back_moves_with_the_work_of_a_merged_hazard(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let [standing, hazard] = [cast.hazard(&app).await, cast.hazard(&app).await];
    let [assignment] = cast.clerk.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
    sends_back(&cast.housing, &assignment, Some("520115-fire")).await.done();
    let merge = json!({ "hazardId": hazard, "into": standing, "openWork": "CARRY", "reason": "两条台账为同一处" });
    cast.clerk.does("mergeHazards", merge.clone()).await.done();
    cast.clerk.does("undoHazardMerge", json!({ "hazardId": hazard, "reason": "核实为两处" })).await.done();
    let back = seen(&cast.centre, &hazard).await;
    assert_eq!(clock(&cast.centre, &back, "ANSWER_SEND_BACK", &assignment).await, running("520115001000"));
    cast.clerk.does("mergeHazards", merge).await.done();
    let named = instead(&cast.clerk, &assignment, Some("520115-fire"), &[]).await;
    cast.clerk.does("acceptSendBack", named).await.done();
    let there = seen(&cast.centre, &standing).await;
    assert_eq!(
        (&there["hops"], &there["status"], &there["sendBacks"][0]["state"]),
        (&json!(1), &json!("ASSIGNED"), &json!("ACCEPTED"))
    );
}

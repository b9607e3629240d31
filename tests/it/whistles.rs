//! 哨: a whistle of the clerk is approved first, and the command centre names units 分哨.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::Handlers;
use tests::people::Person;
use tests::waiting::until;
use tests::world::import;
use uuid::Uuid;

use crate::todos::rows::todos_follow_from_events;

const SEEN: &str = "query($id: UUID!) { hazard(id: $id) { status
    whistles { id number repeats typeCode status blownBy { code } }
    whistleRequests { id state cause typeCode reason { text } opinion { text } decidedAs units { code } unit { code } }
    assignments { id status unit { code } givenBy { code } whistleId }
    clocks { kind state due }
    history { kind note { text } details { whistleId whistleCause forApproval namedByUnitId toUnitIds } } } }";

pub(crate) async fn seen(who: &Person, hazard: &str) -> Value {
    who.asks(SEEN, json!({ "id": hazard })).await.ok().data("hazard").clone()
}

/// The last clock of this kind.
fn clock(hazard: &Value, kind: &str) -> Value {
    let clocks = hazard["clocks"].as_array().unwrap();
    clocks.iter().find(|clock| clock["kind"] == kind).cloned().unwrap_or_default()
}

/// Asks for a whistle for one unit, which may have to be approved.
pub(crate) async fn asks_for(who: &Person, type_code: &str, hazard: &str, unit: &str) -> Answer {
    let lead = who.ids_of(&[unit]).await.remove(0);
    let input = json!({ "hazardId": hazard, "typeCode": type_code, "leadUnitId": lead, "reason": "请到场共同处置" });
    who.does("blowWhistle", input).await
}

/// The id of the whistle that waits.
pub(crate) async fn waiting(who: &Person, hazard: &str) -> String {
    let requests = seen(who, hazard).await["whistleRequests"].as_array().unwrap().clone();
    let waits = |one: &&Value| one["state"] == "AWAITS_APPROVAL" || one["state"] == "AWAITS_UNITS";
    requests.iter().find(waits).expect("a whistle waits")["id"].as_str().unwrap().to_owned()
}

/// Decides on the whistle that waits, or withdraws it.
pub(crate) async fn decides(who: &Person, step: &str, hazard: &str, whistle: &str) -> Answer {
    let mut input = json!({ "hazardId": hazard, "whistleId": whistle });
    let said = match step {
        "approveWhistle" => json!({ "opinion": "情况属实，同意吹哨" }),
        "refuseWhistle" => json!({ "cause": "OWN_DUTY", "reason": "街道可自行处置" }),
        _ => json!({}),
    };
    input.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
    who.does(step, input).await
}

/// Names one unit 分哨.
pub(crate) async fn names(who: &Person, hazard: &str, whistle: &str, unit: &str) -> Answer {
    let lead = who.ids_of(&[unit]).await.remove(0);
    who.does("nameWhistleUnits", json!({ "hazardId": hazard, "whistleId": whistle, "leadUnitId": lead })).await
}

/// Asks for a whistle whose units the command centre names.
pub(crate) async fn leaves_to_centre(who: &Person, hazard: &str) -> Answer {
    let input = json!({ "hazardId": hazard, "typeCode": "key_work", "reason": "多部门职责交叉，请统筹" });
    who.does("blowWhistleThroughCentre", input).await
}

/// Plays every decision on whistles that wait, by the clerk, the leader and the command centre. In the end nobody is called any
/// more.
pub(crate) async fn whistles_that_wait([clerk, leader, centre]: [&Person; 3], hazard: &str) {
    for (who, step) in [(leader, "refuseWhistle"), (clerk, "withdrawWhistle"), (leader, "approveWhistle")] {
        asks_for(clerk, "routine", hazard, "520115-housing").await.done();
        decides(who, step, hazard, &waiting(clerk, hazard).await).await.done();
    }
    let called = seen(clerk, hazard).await;
    clerk.judges("takeBackAssignment", called["assignments"][0]["id"].as_str().unwrap()).await.done();
    leaves_to_centre(leader, hazard).await.done();
    let named = names(centre, hazard, &waiting(leader, hazard).await, "520115-housing").await.ok();
    let parts = named.data("done.hazard.assignments").as_array().unwrap().clone();
    let open = parts.iter().find(|one| one["status"] == "OPEN").unwrap();
    centre.judges("takeBackAssignment", open["id"].as_str().unwrap()).await.done();
}

pub(crate) fn rule(answer: &Answer) -> String {
    answer.extension("rule").as_str().or(answer.code()).unwrap_or("ok").to_owned()
}

/// The kinds of the todos of somebody, in alphabetical order.
pub(crate) async fn todos(who: &Person) -> Vec<String> {
    let counts = who.asks("{ todoCounts { kind open } }", json!({})).await.ok();
    let kind = |count: &Value| count["kind"].as_str().unwrap().to_owned();
    let mut kinds: Vec<String> = counts.data("todoCounts").as_array().unwrap().iter().map(kind).collect();
    kinds.sort();
    kinds
}

/// 乱吹哨: what the leader refuses has called nobody and gained no time.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_whistle_without_need_is_refused_before_it_calls_anybody(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let report = ann.reports("NAMED").await;
    let hazard = all.clerk.confirms(&report).await;
    let before = seen(&all.clerk, &hazard).await;
    assert_eq!(todos(&all.clerk).await, ["DISPATCH"]);

    let asked = asks_for(&all.clerk, "routine", &hazard, "520115-housing").await.ok();
    assert_eq!((asked.text("done.status"), asked.data("done.assignments")), ("REGISTERED", &json!([])));
    let whistle = waiting(&all.clerk, &hazard).await;
    let waits = seen(&all.clerk, &hazard).await;
    assert_eq!((&waits["whistles"], clock(&waits, "APPROVE_WHISTLE")["state"].clone()), (&json!([]), json!("RUNNING")));
    assert_eq!(clock(&waits, "DISPATCH")["state"], "MET", "the clerk has done the township's part");
    let request = &waits["whistleRequests"][0];
    assert_eq!(
        (&request["units"][0]["code"], &request["reason"]["text"]),
        (&json!("520115-housing"), &json!("请到场共同处置"))
    );
    assert_eq!((todos(&all.clerk).await, todos(&all.leader).await), (vec![], vec!["APPROVE_WHISTLE".to_owned()]));
    assert_eq!(
        all.worker.asks(SEEN, json!({ "id": hazard })).await.code(),
        Some("NOT_FOUND"),
        "the unit is not called"
    );
    todos_follow_from_events(&app).await;

    // Nobody decides on their own whistle, and only one waits at a time.
    for step in ["approveWhistle", "refuseWhistle"] {
        assert_eq!(rule(&decides(&all.clerk, step, &hazard, &whistle).await), "FORBIDDEN");
    }
    assert_eq!(rule(&asks_for(&all.clerk, "routine", &hazard, "520115-fire").await), "whistle.one_at_a_time");
    assert_eq!(rule(&decides(&all.leader, "approveWhistle", &hazard, &Uuid::new_v4().to_string()).await), "NOT_FOUND");

    let refused = decides(&all.leader, "refuseWhistle", &hazard, &whistle).await.ok();
    assert_eq!(refused.text("done.whistleRequest.state"), "REFUSED");
    assert_eq!(refused.text("done.whistleRequest.cause"), "OWN_DUTY");
    let after = seen(&all.clerk, &hazard).await;
    let dispatch = clock(&after, "DISPATCH");
    assert_eq!((&dispatch["state"], &dispatch["due"]), (&json!("RUNNING"), &clock(&before, "DISPATCH")["due"]));
    assert_eq!(
        (todos(&all.clerk).await, todos(&all.leader).await),
        (vec!["DISPATCH".to_owned()], vec!["DISPATCH".to_owned()])
    );
    let last = after["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["note"]["text"]), (&json!("WHISTLE_REFUSED"), &json!("街道可自行处置")));
    assert_eq!(
        (&last["details"]["whistleCause"], &last["details"]["whistleId"]),
        (&json!("OWN_DUTY"), &json!(whistle))
    );
    assert_eq!(rule(&decides(&all.leader, "approveWhistle", &hazard, &whistle).await), "whistle.waits");

    // Asked again and withdrawn.
    asks_for(&all.clerk, "routine", &hazard, "520115-housing").await.done();
    let again = waiting(&all.clerk, &hazard).await;
    let withdrawn = decides(&all.clerk, "withdrawWhistle", &hazard, &again).await.ok();
    assert_eq!(withdrawn.text("done.whistleRequest.state"), "WITHDRAWN");
    todos_follow_from_events(&app).await;

    // The reporter hears of none of this.
    let query = "query($id: UUID!) { myReport(id: $id) { notices(first: 20) { nodes { kind } } } }";
    until("the reporter is told of the review", async || {
        let told = ann.asks(query, json!({ "id": report })).await.ok().data("myReport.notices.nodes").clone();
        if told == json!([{ "kind": "REPORT_CONFIRMED" }]) { Ok(()) } else { Err(told) }
    })
    .await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_approved_whistle_calls_its_units_once_and_a_second_one_says_what_it_repeats(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    asks_for(&all.clerk, "routine", &hazard, "520115-housing").await.done();
    let first = waiting(&all.clerk, &hazard).await;

    let (request, input) = (Uuid::new_v4(), json!({ "hazardId": hazard, "whistleId": first, "opinion": "同意吹哨" }));
    for _ in 0..2 {
        let approved = all.leader.does_as(request, "approveWhistle", input.clone()).await.ok();
        assert_eq!(approved.text("done.whistleRequest.state"), "BLOWN");
        assert_eq!(approved.data("done.hazard.assignments").as_array().unwrap().len(), 1);
    }
    let called = seen(&all.worker, &hazard).await;
    assert_eq!((&called["status"], &called["assignments"][0]["whistleId"]), (&json!("ASSIGNED"), &json!(first)));
    let whistle = &called["whistles"][0];
    assert_eq!((&whistle["id"], &whistle["number"], &whistle["repeats"]), (&json!(first), &json!(1), &Value::Null));
    assert_eq!(
        (clock(&called, "SIGN")["state"].clone(), clock(&called, "APPROVE_WHISTLE")["state"].clone()),
        (json!("RUNNING"), json!("MET"))
    );
    todos_follow_from_events(&app).await;

    // The leader calls another unit without anybody's approval.
    all.leader.blows(&hazard, &["520115-city-management"]).await;
    let twice = seen(&all.leader, &hazard).await;
    assert_eq!((&twice["whistles"][1]["number"], &twice["whistles"][1]["repeats"]), (&json!(2), &json!(first)));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_command_centre_names_the_units_that_a_township_cannot_name(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let centre = Person::officer(&app, "command-1").await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;

    assert_eq!(rule(&leaves_to_centre(&all.clerk, &hazard).await), "whistle.may_blow");
    let asked = leaves_to_centre(&all.leader, &hazard).await.ok();
    assert_eq!(asked.text("done.whistleRequest.state"), "AWAITS_UNITS");
    let first = asked.text("done.whistleRequest.id").to_owned();
    assert_eq!((todos(&centre).await, todos(&all.leader).await), (vec!["NAME_UNITS".to_owned()], vec![]));
    assert_eq!(rule(&names(&all.leader, &hazard, &first, "520115-housing").await), "FORBIDDEN");
    let refused = decides(&centre, "refuseWhistle", &hazard, &first).await.ok();
    assert_eq!(refused.text("done.whistleRequest.decidedAs"), "COMMAND_CENTRE");

    let asked = leaves_to_centre(&all.leader, &hazard).await.ok();
    let whistle = asked.text("done.whistleRequest.id").to_owned();
    let named = names(&centre, &hazard, &whistle, "520115-housing").await.ok();
    assert_eq!(named.text("done.whistleRequest.state"), "BLOWN");
    let called = seen(&all.worker, &hazard).await;
    assert_eq!(
        (&called["whistles"][0]["blownBy"]["code"], &called["whistles"][0]["number"]),
        (&json!("520115001000"), &json!(1))
    );
    assert_eq!(called["assignments"][0]["givenBy"]["code"], "520115-command-centre");
    let last = called["history"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], last["details"]["namedByUnitId"].is_string()), (&json!("BLOWN"), true));
    assert_eq!(rule(&names(&centre, &hazard, &whistle, "520115-fire").await), "whistle.waits");
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_emergency_never_waits_for_an_approval(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    let hazard = all.clerk.hazard_of(&report).await;
    let blown = asks_for(&all.clerk, "routine", &hazard, "520115-housing").await.ok();
    assert_eq!(blown.data("done.assignments").as_array().unwrap().len(), 1);
    assert_eq!(rule(&leaves_to_centre(&all.leader, &hazard).await), "whistle.emergency_at_once");
}

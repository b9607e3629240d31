//! 回头看: a closed hazard is looked at again by somebody who did not work on it.

use chrono::TimeDelta;
use domain::clock::ClockKind;
use domain::id::HazardId;
use domain::todo::TodoKind;
use entity::{clock, hazard, todo};
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::Handlers;
use tests::people::Person;
use tests::world::{change_policies, import, import_lines, in_binyang, submission};
use uuid::Uuid;

use crate::now::now;
use crate::todos::rows::todos_follow_from_events;

const POSTS: &str = "staff_no,role,unit_code,area_code,valid_from,valid_to";

/// Records what somebody found.
pub(crate) async fn looks_again(who: &Person, hazard: &str, result: &str) -> Answer {
    who.does("recordFollowUp", json!({ "hazardId": hazard, "result": result, "reason": "现场回头看" })).await
}

fn rule(answer: &Answer) -> String {
    let word = answer.extension("rule").as_str().or(answer.code());
    word.unwrap_or("ok").to_owned()
}

async fn seen(who: &Person, hazard: &str) -> Value {
    let query = "query($id: UUID!) { hazard(id: $id) { status round recurrenceOf recurredAs outstandingFollowUps
        category address: place { address } township { code } reportCount award { id } clocks { kind state }
        history { kind note { text } details { followUpResult followUpDays recurrenceId distanceMetres } } } }";
    who.asks(query, json!({ "id": hazard })).await.ok().data("hazard").clone()
}

/// The hazard was closed so many days earlier than it was.
async fn let_days_pass(app: &TestApp, hazard: &str, days: i64) {
    let (rows, id) = (app.rows().await, HazardId(hazard.parse().unwrap()));
    let row = hazard::Entity::find_by_id(id).one(&rows).await.unwrap().unwrap();
    let closed_at = Some(row.closed_at.unwrap() - TimeDelta::days(days));
    let earlier = hazard::ActiveModel { id: Set(id), closed_at: Set(closed_at), ..Default::default() };
    hazard::Entity::update(earlier).exec(&rows).await.unwrap();
}

/// The time for the follow-up has begun, as its todo and its clock say.
async fn let_it_begin(app: &TestApp, hazard: &str) {
    let (rows, id) = (app.rows().await, HazardId(hazard.parse().unwrap()));
    let from = now() - TimeDelta::minutes(5);
    let begun = todo::ActiveModel { visible_from: Set(from), since: Set(from), ..Default::default() };
    let of_hazard = todo::COLUMN.hazard_id.eq(id);
    todo::Entity::update_many().set(begun).filter(of_hazard).exec(&rows).await.unwrap();
    let begun = clock::ActiveModel { counted_from: Set(Some(from)), ..Default::default() };
    let stream = clock::COLUMN.stream.eq(format!("hazard:{hazard}"));
    let kind = clock::COLUMN.kind.eq(ClockKind::FollowUp);
    clock::Entity::update_many().set(begun).filter(stream).filter(kind).exec(&rows).await.unwrap();
}

async fn todos(who: &Person) -> Vec<String> {
    let counts = who.asks("{ todoCounts { kind open } }", json!({})).await.ok();
    let kind = |count: &Value| count["kind"].as_str().unwrap().to_owned();
    counts.data("todoCounts").as_array().unwrap().iter().map(kind).collect()
}

/// A hazard that was closed, with the report from which it was registered.
async fn closed(app: &TestApp) -> (Handlers, String, String) {
    import(app).await;
    let all = Handlers::log_in(app).await;
    let report = Person::stranger(app).reports("ANONYMOUS").await;
    let hazard = all.clerk.confirms(&report).await;
    all.bring_to_closure(&hazard).await;
    (all, hazard, report)
}

/// Nothing is shown before the time comes; then the township looks, and nothing is left.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_follow_up_is_shown_when_its_time_begins_and_ends_with_its_record(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (all, hazard, _) = closed(&app).await;
    assert_eq!(seen(&all.clerk, &hazard).await["outstandingFollowUps"], json!([30]));
    assert_eq!(todos(&all.clerk).await, Vec::<String>::new(), "its time has not begun");
    let stored = todo::Entity::find().filter(todo::COLUMN.kind.eq(TodoKind::FollowUp)).all(&app.rows().await).await;
    let [waiting] = <[_; 1]>::try_from(stored.unwrap()).unwrap();
    assert!(waiting.visible_from > now() + TimeDelta::days(29) && waiting.due > waiting.visible_from);
    todos_follow_from_events(&app).await;
    assert_eq!(rule(&looks_again(&all.clerk, &hazard, "HOLDS").await), "follow_up.not_yet");

    let_days_pass(&app, &hazard, 40).await;
    let_it_begin(&app, &hazard).await;
    assert_eq!(todos(&all.clerk).await, ["FOLLOW_UP"]);
    let place = in_binyang();
    let place = json!({ "lng": place["lng"], "lat": place["lat"], "crs": place["crs"] });
    let input = json!({ "hazardId": hazard, "result": "HOLDS", "reason": "围墙已拆除重建", "place": place });
    let (request, mut last) = (Uuid::new_v4(), Value::Null);
    for _ in 0..2 {
        let done = all.clerk.does_as(request, "recordFollowUp", input.clone()).await.ok();
        assert_eq!((done.text("done.hazard.status"), done.data("done.recurrence")), ("CLOSED", &Value::Null));
        last = seen(&all.clerk, &hazard).await;
    }
    assert_eq!(last["outstandingFollowUps"], json!([]));
    let event = last["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&event["kind"], &event["note"]["text"]), (&json!("FOLLOWED_UP"), &json!("围墙已拆除重建")));
    assert_eq!(event["details"]["followUpResult"], "HOLDS");
    assert_eq!(event["details"]["distanceMetres"], 0);
    assert_eq!(todos(&all.clerk).await, Vec::<String>::new());
    assert_eq!(rule(&looks_again(&all.clerk, &hazard, "HOLDS").await), "follow_up.outstanding");
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_follow_up_that_finds_it_came_back_reopens_the_hazard(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (all, hazard, _) = closed(&app).await;
    let done = looks_again(&all.clerk, &hazard, "CAME_BACK").await.ok();
    assert_eq!((done.text("done.hazard.status"), done.data("done.hazard.round")), ("REGISTERED", &json!(2)));
    assert_eq!(done.data("done.recurrence"), &Value::Null);
    assert_eq!(todos(&all.clerk).await, ["DISPATCH"]);
    let seen = seen(&all.clerk, &hazard).await;
    let kinds: Vec<&str> =
        seen["history"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert!(kinds.ends_with(&["FOLLOWED_UP", "REOPENED"]), "{kinds:?}");
    todos_follow_from_events(&app).await;
    // A reopening by somebody else cancels what was to be followed up.
    all.bring_to_closure(&hazard).await;
    all.leader.does("reopenHazard", json!({ "hazardId": hazard, "reason": "复查未解决" })).await.done();
    assert_eq!(rule(&looks_again(&all.clerk, &hazard, "HOLDS").await), "follow_up.closed");
    todos_follow_from_events(&app).await;
}

/// After the window it is a hazard of its own, with the same place and classification, each linked to the other.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn after_the_window_it_registers_a_recurrence_that_is_linked(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (all, hazard, _) = closed(&app).await;
    let_days_pass(&app, &hazard, 40).await;
    let (request, input) =
        (Uuid::new_v4(), json!({ "hazardId": hazard, "result": "CAME_BACK", "reason": "同一处再次开裂" }));
    let mut registered = Vec::new();
    for _ in 0..2 {
        let done = all.clerk.does_as(request, "recordFollowUp", input.clone()).await.ok();
        assert_eq!(done.text("done.hazard.status"), "CLOSED");
        registered.push(done.text("done.recurrence.id").to_owned());
    }
    assert_eq!(registered[0], registered[1], "the same request has one effect");
    let [was, is] = [seen(&all.clerk, &hazard).await, seen(&all.clerk, &registered[0]).await];
    assert_eq!((&was["recurredAs"], &is["recurrenceOf"]), (&json!(registered[0]), &json!(hazard)));
    assert_eq!((&is["status"], &is["round"], &is["reportCount"]), (&json!("REGISTERED"), &json!(1), &json!(0)));
    for same in ["category", "address", "township"] {
        assert_eq!(was[same], is[same], "{same}");
    }
    assert_eq!(is["award"], Value::Null, "nobody has reported it");
    assert_eq!(todos(&all.clerk).await, ["DISPATCH"]);
    todos_follow_from_events(&app).await;
    all.bring_to_closure(&registered[0]).await;
    assert_eq!(seen(&all.clerk, &registered[0]).await["status"], "CLOSED");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_did_the_work_does_not_follow_up(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    // The worker of the housing bureau is also a clerk of the township.
    let both = ["housing-worker-1,TOWNSHIP_CLERK,520115001000,520115001000,2024-01-01,"];
    import_lines(&app, "posts", POSTS, &both).await;
    let all = Handlers::log_in(&app).await;
    let supervisor = Person::officer(&app, "supervisor-1").await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    all.bring_to_closure(&hazard).await;
    let_days_pass(&app, &hazard, 40).await;
    assert_eq!(rule(&looks_again(&all.worker, &hazard, "HOLDS").await), "follow_up.another_person");
    let other = Person::officer(&app, "housing-clerk").await;
    assert_eq!(rule(&looks_again(&other, &hazard, "HOLDS").await), "FORBIDDEN");
    assert_eq!(rule(&looks_again(&supervisor, &hazard, "HOLDS").await), "ok");
}

/// Only a report that accuses the fire brigade points to the closed hazard. What came back is hidden from it as well, and it
/// cannot be asked to work on it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_came_back_is_hidden_from_the_accused_as_before(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    // A worker of the fire brigade is also a supervisor of the district, and would see everything there.
    let both = ["fire-worker-1,SUPERVISOR,520115-command-centre,520115000000,2024-01-01,"];
    import_lines(&app, "posts", POSTS, &both).await;
    let all = Handlers::log_in(&app).await;
    let accused = Person::officer(&app, "fire-worker-1").await;
    let innocent = Person::officer(&app, "supervisor-1").await;
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    let units = all.clerk.ids_of(&["520115-fire"]).await;
    input["accusedUnitId"] = units[0].clone();
    let sent = Person::stranger(&app).submits(&input).await.ok();
    let hazard = all.clerk.confirms(sent.text("submitReport.receipt.reportId")).await;
    all.bring_to_closure(&hazard).await;
    let_days_pass(&app, &hazard, 40).await;
    let done = looks_again(&all.clerk, &hazard, "CAME_BACK").await.ok();
    let recurrence = done.text("done.recurrence.id").to_owned();
    let list = "{ hazards { nodes { id } } }";
    for id in [&hazard, &recurrence] {
        for (who, sees) in [(&accused, false), (&innocent, true)] {
            let listed = who.asks(list, json!({})).await.ok().body;
            assert_eq!(listed.contains(id.as_str()), sees, "{listed}");
        }
    }
    let dispatch = json!({ "hazardId": recurrence, "leadUnitId": units[0] });
    assert_eq!(all.clerk.does("dispatchHazard", dispatch).await.code(), Some("UNIT_BARRED"));
}

/// The policy says how often, by level; a late follow-up counts for those whose time has begun.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_policy_says_how_often_a_hazard_is_looked_at(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    change_policies(&app, "general = [30]", "general = [30, 60, 90]").await;
    let all = Handlers::log_in(&app).await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    all.bring_to_closure(&hazard).await;
    change_policies(&app, "general = [30]", "general = []").await;
    let_days_pass(&app, &hazard, 70).await;
    let done = looks_again(&all.clerk, &hazard, "HOLDS").await.ok();
    assert_eq!(done.data("done.hazard.outstandingFollowUps"), &json!([90]), "the closure had planned them");
    let none = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    all.bring_to_closure(&none).await;
    assert_eq!(rule(&looks_again(&all.clerk, &none, "CAME_BACK").await), "follow_up.outstanding");
}

//! After a succession everything goes on as before: awards keep their unit and their review, deadlines that stood still
//! run again, what was given can be taken back, and what turns up later follows.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use domain::hazard::End;
use domain::id::{HazardId, ReportId};
use entity::{hazard, report, unit};
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders};
use tests::people::Person;
use tests::waiting::until;
use tests::world::{change_policies, import, import_lines};

use super::{ending, events, run};
use crate::following_up::looks_again;
use crate::now::now;
use crate::suspending::{asks_to_suspend, decides};
use crate::todos::rows::todos_follow_from_events;

/// The kinds of the running clocks of a hazard, or of its award.
async fn running(officer: &Person, hazard: &str, of: &str) -> Vec<String> {
    let query = "query($id: UUID!) { hazard(id: $id) { clocks { kind state } award { clocks { kind state } } } }";
    let seen = officer.asks(query, json!({ "id": hazard })).await.ok();
    let clocks = seen.data(of).as_array().unwrap().iter().filter(|clock| clock["state"] == "RUNNING");
    clocks.map(|clock| clock["kind"].as_str().unwrap().to_owned()).collect()
}

/// The status of the award of a hazard, and the id of the unit that manages it.
async fn award(rewarders: &Rewarders, hazard: &str) -> (Value, Value) {
    let query = "query($id: UUID!) { hazard(id: $id) { award { status unitId } } }";
    let seen = rewarders.reviewer.asks(query, json!({ "id": hazard })).await.ok();
    (seen.data("hazard.award.status").clone(), seen.data("hazard.award.unitId").clone())
}

async fn to_acceptance(all: &Handlers, hazard: &str) {
    let [assignment] = all.leader.blows(hazard, &["520115-housing"]).await.try_into().unwrap();
    all.worker.works_on(&assignment).await;
    all.clerk.judges("acceptWork", &assignment).await.done();
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn awards_stay_with_the_successor_and_keep_their_review_and_their_deadlines(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let (all, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let reviewed = all.clerk.confirms(&ann.reports("NAMED").await).await;
    to_acceptance(&all, &reviewed).await;
    let id = rewarders.award_of(&reviewed).await["id"].clone();
    rewarders.reviewer.does("reviewAward", json!({ "awardId": id })).await.done();
    let held = all.clerk.confirms(&ann.reports("NAMED").await).await;
    rewarders.approve(&rewarders.award_of(&held).await).await;
    all.bring_to_closure(&held).await;
    all.leader.does("reopenHazard", json!({ "hazardId": held, "reason": "复查未解决" })).await.done();
    let township = ending(&app, &["520115001000"]);

    let (ok, said) = run(&app, &township, &["--successor", "520115002000"]).await;

    assert!(ok, "{said}");
    let successor = all.clerk.ids_of(&["520115002000"]).await.remove(0);
    all.leader.closes(&reviewed).await;
    assert_eq!(award(&rewarders, &reviewed).await, (json!("REVIEWED"), successor.clone()));
    all.bring_to_closure(&held).await;
    assert_eq!(award(&rewarders, &held).await, (json!("NOTIFIED"), successor));
    assert_eq!(running(&rewarders.reviewer, &held, "hazard.award.clocks").await, ["COLLECT"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_first_award_never_goes_to_a_unit_that_has_ended(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let (all, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let hazard = all.clerk.confirms(&ann.reports("NAMED").await).await;
    to_acceptance(&all, &hazard).await;
    let rows = app.rows().await; // as if the policy proposed awards at closure
    let of_hazard = entity::award::COLUMN.hazard_id.eq(HazardId(hazard.parse().unwrap()));
    let id = entity::award::Entity::find().filter(of_hazard.clone()).one(&rows).await.unwrap().unwrap().id;
    entity::ledger_entry::Entity::delete_many().exec(&rows).await.unwrap();
    entity::award::Entity::delete_by_id(id).exec(&rows).await.unwrap();
    let shipped = tests::world::policies(0);
    let at_closure = shipped.replace("propose_at = \"VERIFIED\"", "propose_at = \"CLOSED\"");
    assert_ne!(shipped, at_closure, "the shipped policy proposes awards at the review");
    tests::world::import_policies(&app, &at_closure).await;

    let (ok, said) = run(&app, &ending(&app, &["520115001000"]), &["--successor", "520115002000"]).await;

    assert!(ok, "{said}");
    all.leader.closes(&hazard).await;
    let successor = all.clerk.ids_of(&["520115002000"]).await.remove(0);
    assert_eq!(award(&rewarders, &hazard).await, (json!("PROPOSED"), successor));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn deadlines_that_stood_still_run_again_at_the_successor(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let stranger = Person::stranger(&app);
    let finished = all.clerk.confirms(&stranger.reports("ANONYMOUS").await).await;
    let [work] = all.clerk.dispatches(&finished, &["520115-housing"]).await.try_into().unwrap();
    all.worker.works_on(&work).await;
    let emergency = all.clerk.hazard_of(&stranger.reports_emergency("ANONYMOUS").await).await;
    let [slip] = all.clerk.dispatches(&emergency, &["520115-fire"]).await.try_into().unwrap();

    // The township ends tomorrow only: until then its own officers have moved already.
    let tomorrow = ending(&app, &["520115001000"]);
    let text = std::fs::read_to_string(&tomorrow).unwrap();
    let (head, day) = text.trim_end().rsplit_once(',').unwrap();
    let day = day.parse::<chrono::NaiveDate>().unwrap() + Days::new(1);
    std::fs::write(&tomorrow, format!("{head},{day}\n")).unwrap();
    let (ok, said) = run(&app, &tomorrow, &["--successor", "520115002000"]).await;
    assert!(ok, "{said}");
    let (ok, said) = run(&app, &ending(&app, &["520115-housing"]), &["--successor", "520115-city-management"]).await;
    assert!(ok, "{said}");

    all.clerk.judges("sendToRework", &work).await.done();
    assert_eq!(running(&all.clerk, &finished, "hazard.clocks").await, ["FINISH"]);
    all.clerk.judges("takeBackAssignment", &slip).await.done();
    assert_eq!(running(&all.clerk, &emergency, "hazard.clocks").await, ["DISPATCH"]);
}

/// Lets the unit that ended have a report again, as a transaction does that began before the import and ends after it.
async fn give_back(app: &TestApp, report: &str) {
    let rows = app.rows().await;
    let ended = unit::Entity::find().filter(unit::COLUMN.code.eq("520115001000")).one(&rows).await.unwrap().unwrap();
    let id = ReportId(report.parse().unwrap());
    let row = report::ActiveModel { id: Set(id), review_unit: Set(ended.id), ..Default::default() };
    report::Entity::update(row).exec(&rows).await.unwrap();
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_turns_up_at_a_unit_after_its_end_follows_to_its_successor(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let stranger = Person::stranger(&app);
    let township = ending(&app, &["520115001000"]);
    let (ok, said) = run(&app, &township, &["--successor", "520115002000"]).await;
    assert!(ok, "{said}");
    let centre = Person::officer(&app, "command-1").await;
    let late = stranger.reports("ANONYMOUS").await;
    let before = events(&centre, "report", &late).await;
    assert_eq!(before, [json!("RECEIVED")]);

    give_back(&app, &late).await;

    until("the successor to take over", async || {
        let kinds = events(&centre, "report", &late).await;
        if kinds.last() == Some(&json!("INHERITED")) { Ok(()) } else { Err(kinds) }
    })
    .await;
    let clerk = Person::officer(&app, "yuntan-clerk").await;
    clerk.confirms(&late).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_closed_hazard_is_taken_over_until_the_last_day_of_its_callback_window(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    change_policies(&app, "general = [30]", "general = []").await; // no follow-ups 回头看
    let all = Handlers::log_in(&app).await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    all.bring_to_closure(&hazard).await;
    let midnight = (now() + TimeDelta::hours(8)).date_naive().and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(8);
    let township = ending(&app, &["520115001000"]);
    let closed = async |at: DateTime<Utc>| {
        let id = HazardId(hazard.parse().unwrap());
        let row = hazard::ActiveModel { id: Set(id), closed_at: Set(Some(at)), ..Default::default() };
        let row = hazard::Entity::update(row).exec(&app.rows().await).await.unwrap();
        assert_eq!(row.end_kind, Some(End::Closed));
        run(&app, &township, &["--dry-run"]).await.1
    };

    let first_moment = midnight - TimeDelta::days(15) + TimeDelta::seconds(1);
    let said = closed(first_moment).await;
    assert!(said.contains(&format!("hazard,{hazard},")), "its window ends tonight: {said}");
    let said = closed(first_moment - TimeDelta::seconds(2)).await;
    assert!(!said.contains(&format!("hazard,{hazard},")), "its window is over: {said}");
}

/// A command centre that has to rule on a send-back, and has nothing else of the hazard, ends: its successor rules, with the
/// same deadline.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_ruling_of_a_command_centre_that_ends_is_due_at_its_successor(#[case] engine: Engine) {
    const CLOCKS: &str = "query($id: UUID!) { hazard(id: $id) { clocks { kind state due } } }";
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (all, housing) = (Handlers::log_in(&app).await, Person::officer(&app, "housing-clerk").await);
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let [assignment] = all.clerk.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
    let input = json!({ "assignmentId": assignment, "cause": "NOT_OUR_DUTY", "basis": "非本单位职责" });
    housing.does("sendBackAssignment", input.clone()).await.done();
    all.clerk.judges("refuseSendBack", &assignment).await.done();
    housing.does("sendBackAssignment", input).await.done();
    let new = "520115-new-centre,观山湖区新指挥中心,COMMAND_CENTRE,520115000000,,2024-01-01";
    import_lines(&app, "units", "code,name,kind,area_code,parent_code,valid_from", &[new]).await;

    let ends = ending(&app, &["520115-command-centre"]);
    let (ok, told) = run(&app, &ends, &["--dry-run"]).await;
    assert!(ok && told.contains("1 decision(s)") && told.contains(&format!("decision,{assignment},")), "{told}");
    let (ok, said) = run(&app, &ends, &["--successor", "520115-new-centre"]).await;
    assert!(ok && said.contains("1 decision(s)"), "{said}");

    let centre = Person::officer(&app, "command-1").await;
    let rulings = async || {
        let seen = centre.asks(CLOCKS, json!({ "id": hazard })).await.ok();
        let clocks = seen.data("hazard.clocks").as_array().unwrap().clone();
        let rulings = clocks.into_iter().filter(|clock| clock["kind"] == "RULE");
        rulings.map(|clock| (clock["state"].clone(), clock["due"].clone())).collect::<Vec<_>>()
    };
    let before = rulings().await;
    let states = |clocks: &[(Value, Value)]| {
        let mut states: Vec<_> = clocks.iter().map(|(state, _)| state.as_str().unwrap().to_owned()).collect();
        states.sort();
        states
    };
    assert_eq!((states(&before), &before[0].1), (vec!["CANCELLED".to_owned(), "RUNNING".to_owned()], &before[1].1));
    let stays = json!({ "assignmentId": assignment, "outcome": "STAYS", "reason": "属住建职责" });
    centre.does("ruleOnSendBack", stays).await.done();
    assert_eq!(states(&rulings().await), ["CANCELLED", "MET"]);
}

/// The centre that has to decide on a suspension ends, and then the township of a closed hazard whose follow-up is outstanding:
/// their successors go on.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_decision_on_a_suspension_and_a_follow_up_are_the_successors(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let closed = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    all.bring_to_closure(&closed).await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    asks_to_suspend(&all.leader, &hazard, &all.leader.post().await, 30).await.done();
    let new = "520115-new-centre,观山湖区新指挥中心,COMMAND_CENTRE,520115000000,,2024-01-01";
    import_lines(&app, "units", "code,name,kind,area_code,parent_code,valid_from", &[new]).await;

    let centre = ending(&app, &["520115-command-centre"]);
    let (ok, told) = run(&app, &centre, &["--dry-run"]).await;
    assert!(ok && told.contains("1 suspension(s)") && told.contains(&format!("suspension,{hazard},")), "{told}");
    let (ok, said) = run(&app, &centre, &["--successor", "520115-new-centre"]).await;
    assert!(ok && said.contains("1 suspension(s)"), "{said}");
    todos_follow_from_events(&app).await;
    let officer = Person::officer(&app, "command-1").await;
    decides(&officer, "grantSuspension", &hazard).await.done();

    let id = HazardId(closed.parse().unwrap());
    let long_ago =
        hazard::ActiveModel { id: Set(id), closed_at: Set(Some(now() - TimeDelta::days(40))), ..Default::default() };
    hazard::Entity::update(long_ago).exec(&app.rows().await).await.unwrap();
    let (ok, said) = run(&app, &ending(&app, &["520115001000"]), &["--successor", "520115002000"]).await;
    assert!(ok && said.contains("2 hazard(s)"), "its window is over, but its follow-up is not: {said}");
    let clerk = Person::officer(&app, "yuntan-clerk").await;
    let done = looks_again(&clerk, &closed, "HOLDS").await.ok();
    assert_eq!(done.data("done.hazard.outstandingFollowUps"), &json!([]));
}

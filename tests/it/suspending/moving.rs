//! What else happens to a hazard that rests, or is to rest: its work moves, is sent to rework, or a report accuses a centre.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{import, submission};
use uuid::Uuid;

use super::{Cast, asks_to_suspend, clock, decides, has_come_back, let_the_date_come, resumes, rule, seen, todos};
use crate::todos::rows::todos_follow_from_events;

/// The state of the clock of a kind, and why and how often it has stood still.
fn rest(hazard: &Value, kind: &str) -> (String, usize) {
    let clock = clock(hazard, kind);
    (clock["state"].as_str().unwrap_or("-").to_owned(), clock["pauses"].as_array().map_or(0, Vec::len))
}

/// The deadlines that had stopped when the suspension began know of it: of the dispatch if all work is taken back, and of
/// finished work that is sent to rework.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn work_that_is_taken_back_or_sent_to_rework_loses_no_time_by_a_suspension(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let (taken, assignment) = cast.suspended(&Person::stranger(&app).reports("ANONYMOUS").await, 30).await;
    let take_back = json!({ "assignmentId": assignment, "reason": "派错单位" });
    cast.all.clerk.does("takeBackAssignment", take_back).await.done();

    let (reworked, assignment) = cast.claimed(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    cast.all.leader.blows(&reworked, &["520115-fire"]).await;
    cast.all.worker.finishes(&assignment).await;
    asks_to_suspend(&cast.all.leader, &reworked, &cast.housing.post().await, 30).await.done();
    decides(&cast.centre, "grantSuspension", &reworked).await.done();
    let own = |hazard: Value| {
        let clocks = hazard["clocks"].as_array().unwrap().iter();
        clocks.filter(|clock| clock["assignmentId"] == json!(assignment)).cloned().collect::<Vec<_>>()
    };
    let only = |clocks: Vec<Value>| json!({ "clocks": clocks });
    assert_eq!(rest(&only(own(seen(&cast.all.clerk, &reworked).await)), "FINISH"), ("MET".to_owned(), 1));
    cast.all.clerk.judges("sendToRework", &assignment).await.done();
    assert_eq!(rest(&only(own(seen(&cast.all.clerk, &reworked).await)), "FINISH"), ("PAUSED".to_owned(), 1));
    todos_follow_from_events(&app).await;

    for hazard in [&taken, &reworked] {
        let_the_date_come(&app, hazard).await;
    }
    let back = has_come_back(&cast.all.clerk, &taken).await;
    assert_eq!((back["status"].as_str().unwrap(), rest(&back, "DISPATCH")), ("REGISTERED", ("RUNNING".to_owned(), 1)));
    let back = has_come_back(&cast.all.clerk, &reworked).await;
    assert_eq!(rest(&only(own(back)), "FINISH"), ("RUNNING".to_owned(), 1));
    todos_follow_from_events(&app).await;
}

/// The responsible leader is judged again when the request is granted, and whoever leads lets the hazard come back.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_suspension_follows_the_work_that_moves(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let fire = Person::officer(&app, "fire-leader").await;
    let moves = async |assignment: &str| {
        let unit = cast.all.clerk.ids_of(&["520115-fire"]).await.remove(0);
        let input = json!({ "assignmentId": assignment, "reason": "派错单位", "newLeadUnitId": unit });
        cast.all.clerk.does("takeBackAssignment", input).await.done();
    };
    let (asked, assignment) = cast.claimed(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    asks_to_suspend(&cast.housing, &asked, &cast.housing.post().await, 30).await.done();
    moves(&assignment).await;
    assert_eq!(rule(&decides(&cast.centre, "grantSuspension", &asked).await), "suspension.responsible");
    decides(&cast.centre, "refuseSuspension", &asked).await.done();
    asks_to_suspend(&fire, &asked, &fire.post().await, 30).await.done();
    decides(&cast.centre, "grantSuspension", &asked).await.done();

    let (rests, assignment) = cast.suspended(&Person::stranger(&app).reports("ANONYMOUS").await, 30).await;
    assert_eq!(rule(&resumes(&fire, &rests).await), "NOT_FOUND");
    moves(&assignment).await;
    assert_eq!(resumes(&fire, &rests).await.ok().text("done.hazard.status"), "ASSIGNED");
    todos_follow_from_events(&app).await;
}

/// The command centre sees the same with and without a report that accuses it, and no request waits for ever.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_accused_centre_decides_as_if_it_were_not_accused(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let mut told = Vec::new();
    for accused in [true, false] {
        let mut answers = Vec::new();
        for decider in [&cast.centre, &cast.supervisor] {
            let (hazard, _) = cast.claimed(&Person::stranger(&app).reports("ANONYMOUS").await).await;
            if accused {
                let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
                input["accusedUnitId"] = cast.all.clerk.ids_of(&["520115-command-centre"]).await.remove(0);
                let sent = Person::stranger(&app).submits(&input).await.ok();
                let joined = json!({
                    "reportId": sent.text("submitReport.receipt.reportId"), "hazardId": hazard, "reason": "同一处围墙",
                });
                cast.all.clerk.does("mergeReport", joined).await.done();
            }
            asks_to_suspend(&cast.all.leader, &hazard, &cast.all.leader.post().await, 30).await.done();
            let waits = clock(&seen(&cast.centre, &hazard).await, "SUSPENSION")["ownerUnitId"].clone();
            answers.push((waits, todos(&cast.centre).await, todos(&cast.supervisor).await));
            let granted = decides(decider, "grantSuspension", &hazard).await;
            answers.push((json!(rule(&granted)), todos(&cast.centre).await, Vec::new()));
            resumes(&cast.all.leader, &hazard).await.done();
        }
        told.push(answers);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0][1].0, json!("ok"));
    todos_follow_from_events(&app).await;
}

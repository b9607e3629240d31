//! From a confirmed report to one winner of a claim, and to departments on the spot.

use futures::future::join_all;
use serde_json::{Value, json};
use tests::app::{Engine, Setup, TestApp};
use tests::people::Person;
use tests::repeat::times;
use tests::world::import;

/// The department that leads and the one that supports.
const DEPARTMENTS: [&str; 2] = ["520115-housing", "520115-city-management"];

/// A server in which a thousand may wait for their turn, and for the answer as long as it takes.
fn patient(engine: Engine) -> Setup {
    let setup = Setup::on(engine).set("CHUISHAO_DEADLINE_SECONDS", "300");
    setup.set("CHUISHAO_IN_FLIGHT", "64").set("CHUISHAO_QUEUE", "2000")
}

/// A whistle for both departments; answers the hazard and the two assignments, the leading one first.
async fn whistled(app: &TestApp) -> (String, Vec<String>) {
    let clerk = Person::officer(app, "binyang-clerk").await;
    let leader = Person::officer(app, "binyang-leader").await;
    let report = Person::stranger(app).reports("ANONYMOUS").await;
    let hazard = clerk.confirms(&report).await;
    let assignments = leader.blows(&hazard, &DEPARTMENTS).await;
    (hazard, assignments)
}

/// What the command centre sees of a hazard.
async fn seen(app: &TestApp, hazard: &str) -> Value {
    let query = "query($id: UUID!) { hazard(id: $id) { status whistles { status }
        assignments { id status workerId claimedAt checkedInAt } history { kind officerId } } }";
    let centre = Person::officer(app, "command-1").await;
    centre.asks(query, json!({ "id": hazard })).await.ok().data("hazard").clone()
}

/// So many claims of one assignment at once, by two workers, over all processes: one has it, all others are told so.
async fn one_claim_wins(apps: &[TestApp]) {
    let first = &apps[0];
    import(first).await;
    let (hazard, assignments) = whistled(first).await;
    let workers = [Person::officer(first, "housing-worker-1").await, Person::officer(first, "housing-worker-2").await];
    let claims = times("CHUISHAO_TEST_CLAIMS", 200);
    for app in apps {
        app.expect_in_log("slow"); // who waits for the turn of a hundred others waits for seconds
    }

    let answers = join_all((0..claims).map(async |n| {
        let worker = workers[n / 2 % 2].at(&apps[n % apps.len()]);
        worker.steps("claimAssignment", &assignments[0]).await
    }))
    .await;

    assert!(answers.iter().all(|answer| answer.status == 200), "an answer that is no answer");
    let won: Vec<_> = answers.iter().filter(|answer| answer.codes().is_empty()).collect();
    let late = answers.iter().filter(|answer| answer.codes() == ["ALREADY_CLAIMED"]).count();
    assert_eq!((won.len(), late), (1, claims - 1));
    let seen = seen(first, &hazard).await;
    let events = seen["history"].as_array().unwrap().iter().filter(|event| event["kind"] == "CLAIMED").count();
    assert_eq!(events, 1);
    assert_eq!(&seen["assignments"][0]["workerId"], won[0].data("done.workerId"));
}

/// Lead and support press at the same moment: two legal steps of one case, and both are taken.
async fn both_check_in(apps: &[TestApp]) {
    let first = &apps[0];
    import(first).await;
    let (hazard, assignments) = whistled(first).await;
    let lead = Person::officer(first, "housing-worker-1").await;
    let support = Person::officer(first, "city-management-worker-1").await.at(apps.last().unwrap());
    lead.steps("claimAssignment", &assignments[0]).await.done();
    support.steps("claimAssignment", &assignments[1]).await.done();

    let (one, other) = tokio::join!(lead.checks_in(&assignments[0]), support.checks_in(&assignments[1]));

    assert_eq!([one.ok().text("done.status"), other.ok().text("done.status")], ["ON_SITE", "ON_SITE"]);
    let seen = seen(first, &hazard).await;
    assert_eq!((&seen["status"], &seen["whistles"][0]["status"]), (&json!("IN_PROGRESS"), &json!("ANSWERED")));
}

#[tokio::test]
async fn of_many_claims_one_wins_on_sqlite() {
    one_claim_wins(&[patient(Engine::Sqlite).start().await]).await;
}

#[tokio::test]
async fn of_many_claims_over_two_processes_one_wins() {
    one_claim_wins(&patient(Engine::Postgres).start_many(2).await).await;
}

#[tokio::test]
async fn two_departments_check_in_at_once_on_sqlite() {
    both_check_in(&[TestApp::start(Engine::Sqlite).await]).await;
}

#[tokio::test]
async fn two_departments_check_in_at_once_over_two_processes() {
    both_check_in(&TestApp::start_many(2, Engine::Postgres).await).await;
}

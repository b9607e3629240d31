//! From a confirmed report to one winner of a claim, and to departments on the spot.

use std::collections::BTreeSet;

use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, Setup, TestApp};
use tests::people::Person;
use tests::repeat::times;
use tests::world::{import, submission};
use uuid::Uuid;

/// The department that leads and the one that supports.
const DEPARTMENTS: [&str; 2] = ["520115-housing", "520115-city-management"];

/// A server in which a thousand may wait for their turn, and for the answer as long as it takes.
fn patient(engine: Engine) -> Setup {
    let setup = Setup::on(engine).set("CHUISHAO_DEADLINE_SECONDS", "300");
    setup.set("CHUISHAO_IN_FLIGHT", "64").set("CHUISHAO_QUEUE", "2000")
}

/// A report that the clerk confirms, and a whistle for both departments; answers the hazard and the two assignments, the
/// leading one first.
async fn whistled(app: &TestApp, clerk: &Person) -> (String, Vec<String>) {
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
    let clerk = Person::officer(first, "binyang-clerk").await;
    let (hazard, assignments) = whistled(first, &clerk).await;
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
    let clerk = Person::officer(first, "binyang-clerk").await;
    let (hazard, assignments) = whistled(first, &clerk).await;
    let lead = Person::officer(first, "housing-worker-1").await;
    let support = Person::officer(first, "city-management-worker-1").await.at(apps.last().unwrap());
    lead.steps("claimAssignment", &assignments[0]).await.done();
    support.steps("claimAssignment", &assignments[1]).await.done();

    let (one, other) = tokio::join!(lead.checks_in(&assignments[0]), support.checks_in(&assignments[1]));

    assert_eq!([one.ok().text("done.status"), other.ok().text("done.status")], ["ON_SITE", "ON_SITE"]);
    let seen = seen(first, &hazard).await;
    assert_eq!((&seen["status"], &seen["whistles"][0]["status"]), (&json!("IN_PROGRESS"), &json!("ANSWERED")));
}

/// The reports of a hazard as somebody sees them: how many, the ids of a page of two, and where the next one begins.
async fn reports(who: &Person, hazard: &str, after: Option<&str>) -> (Value, Vec<String>, Option<String>) {
    let query = "query($id: UUID!, $after: String) { hazard(id: $id) { reportCount
        reports(first: 2, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } } }";
    let seen = who.asks(query, json!({ "id": hazard, "after": after })).await.ok();
    let edges = seen.data("hazard.reports.edges").as_array().unwrap();
    let ids = edges.iter().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()).collect();
    let page = seen.data("hazard.reports.pageInfo");
    let next = page["hasNextPage"].as_bool().unwrap().then(|| page["endCursor"].as_str().unwrap().to_owned());
    (seen.data("hazard.reportCount").clone(), ids, next)
}

/// Paged and counted, and for a unit that one of them accuses, that one is not there.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_reports_of_a_hazard_are_those_that_one_may_read(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let (hazard, _) = whistled(&app, &clerk).await;
    let accused = Person::officer(&app, "housing-worker-1").await;
    for unit in [None, None, Some("520115-housing")] {
        let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
        if let Some(unit) = unit {
            input["accusedUnitId"] = clerk.ids_of(&[unit]).await.remove(0);
        }
        let sent = Person::stranger(&app).submits(&input).await.ok();
        let report = sent.text("submitReport.receipt.reportId");
        let merged = json!({ "reportId": report, "hazardId": hazard, "reason": "同一处围墙" });
        clerk.does("mergeReport", merged).await.done();
    }

    let (count, first, next) = reports(&clerk, &hazard, None).await;
    let (_, second, end) = reports(&clerk, &hazard, next.as_deref()).await;
    assert_eq!((count, first.len(), second.len(), end), (json!(4), 2, 2, None));
    let all: BTreeSet<_> = first.iter().chain(&second).collect();
    assert_eq!(all.len(), 4);

    let (count, first, next) = reports(&accused, &hazard, None).await;
    let (_, second, end) = reports(&accused, &hazard, next.as_deref()).await;
    assert_eq!((count, second.len(), end), (json!(3), 1, None));
    assert!(first.iter().chain(&second).all(|id| all.contains(id)));
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

//! How many SQL statements a list runs does not depend on how many rows it has.

use futures::stream::{self, StreamExt};
use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::import;

/// Hazards, and with each a report of one author, a whistle, two assignments, an announced photo and an award.
const HAZARDS: usize = 50;
/// Rows of the short list.
const FEW: usize = 5;

const LEDGER: &str = "query($n: Int!) { hazards(first: $n) { edges { node {
    id status reportCount township { name } subject { name } award { id }
    clocks { kind due } whistles { status blownBy { name } }
    assignments { status unit { name area { name } parent { name } } photos { id status } }
    lastEvent { kind note { text } } reports(first: 1) { edges { node { id photos { id } } } } } } } }";
const HISTORIES: &str = "query($n: Int!) { hazards(first: $n) { edges { node { id history { kind } } } } }";
const REPORTS: &str = "query($n: Int!) { reports(first: $n) { edges { node {
    id status whyHere flags suggestedUnitIds hazardId photos { id } amendments { text } clocks { kind due }
    history { kind } } } } }";
const MINE: &str = "query($n: Int!) { myReports(first: $n) { edges { node {
    id whyHere photos { id } amendments { text } award { id } callback { round } } } } }";
const AWARDS: &str =
    "query($n: Int!) { awards(first: $n) { edges { node { id clocks { kind } ledger { account } } } } }";
const UNITS: &str =
    "query($n: Int!) { units(kind: VILLAGE, first: $n) { edges { node { name area { name } parent { name } } } } }";

async fn seed(app: &TestApp, ann: &Person) {
    let clerk = Person::officer(app, "binyang-clerk").await;
    let leader = Person::officer(app, "binyang-leader").await;
    let worker = Person::officer(app, "housing-worker-1").await;
    let one = async |_| {
        let report = ann.reports("NAMED").await;
        ann.does("amendReport", json!({ "reportId": report, "text": "裂缝又宽了" })).await.done();
        let hazard = clerk.confirms(&report).await;
        let assignments = leader.blows(&hazard, &["520115-housing", "520115-city-management"]).await;
        worker.announces_photo(&assignments[0]).await;
    };
    stream::iter(0..HAZARDS).map(one).buffer_unordered(4).collect::<Vec<()>>().await;
}

/// The statements of one request: of the requests for this field, those that were added by it.
async fn statements(app: &TestApp, who: &Person, query: &str, rows: usize) -> u64 {
    let field = query.split(['{', '(']).nth(2).unwrap().trim();
    let before = told(app, field).await;
    let answer = who.asks(query, json!({ "n": rows })).await.ok();
    assert_eq!(answer.data(field)["edges"].as_array().unwrap().len(), rows, "{field}");
    let after = told(app, field).await;
    assert_eq!(after.0 - before.0, 1, "{field}: somebody else asked meanwhile");
    after.1 - before.1
}

/// Requests for a field, and the statements of all of them, as the server counts.
async fn told(app: &TestApp, field: &str) -> (u64, u64) {
    let metrics = app.metrics().await;
    let value = |name: &str| {
        let series = format!("chuishao_request_sql_statements_{name}{{graphql_root_field=\"{field}\"}} ");
        let line = metrics.lines().find_map(|line| line.strip_prefix(&series));
        line.map_or(0, |text| text.parse().unwrap())
    };
    (value("count"), value("sum"))
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn lists_run_as_many_statements_for_fifty_rows_as_for_five(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    seed(&app, &ann).await;
    let centre = Person::officer(&app, "command-1").await;
    let reward = Person::officer(&app, "reward-1").await;
    // The rules are read from their rows once, by whoever asks first.
    centre.asks(UNITS, json!({ "n": 1 })).await.done();

    for (who, query, rows, least) in [
        (&centre, LEDGER, HAZARDS, 12),
        (&centre, HISTORIES, HAZARDS, 4),
        (&centre, REPORTS, HAZARDS, 6),
        (&ann, MINE, HAZARDS, 7),
        (&reward, AWARDS, HAZARDS, 5),
        (&centre, UNITS, 20, 4),
    ] {
        let [many, few] = [statements(&app, who, query, rows).await, statements(&app, who, query, FEW).await];
        println!("{many} statements: {query}");
        assert_eq!(many, few, "{query}");
        assert!(many >= least, "{many} statements cannot be all of them: {query}");
    }
}

//! How many SQL statements a list runs does not depend on how many rows it has, and how many an officer's request runs does
//! not depend on who wrote the report.

use futures::stream::{self, StreamExt};
use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::phone::Phone;
use tests::world::{import, import_lines, submission};
use uuid::Uuid;

use crate::changed_hands::rest::{forget_codes, logs_in, own, rested};
use crate::roster::{HEADING, at};

/// Hazards, and with each a report of one author, a whistle, two assignments, a send-back, a supervision, an announced photo and an award.
const HAZARDS: usize = 50;
/// Rows of the short list.
const FEW: usize = 5;

const LEDGER: &str = "query($n: Int!) { hazards(first: $n) { edges { node {
    id status reportCount township { name } subject { name } award { id }
    clocks { kind due } whistles { status blownBy { name } }
    assignments { status unit { name area { name } parent { name } } photos { id status } }
    supervisions { rung state unit { name } reason { text } } hops sendBacks { state unit { name } proposedUnit { name } basis { text } }
    lastEvent { kind note { text } } reports(first: 1) { edges { node { id photos { id } } } } } } } }";
const HISTORIES: &str = "query($n: Int!) { hazards(first: $n) { edges { node { id history { kind } } } } }";
const REPORTS: &str = "query($n: Int!) { reports(first: $n) { edges { node {
    id status whyHere flags suggestedUnitIds hazardId photos { id } amendments(first: 3) { nodes { text } } clocks { kind due }
    history { kind } } } } }";
const MINE: &str = "query($n: Int!) { myReports(first: $n) { edges { node {
    id whyHere photos { id } amendments(first: 3) { nodes { text } } award { id } callback { round } } } } }";
const AWARDS: &str =
    "query($n: Int!) { awards(first: $n) { edges { node { id clocks { kind } ledger { account } } } } }";
const TODOS: &str = "query($n: Int!) { todos(first: $n) { edges { node { id kind due isExpectedOfMe onDuty owner { name } dutyPost { officerName unit { name } }
    report { id } hazard { id } award { id } assignment { id status } } } } }";
const SUPERVISIONS: &str =
    "query($n: Int!) { supervisions(first: $n) { edges { node { id rung trigger state roles clock stepDue
    at due hazard { id } unit { name } reason { text } } } } }";
const ROSTER: &str = "query($n: Int!) { dutyRoster(first: $n) { edges { node {
    id unit { name } post { officerName unit { name } } deputy { staffNo unit { name } } } } } }";
const UNITS: &str =
    "query($n: Int!) { units(kind: VILLAGE, first: $n) { edges { node { name area { name } parent { name } } } } }";

/// Shifts of twelve hours each, of which the first has begun.
async fn seed_roster(app: &TestApp) {
    let shift = |number: usize| {
        let start = i64::try_from(number).unwrap() * 12 - 1;
        let [start, end] = [start, start + 12].map(at);
        format!("520115-housing,{start},{end},housing-clerk,,housing-leader,")
    };
    let lines: Vec<String> = (0..HAZARDS).map(shift).collect();
    import_lines(app, "roster", HEADING, &lines.iter().map(String::as_str).collect::<Vec<_>>()).await;
}

async fn seed(app: &TestApp, ann: &Person) {
    let clerk = Person::officer(app, "binyang-clerk").await;
    let leader = Person::officer(app, "binyang-leader").await;
    let worker = Person::officer(app, "housing-worker-1").await;
    let objecting = Person::officer(app, "city-management-clerk").await;
    let supervisor = Person::officer(app, "supervisor-1").await;
    let fire = objecting.ids_of(&["520115-fire"]).await.remove(0);
    let one = async |_| {
        let report = ann.reports("NAMED").await;
        ann.does("amendReport", json!({ "reportId": report, "text": "裂缝又宽了" })).await.done();
        let hazard = clerk.confirms(&report).await;
        let assignments = leader.blows(&hazard, &["520115-housing", "520115-city-management"]).await;
        worker.announces_photo(&assignments[0]).await;
        let input = json!({
            "assignmentId": assignments[1], "cause": "NOT_OUR_DUTY", "basis": "非本单位职责", "proposedUnitId": fire,
        });
        objecting.does("sendBackAssignment", input).await.done();
        let input = json!({ "hazardId": hazard, "rung": "NOTICE", "reason": "请加快办理" });
        supervisor.does("superviseHazard", input).await.done();
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
    seed_roster(&app).await;
    let centre = Person::officer(&app, "command-1").await;
    let reward = Person::officer(&app, "reward-1").await;
    let housing = Person::officer(&app, "housing-clerk").await;
    // The rules are read from their rows once, by whoever asks first.
    centre.asks(UNITS, json!({ "n": 1 })).await.done();

    for (who, query, rows, least) in [
        (&centre, LEDGER, HAZARDS, 12),
        (&centre, HISTORIES, HAZARDS, 4),
        (&centre, REPORTS, HAZARDS, 6),
        (&ann, MINE, HAZARDS, 7),
        (&reward, AWARDS, HAZARDS, 5),
        (&housing, TODOS, HAZARDS, 5),
        (&centre, SUPERVISIONS, HAZARDS, 4),
        (&housing, ROSTER, HAZARDS, 5),
        (&centre, UNITS, 20, 4),
    ] {
        let [many, few] = [statements(&app, who, query, rows).await, statements(&app, who, query, FEW).await];
        println!("{many} statements: {query}");
        assert_eq!(many, few, "{query}");
        assert!(many >= least, "{many} statements cannot be all of them: {query}");
    }
}

/// Who wrote a report, as far as an officer could wish to know.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Anonymous,
    Confidential,
    Named,
    /// Somebody who wrote ten others, too.
    OneOfMany,
    /// Somebody whose number has passed to another person since; the phone still signs.
    ChangedHands,
}

/// Two reports of each kind.
async fn two_of_each(app: &TestApp) -> Vec<(Kind, [String; 2])> {
    let [quiet, once, often] = [
        Person::citizen(app, "19900009991").await,
        Person::citizen(app, "19900009992").await,
        Person::citizen(app, "19900009993").await,
    ];
    for _ in 0..10 {
        often.reports("NAMED").await;
    }
    let nobody = Person::stranger(app);
    let mut all = Vec::new();
    for (kind, who, naming) in [
        (Kind::Anonymous, &nobody, "ANONYMOUS"),
        (Kind::Confidential, &quiet, "CONFIDENTIAL"),
        (Kind::Named, &once, "NAMED"),
        (Kind::OneOfMany, &often, "NAMED"),
    ] {
        all.push((kind, [who.reports(naming).await, who.reports(naming).await]));
    }
    all.push((Kind::ChangedHands, of_a_number_that_changed_hands(app).await));
    all
}

async fn of_a_number_that_changed_hands(app: &TestApp) -> [String; 2] {
    let (number, phone) = ("19900009994", Phone::new());
    Person::citizen(app, number).await.registers(&phone).await.done();
    rested(app, &[(number.to_owned(), Some(181))]).await;
    forget_codes(app).await;
    let newcomer = logs_in(app, number, json!({})).await;
    newcomer.reports("NAMED").await;
    let signed = async || {
        let sent = Person::stranger(app).submits(&phone.signs(&submission(Uuid::new_v4(), "NAMED"))).await.ok();
        sent.text("submitReport.receipt.reportId").to_owned()
    };
    let reports = [signed().await, signed().await];
    assert_eq!(own(&newcomer).await.len(), 1, "they are the former person's");
    reports
}

/// The code with which a step is answered, if it is refused, and the statements that it runs.
async fn step(app: &TestApp, who: &Person, step: &str, input: serde_json::Value) -> (Option<String>, u64) {
    let before = told(app, step).await;
    let answer = who.does(step, input).await;
    let after = told(app, step).await;
    assert_eq!(after.0 - before.0, 1, "{step}: somebody else asked meanwhile");
    (answer.code().map(ToOwned::to_owned), after.1 - before.1)
}

/// All that an officer can ask about a report that makes the server look into the vault, refused or not.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_request_runs_the_same_statements_whoever_wrote_the_report(#[case] engine: Engine) {
    const SIMILAR: &str = "query($id: UUID!) { report(id: $id) { similar { bits } } }";
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let supervisor = Person::officer(&app, "supervisor-1").await;
    let registered = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;

    let mut shapes = Vec::new();
    for (kind, [one, other]) in two_of_each(&app).await {
        let reason = |report: &str| json!({ "reportId": report, "reason": "现场核实" });
        let merging = json!({ "reportId": other, "hazardId": registered, "reason": "同一处围墙" });
        let before = told(&app, "report").await.1;
        clerk.asks(SIMILAR, json!({ "id": one })).await.done();
        let mut shape = vec![("report", None, told(&app, "report").await.1 - before)];
        for (who, name, input) in [
            (&supervisor, "confirmReport", reason(&one)),
            (&supervisor, "mergeReport", merging.clone()),
            (&supervisor, "findUnfounded", reason(&one)),
            (&clerk, "confirmReport", reason(&one)),
            (&clerk, "confirmReport", reason(&one)),
            (&clerk, "findUnfounded", reason(&one)),
            (&clerk, "mergeReport", merging.clone()),
            (&clerk, "mergeReport", merging),
        ] {
            let (code, statements) = step(&app, who, name, input).await;
            shape.push((name, code, statements));
        }
        shapes.push((kind, shape));
    }
    println!("{shapes:#?}");
    let refused = |code: &str| shapes[0].1.iter().filter(|(_, found, _)| found.as_deref() == Some(code)).count();
    assert_eq!((refused("NOT_FOUND"), refused("ILLEGAL_MOVE")), (3, 3), "some are refused, before and after");
    for (kind, shape) in &shapes[1..] {
        assert_eq!(shape, &shapes[0].1, "{kind:?}");
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn finding_a_report_unfounded_runs_the_same_statements_whoever_wrote_it(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let mut counts = Vec::new();
    for (_, reports) in two_of_each(&app).await {
        for report in reports {
            let input = json!({ "reportId": report, "reason": "现场未见隐患" });
            counts.push(step(&app, &clerk, "findUnfounded", input).await);
        }
    }
    counts.remove(0); // reads the rules
    assert!(counts.iter().all(|count| count == &counts[0]), "{counts:?}");
}

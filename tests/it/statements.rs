//! How many SQL statements a list runs does not depend on how many rows it has, and how many an officer's request runs does
//! not depend on who wrote the report, nor does what they look like.

mod measured;

use futures::stream::{self, StreamExt};
use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::phone::Phone;
use tests::photos::{PhonePhoto, finished, phone_photo, send};
use tests::scratch;
use tests::world::{import, import_lines, submission};
use uuid::Uuid;

use measured::{Measured, Seen, told};

use crate::changed_hands::rest::{forget_codes, logs_in, own, rested};
use crate::informing::{acknowledges, report as informed};
use crate::inspections::{inspects, orders, penalty};
use crate::roster::{HEADING, at};

/// Hazards, and with each a report of one author, a whistle, two assignments, a send-back, a supervision, an announced photo and an award.
const HAZARDS: usize = 50;
/// Rows of the short list.
const FEW: usize = 5;

const LEDGER: &str = "query($n: Int!) { hazards(first: $n) { edges { node {
    id status reportCount township { name } subject { name hazardCount } award { id }
    clocks { kind due } whistles { status blownBy { name } }
    assignments { status unit { name area { name } parent { name } } photos { id status } }
    inspections { subject { hazardCount } unit { name } findings { text } } orders { unit { name } text { text } }
    penalties { unit { name } basis { text } subject { hazardCount } }
    incidents { id reports { id facts } } supervisions { rung state unit { name } reason { text } } hops sendBacks { state unit { name } proposedUnit { name } basis { text } }
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
    report { id } hazard { id } award { id } incident { id } assignment { id status } } } } }";
const SUPERVISIONS: &str =
    "query($n: Int!) { supervisions(first: $n) { edges { node { id rung trigger state roles clock stepDue
    at due hazard { id } unit { name } reason { text } } } } }";
const PENALTIES: &str =
    "query($n: Int!) { penalties(first: $n) { edges { node { id documentNumber fineFen state hazard { id }
    unit { name } subject { name hazardCount } basis { text } voided { text } } } } }";
const INCIDENTS: &str =
    "query($n: Int!) { incidents(first: $n) { edges { node { id status hazard { id } unit { name } receiver { name }
    clocks { kind } reports { id place facts impact measures correctionReason unit { name } receiver { name }
    writer { officerName } signer { officerName } acknowledgedBy { officerName } } } } } }";
const INCIDENT_HISTORIES: &str = "query($n: Int!) { incidents(first: $n) { edges { node { id history { kind } } } } }";
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

async fn seed(app: &TestApp, ann: &Person, centre: &Person) {
    let clerk = Person::officer(app, "binyang-clerk").await;
    let leader = Person::officer(app, "binyang-leader").await;
    let worker = Person::officer(app, "housing-worker-1").await;
    let objecting = Person::officer(app, "city-management-clerk").await;
    let supervisor = Person::officer(app, "supervisor-1").await;
    let signer = leader.post().await;
    let fire = objecting.ids_of(&["520115-fire"]).await.remove(0);
    let one = async |number: usize| {
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
        let opened = clerk.does("openIncident", json!({ "hazardId": hazard, "report": informed(&signer) })).await.ok();
        acknowledges(centre, opened.text("done.situationReport.id")).await.done();
        let record = inspects(&clerk, &hazard).await;
        orders(&clerk, &record).await;
        let punished = penalty(&record, u32::try_from(number).unwrap(), 5_000);
        clerk.does("recordPenalty", punished).await.done();
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

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn lists_run_as_many_statements_for_fifty_rows_as_for_five(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let centre = Person::officer(&app, "command-1").await;
    seed(&app, &ann, &centre).await;
    seed_roster(&app).await;
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
        (&centre, PENALTIES, HAZARDS, 4),
        (&housing, ROSTER, HAZARDS, 5),
        (&centre, INCIDENTS, HAZARDS, 8),
        (&centre, INCIDENT_HISTORIES, HAZARDS, 3),
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

/// Submits a report with a photo, and waits until the photo is checked. Everybody sends the same photo from the same place,
/// so each report has similar ones.
async fn reports(app: &TestApp, who: &Person, naming: &str, phone: Option<&Phone>) -> String {
    let (id, photo) = (Uuid::new_v4(), PhonePhoto::jpeg(phone_photo("wall-before.jpg")));
    let mut input = submission(id, naming);
    input["photos"] = json!([photo.announced()]);
    let input = match phone {
        Some(phone) => phone.signs(&input),
        None => input,
    };
    let sent = who.submits(&input).await.ok();
    send(app.client(), id, &photo).await.done();
    assert_eq!(finished(app.client(), id, &photo).await.text("completePhoto.status"), "VERIFIED");
    sent.text("submitReport.receipt.reportId").to_owned()
}

/// The reports of all kinds, and with them the ten others of one author.
const REPORTS_WITH_PHOTOS: usize = 2 * 5 + 10;

/// Two reports of each kind, with photos.
async fn two_of_each(app: &TestApp) -> Vec<(Kind, [String; 2])> {
    let [quiet, once, often] = [
        Person::citizen(app, "19900009991").await,
        Person::citizen(app, "19900009992").await,
        Person::citizen(app, "19900009993").await,
    ];
    for _ in 0..10 {
        reports(app, &often, "NAMED", None).await;
    }
    let nobody = Person::stranger(app);
    let mut all = Vec::new();
    for (kind, who, naming) in [
        (Kind::Anonymous, &nobody, "ANONYMOUS"),
        (Kind::Confidential, &quiet, "CONFIDENTIAL"),
        (Kind::Named, &once, "NAMED"),
        (Kind::OneOfMany, &often, "NAMED"),
    ] {
        all.push((kind, [reports(app, who, naming, None).await, reports(app, who, naming, None).await]));
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
    let nobody = Person::stranger(app);
    let signed = async || reports(app, &nobody, "NAMED", Some(&phone)).await;
    let reports = [signed().await, signed().await];
    assert_eq!(own(&newcomer).await.len(), 1, "they are the former person's");
    reports
}

/// Checks that all of these look like the first one.
fn all_alike(kinds: &[(Kind, Vec<Seen>)]) {
    let (first, others) = kinds.split_first().unwrap();
    for (kind, seen) in others {
        for (one, other) in first.1.iter().zip(seen) {
            assert_eq!(one, other, "{:?} and {kind:?}", first.0);
        }
        assert_eq!(first.1.len(), seen.len());
    }
}

/// All that an officer can ask about a report that makes the server look into the vault, refused or not.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_request_runs_the_same_statements_whoever_wrote_the_report(#[case] engine: Engine) {
    const SIMILAR: &str = "query($id: UUID!) { report(id: $id) { similar { bits } } }";
    let folder = scratch::folder();
    let server = Measured::start(engine, &folder).await;
    let app = &server.app;
    let clerk = Person::officer(app, "binyang-clerk").await;
    let supervisor = Person::officer(app, "supervisor-1").await;
    clerk.confirms(&Person::stranger(app).reports("ANONYMOUS").await).await; // reads the rules
    let reports = two_of_each(app).await;

    let mut kinds = Vec::new();
    for (kind, [one, _]) in &reports {
        let seen = server.sees("report", async {
            let answer = clerk.asks(SIMILAR, json!({ "id": one })).await.ok();
            let similar = answer.data("report.similar").as_array().unwrap().len();
            assert_eq!(similar, REPORTS_WITH_PHOTOS - 1, "{kind:?}: the search looked for photos");
            answer
        });
        kinds.push((*kind, vec![seen.await]));
    }
    for ((_, [one, other]), (_, seen)) in reports.iter().zip(&mut kinds) {
        let registered = clerk.confirms(&Person::stranger(app).reports("ANONYMOUS").await).await;
        let reason = json!({ "reportId": one, "reason": "现场核实" });
        let merging = json!({ "reportId": other, "hazardId": registered, "reason": "同一处围墙" });
        for (who, name, input) in [
            (&supervisor, "confirmReport", &reason),
            (&supervisor, "mergeReport", &merging),
            (&supervisor, "findUnfounded", &reason),
            (&clerk, "confirmReport", &reason),
            (&clerk, "confirmReport", &reason),
            (&clerk, "findUnfounded", &reason),
            (&clerk, "mergeReport", &merging),
            (&clerk, "mergeReport", &merging),
        ] {
            seen.push(server.step(who, name, input.clone()).await);
        }
    }
    let refused = |code: &str| kinds[0].1.iter().filter(|seen| seen.code.as_deref() == Some(code)).count();
    assert_eq!((refused("NOT_FOUND"), refused("ILLEGAL_MOVE")), (3, 3), "some are refused, before and after");
    all_alike(&kinds);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn finding_a_report_unfounded_runs_the_same_statements_whoever_wrote_it(#[case] engine: Engine) {
    let folder = scratch::folder();
    let server = Measured::start(engine, &folder).await;
    let clerk = Person::officer(&server.app, "binyang-clerk").await;
    let mut kinds = Vec::new();
    for (kind, reports) in two_of_each(&server.app).await {
        for report in reports {
            let input = json!({ "reportId": report, "reason": "现场未见隐患" });
            kinds.push((kind, vec![server.step(&clerk, "findUnfounded", input).await]));
        }
    }
    kinds.remove(0); // reads the rules
    all_alike(&kinds);
}

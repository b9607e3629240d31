//! Every cell of the table of the rules (`domain/tests/data/number_table.txt`), for every role, through the API.

use futures::stream::{self, StreamExt};
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::phone::Phone;
use tests::scratch;
use tests::world::{import, session, submission};
use uuid::Uuid;

use super::rest::{Code, Rest, forget_codes, logs_in, own, reports_with_code, rested};

/// The cells at once, so that the machine is busy.
const AT_ONCE: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Citizen,
    InformationReporter,
    Officer,
    Both,
}

/// A cell of the table, with the person in it.
struct Cell {
    shown: &'static str,
    rest: Rest,
    role: Role,
    expected: &'static str,
    number: String,
    phone: Phone,
    refresh: String,
    report: String,
    code: String,
}

/// The rows of the table, each with its cells and the number of days that these stand for.
fn table() -> Vec<(&'static str, Vec<(Rest, &'static str)>)> {
    let text = include_str!("../../../domain/tests/data/number_table.txt");
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rests: Vec<Rest> = lines.next().unwrap().split_whitespace().map(|rest| rest.parse().ok()).collect();
    let row = |line: &'static str| {
        let mut words = line.split_whitespace();
        (words.next().unwrap(), rests.iter().copied().zip(words).collect())
    };
    lines.map(row).collect()
}

fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for role in [Role::Citizen, Role::InformationReporter, Role::Officer, Role::Both] {
        for (shown, row) in table() {
            for (rest, expected) in row {
                let number = format!("1997{:07}", cells.len());
                let (refresh, report, code) = <(String, String, String)>::default();
                cells.push(Cell { shown, rest, role, expected, number, phone: Phone::new(), refresh, report, code });
            }
        }
    }
    cells
}

/// The person of a cell logs in, registers a phone and reports something.
async fn begins(app: &TestApp, mut cell: Cell) -> Cell {
    let session = session(app, "REPORTER", &cell.number).await;
    let client = app.client().with_token(session.access);
    let person = Person::from(client.clone());
    person.registers(&cell.phone).await.done();
    (cell.report, cell.code) = reports_with_code(&person, &submission(Uuid::new_v4(), "NAMED")).await;
    if cell.shown == "ENDED_TOKEN" {
        client.post("mutation { logout }", json!({})).await.done();
    }
    if matches!(cell.role, Role::InformationReporter | Role::Both) {
        let appoint = ["reporter", "appoint", "--area", "520115001000", "--phone", &cell.number];
        assert!(app.run(&appoint).await.status.success());
    }
    Cell { refresh: session.refresh, ..cell }
}

async fn registers_officers(app: &TestApp, cells: &[Cell]) {
    let officers = cells.iter().filter(|cell| matches!(cell.role, Role::Officer | Role::Both));
    let row = |Cell { number, .. }: &Cell| format!("s-{number},示例,520115001000,{number}\n");
    let rows: Vec<String> = officers.map(row).collect();
    let folder = scratch::folder();
    let file = folder.path().join("officers.csv");
    std::fs::write(&file, format!("staff_no,name,unit_code,phone\n{}", rows.concat())).unwrap();
    assert!(app.run(&["import", "officers", file.to_str().unwrap()]).await.status.success());
}

/// What is shown at the login, for this code request.
fn proof(cell: &Cell, other: &(String, String), request: &str) -> Value {
    let follow_up = |report: &str, code: &str| json!({ "followUp": { "reportId": report, "code": code } });
    match cell.shown {
        "NOTHING" => json!({}),
        "DEVICE_KEY" | "DEVICE_OF_FORMER" => {
            let signature = cell.phone.signature(&format!("chuishao/login/1\n{request}"));
            json!({ "device": { "publicKey": cell.phone.public_key(), "signature": signature } })
        }
        "LIVE_TOKEN" | "ENDED_TOKEN" => json!({ "refreshToken": cell.refresh }),
        "OWN_CODE" | "CODE_OF_FORMER" => follow_up(&cell.report, &cell.code),
        "WRONG_CODE" => follow_up(&cell.report, "0000 0000 0000 0000"),
        "CODE_OF_ANOTHER" => follow_up(&other.0, &other.1),
        row => panic!("no row `{row}`"),
    }
}

/// Logs in after the rest, and says who that is.
async fn outcome(app: &TestApp, cell: &Cell, other: &(String, String)) -> &'static str {
    let code = Code::of(app, &cell.number).await;
    let mut answer = code.entered(app, proof(cell, other, &code.request)).await;
    if cell.shown == "WRONG_CODE" {
        let refused = (answer.code(), answer.extension("field"));
        assert_eq!(refused, (Some("INVALID_INPUT"), &json!("input.followUp.code")), "nothing has happened");
        answer = code.entered(app, json!({})).await;
    }
    let answer = answer.ok();
    let person = Person::from(app.client().with_token(answer.text("login.accessToken")));
    match own(&person).await {
        reports if reports.is_empty() => "new",
        reports => {
            assert_eq!(reports, std::slice::from_ref(&cell.report));
            if cell.shown.ends_with("_OF_FORMER") { "former" } else { "same" }
        }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_cell_of_the_number_table_holds_through_the_api(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    let someone = Person::citizen(&app, "19960000001").await;
    let other = reports_with_code(&someone, &submission(Uuid::new_v4(), "CONFIDENTIAL")).await;
    let cells: Vec<Cell> =
        stream::iter(cells()).map(|cell| begins(&app, cell)).buffer_unordered(AT_ONCE).collect().await;
    registers_officers(&app, &cells).await;
    // What the server has only noted is forgotten, so that the days of this test hold.
    app.kill_and_restart().await;
    let passed = || cells.iter().filter(|cell| cell.shown.ends_with("_OF_FORMER"));
    rested(&app, &passed().map(|cell| (cell.number.clone(), Some(200))).collect::<Vec<_>>()).await;
    forget_codes(&app).await;
    for cell in passed() {
        let newcomer = logs_in(&app, &cell.number, json!({})).await;
        assert!(own(&newcomer).await.is_empty(), "the number has passed to somebody new");
    }
    rested(&app, &cells.iter().map(|cell| (cell.number.clone(), cell.rest)).collect::<Vec<_>>()).await;
    forget_codes(&app).await;
    let (app, other) = (&app, &other);
    let outcomes = stream::iter(&cells).map(async |cell| (cell, outcome(app, cell, other).await));
    let outcomes: Vec<(&Cell, &str)> = outcomes.buffer_unordered(AT_ONCE).collect().await;
    let wrong: Vec<String> = outcomes
        .iter()
        .filter(|(cell, outcome)| cell.expected != *outcome)
        .map(|(cell, outcome)| format!("{}, {:?} days, {:?}: {outcome}", cell.shown, cell.rest, cell.role))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(outcomes.len(), 9 * 5 * 4);
}

//! Numbers and codes as people type and paste them, at every place that reads one.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::scratch;
use tests::world::{import, submission};
use uuid::Uuid;

/// How somebody writes a number.
type Hand = fn(&str) -> String;

/// All of them are one number.
const HANDS: [(&str, Hand); 7] = [
    ("with a country code and blanks", |number| format!("+86 {} {} {}", &number[..3], &number[3..7], &number[7..])),
    ("as the contacts of a phone copy it", |number| format!("\u{202d}{number}\u{202c}")),
    ("with direction marks and a byte-order mark", |number| format!("\u{feff}\u{200e}{number}\u{200f}")),
    ("with dashes of all kinds", |number| format!("{}\u{2011}{}—{}", &number[..3], &number[3..7], &number[7..])),
    ("in wide digits", |number| number.chars().map(wide).collect()),
    ("with 0086 in wide digits", |number| format!("００８６\u{3000}{number}")),
    ("with zero-width and narrow blanks", |number| format!("{}\u{200b}\u{202f}{}", &number[..3], &number[3..])),
];
/// None of these is one.
const NO_NUMBERS: [&str; 5] = ["1.99E+10", "19911110001.0", "1991111000", "199111100011", "+85219911110001"];

fn wide(digit: char) -> char {
    char::from_u32(u32::from(digit) - u32::from('0') + u32::from('０')).unwrap()
}

/// What was asked, and whether it was taken.
#[expect(clippy::too_many_lines, reason = "one arm for each place")]
async fn takes(app: &TestApp, place: &str, number: &str, n: usize) -> bool {
    match place {
        "requestCode" => {
            let query = "mutation($i: RequestCodeInput!) { requestCode(input: $i) { requestId } }";
            let input = json!({ "i": { "phone": number, "kind": "OFFICER" } });
            fits(&app.client().post(query, input).await.json, "input.phone")
        }
        "onBehalfOf" => {
            let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
            input["onBehalfOf"] = json!({ "name": "代报示例", "phone": number });
            fits(&Person::stranger(app).submits(&input).await.json, "input.onBehalfOf.phone")
        }
        "giveIdentity" => {
            // The award comes later: a number that is read leads to another refusal, or to none.
            let ann = Person::stranger(app);
            let sent = ann.submits(&submission(Uuid::new_v4(), "ANONYMOUS")).await.ok();
            let (report, code) = (sent.text("submitReport.receipt.reportId"), sent.text("submitReport.followUpCode"));
            let ann = Person::with_code(app, report, code).await;
            let input = json!({ "reportId": report, "name": "群众示例", "phone": number });
            fits(&ann.does("giveIdentity", input).await.json, "input.phone")
        }
        "officer add" => {
            let staff_no = format!("added-{n}");
            let post = "TOWNSHIP_CLERK@520115001000";
            let add = ["officer", "add", "--name", "示例", "--unit", "520115001000", "--post", post];
            let given = ["--staff-no", staff_no.as_str(), "--phone", number];
            app.run(&[add.as_slice(), given.as_slice()].concat()).await.status.success()
        }
        "reporter appoint" => {
            let words = ["reporter", "appoint", "--area", "520115001000", "--phone", number];
            app.run(&words).await.status.success()
        }
        "reporter dismiss" => app.run(&["reporter", "dismiss", "--phone", number]).await.status.success(),
        "import officers" => {
            let folder = scratch::folder();
            let file = folder.path().join("officers.csv");
            let row = format!("imported-{n},示例,520115001000,\"{number}\"\n");
            std::fs::write(&file, format!("staff_no,name,unit_code,phone\n{row}")).unwrap();
            app.run(&["import", "officers", file.to_str().unwrap()]).await.status.success()
        }
        other => panic!("no place `{other}`"),
    }
}

/// Whether an answer refuses something else than the number, or does not refuse at all.
fn fits(answer: &Value, field: &str) -> bool {
    answer.pointer("/errors/0/extensions/field") != Some(&json!(field))
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_place_reads_a_number_in_every_hand(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let places = [
        "requestCode",
        "onBehalfOf",
        "giveIdentity",
        "officer add",
        "import officers",
        "reporter appoint",
        "reporter dismiss",
    ];
    for (at, place) in places.into_iter().enumerate() {
        for (n, (hand, write)) in HANDS.into_iter().enumerate() {
            let number = match place {
                "reporter appoint" | "reporter dismiss" => format!("1991111{n:04}"), // appointed first
                _ => format!("199222{at}{n:04}"),
            };
            assert!(takes(&app, place, &write(&number), n).await, "{place}: {hand}");
        }
        for number in NO_NUMBERS {
            assert!(!takes(&app, place, number, 100).await, "{place}: {number}");
        }
    }
}

/// A number is the same person, and a code the same code, in whichever hand they are written.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn codes_are_read_in_every_hand(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ask = "mutation($i: RequestCodeInput!) { requestCode(input: $i) { requestId } }";
    let log_in = "mutation($i: LoginInput!) { login(input: $i) { accessToken } }";
    let spoilt: [Hand; 4] = [
        |code| format!(" {} {}\u{3000}", &code[..3], &code[3..]),
        |code| code.chars().map(wide).collect(),
        |code| format!("\u{202d}{}–{}\u{202c}", &code[..3], &code[3..]),
        |code| format!("\u{feff}{code}\u{200b}\n"),
    ];
    for (n, write) in spoilt.into_iter().enumerate() {
        let phone = format!("1993333{n:04}");
        let asked = app.client().post(ask, json!({ "i": { "phone": phone, "kind": "REPORTER" } })).await.ok();
        let request = asked.text("requestCode.requestId");
        let said = format!("one-time code for 199****{n:04} (request {request}): ");
        let code = app.process().output_after(&said).await;
        let input = json!({ "i": { "requestId": request, "code": write(code.trim()) } });
        app.client().post(log_in, input).await.done();
    }
    let sent = Person::stranger(&app).submits(&submission(Uuid::new_v4(), "ANONYMOUS")).await.ok();
    let (report, code) = (sent.text("submitReport.receipt.reportId"), sent.text("submitReport.followUpCode"));
    for blank in ["", "-", "—", "\u{2011}", "\u{3000}", "\u{a0}", "\u{200b}", "－"] {
        Person::with_code(&app, report, &code.replace(' ', blank)).await;
    }
    let wide: String = code.chars().filter(|each| *each != ' ').map(wide).collect();
    Person::with_code(&app, report, &format!("\u{202d}{wide}\u{202c}")).await;
}

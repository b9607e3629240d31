//! Numbers that operators give out again 二次放号: a new person finds nothing of the former one, and everybody who ever held a
//! number is asked.

pub(crate) mod rest;
mod table;

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders, collect};
use tests::people::Person;
use tests::phone::Phone;
use tests::scratch;
use tests::world::{change_policies, import, login, session, submission};
use uuid::Uuid;

use crate::queue::MANY;
use rest::{Code, forget_codes, logs_in, own, reports_with_code, rested};

const NUMBER: &str = "19900009991";

/// The number rests for so long that the next login begins a new person, who is returned.
async fn passes_on(app: &mut TestApp, number: &str) -> Person {
    app.kill_and_restart().await;
    rested(app, &[(number.to_owned(), Some(181))]).await;
    forget_codes(app).await;
    logs_in(app, number, json!({})).await
}

/// All that somebody can find out about themself and about this report.
async fn finds(who: &Person, report: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for query in [
        "{ viewer { kind name staffNo posts { id } reportId } }",
        "{ myReports { nodes { id } pageInfo { hasNextPage endCursor } } }",
    ] {
        found.push(who.asks(query, json!({})).await.json["data"].clone());
    }
    let mine = "query($id: UUID!) { myReport(id: $id) { id award { status } } }";
    let asked = who.asks(mine, json!({ "id": report })).await;
    found.push(json!([asked.json["data"], asked.code()]));
    for (step, input) in [
        ("collectAward", json!({ "reportId": report })),
        ("giveIdentity", json!({ "reportId": report, "name": "王小明", "phone": NUMBER })),
        ("withdrawReport", json!({ "reportId": report })),
        ("amendReport", json!({ "reportId": report, "text": "裂缝又宽了" })),
    ] {
        found.push(json!([step, who.does(step, input).await.code()]));
    }
    found
}

async fn award_status(who: &Person, report: &str) -> String {
    let query = "query($id: UUID!) { myReport(id: $id) { award { status } } }";
    who.asks(query, json!({ "id": report })).await.ok().text("myReport.award.status").to_owned()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_former_person_keeps_the_awards_and_the_new_one_finds_nothing(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, NUMBER).await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let (paid, paid_code) = reports_with_code(&ann, &submission(Uuid::new_v4(), "NAMED")).await;
    let (collected, code) = reports_with_code(&ann, &submission(Uuid::new_v4(), "CONFIDENTIAL")).await;
    for report in [&paid, &collected] {
        let hazard = handlers.clerk.confirms(report).await;
        let award = rewarders.award_of(&hazard).await;
        rewarders.approve(&award).await;
        collect(&ann, report).await;
        if report == &paid {
            rewarders.pay(&award).await;
        }
    }
    let before = [award_status(&ann, &paid).await, award_status(&ann, &collected).await];
    assert!(before[0] == "PAID" && before[1] == "COLLECTED", "{before:?}");

    let newcomer = passes_on(&mut app, NUMBER).await;

    let nobody = login(&app, "REPORTER", "19900009992").await; // a number that nobody has used
    for report in [&paid, &collected] {
        assert_eq!(finds(&newcomer, report).await, finds(&Person::from(nobody.clone()), report).await);
    }
    assert_eq!(award_status(&Person::with_code(&app, &paid, &paid_code).await, &paid).await, "PAID");
    assert_eq!(award_status(&Person::with_code(&app, &collected, &code).await, &collected).await, "COLLECTED");
    let ann = ann.at(&app);
    assert_eq!(own(&ann).await.len(), 2, "the session of the former person is theirs");

    // The number has not really changed hands: its owner was away, and has kept a code.
    forget_codes(&app).await;
    let shown = json!({ "followUp": { "reportId": collected, "code": code } });
    let back = logs_in(&app, NUMBER, shown).await;
    assert_eq!(own(&back).await.len(), 2);
    assert_eq!(award_status(&back, &paid).await, "PAID");
    forget_codes(&app).await;
    assert_eq!(own(&logs_in(&app, NUMBER, json!({})).await).await.len(), 2, "the number is theirs again");
    assert!(own(&newcomer.at(&app)).await.is_empty(), "and the new person stays another one");
}

/// Earlier clients show what they have when they request the code. The session of an officer who has the number today says
/// nothing about the member of the public who had it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_proof_shown_with_the_request_counts_unless_it_is_an_officers(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    let phone = Phone::new();
    Person::citizen(&app, NUMBER).await.registers(&phone).await.done();
    adds_clerk(&app, NUMBER).await;
    let officer = session(&app, "OFFICER", NUMBER).await;
    let report = Person::stranger(&app).submits(&phone.signs(&submission(Uuid::new_v4(), "NAMED"))).await.ok();
    let report = report.text("submitReport.receipt.reportId");
    app.kill_and_restart().await; // what was only noted is forgotten: the report was a sign, too
    let signature = phone.signature(&format!("chuishao/code/1\nREPORTER\n+86{NUMBER}"));
    let device = json!({ "device": { "publicKey": phone.public_key(), "signature": signature } });
    for (shown, expected) in [(device, vec![report]), (json!({ "refreshToken": officer.refresh }), vec![])] {
        rested(&app, &[(NUMBER.to_owned(), Some(181))]).await;
        forget_codes(&app).await;
        let code = Code::asked_with(&app, NUMBER, shown).await;
        let entered = code.entered(&app, json!({})).await.ok();
        let person = Person::from(app.client().with_token(entered.text("login.accessToken")));
        assert_eq!(own(&person).await, expected);
        app.kill_and_restart().await;
    }
}

async fn adds_clerk(app: &TestApp, number: &str) {
    let post = "TOWNSHIP_CLERK@520115001000";
    let words = ["officer", "add", "--name", "示例", "--unit", "520115001000", "--post", post, "--staff-no", "x-1"];
    let done = app.run(&[words.as_slice(), &["--phone", number]].concat()).await;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// An officer who has the number, or had it, decides on no report of whoever else had it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_decides_on_the_report_of_whoever_ever_had_the_number(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, NUMBER).await;
    let reports = [ann.reports("NAMED").await, ann.reports("CONFIDENTIAL").await, ann.reports("NAMED").await];
    let newcomer = passes_on(&mut app, NUMBER).await;
    let newest = newcomer.reports("CONFIDENTIAL").await;
    adds_clerk(&app, NUMBER).await;
    let decides = async |clerk: &Person, report: &str| {
        let input = json!({ "reportId": report, "reason": "现场核实" });
        let code = clerk.does("confirmReport", input).await;
        code.code().map(ToOwned::to_owned)
    };
    let clerk = Person::from(login(&app, "OFFICER", NUMBER).await);
    for report in [&reports[0], &newest] {
        assert_eq!(decides(&clerk, report).await.as_deref(), Some("NOT_YOUR_OWN"), "the number is theirs today");
    }

    let folder = scratch::folder();
    let file = folder.path().join("officers.csv");
    std::fs::write(&file, "staff_no,name,unit_code,phone\nx-1,示例,520115001000,19900009993\n").unwrap();
    assert!(app.run(&["import", "officers", file.to_str().unwrap()]).await.status.success());
    let clerk = Person::from(login(&app, "OFFICER", "19900009993").await);
    for report in [&reports[1], &newest] {
        assert_eq!(decides(&clerk, report).await.as_deref(), Some("NOT_YOUR_OWN"), "the number was theirs");
    }
    let stranger = Person::citizen(&app, "19900009994").await.reports("NAMED").await;
    assert_eq!(decides(&clerk, &stranger).await, None, "of others they decide");
    let other = Person::officer(&app, "binyang-clerk").await;
    assert_eq!(decides(&other, &reports[2]).await, None, "and others decide on these");
}

/// The appointment stays with the former person, and the duty counts for everybody with the number.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_duty_of_whoever_ever_had_the_number_excludes_from_the_award(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    let appoint = ["reporter", "appoint", "--area", "520115001000", "--phone", NUMBER];
    assert!(app.run(&appoint).await.status.success());
    let reporter = Person::citizen(&app, NUMBER).await;
    let (early, code) = reports_with_code(&reporter, &submission(Uuid::new_v4(), "NAMED")).await;
    let newcomer = passes_on(&mut app, NUMBER).await;
    let late = newcomer.reports("NAMED").await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let former = Person::with_code(&app, &early, &code).await;
    for (who, report) in [(&former, &early), (&newcomer, &late)] {
        let hazard = handlers.clerk.confirms(report).await;
        rewarders.approve(&rewarders.award_of(&hazard).await).await;
        let identity = json!({ "reportId": report, "name": "王小明", "phone": "19900009999" });
        who.does("giveIdentity", identity).await.done();
        let collected = who.does("collectAward", json!({ "reportId": report })).await;
        assert_eq!(collected.code(), Some("DUTY_EXCLUDED"), "{}", collected.body);
    }
    let dismiss = ["reporter", "dismiss", "--phone", NUMBER];
    assert!(app.run(&dismiss).await.status.success(), "the operator still finds the appointment by the number");
    assert!(!app.run(&dismiss).await.status.success(), "the new person never had one");
}

/// Nobody gets a second budget of reports by becoming a new person.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn all_who_ever_had_a_number_share_its_reports_of_a_day(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    let (before, after) =
        ("reports_a_day = 200\nreports_a_day_on_duty = 5000", "reports_a_day = 20\nreports_a_day_on_duty = 30");
    change_policies(&app, before, after).await;
    let phone = Phone::new();
    Person::citizen(&app, NUMBER).await.registers(&phone).await.done();
    let newcomer = passes_on(&mut app, NUMBER).await;
    let stranger = Person::stranger(&app);
    let new = |count: usize| -> Vec<Value> { (0..count).map(|_| submission(Uuid::new_v4(), "NAMED")).collect() };
    let signed = |count: usize| -> Vec<Value> { new(count).iter().map(|input| phone.signs(input)).collect() };
    let kept = async |who: &Person, inputs: Vec<Value>| {
        let answer = who.asks(MANY, json!({ "i": inputs })).await.ok();
        let results = answer.data("submitReports").as_array().unwrap();
        results.iter().filter(|result| result["refusal"].is_null()).count()
    };
    assert_eq!(kept(&stranger, signed(12)).await, 12, "the former person, by the phone");
    assert_eq!(kept(&newcomer, new(7)).await, 7);
    assert_eq!(kept(&newcomer, new(3)).await, 1, "12 and 8");
    assert_eq!(kept(&stranger, signed(1)).await, 0);
    let other = Person::citizen(&app, "19900009992").await;
    assert_eq!(kept(&other, new(20)).await, 20, "others have their own");
}

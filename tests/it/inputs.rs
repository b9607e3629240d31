//! Whatever stands in one argument of the schema, the refusal names it, and no accident happens.

mod arguments;

use reqwest::{Method, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::{Answer, Client};
use tests::people::Person;
use tests::world::{import, login, phone_of};
use uuid::Uuid;

use arguments::{Argument, Schema};

async fn send(client: &Client, body: &str) -> Answer {
    client.send(Method::POST, "/graphql", Some("application/json"), body.to_owned()).await
}

/// The code and the field of the refusal, which for `submitReports` stands in the answer to the item.
fn refusal(answer: &Answer) -> (Option<&str>, Option<&str>) {
    let of_item = answer.json.pointer("/data/submitReports/0/refusal");
    let of_request = answer.json.pointer("/errors/0/extensions");
    let found = |name| of_request.or(of_item).and_then(|refusal| refusal.get(name)).and_then(Value::as_str);
    (found("code"), found("field"))
}

/// Items of `submitReports` name their fields as `submitReport` does.
fn expected(argument: &Argument) -> String {
    argument.path.replacen("inputs.0", "input", usize::from(argument.root == "submitReports"))
}

/// Everybody who can send something: what they may do differs, and so does how far a value gets.
async fn everybody(app: &TestApp) -> Vec<Client> {
    vec![
        app.client().clone(),
        login(app, "REPORTER", "19900009991").await,
        login(app, "OFFICER", &phone_of("binyang-clerk")).await,
        login(app, "OFFICER", &phone_of("auditor-1")).await,
    ]
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_text_without_sense_is_refused_by_its_name(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (schema, people) = (Schema::published(), everybody(&app).await);
    let texts = schema.arguments("String");
    assert!(texts.len() > 60, "{} texts", texts.len());
    for argument in &texts {
        let long = "墙".repeat(20_000);
        for bad in ["a\0b", "\u{0}", "a\u{7}", "\u{200b}\u{2800}", "\u{3164}", "\u{202e}\u{202c}", "\u{feff}", &long] {
            let answer = send(&people[0], &argument.body(&schema, &json!(bad)).to_string()).await;
            let path = expected(argument);
            let told = (Some("INVALID_INPUT"), Some(path.as_str()));
            assert_eq!(refusal(&answer), told, "{} {path} {bad:.9?}: {}", argument.root, answer.body);
        }
        for client in &people {
            let body = argument.body(&schema, &json!("墙HALF")).to_string();
            for half in ["\\ud83d", "\\ude00x", "\\ud83d\\ud83d"] {
                let answer = send(client, &body.replace("HALF", half)).await;
                let (code, _) = refusal(&answer);
                assert!(code != Some("INTERNAL") && code != Some("BAD_QUERY"), "{}: {}", argument.path, answer.body);
            }
        }
    }
    let body = texts[0].body(&schema, &json!("墙".repeat(3_500_000))).to_string();
    let request = app.client().request(Method::POST, "/graphql").header("content-type", "application/json").body(body);
    if let Ok(answer) = Answer::try_to(request).await {
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE); // or the connection is closed while it is sent
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn ids_that_clients_make_are_random_and_no_id_is_an_accident(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (schema, people) = (Schema::published(), everybody(&app).await);
    let ids = schema.arguments("UUID");
    assert!(ids.len() > 80, "{} ids", ids.len());
    let mut made_by_clients = 0;
    for argument in &ids {
        let path = expected(argument);
        let made = ["requestId", "clientId", "input.submissionId", "input.photos.0.id"];
        let is_made = argument.root != "preparePhoto"
            && argument.root != "completePhoto"
            && made.iter().any(|name| path.ends_with(name));
        made_by_clients += usize::from(is_made);
        for bad in [
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "c232ab00-9414-11ec-b3c8-9f6bdeced846",
            "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
        ] {
            for client in &people {
                let answer = send(client, &argument.body(&schema, &json!(bad)).to_string()).await;
                let (code, field) = refusal(&answer);
                assert_ne!(code, Some("INTERNAL"), "{} {path}: {}", argument.root, answer.body);
                if is_made && argument.root != "markNoticesRead" {
                    assert_eq!(
                        (code, field),
                        (Some("INVALID_INPUT"), Some(path.as_str())),
                        "{}: {}",
                        argument.root,
                        answer.body
                    );
                }
            }
        }
    }
    assert!(made_by_clients > 25, "{made_by_clients}");
}

/// The default that a document gives to a variable is judged like a value that was sent.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_default_of_a_variable_is_checked_too(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let nil = Uuid::nil();
    for document in [
        r#"query($c: String = "\u0000") { hazards(first: 1, filter: { category: $c }) { edges { node { id } } } }"#
            .to_owned(),
        format!(
            r#"mutation($r: UUID = "{nil}") {{ closeHazard(input: {{ hazardId: "{}", reason: "现场核实", requestId: $r }}) {{ id }} }}"#,
            Uuid::new_v4()
        ),
    ] {
        let answer = clerk.asks(&document, json!({})).await;
        assert_eq!(answer.code(), Some("INVALID_INPUT"), "{document}: {}", answer.body);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_date_is_an_accident_and_what_is_no_date_or_id_is_named(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (schema, people) = (Schema::published(), everybody(&app).await);
    let (times, days) = (schema.arguments("DateTime"), schema.arguments("NaiveDate"));
    assert!(times.len() >= 6 && !days.is_empty(), "{} times, {} days", times.len(), days.len());
    for (dates, ends) in [(&times, &ENDS[..]), (&days, &DAYS[..])] {
        for (argument, date) in dates.iter().flat_map(|argument| ends.iter().map(move |date| (argument, date))) {
            for client in &people {
                let answer = send(client, &argument.body(&schema, &json!(date)).to_string()).await;
                let (code, _) = refusal(&answer);
                assert_ne!(code, Some("INTERNAL"), "{} {date}: {}", argument.path, answer.body);
            }
        }
    }
    let ids = schema.arguments("UUID");
    for (arguments, others) in [(&times, &NO_TIMES[..]), (&days, &NO_DAYS[..]), (&ids, &NO_IDS[..])] {
        for (argument, other) in arguments.iter().flat_map(|one| others.iter().map(move |other| (one, other))) {
            let other: Value = serde_json::from_str(other).unwrap();
            let answer = send(&people[0], &argument.body(&schema, &other).to_string()).await;
            let path = expected(argument);
            let told = (Some("INVALID_INPUT"), Some(path.as_str()));
            assert_eq!(refusal(&answer), told, "{} {other}: {}", argument.root, answer.body);
        }
    }
    let clerk = Person::from(people[2].clone());
    a_worker_dates_the_work_to_the_ends(&app, &clerk).await;
    a_worker_asks_for_time_to_the_ends(&app, &clerk).await;
}

/// The ends of what the library can count, and odd moments between them.
const ENDS: [&str; 8] = [
    "-262143-01-01T00:00:00Z",
    "+262142-12-31T23:59:59.999999999Z",
    "-262143-01-01T00:00:00+23:59",
    "+262142-12-31T23:59:59-23:59",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:60Z",
    "1970-01-01T00:00:00Z",
    "2569-11-30T02:00:00Z",
];

/// The ends of the days that the library can count, and odd days between them.
const DAYS: [&str; 6] = ["-262143-01-01", "+262142-12-31", "0000-01-01", "9999-12-31", "1970-01-01", "2569-11-30"];
/// Values that name no day, in JSON.
const NO_DAYS: [&str; 6] = [r#""+262143-01-01""#, r#""-262144-12-31""#, r#""2026-02-29""#, r#""""#, "20260228", "true"];
/// Values that name no time, in JSON.
const NO_TIMES: [&str; 5] =
    [r#""2026-02-29T08:00:00Z""#, r#""2026-11-30T08:00:00""#, r#""2026-11-30T25:00:00Z""#, r#""""#, "1764489600"];
/// Values that are no id, in JSON.
const NO_IDS: [&str; 4] = [r#""7""#, r#""919108f7-52d1-4320-9bac-f847db4148ag""#, r#""""#, "7"];

/// More time until a day that is past or too far is refused by the rule of the policy.
async fn a_worker_asks_for_time_to_the_ends(app: &TestApp, clerk: &Person) {
    let (stranger, unit) = (Person::stranger(app), Person::officer(app, "housing-clerk").await);
    let hazard = clerk.confirms(&stranger.reports("ANONYMOUS").await).await;
    let assignment = &clerk.dispatches(&hazard, &["520115-housing"]).await[0];
    for day in DAYS {
        let input = json!({ "assignmentId": assignment, "until": day, "reason": "加固需要排期" });
        let asked = unit.does("askExtension", input).await;
        assert_eq!(asked.extension("rule"), "extension.at_most", "{day}: {}", asked.body);
    }
}

/// Steps at a moment far away are taken as of now, or from the moment that the policy allows.
async fn a_worker_dates_the_work_to_the_ends(app: &TestApp, clerk: &Person) {
    let (stranger, worker) = (Person::stranger(app), Person::officer(app, "fire-worker-1").await);
    for date in ENDS {
        let hazard = clerk.confirms(&stranger.reports("ANONYMOUS").await).await;
        let assignment = &clerk.dispatches(&hazard, &["520115-fire"]).await[0];
        for step in ["signAssignment", "claimAssignment"] {
            worker.steps(step, assignment).await.done();
        }
        let place = tests::world::in_binyang();
        let place = json!({ "lng": place["lng"], "lat": place["lat"], "crs": place["crs"] });
        let checked =
            worker.does("checkIn", json!({ "assignmentId": assignment, "place": place, "occurredAt": date })).await;
        assert!(matches!(checked.code(), None | Some("INVALID_INPUT")), "{date}: {}", checked.body);
    }
}

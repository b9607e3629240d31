//! A report is never lost and never doubled; who handles it does not learn who wrote it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use entity::{event, report};
use futures::future::join_all;
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::people::Person;
use tests::repeat::times;
use tests::world::{SUBMIT, allow_any_number_of_reports, import, login, phone_of, submission};
use uuid::Uuid;

/// Says how many submissions are sent 32 times at once.
const ROUNDS: &str = "CHUISHAO_TEST_SUBMISSIONS";
/// Numbers of two members of the public.
const PHONES: [&str; 2] = ["19900009991", "19900009992"];

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_same_id_with_other_content_is_told_the_stored_hash(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    let kept = app.client().post(SUBMIT, json!({ "i": input })).await.ok();
    input["text"] = json!("另一段文字");

    let refused = app.client().post(SUBMIT, json!({ "i": input })).await;

    assert_eq!(refused.code(), Some("CONTENT_CHANGED"));
    assert_eq!(refused.extension("storedHash"), kept.data("submitReport.receipt.contentHash"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_wants_to_be_named_must_log_in(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;

    let refused = app.client().post(SUBMIT, json!({ "i": submission(Uuid::new_v4(), "NAMED") })).await;

    assert_eq!(refused.code(), Some("UNAUTHENTICATED"));
}

/// Named and anonymous look the same to the clerk; another township finds nothing.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_report_reaches_its_township_and_no_other(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let citizen = login(&app, "REPORTER", "19900009991").await;
    let sent = citizen.post(SUBMIT, json!({ "i": submission(Uuid::new_v4(), "NAMED") })).await.ok();
    let id = sent.text("submitReport.receipt.reportId").to_owned();
    let query =
        "query($id: UUID!) { report(id: $id) { status receivedAt whyHere history { kind details { source } } } }";

    let clerk = login(&app, "OFFICER", &phone_of("binyang-clerk")).await;
    let stranger = login(&app, "OFFICER", &phone_of("changling-clerk")).await;
    let seen = clerk.post(query, json!({ "id": id })).await.ok();

    assert_eq!(seen.text("report.status"), "RECEIVED");
    assert_eq!(seen.text("report.receivedAt").get(17..19), Some("00"), "the end of its minute");
    assert_eq!(stranger.post(query, json!({ "id": id })).await.code(), Some("NOT_FOUND"));
    assert_eq!(citizen.post(query, json!({ "id": id })).await.code(), Some("FORBIDDEN"));
    assert_eq!(app.client().post(query, json!({ "id": id })).await.code(), Some("UNAUTHENTICATED"));
}

/// Sends a submission at once from 16 places as one person and from 16 as the other; answers what each was told.
async fn at_once(people: [&Person; 2], apps: &[TestApp], input: &Value) -> Vec<Answer> {
    join_all((0..32).map(async |n: usize| people[n / 2 % 2].at(&apps[n % apps.len()]).submits(input).await)).await
}

/// Everybody got the same receipt, and the same code, except that another person than the author got none; one of them is
/// told that it is new.
fn all_the_same(answers: &[Answer]) {
    let first = answers[0].data("submitReport.receipt");
    assert!(answers.iter().all(|answer| answer.data("submitReport.receipt") == first), "{first}");
    let codes = answers.iter().filter_map(|answer| answer.data("submitReport.followUpCode").as_str());
    assert_eq!(codes.collect::<BTreeSet<_>>().len(), 1, "one code");
    let new = answers.iter().filter(|answer| answer.data("submitReport.replayed") == &json!(false));
    assert_eq!(new.count(), 1);
}

/// The id and the content decide, never who asks: by whatever login, at whatever process, everybody gets the one receipt.
/// With other content its author, and whoever is not logged in, hears what is stored; another person only that the id is
/// taken.
async fn the_same_at_once_is_one_report(apps: &[TestApp], rounds: usize) {
    import(&apps[0]).await;
    allow_any_number_of_reports(&apps[0]).await;
    let log_in = async || (Person::citizen(&apps[0], PHONES[0]).await, Person::citizen(&apps[0], PHONES[1]).await);
    let (mut ann, mut ben) = log_in().await;
    let mut logged_in = Instant::now();
    let stranger = Person::stranger(&apps[0]);
    for round in 0..rounds {
        if logged_in.elapsed() > Duration::from_mins(5) {
            // A long run outlives an access token.
            (ann, ben) = log_in().await;
            logged_in = Instant::now();
        }
        let (naming, other) = [("ANONYMOUS", &stranger), ("NAMED", &ben), ("CONFIDENTIAL", &ben)][round % 3];
        let mut input = submission(Uuid::new_v4(), naming);
        let answers = at_once([&ann, other], apps, &input).await;
        all_the_same(&answers);
        let report = answers[0].text("submitReport.receipt.reportId");
        // Whose login ended meanwhile still learns that it was received.
        let again = stranger.submits(&input).await.ok();
        assert_eq!(again.data("submitReport.receipt"), answers[0].data("submitReport.receipt"));

        input["text"] = json!("另一段文字");
        let mut told = Vec::new();
        for person in [&ann, &ben, &stranger] {
            told.push(person.submits(&input).await.code().unwrap().to_owned());
        }
        let mine = "query($id: UUID!) { myReport(id: $id) { id } }";
        let anns = ann.asks(mine, json!({ "id": report })).await.codes().is_empty();
        let expected = match (naming, anns) {
            ("ANONYMOUS", _) => ["CONTENT_CHANGED", "CONTENT_CHANGED", "CONTENT_CHANGED"],
            (_, true) => ["CONTENT_CHANGED", "SUBMISSION_ID_TAKEN", "CONTENT_CHANGED"],
            (_, false) => ["SUBMISSION_ID_TAKEN", "CONTENT_CHANGED", "CONTENT_CHANGED"],
        };
        assert_eq!(told, expected, "{naming}");
    }
    let rows = apps[0].rows().await;
    assert_eq!(report::Entity::find().count(&rows).await.unwrap(), rounds as u64);
    let received = event::Entity::find().filter(event::Column::Stream.starts_with("report:"));
    assert_eq!(received.count(&rows).await.unwrap(), rounds as u64);
}

#[tokio::test]
async fn the_same_submission_over_two_processes_is_one_report() {
    let apps = TestApp::start_many(2, Engine::Postgres).await;
    the_same_at_once_is_one_report(&apps, times(ROUNDS, 50)).await;
}

#[tokio::test]
async fn the_same_submission_on_sqlite_is_one_report() {
    let apps = [TestApp::start(Engine::Sqlite).await];
    the_same_at_once_is_one_report(&apps, times(ROUNDS, 50)).await;
}

//! The time veil: until its boundary nothing that a reporter sends exists for officers, and every time that they read of a
//! reporter's act is a boundary.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::ReportId;
use entity::{amendment, photo, report};
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::photos::{PhonePhoto, finished, phone_photo, report_with, send};
use tests::waiting::until;
use tests::world::{import_as_shipped, in_binyang, login, submission};
use uuid::Uuid;

use crate::secrecy::reading::Questions;
use crate::secrecy::story::Played;

mod imports;
mod told;

/// The boundaries of the shipped policy, in seconds.
const BOUNDARY: i64 = 15 * 60;

fn id_of(report: &str) -> ReportId {
    ReportId(report.parse().unwrap())
}

fn far_ahead() -> DateTime<Utc> {
    "2100-01-01T00:00:00Z".parse().unwrap()
}

fn long_ago() -> DateTime<Utc> {
    "2020-01-01T00:00:00Z".parse().unwrap()
}

/// Moves the boundary at which officers see a report.
async fn visible_from(app: &TestApp, report: &str, at: DateTime<Utc>) {
    let moved = report::ActiveModel { id: Set(id_of(report)), visible_from: Set(at), ..Default::default() };
    report::Entity::update(moved).exec(&app.rows().await).await.unwrap();
}

async fn row_of(app: &TestApp, report: &str) -> report::Model {
    report::Entity::find_by_id(id_of(report)).one(&app.rows().await).await.unwrap().unwrap()
}

/// A report that its boundary has made visible, and with it a photo that was announced.
struct Seen {
    report: String,
    submission: Uuid,
    photo: PhonePhoto,
}

async fn seen(app: &TestApp, author: &tests::client::Client) -> Seen {
    let photo = PhonePhoto::jpeg(phone_photo("wall-before.jpg"));
    let (submission, report) = report_with(author, "NAMED", in_binyang(), std::slice::from_ref(&photo)).await;
    visible_from(app, &report, long_ago()).await;
    Seen { report, submission, photo }
}

/// Every answer that these officers get to every question, without what is random: the links, which end at some time.
async fn answers(officers: &[Person], reports: &[&str], hazards: &[&str]) -> Vec<(String, Value)> {
    let questions = Questions::of(include_str!("../../schema.graphql"));
    let known = Played::only(reports, hazards, awards_of(officers, hazards).await);
    let mut all = Vec::new();
    for (number, officer) in officers.iter().enumerate() {
        for question in questions.all(&known) {
            let mut answer = officer.asks(&question.text, question.variables).await.json;
            without_links(&mut answer);
            all.push((format!("officer {number}: {}", question.text), answer));
        }
    }
    all
}

/// The ids of the awards of these hazards.
async fn awards_of(officers: &[Person], hazards: &[&str]) -> Vec<Value> {
    let mut awards: Vec<Value> = Vec::new();
    for (officer, hazard) in officers.iter().flat_map(|officer| hazards.iter().map(move |hazard| (officer, hazard))) {
        let query = "query($id: UUID!) { hazard(id: $id) { award { id } } }";
        let seen = officer.asks(query, json!({ "id": hazard })).await.json;
        let id = seen.pointer("/data/hazard/award/id").filter(|id| !awards.contains(id));
        awards.extend(id.cloned());
    }
    assert!(!awards.is_empty(), "the root `award` is asked, too");
    awards
}

fn without_links(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if name.ends_with("Url") && field.is_string() {
                    *field = json!("a link");
                }
                without_links(field);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(without_links),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// How every step on a report is refused.
async fn refusals(clerk: &Person, report: &str, hazard: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for (step, more) in [
        ("confirmReport", json!({})),
        ("mergeReport", json!({ "hazardId": hazard })),
        ("findUnfounded", json!({})),
        ("referReport", json!({ "channel": "CALL_119" })),
        ("declareOutOfScope", json!({ "channel": "CALL_119" })),
    ] {
        let mut input = json!({ "reportId": report, "reason": "现场核实", "expectedVersion": 1 });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        all.push(clerk.does(step, input).await.json);
    }
    all
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn until_its_boundary_nothing_that_is_sent_changes_an_answer_to_an_officer(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_as_shipped(&app).await;
    let client = login(&app, "REPORTER", "19900009991").await;
    let ann = Person::from(client.clone());
    let first = seen(&app, &client).await;
    let others = client_report(&app, &ann).await;
    let mut officers = Vec::new();
    for staff_no in ["binyang-clerk", "command-1", "auditor-1", "reward-1"] {
        officers.push(Person::officer(&app, staff_no).await);
    }
    let clerk = officers[0].clone();
    let hazard = clerk.confirms(&others).await;
    let unknown = Uuid::new_v4().to_string();
    let before = answers(&officers, &[&first.report, &unknown], &[&hazard]).await;
    let refused = refusals(&clerk, &unknown, &hazard).await;
    assert!(refused.iter().all(|answer| answer.pointer("/errors/0/extensions/code") == Some(&json!("NOT_FOUND"))));

    // A new report with the same photo, an amendment, and a photo that arrives.
    let photo = PhonePhoto::jpeg(first.photo.bytes.clone());
    let (submission, new) = report_with(&client, "NAMED", in_binyang(), std::slice::from_ref(&photo)).await;
    let row = row_of(&app, &new).await;
    visible_from(&app, &new, far_ahead()).await;
    send(&client, submission, &photo).await;
    assert_eq!(finished(&client, submission, &photo).await.text("completePhoto.status"), "VERIFIED");
    send(&client, first.submission, &first.photo).await;
    assert_eq!(finished(&client, first.submission, &first.photo).await.text("completePhoto.status"), "VERIFIED");
    ann.does("amendReport", json!({ "reportId": first.report, "text": "裂缝又宽了" })).await.done();
    ann.does("amendReport", json!({ "reportId": new, "text": "墙脚有碎砖" })).await.done();
    hold_back(&app).await;

    assert!(row.visible_from - row.received_at >= TimeDelta::seconds(5), "a boundary that is not too near");
    assert_eq!((row.visible_from.timestamp() % BOUNDARY, row.visible_from), (0, row.shown_at));
    let after = answers(&officers, &[&first.report, &new], &[&hazard]).await;
    for ((question, was), (_, is)) in before.iter().zip(&after) {
        assert_eq!(was, is, "{question}");
    }
    assert_eq!(before.len(), after.len());
    println!("{} answers to {} officers", after.len(), officers.len());
    assert_eq!(refusals(&clerk, &new, &hazard).await, refused);
    the_author_sees_it(&ann, &new).await;

    lift(&app, &new).await;
    comes_out(&clerk, &first.report, &new).await;
}

async fn client_report(app: &TestApp, author: &Person) -> String {
    let report = author.reports("CONFIDENTIAL").await;
    visible_from(app, &report, long_ago()).await;
    report
}

/// Moves the boundaries of amendments and photos far ahead, so that none passes while the test runs.
async fn hold_back(app: &TestApp) {
    let rows = app.rows().await;
    let later = amendment::ActiveModel { shown_at: Set(far_ahead()), ..Default::default() };
    let held = amendment::Entity::update_many().set(later).filter(amendment::Column::Published.eq(false));
    assert_eq!(held.exec(&rows).await.unwrap().rows_affected, 2);
    let later = photo::ActiveModel { visible_from: Set(Some(far_ahead())), ..Default::default() };
    let held = photo::Entity::update_many().set(later).filter(photo::Column::VisibleFrom.gt(long_ago()));
    assert_eq!(held.exec(&rows).await.unwrap().rows_affected, 2);
}

async fn the_author_sees_it(author: &Person, report: &str) {
    let query =
        "query($id: UUID!) { myReport(id: $id) { status photos { status displayUrl } amendments { nodes { text } } } }";
    let seen = author.asks(query, json!({ "id": report })).await.ok();
    assert_eq!(seen.data("myReport.photos.0.status"), "VERIFIED");
    assert!(seen.data("myReport.photos.0.displayUrl").is_string());
    assert_eq!(seen.data("myReport.amendments.nodes.0.text"), "墙脚有碎砖");
}

/// Lets all boundaries pass.
async fn lift(app: &TestApp, report: &str) {
    visible_from(app, report, long_ago()).await;
    let rows = app.rows().await;
    let past = amendment::ActiveModel { shown_at: Set(long_ago()), ..Default::default() };
    amendment::Entity::update_many().set(past).exec(&rows).await.unwrap();
    let past = photo::ActiveModel { visible_from: Set(Some(long_ago())), ..Default::default() };
    photo::Entity::update_many().set(past).exec(&rows).await.unwrap();
}

async fn comes_out(clerk: &Person, first: &str, new: &str) {
    const READ: &str = "query($id: UUID!) { report(id: $id) { version receivedAt flags amendments { nodes { text } }
        photos { status displayUrl } clocks { start } history { kind version at } similar { report { id } } } }";
    let kinds = async |report: &str| {
        let read = clerk.asks(READ, json!({ "id": report })).await.ok();
        let kinds = read.data("report.history").as_array().unwrap().iter().map(|event| event["kind"].clone());
        let kinds: Vec<Value> = kinds.collect();
        if kinds.last() == Some(&json!("AMENDED")) { Ok(()) } else { Err(kinds) }
    };
    for report in [first, new] {
        until("the amendment to be published", async || kinds(report).await).await;
        // Read anew: one document reads its fields one after the other, and the publication may have come in between.
        let read = clerk.asks(READ, json!({ "id": report })).await.ok();
        assert_eq!(read.data("report.version"), &json!(2));
        assert_eq!(read.data("report.amendments.nodes").as_array().unwrap().len(), 1);
        assert_eq!(read.data("report.photos.0.status"), "VERIFIED");
        assert!(read.data("report.photos.0.displayUrl").is_string());
        assert!(read.data("report.flags").as_array().unwrap().contains(&json!("SAME_PHOTO")));
        assert_eq!(
            read.data("report.clocks.0.start"),
            read.data("report.receivedAt"),
            "the review starts when it is visible"
        );
        assert_eq!(read.data("report.similar").as_array().unwrap().len(), 1);
    }
}

/// What a phone sends together does not appear together.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_queue_of_a_phone_is_spread_over_four_boundaries(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_as_shipped(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let query = "mutation($i: [SubmitReportInput!]!) { submitReports(inputs: $i) {
        accepted { receipt { reportId } } refusal { code } } }";
    let queue: Vec<Value> = (0..20).map(|_| submission(Uuid::new_v4(), "NAMED")).collect();
    let sent = ann.asks(query, json!({ "i": queue })).await.ok();

    let mut boundaries = BTreeSet::new();
    for one in sent.data("submitReports").as_array().unwrap() {
        let row = row_of(&app, one["accepted"]["receipt"]["reportId"].as_str().unwrap()).await;
        assert_eq!(row.visible_from.timestamp() % BOUNDARY, 0);
        let ahead = row.visible_from - row.received_at;
        assert!(ahead >= TimeDelta::seconds(5) && ahead <= TimeDelta::seconds(4 * BOUNDARY + 5), "{ahead}");
        boundaries.insert(row.visible_from);
    }
    assert!((2..=5).contains(&boundaries.len()), "{boundaries:?}");
}

//! Photos that are alike are shown to whoever reviews, as far as they may see the other; never who sent them.

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Client;
use tests::photos::{PhonePhoto, finished, phone_photo, report_with, send};
use tests::world::{SUBMIT, import, in_binyang, login, phone_of, submission};
use uuid::Uuid;

const SIMILAR: &str = "query($id: UUID!) { report(id: $id) { flags reviewUnitId photos { id }
    similar { photo { id } otherPhoto { id thumbnailUrl } report { id } hazard { id } bits metres hours reasons } } }";

/// In 长岭街道, about 17 km from [`in_binyang`].
fn in_changling() -> Value {
    json!({ "lng": 106.5157, "lat": 26.7394, "crs": "WGS84" })
}

/// The same picture, smaller and packed anew: as a chat passes it on.
fn passed_on(photo: &[u8]) -> Vec<u8> {
    picture::clean(photo).unwrap().thumbnail
}

/// A report with this photo, verified.
async fn reported(client: &Client, naming: &str, place: Value, photo: Vec<u8>) -> String {
    let photo = PhonePhoto::jpeg(photo);
    let (submission, report) = report_with(client, naming, place, std::slice::from_ref(&photo)).await;
    send(client, submission, &photo).await;
    assert_eq!(finished(client, submission, &photo).await.text("completePhoto.status"), "VERIFIED");
    report
}

/// The reports whose photos are shown as alike, with why.
async fn similar(officer: &Client, report: &str) -> Vec<(String, Vec<String>)> {
    let answer = officer.post(SIMILAR, json!({ "id": report })).await.ok();
    let texts = |value: &Value| value.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    let shown = answer.data("report.similar").as_array().unwrap().iter();
    shown.map(|one| (one["report"]["id"].as_str().unwrap().to_owned(), texts(&one["reasons"]))).collect()
}

async fn has_same_photo(officer: &Client, report: &str) -> bool {
    let answer = officer.post(SIMILAR, json!({ "id": report })).await.ok();
    answer.data("report.flags").as_array().unwrap().contains(&json!("SAME_PHOTO"))
}

async fn execute(db: &DatabaseConnection, statement: &str) {
    db.execute_unprepared(statement).await.unwrap();
}

/// A report's id as both engines write it in a statement.
fn literal(db: &DatabaseConnection, id: &str) -> String {
    match db.get_database_backend() {
        sea_orm::DbBackend::Sqlite => format!("x'{}'", id.replace('-', "")),
        _ => format!("'{id}'"),
    }
}

/// Puts a report a year back and to another end of the country, fingerprints and all.
async fn send_away(db: &DatabaseConnection, report: &str) {
    let id = literal(db, report);
    execute(
        db,
        &format!("UPDATE report SET shown_at = '2025-01-01 00:00:00+00:00', lng_e7 = 900000000 WHERE id = {id}"),
    )
    .await;
    execute(
        db,
        &format!(
            "UPDATE photo_fingerprint SET at = '2025-01-01 00:00:00+00:00', cell = 0, square = 0, band_one = -1,
             band_two = -1, band_three = -1, band_four = -1 WHERE parent_id = {id}"
        ),
    )
    .await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_copy_is_shown_with_its_distance_and_reasons(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (original, other) = (phone_photo("wall-before.jpg"), phone_photo("site-before.jpg"));
    let first = reported(app.client(), "ANONYMOUS", in_binyang(), original.clone()).await;
    let copy = reported(app.client(), "ANONYMOUS", in_binyang(), passed_on(&original)).await;
    reported(app.client(), "ANONYMOUS", in_binyang(), other).await;
    let clerk = login(&app, "OFFICER", &phone_of("binyang-clerk")).await;

    let answer = clerk.post(SIMILAR, json!({ "id": first })).await.ok();
    let shown = answer.data("report.similar").as_array().unwrap();
    assert_eq!(shown.len(), 1, "{}", answer.body);
    assert_eq!((shown[0]["report"]["id"].as_str(), shown[0]["metres"].as_u64()), (Some(&*copy), Some(0)));
    assert!(shown[0]["bits"].as_u64().unwrap() <= 8 && shown[0]["hours"].as_u64().unwrap() <= 1);
    assert_eq!(shown[0]["reasons"], json!(["NEAR_PLACE", "NEAR_TIME"]));
    assert_eq!(&shown[0]["photo"]["id"], answer.data("report.photos.0.id"));
    assert!(shown[0]["otherPhoto"]["thumbnailUrl"].is_string() && shown[0]["hazard"].is_null());
    assert!(!has_same_photo(&clerk, &first).await, "a copy is another file");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_same_file_is_flagged_as_far_as_the_other_report_may_be_seen(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let photo = phone_photo("wall-before.jpg");
    let here = reported(app.client(), "ANONYMOUS", in_binyang(), photo.clone()).await;
    let there = reported(app.client(), "ANONYMOUS", in_changling(), photo.clone()).await;
    let clerk = login(&app, "OFFICER", &phone_of("binyang-clerk")).await;
    let neighbour = login(&app, "OFFICER", &phone_of("changling-clerk")).await;
    let centre = login(&app, "OFFICER", &phone_of("command-1")).await;

    assert!(!has_same_photo(&clerk, &here).await && similar(&clerk, &here).await.is_empty());
    assert!(!has_same_photo(&neighbour, &there).await && similar(&neighbour, &there).await.is_empty());
    assert!(has_same_photo(&centre, &here).await && has_same_photo(&centre, &there).await);
    let reasons = ["SAME_FILE", "NEAR_TIME"].map(str::to_owned).to_vec();
    assert_eq!(similar(&centre, &here).await, [(there, reasons)]);

    // A report that accuses the clerk's unit does not exist for the clerk, whatever its photos.
    let unit = clerk.post(SIMILAR, json!({ "id": here })).await.ok().text("report.reviewUnitId").to_owned();
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    let photo = PhonePhoto::jpeg(photo);
    input["accusedUnitId"] = json!(unit);
    input["photos"] = json!([photo.announced()]);
    let accusing = app.client().post(SUBMIT, json!({ "i": input })).await.ok();
    let id = Uuid::parse_str(input["submissionId"].as_str().unwrap()).unwrap();
    send(app.client(), id, &photo).await;
    finished(app.client(), id, &photo).await;
    assert!(!has_same_photo(&clerk, &here).await && similar(&clerk, &here).await.is_empty());
    let accusing = accusing.text("submitReport.receipt.reportId");
    assert!(similar(&centre, &here).await.iter().any(|(report, _)| report == accusing));
}

/// Far away and long ago, with no part of its fingerprint in common, a copy is not found, though one person sent both: an
/// officer who computes the fingerprint would learn that from the pair.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_one_person_sent_is_compared_no_more_than_what_others_sent(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let photo = phone_photo("slope-before.jpg");
    let citizen = login(&app, "REPORTER", "19900009991").await;
    let named = reported(&citizen, "NAMED", in_binyang(), photo.clone()).await;
    let nameless = reported(app.client(), "ANONYMOUS", in_binyang(), photo.clone()).await;
    let rows = app.rows().await;
    send_away(&rows, &named).await;
    send_away(&rows, &nameless).await;
    let stranger = reported(app.client(), "ANONYMOUS", in_binyang(), picture::clean(&photo).unwrap().display).await;
    let clerk = login(&app, "OFFICER", &phone_of("binyang-clerk")).await;
    assert!(similar(&clerk, &stranger).await.is_empty());
    send_away(&rows, &stranger).await;
    let again = reported(&citizen, "CONFIDENTIAL", in_binyang(), passed_on(&photo)).await;

    assert!(similar(&clerk, &again).await.is_empty());
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn similar_photos_do_not_come_in_the_order_of_their_arrival(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let photo = phone_photo("slope-before.jpg");
    let asked = reported(app.client(), "ANONYMOUS", in_binyang(), photo.clone()).await;
    for _ in 0..6 {
        reported(app.client(), "ANONYMOUS", in_binyang(), photo.clone()).await;
    }
    let clerk = login(&app, "OFFICER", &phone_of("binyang-clerk")).await;
    let answer = clerk.post(SIMILAR, json!({ "id": asked })).await.ok();
    let shown = answer.data("report.similar").as_array().unwrap().iter();
    let shown: Vec<_> = shown.map(|one| one["otherPhoto"]["id"].as_str().unwrap()).collect();
    assert_eq!(shown.len(), 6);
    assert!(shown.is_sorted(), "by their random ids: {shown:?}");
}

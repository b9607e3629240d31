//! The queue of a phone: one faulty report in it costs no other, and what can be understood is taken.

use reqwest::Method;
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::phone::content_hash;
use tests::photos::{PhonePhoto, finished, phone_photo, report_with, send};
use tests::world::{SUBMIT, emergency, import, in_binyang, submission};
use uuid::Uuid;

pub(crate) const MANY: &str = "mutation($i: [SubmitReportInput!]!) { submitReports(inputs: $i) {
    index submissionId accepted { receipt { reportId contentHash } photos { clientId status whatToDo } }
    refusal { code retryable field rule retryAfterSeconds message } } }";

/// Three reports, of which the middle one has this value in a field: `place.crs`.
fn three(field: &str, value: Value) -> Vec<Value> {
    let mut reports: Vec<Value> = (0..3).map(|_| submission(Uuid::new_v4(), "ANONYMOUS")).collect();
    let mut inner = &mut reports[1];
    for name in field.split('.') {
        inner = &mut inner[name];
    }
    *inner = value;
    reports
}

async fn queue(app: &TestApp, reports: &[Value]) -> Vec<Value> {
    let answer = app.client().post(MANY, json!({ "i": reports })).await.ok();
    answer.data("submitReports").as_array().unwrap().clone()
}

/// The neighbours are kept, in their places, and are known by their ids.
fn neighbours_are_kept(reports: &[Value], answers: &[Value]) {
    assert_eq!(answers.len(), 3);
    for n in [0, 2] {
        assert_eq!((&answers[n]["index"], &answers[n]["submissionId"]), (&json!(n), &reports[n]["submissionId"]));
        assert!(answers[n]["accepted"].is_object() && answers[n]["refusal"].is_null(), "{}", answers[n]);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_faulty_report_is_refused_alone(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let v7 = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    for (field, value, named) in [
        ("capturedAt", json!("2026-11-30 10:00:00"), "input.capturedAt"),
        ("capturedAt", json!("٢٠٢٦-١١-٣٠ ١٠:٠٠:٠٠"), "input.capturedAt"),
        ("capturedAt", json!("+275760-09-13T00:00:00.000Z"), "input.capturedAt"),
        ("queuedAt", json!("Invalid Date"), "input.queuedAt"),
        ("place.accuracyMetres", json!("18"), "input.place.accuracyMetres"),
        ("place.lat", json!(126.6), "input.place.lat"),
        ("place.crs", json!("GPS"), "input.place.crs"),
        ("place", json!(null), "input.place"),
        ("naming", json!("anonymous"), "input.naming"),
        ("text", json!("\u{200b}"), "input.text"),
        ("text", json!("a\0"), "input.text"),
        ("text", json!("字".repeat(2_001)), "input.text"),
        ("place.address", json!("字".repeat(201)), "input.place.address"),
        ("emergency", json!("no"), "input.emergency"),
        ("title", json!("x"), "input.title"),
        ("accusedUnitId", json!("fire"), "input.accusedUnitId"),
        (
            "photos",
            json!([{ "id": Uuid::new_v4(), "sha256": "0", "bytes": 1, "mediaType": "" }]),
            "input.photos.0.sha256",
        ),
        ("submissionId", json!("7"), "input.submissionId"),
        ("submissionId", json!(v7), "input.submissionId"),
        ("submissionId", json!(Uuid::nil()), "input.submissionId"),
        ("submissionId", json!(Uuid::max()), "input.submissionId"),
    ] {
        let reports = three(field, value);
        let answers = queue(&app, &reports).await;
        neighbours_are_kept(&reports, &answers);
        let refusal = &answers[1]["refusal"];
        assert_eq!((&refusal["code"], &refusal["field"]), (&json!("INVALID_INPUT"), &json!(named)), "{}", answers[1]);
        assert_eq!(refusal["retryable"], json!(false));
        let id = reports[1]["submissionId"].as_str().and_then(|id| Uuid::parse_str(id).ok());
        assert_eq!(answers[1]["submissionId"], json!(id), "{field}");
        let alone = app.client().post(SUBMIT, json!({ "i": reports[1] })).await;
        assert_eq!((alone.code(), alone.extension("field")), (Some("INVALID_INPUT"), &json!(named)), "{}", alone.body);
    }
    for whole in [json!(null), json!("x"), json!([[]])] {
        let mut reports = three("text", json!("x"));
        reports[1] = whole;
        let answers = queue(&app, &reports).await;
        neighbours_are_kept(&reports, &answers);
        assert_eq!(answers[1]["refusal"]["field"], json!("input"));
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_can_be_understood_is_taken(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    for (field, value, seen) in [
        ("place.accuracyMetres", json!(18.044_000_625_610_35), json!(19)),
        ("place.accuracyMetres", json!(65.0), json!(65)),
        ("place.accuracyMetres", json!(4e9), json!(20_040_000)),
        ("place.accuracyMetres", json!(-1), json!(0)),
        ("capturedAt", json!("2026-11-30T10:00:00+0800"), json!([])),
        ("capturedAt", json!("2569-11-30t10:00:00z"), json!(["CLOCK_WRONG"])),
        ("capturedAt", json!("0000-01-01T00:00:00Z"), json!(["CLOCK_WRONG"])),
        ("capturedAt", json!("-262143-01-01T00:00:00Z"), json!(["CLOCK_WRONG"])),
        ("capturedAt", json!("+262142-12-31T23:59:60Z"), json!(["CLOCK_WRONG"])),
        ("place.address", json!(" "), json!(null)),
    ] {
        let reports = three(field, value.clone());
        let answers = queue(&app, &reports).await;
        neighbours_are_kept(&reports, &answers);
        let report = &answers[1]["accepted"]["receipt"]["reportId"];
        assert!(report.is_string(), "{field} {value}: {}", answers[1]);
        let query = "query($id: UUID!) { report(id: $id) { accuracyMetres flags place { address } } }";
        let told = clerk.asks(query, json!({ "id": report })).await.ok();
        match field {
            "place.accuracyMetres" => assert_eq!(told.data("report.accuracyMetres"), &seen),
            "place.address" => assert_eq!(told.data("report.place.address"), &seen),
            _ => {
                let flags = told.data("report.flags").as_array().unwrap();
                assert_eq!(flags.contains(&json!("CLOCK_WRONG")), seen == json!(["CLOCK_WRONG"]), "{value}");
            }
        }
    }
}

/// From the bytes on: a body that is not quite JSON is repaired, and whatever cannot be costs one report.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_broken_text_in_the_bytes_costs_no_other_report(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    for (bytes, kept) in [
        (br"\ud83d".as_slice(), Some("\u{fffd}")),
        (br"\ude00\ud83d", Some("\u{fffd}\u{fffd}")),
        (b"two\nlines", Some("two\nlines")),
        (br"\x41", Some("\u{fffd}41")),
        (b"\xc7\xbd\xcc\xe5", None),
        (b"\x00", None),
        (b"\xed\xa0\xbd", None),
    ] {
        let mut reports = three("text", json!("墙面开裂MARK"));
        let body = json!({ "query": MANY, "variables": { "i": reports } }).to_string();
        let (before, after) = body.split_once("MARK").unwrap();
        let body = [before.as_bytes(), bytes, after.as_bytes()].concat();
        let answer = app.client().send(Method::POST, "/graphql", Some("application/json"), body).await.ok();
        let answers = answer.data("submitReports").as_array().unwrap();
        neighbours_are_kept(&reports, answers);
        match kept {
            Some(end) => {
                reports[1]["text"] = json!(format!("墙面开裂{end}"));
                let hash = &answers[1]["accepted"]["receipt"]["contentHash"];
                assert_eq!(hash, &json!(content_hash(&reports[1])), "{}", answers[1]);
            }
            None => assert_eq!(answers[1]["refusal"]["field"], json!("input.text"), "{}", answers[1]),
        }
    }
    let mut reports = three("place.accuracyMetres", json!("MARK"));
    for word in ["NaN", "-Infinity", "1e999", "undefined"] {
        for report in &mut reports {
            report["submissionId"] = json!(Uuid::new_v4());
        }
        let body = json!({ "query": MANY, "variables": { "i": reports } }).to_string().replace("\"MARK\"", word);
        let answer = app.client().send(Method::POST, "/graphql", Some("application/json"), body).await.ok();
        neighbours_are_kept(&reports, answer.data("submitReports").as_array().unwrap());
        assert!(answer.data("submitReports.1.accepted").is_object(), "{word}: {}", answer.body);
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_photo_that_cannot_be_taken_costs_no_text(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    for (media_type, bytes, status) in [
        ("image/jpg", 1_000_u64, "EXPECTED"),
        ("IMAGE/JPEG", 1_000, "EXPECTED"),
        ("image/pjpeg", 1_000, "EXPECTED"),
        ("image/jpeg; charset=binary", 1_000, "EXPECTED"),
        ("", 1_000, "REJECTED"),
        ("image/heic", 1_000, "REJECTED"),
        ("video/mp4", 1_000, "REJECTED"),
        ("image/jpeg", 0, "REJECTED"),
        ("image/jpeg", (15 << 20) + 1, "REJECTED"),
        ("image/jpeg", 19_973_137_311, "REJECTED"),
    ] {
        let mut input = emergency(Uuid::new_v4(), "ANONYMOUS");
        let photo = Uuid::new_v4();
        input["photos"] = json!([{ "id": photo, "sha256": "00".repeat(32), "bytes": bytes, "mediaType": media_type }]);
        for replayed in [false, true] {
            let answers = queue(&app, std::slice::from_ref(&input)).await;
            let told = &answers[0]["accepted"]["photos"][0];
            assert_eq!(
                (&told["clientId"], &told["status"]),
                (&json!(photo), &json!(status)),
                "{replayed} {}",
                answers[0]
            );
            assert_eq!(told["whatToDo"].is_string(), status == "REJECTED");
        }
        let ask = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) { photo { status } plan { url } } }";
        let prepared =
            app.client().post(ask, json!({ "i": { "submissionId": input["submissionId"], "photoId": photo } })).await;
        let code = prepared.code();
        assert_eq!(code.is_none(), (1..=15 << 20).contains(&bytes), "{media_type} {bytes}: {}", prepared.body);
    }
    // The bytes decide: a JPEG is shown, whatever it was called.
    for media_type in ["image/jpg", "", "IMAGE/JPEG; a=b"] {
        let photo = PhonePhoto { id: Uuid::new_v4(), bytes: phone_photo("wall-before.jpg"), media_type };
        let (id, _) = report_with(app.client(), "ANONYMOUS", in_binyang(), std::slice::from_ref(&photo)).await;
        let photo = PhonePhoto { media_type: "image/jpeg", ..photo };
        send(app.client(), id, &photo).await;
        assert_eq!(finished(app.client(), id, &photo).await.text("completePhoto.status"), "VERIFIED", "{media_type}");
    }
}

/// The capture time reaches the assessment of the photo in the background.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_photo_is_verified_whatever_the_clock_of_the_phone_says(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    for date in ["-262143-01-01T00:00:00Z", "+262142-12-31T23:59:59Z", "0000-01-01T00:00:00Z"] {
        let photo = PhonePhoto::jpeg(phone_photo("wall-before.jpg"));
        let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
        input["capturedAt"] = json!(date);
        input["photos"] = json!([photo.announced()]);
        app.client().post(SUBMIT, json!({ "i": input })).await.done();
        let id: Uuid = input["submissionId"].as_str().unwrap().parse().unwrap();
        send(app.client(), id, &photo).await;
        assert_eq!(finished(app.client(), id, &photo).await.text("completePhoto.status"), "VERIFIED", "{date}");
    }
}

/// The id of a photo tells nobody about the phone or the submission.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_ids_of_a_phone_are_for_its_author_alone(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (ann, clerk) = (Person::citizen(&app, "19900009991").await, Person::officer(&app, "binyang-clerk").await);
    let photo = PhonePhoto::jpeg(phone_photo("wall-before.jpg"));
    let mut input = submission(Uuid::new_v4(), "NAMED");
    for (id, good) in [(input["submissionId"].clone(), false), (json!(Uuid::nil()), false), (json!(photo.id), true)] {
        let mut announced = photo.announced();
        announced["id"] = id;
        input["photos"] = json!([announced]);
        let sent = ann.submits(&input).await;
        let field = if good { json!(null) } else { json!("input.photos.0.id") };
        assert_eq!(sent.extension("field"), &field, "{}", sent.body);
    }
    let status = "query($ids: [UUID!]!) { submissionStatus(ids: $ids) { receipt { reportId } photos { clientId } } }";
    let told = ann.asks(status, json!({ "ids": [input["submissionId"]] })).await.ok();
    assert_eq!(told.data("submissionStatus.0.photos.0.clientId"), &json!(photo.id));
    let report = told.data("submissionStatus.0.receipt.reportId");
    let mine =
        ann.asks("query($id: UUID!) { myReport(id: $id) { photos { clientId } } }", json!({ "id": report })).await;
    assert_eq!(mine.ok().data("myReport.photos.0.clientId"), &json!(photo.id));
    let seen = clerk
        .asks("query($id: UUID!) { report(id: $id) { photos { id clientId } } }", json!({ "id": report }))
        .await
        .ok();
    assert!(seen.data("report.photos.0.id").is_string());
    assert_eq!(seen.data("report.photos.0.clientId"), &Value::Null);
}

//! What a server refuses of an upload, and that nothing is changed by it.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use entity::{upload, upload_piece};
use reqwest::Method;
use rstest::rstest;
use sea_orm::{ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::json;
use sha2::{Digest, Sha256};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::tus::{BYTES, Upload, VERSION, header, making, plan};
use tests::world::import;
use uuid::Uuid;

use super::{announced, is_verified, rows_of_pieces};

/// `sha256 …`, as a client says it of the bytes of one request.
fn sum_of(bytes: &[u8]) -> String {
    format!("sha256 {}", BASE64_STANDARD.encode(Sha256::digest(bytes)))
}

/// Bytes that are not those of their checksum are not kept; nor is half a body that a checksum speaks for.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_checksum_speaks_for_a_whole_body(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (submission, photo) = announced(app.client()).await;
    let upload = Upload::of(app.client(), submission, &photo).await;
    let bytes = &photo.bytes[..];

    let other = Answer::to(upload.going_on(0, bytes).header("upload-checksum", sum_of(b"other bytes"))).await;
    assert_eq!(other.status.as_u16(), 460);
    let unknown = Answer::to(upload.going_on(0, bytes).header("upload-checksum", "crc32 AAAA")).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (400, Some("INVALID_INPUT")));
    assert_eq!(upload.offset().await, 0);
    let right = Answer::to(upload.going_on(0, bytes).header("upload-checksum", sum_of(bytes))).await;

    assert_eq!(right.status, 204);
    is_verified(app.client(), submission, &photo).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_not_the_protocol_is_refused_and_changes_nothing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (submission, photo) = announced(app.client()).await;
    let plan = plan(app.client(), submission, &photo).await;
    let size = photo.bytes.len();
    let upload = Upload::of(app.client(), submission, &photo).await;
    let able = Answer::to(app.client().request(Method::OPTIONS, "/uploads")).await;
    assert_eq!((able.status.as_u16(), header(&able, "tus-version")), (204, "1.0.0"));
    assert!(header(&able, "tus-extension").contains("creation-with-upload"));

    let old = Answer::to(app.client().request(Method::POST, "/uploads").header(VERSION.0, "0.2.2")).await;
    assert_eq!((old.status.as_u16(), header(&old, "tus-version")), (412, "1.0.0"));
    let path = upload.url();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let unversioned = Answer::to(http.head(&path)).await;
    assert_eq!(unversioned.status, 412);
    let mut forged = plan.clone();
    forged["metadata"][1]["value"] = json!("0".repeat(64));
    let stranger = app.client().request(Method::HEAD, &format!("/uploads/{}", Uuid::new_v4()));
    let odd = app.client().request(Method::HEAD, "/uploads/..%2f..%2fkeys");
    for (request, status) in [
        (making(app.client(), &plan, size + 1), 400),
        (making(app.client(), &plan, 16 << 20), 413),
        (making(app.client(), &forged, size), 403),
        (app.client().request(Method::POST, "/uploads").header(VERSION.0, VERSION.1), 400),
        (app.client().request(Method::PUT, "/uploads").header(VERSION.0, VERSION.1), 405),
        (upload.request(Method::PUT), 405),
        (stranger.header(VERSION.0, VERSION.1), 404),
        (odd.header(VERSION.0, VERSION.1), 404),
        (upload.request(Method::PATCH).header("upload-offset", 0).body("x"), 415),
        (upload.request(Method::PATCH).header(BYTES.0, BYTES.1).body("x"), 400),
        (upload.going_on(5, b"x"), 409),
        (upload.going_on(0, &vec![0; size + 1]), 413),
    ] {
        let answer = Answer::to(request).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert_eq!(header(&answer, "tus-resumable"), "1.0.0");
    }
    assert_eq!(upload.offset().await, 0);
}

/// An upload has an end of its pieces, however small a client sends them. The last one is taken, and the one after it is
/// refused; whoever begins again is heard.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_upload_has_4096_pieces_and_no_more(#[case] engine: Engine) {
    const PIECES: usize = 4_096;
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (submission, photo) = announced(app.client()).await;
    let upload = Upload::of(app.client(), submission, &photo).await;
    let kept = PIECES - 1;
    has_pieces_of_a_byte(&app, kept).await;
    assert_eq!(upload.offset().await, kept);

    assert_eq!(upload.go_on(kept, &photo.bytes[kept..PIECES]).await.status, 204, "the last piece");
    let refused = upload.go_on(PIECES, &photo.bytes[PIECES..]).await;
    assert_eq!((refused.code(), refused.extension("rule")), (Some("RATE_LIMITED"), &json!("upload.pieces")));
    assert_eq!((upload.offset().await, rows_of_pieces(&app).await), (PIECES, PIECES as u64), "nothing was added");

    assert_eq!(Answer::to(upload.request(Method::DELETE)).await.status, 204);
    let again = Upload::of(app.client(), submission, &photo).await;
    assert_eq!(again.go_on(0, &photo.bytes).await.status, 204);
    is_verified(app.client(), submission, &photo).await;
}

/// The only upload has come byte by byte so far, as if each had had a connection of its own.
async fn has_pieces_of_a_byte(app: &TestApp, count: usize) {
    let db = app.rows().await;
    let [row] = upload::Entity::find().all(&db).await.unwrap().try_into().unwrap();
    let at = i64::try_from(count).unwrap();
    let piece = |at: i64| {
        let key = format!("incoming/00/{at:032x}"); // no object has this key
        upload_piece::Model { upload_id: row.id, at, length: 1, key }.into_active_model()
    };
    entity::batch::insert(&db, (0..at).map(piece).collect()).await.unwrap();
    let came = upload::ActiveModel { id: Set(row.id), at: Set(at), ..Default::default() };
    upload::Entity::update(came).exec(&db).await.unwrap();
}

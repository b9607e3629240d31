//! A disk that takes no more: nobody is promised anything that is not kept, reading goes on, and when there is space again
//! the server goes on by itself. The long forms, on a really full disk and with every flush that may fail, are
//! `tests/long/disk-faults`.

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tests::app::{Engine, Setup, TestApp};
use tests::client::Answer;
use tests::disk::{CAN_BE_FULL, WHILE_FULL, has_space, is_full_beyond};
use tests::photos::{PhonePhoto, finished, phone_photo, report_with};
use tests::waiting::until;
use tests::world::{SUBMIT, import, in_binyang, submission};
use uuid::Uuid;

use crate::intake_batching::nothing_is_half_written;

/// Reports that are sent while the disk is full.
const MEANWHILE: usize = 40;

const STATUS: &str = "query($ids: [UUID!]!) { submissionStatus(ids: $ids) { known receipt { signature } } }";
const PREPARE: &str = "mutation($i: SubmissionPhotoInput!) { preparePhoto(input: $i) {
    plan { url fileField fields { name value } } } }";
const PHOTO_STATUS: &str = "query($ids: [UUID!]!) { submissionStatus(ids: $ids) { photos { status } } }";

async fn with_a_small_disk() -> TestApp {
    let app = Setup::on(Engine::Sqlite).set(CAN_BE_FULL, "1").start().await;
    for part in WHILE_FULL {
        app.expect_in_log(part);
    }
    import(&app).await;
    app
}

fn report() -> Value {
    submission(Uuid::new_v4(), "ANONYMOUS")
}

async fn sends(app: &TestApp, input: &Value) -> Answer {
    app.client().post(SUBMIT, json!({ "i": input })).await
}

fn is_told_to_come_back(answer: &Answer) {
    assert_eq!((answer.status.as_u16(), answer.code()), (503, Some("TRY_LATER")), "{}", answer.body);
    assert_eq!(answer.extension("retryable"), true);
    assert!(answer.headers.contains_key("retry-after"));
}

/// Sends it until it has its receipt, as phones do: who comes at the moment of an internal error of others may be told to come back
/// with them. Its signature.
async fn gets_its_receipt(app: &TestApp, input: &Value) -> String {
    until("a receipt", async || {
        let answer = sends(app, input).await;
        if answer.code() == Some("TRY_LATER") { Err(answer.body) } else { Ok(answer.ok()) }
    })
    .await
    .text("submitReport.receipt.signature")
    .to_owned()
}

async fn known(app: &TestApp, inputs: &[&Value]) -> Vec<bool> {
    let ids: Vec<&Value> = inputs.iter().map(|input| &input["submissionId"]).collect();
    let told = app.client().post(STATUS, json!({ "ids": ids })).await.ok();
    told.data("submissionStatus").as_array().unwrap().iter().map(|one| one["known"] == true).collect()
}

async fn can_write(app: &TestApp) -> Value {
    let ready = app.client().send(Method::GET, "/readyz", None, "").await;
    assert_eq!(ready.status, 200, "it can be read: {}", ready.body);
    ready.json["writes"].clone()
}

/// Each is told to come back; what was there can be read; then each gets its receipt, and all outlive the process.
#[tokio::test]
async fn a_full_disk_loses_nothing_and_needs_no_restart() {
    let mut app = with_a_small_disk().await;
    let kept = report();
    let receipt = gets_its_receipt(&app, &kept).await;
    let meanwhile: Vec<Value> = (0..MEANWHILE).map(|_| report()).collect();
    assert_eq!(can_write(&app).await, true);

    is_full_beyond(&app, 0);
    for answer in join_all(meanwhile.iter().map(|input| sends(&app, input))).await {
        is_told_to_come_back(&answer);
    }
    assert_eq!(known(&app, &[&kept, &meanwhile[0]]).await, [true, false]);
    assert_eq!(can_write(&app).await, false);

    has_space(&app);
    assert_eq!(can_write(&app).await, true);
    // A replay ends without a commit: what comes after it must reach the disk all the same.
    assert_eq!(gets_its_receipt(&app, &kept).await, receipt);
    join_all(meanwhile.iter().map(|input| gets_its_receipt(&app, input))).await;
    app.kill_and_restart().await;

    nothing_is_half_written(&app.rows().await, 1 + MEANWHILE as u64).await;
    assert_eq!(gets_its_receipt(&app, &kept).await, receipt);
}

/// A single write that fails harms nobody else: whoever comes next, and whatever is refused in between.
#[tokio::test]
async fn whoever_comes_after_a_failed_write_is_kept() {
    let mut app = with_a_small_disk().await;
    let kept = report();
    gets_its_receipt(&app, &kept).await;
    for round in 1..=5 {
        is_full_beyond(&app, 0);
        is_told_to_come_back(&sends(&app, &report()).await);
        has_space(&app);
        gets_its_receipt(&app, &kept).await; // a replay, which ends without a commit

        let next = report();
        gets_its_receipt(&app, &next).await;

        app.kill_and_restart().await;
        assert_eq!(known(&app, &[&next]).await, [true], "round {round}");
    }
}

/// A photo that the disk does not take is asked for again, and shown only when its bytes are there.
#[tokio::test]
async fn a_photo_waits_for_space() {
    let app = with_a_small_disk().await;
    let photo = PhonePhoto::jpeg(phone_photo("wall-before.jpg"));
    let (id, _) = report_with(app.client(), "ANONYMOUS", in_binyang(), std::slice::from_ref(&photo)).await;
    let input = json!({ "i": { "submissionId": id, "photoId": photo.id } });
    let planned = app.client().post(PREPARE, input).await.ok();
    let plan = planned.data("preparePhoto.plan");
    let sends_it = async || app.client().send_form(plan, &photo.bytes, photo.media_type).await;

    // Less than the photo, so that it breaks off in the middle.
    is_full_beyond(&app, photo.bytes.len() as u64 / 2);
    is_told_to_come_back(&sends_it().await);
    let status = app.client().post(PHOTO_STATUS, json!({ "ids": [id] })).await.ok();
    assert_ne!(status.text("submissionStatus.0.photos.0.status"), "VERIFIED");

    has_space(&app);
    assert_eq!(sends_it().await.status, 204);
    assert_eq!(finished(app.client(), id, &photo).await.text("completePhoto.status"), "VERIFIED");
}

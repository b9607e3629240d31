//! The steps of a phone: it submits a report and uploads its photo.

use chrono::TimeDelta;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::files::{DemoScene, photo};
use super::outcome::{Broken, StepResult, both};
use super::person::{DemoPerson, at, expect, list, text};
use super::stage::Stage;
use super::steps::{COMPLETE_PHOTO, PREPARE_PHOTO, SUBMIT};

/// The beginning of a marker in the EXIF data of every photo of the story. The server must never serve it.
const CANARY: &[u8] = b"CANARY-";
/// The signature of EXIF metadata in a JPEG file.
const EXIF: &[u8] = b"Exif\0\0";

/// How a report is submitted.
#[derive(Debug, Clone, Copy)]
pub(super) struct How {
    /// `NAMED`, `CONFIDENTIAL` or `ANONYMOUS`.
    pub(super) naming: &'static str,
    /// The minutes between the observation and the submission.
    pub(super) minutes_ago: i64,
}

/// A report that was submitted.
#[derive(Debug, Clone)]
pub(super) struct SubmittedReport {
    /// The id of the report.
    pub(super) report: String,
    /// The submission id, which the phone generated.
    pub(super) submission: Uuid,
    /// The complete input, so that it can be submitted again.
    pub(super) input: Value,
    /// The result of the mutation.
    pub(super) answer: Value,
}

/// A photo on the phone, before its upload.
pub(super) struct Picture {
    /// The photo id, which the phone generates.
    pub(super) id: Uuid,
    bytes: Vec<u8>,
}

impl Picture {
    /// Returns a photo of the story, dated now.
    pub(super) fn named(stage: &Stage, name: &str) -> StepResult<Self> {
        Ok(Self { id: Uuid::new_v4(), bytes: photo(name, stage.now())? })
    }

    /// Returns the size in bytes and the SHA-256 hash, which the submission announces.
    pub(super) fn announced(&self) -> (usize, String) {
        (self.bytes.len(), hex::encode(Sha256::digest(&self.bytes)))
    }

    /// Uploads the photo according to the upload plan in `prepared`.
    pub(super) async fn send(self, who: &DemoPerson, prepared: &Value) -> StepResult<()> {
        let mut form = Form::new();
        for field in list(prepared, "plan.fields")? {
            form = form.text(text(field, "name")?.to_owned(), text(field, "value")?.to_owned());
        }
        let part = Part::bytes(self.bytes).file_name("photo.jpg").mime_str("image/jpeg");
        let part = part.map_err(|error| Broken::because(error.to_string()))?;
        let form = form.part(text(prepared, "plan.fileField")?.to_owned(), part);
        who.send_form(text(prepared, "plan.url")?, form).await
    }
}

/// Submits the report of a scene. The submission announces the photo; [`send_photo`] uploads it.
pub(super) async fn submit(
    stage: &Stage,
    scene: &DemoScene,
    who: &DemoPerson,
    how: How,
    picture: Option<&Picture>,
) -> StepResult<SubmittedReport> {
    let (lng, lat) = scene.place.gcj02()?;
    let now = stage.now();
    let submission = Uuid::new_v4();
    let photos: Vec<Value> = picture
        .iter()
        .map(|picture| {
            let (bytes, sha256) = picture.announced();
            json!({ "id": picture.id, "sha256": sha256, "bytes": bytes, "mediaType": "image/jpeg" })
        })
        .collect();
    let input = json!({
        "submissionId": submission, "text": scene.text, "category": category(who, scene).await?, "naming": how.naming,
        "place": { "lng": lng, "lat": lat, "crs": "GCJ02", "source": "device", "accuracyMetres": 15,
            "address": scene.place.address },
        "capturedAt": now - TimeDelta::minutes(how.minutes_ago), "queuedAt": now, "photos": photos,
        "emergency": scene.emergency,
    });
    let answer = who.take(&SUBMIT, input.clone()).await?;
    expect("whether it was here before", at(&answer, "replayed"), &json!(false))?;
    Ok(SubmittedReport { report: text(&answer, "receipt.reportId")?.to_owned(), submission, input, answer })
}

/// Returns the category code for the Chinese name in the scene, from the list that the phone offers.
async fn category(who: &DemoPerson, scene: &DemoScene) -> StepResult<Option<String>> {
    let Some(name) = &scene.category else { return Ok(None) };
    let data = who.read("{ categories { code name } }", json!({})).await?;
    let found = list(&data, "categories")?.iter().find(|category| at(category, "name") == &json!(name));
    Ok(Some(text(found.ok_or_else(|| Broken::because(format!("no category {name}")))?, "code")?.to_owned()))
}

/// Uploads the photo of a report, and checks the display version that the server serves.
pub(super) async fn send_photo(
    stage: &Stage,
    scene: &DemoScene,
    who: &DemoPerson,
    sent: &SubmittedReport,
    picture: Picture,
) -> StepResult<()> {
    let named = json!({ "submissionId": sent.submission, "photoId": picture.id });
    let prepared = who.take(&PREPARE_PHOTO, named.clone()).await?;
    expect("the photo's status", text(&prepared, "photo.status")?, "RECEIVING")?;
    let (size, _) = picture.announced();
    picture.send(who, &prepared).await?;
    let done = who.take(&COMPLETE_PHOTO, named).await?;
    expect("the photo's status", text(&done, "status")?, "VERIFIED")?;
    let shown = who.fetch(text(&done, "displayUrl")?).await?;
    let holds = |needle: &[u8]| shown.windows(needle.len()).any(|window| window == needle);
    expect("whether the shown photo has metadata", &(holds(EXIF) || holds(CANARY)), &false)?;
    let (width, height) = (at(&done, "width"), at(&done, "height"));
    let line = both(
        format!(
            "照片随后上传（{} KiB，表单方式），核验后生成 {width}×{height} 的展示版，位置、设备、所有者等信息已全部去除",
            size / 1024
        ),
        format!(
            "the photo is uploaded next ({} KiB, one form POST) and verified; the display version is {width} × {height} and \
             contains no place, camera or owner",
            size / 1024
        ),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
    Ok(())
}

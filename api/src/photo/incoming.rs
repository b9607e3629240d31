//! The route `POST /photos/incoming`, which receives photos if they are kept in a local folder. It accepts the same
//! multipart form as S3.
//!
//! The fields `key`, `Content-Type`, `policy` and `signature` precede `file`, which comes last. The server verifies the
//! policy before it reads any file content, and never reads more bytes than the policy allows.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use domain::limits::PHOTO_BYTES_MAX;
use domain::refusal::{Code, Refusal};
use futures::{FutureExt, Stream, StreamExt};
use tokio::time::{Instant, timeout_at};

use super::disk::{Arrival, Disk};
use super::policy::UploadPolicy;
use super::reserve;
use super::room::SetAside;
use super::signer::UrlSigner;
use super::store::{KeyPrefix, PhotoStore, StoreError};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::refused;
use crate::task_runner::{OnDeadline, TaskRunner};

/// The maximum size in bytes of a field before the file.
const FIELD_BYTES_MAX: usize = 4 * 1024;
/// The maximum number of parts before the file. The limit leaves room for extra client fields, which the server ignores.
/// Parts count, not names: a name that is repeated counts each time.
const PARTS_MAX: usize = 20;
/// How long the server waits for the next chunk of the body before it gives up the upload, even if the time for the whole
/// form has not passed.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many bytes of a rejected form are still read, so that the client sees the error response instead of a connection
/// reset.
const DRAIN_MAX: u64 = 2 * PHOTO_BYTES_MAX;

/// Receives one photo. Responds with 204 when the photo is durably stored, otherwise with an error code:
/// `INVALID_INPUT` (a part is missing or too short, or the form was interrupted), `FORBIDDEN` (the policy is forged,
/// expired, or issued for another key), `UNSUPPORTED_MEDIA` (the media type is not the planned one, or the body is not
/// a multipart form), `TOO_LARGE` (the file exceeds the planned size, or there are too many or too long fields),
/// `ILLEGAL_MOVE` (409: the key has already been written), `NOT_FOUND` (photos are kept in a bucket), or `TRY_LATER`.
pub(super) async fn take(
    app: web::Data<App>,
    runner: web::Data<TaskRunner>,
    request: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    let language = refused::language(&request);
    if let Err(error) = disk(&app) {
        return refused::response(&error, language);
    }
    if !is_form(&request) {
        return refused::response(&Code::UnsupportedMedia.into(), language);
    }
    let mut form = Multipart::new(request.headers(), body);
    match receive(&app, &runner, &mut form).await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => {
            drain(&mut form, Instant::now() + app.config.http.client_time.constant()).await;
            refused::response(&error, language)
        }
    }
}

/// Returns the local photo store. Fails with `NOT_FOUND` if photos are kept in a bucket.
fn disk(app: &App) -> ApiResult<&Disk> {
    Ok(app.photos.as_disk().ok_or(Code::NotFound)?)
}

fn is_form(request: &HttpRequest) -> bool {
    let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

async fn receive(app: &App, runner: &TaskRunner, form: &mut Multipart) -> ApiResult<()> {
    let time = app.config.http.client_time;
    let fields_by = Instant::now() + time.for_bytes(FIELD_BYTES_MAX as u64); // all of ours together are smaller
    let (fields, mut file) = receive_fields(form, fields_by).await?;
    let policy = allowed(disk(app)?.signer(), &fields, app.now())?;
    let (own, key, bytes) = (app.clone(), policy.key.clone(), policy.bytes);
    let begun = async move {
        let room = reserve::set_aside(&own, bytes).await?;
        if disk(&own)?.has(&key).await? { Err(already()) } else { Ok(room) }
    };
    let room = runner.run(OnDeadline::Abort, begun.boxed()).await?;
    let file_by = Instant::now() + time.for_bytes(policy.bytes);
    let arrival = receive_file(disk(app)?, &mut file, &policy, file_by, room).await?;
    let own = app.clone();
    let kept = async move { keep(disk(&own)?, arrival, &policy.key).await };
    runner.run(OnDeadline::Detach, kept.boxed()).await
}

/// Reads the fields before the file, and returns them with the part of the file.
async fn receive_fields(form: &mut Multipart, by: Instant) -> Result<(BTreeMap<String, String>, Field), Refusal> {
    let mut fields = BTreeMap::new();
    for _ in 0..=PARTS_MAX {
        let mut part = next(form, by).await?.ok_or_else(|| missing("file"))?.map_err(broken)?;
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            return Ok((fields, part));
        }
        fields.insert(name, text(&mut part, by).await?);
    }
    Err(Refusal::new(Code::TooLarge))
}

/// Verifies the signature and checks the other fields against the policy, and returns the policy.
fn allowed(signer: &UrlSigner, fields: &BTreeMap<String, String>, now: DateTime<Utc>) -> Result<UploadPolicy, Refusal> {
    let field = |name: &'static str| fields.get(name).map(String::as_str).ok_or_else(|| missing(name));
    let (key, media_type) = (field("key")?, field("Content-Type")?);
    let policy = UploadPolicy::read(signer, field("policy")?, field("signature")?, now)?;
    if key != policy.key || !key.starts_with(KeyPrefix::Incoming.as_str()) {
        return Err(Refusal::new(Code::Forbidden).with_field("key").with_rule("photo.plan_for_another_key"));
    }
    if media_type != policy.media_type {
        return Err(Refusal::new(Code::UnsupportedMedia).with_field("Content-Type"));
    }
    Ok(policy)
}

/// Streams the file content to disk, on the thread that serves the connection.
async fn receive_file(
    disk: &Disk,
    file: &mut Field,
    policy: &UploadPolicy,
    by: Instant,
    mut room: SetAside,
) -> ApiResult<Arrival> {
    let mut arrival = disk.receive().await?;
    while let Some(chunk) = next(file, by).await? {
        let chunk = chunk.map_err(broken)?;
        if arrival.received().saturating_add(chunk.len() as u64) > policy.bytes {
            return Err(wrong_size(Code::TooLarge, policy.bytes).into());
        }
        arrival.push(&chunk).await?;
        room.written(chunk.len() as u64);
    }
    if arrival.received() < policy.bytes {
        return Err(wrong_size(Code::InvalidInput, policy.bytes).into());
    }
    Ok(arrival)
}

/// Persists a completely received file. From here on, the file is kept even if the client closes the connection.
async fn keep(disk: &Disk, arrival: Arrival, key: &str) -> ApiResult<()> {
    disk.keep(arrival, key).await.map_err(|error| match error {
        StoreError::Taken => already(),
        other => other.into(),
    })
}

/// Returns the next item of a stream. Fails with the error of [`broken`] if none arrives by the deadline or within
/// [`PATIENCE`].
async fn next<S: Stream + Unpin>(stream: &mut S, by: Instant) -> Result<Option<S::Item>, Refusal> {
    timeout_at(by.min(Instant::now() + PATIENCE), stream.next()).await.map_err(broken)
}

async fn text(part: &mut Field, by: Instant) -> Result<String, Refusal> {
    let bytes = timeout_at(by, part.bytes(FIELD_BYTES_MAX)).await.map_err(broken)?;
    let bytes = bytes.map_err(|_limit| Refusal::new(Code::TooLarge))?.map_err(broken)?;
    String::from_utf8(bytes.to_vec()).map_err(broken)
}

/// Reads and discards the rest of a form, up to [`DRAIN_MAX`] bytes and up to the deadline.
async fn drain(form: &mut Multipart, by: Instant) {
    let mut left = DRAIN_MAX;
    while let Ok(Some(Ok(mut part))) = next(form, by).await {
        while let Ok(Some(Ok(chunk))) = next(&mut part, by).await {
            left = left.saturating_sub(chunk.len() as u64);
            if left == 0 {
                return;
            }
        }
    }
}

fn missing(field: &'static str) -> Refusal {
    Refusal::invalid(
        field,
        format!("表单缺少“{field}”，文件须放在最后一项。"),
        format!("The form lacks `{field}`. The file must be the last field."),
    )
}

/// Builds the error for an interrupted form. The cause goes to the debug log only.
fn broken(cause: impl std::fmt::Display) -> Refusal {
    tracing::debug!(%cause, "a form upload was interrupted");
    Refusal::invalid(
        "file",
        "上传中断或表单不完整，请重新上传。",
        "The upload was interrupted or the form is incomplete. Upload the photo again.",
    )
}

fn wrong_size(code: Code, bytes: u64) -> Refusal {
    Refusal::new(code).with_field("file").with_text(
        format!("文件大小与登记的不一致（应为 {bytes} 字节），请上传所登记的照片。"),
        format!("The file does not have the announced size of {bytes} bytes. Upload the announced photo."),
    )
}

fn already() -> ApiError {
    Refusal::illegal("photo.already_received")
        .with_text("该照片已收到，请继续下一步。", "This photo has already been received. Complete it next.")
        .into()
}

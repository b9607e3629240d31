//! The routes `/uploads` and `/uploads/{id}`. A client with an upload plan may create an upload. The upload's random
//! URL is a capability: whoever knows it may continue or delete the upload.

use actix_web::http::header::{ALLOW, CACHE_CONTROL, HeaderName, HeaderValue, LOCATION};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use domain::refusal::{Code, Refusal};
use entity::upload;
use futures::FutureExt;
use uuid::Uuid;

use super::receive::{BodyOutcome, Receiver};
use super::{ending, lacking, protocol, rows};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::photo::policy::UploadPolicy;
use crate::photo::reserve;
use crate::photo::rows::find_expected;
use crate::refused;
use crate::task_runner::{OnDeadline, TaskRunner};

/// Registers the upload routes.
pub(in crate::photo) fn routes(routes: &mut ServiceConfig) {
    routes
        .service(web::resource("/uploads").route(web::route().to(at_uploads)))
        .service(web::resource("/uploads/{id}").route(web::route().to(at_an_upload)));
}

async fn at_uploads(app: Data<App>, runner: Data<TaskRunner>, request: HttpRequest, body: Payload) -> HttpResponse {
    match protocol::method(&request) {
        Method::OPTIONS => capabilities(),
        _ if !protocol::is_spoken(request.headers()) => other_version(),
        Method::POST => answered(&request, create(&app, &runner, &request, body).await),
        _ => wrong_method("OPTIONS, POST"),
    }
}

async fn at_an_upload(
    app: Data<App>,
    runner: Data<TaskRunner>,
    request: HttpRequest,
    id: Path<String>,
    body: Payload,
) -> HttpResponse {
    let method = protocol::method(&request);
    if method == Method::OPTIONS {
        return capabilities();
    }
    if !protocol::is_spoken(request.headers()) {
        return other_version();
    }
    let Ok(id) = id.parse() else {
        return answered(&request, Err(Code::NotFound.into()));
    };
    let answer = match method {
        Method::HEAD => state(&app, &runner, id).await,
        Method::PATCH => resume(&app, &runner, &request, id, body).await,
        Method::DELETE => end(&app, &runner, id).await,
        _ => return wrong_method("OPTIONS, HEAD, PATCH, DELETE"),
    };
    answered(&request, answer)
}

/// `POST /uploads`: responds with 201 and the URL of the upload. The request is idempotent per plan. It may already
/// contain bytes (`creation-with-upload`).
async fn create(app: &App, runner: &TaskRunner, request: &HttpRequest, body: Payload) -> ApiResult<HttpResponse> {
    let headers = request.headers();
    let (policy, signature) = (protocol::metadata(headers, "policy")?, protocol::metadata(headers, "signature")?);
    let policy = UploadPolicy::read(app.photos.signer(), &policy, &signature, app.now())?;
    let checksum = protocol::checksum(headers)?;
    if protocol::length(headers)? != policy.bytes {
        return Err(Refusal::invalid(
            "Upload-Length",
            format!("文件大小与上传方案不一致，应为 {} 字节。", policy.bytes),
            format!("The file of this upload plan must have {} bytes.", policy.bytes),
        )
        .into());
    }
    let own = app.clone();
    let made = runner.run(OnDeadline::Detach, async move { make(&own, &policy).await }.boxed()).await?;
    let mut kept = made;
    // A repeated request only learns the offset, because its bytes would not continue the upload.
    if protocol::has_bytes(headers) && kept.at == 0 {
        match receive(app, runner, request, kept.id, 0, body, checksum).await? {
            BodyOutcome::Kept(upload) => kept = upload,
            BodyOutcome::Mismatch => return Ok(mismatch()),
        }
    }
    let address = format!("{}/uploads/{}", app.photos.signer().public_url(), kept.id);
    Ok(with_offset(StatusCode::CREATED, &kept).insert_header((LOCATION, address)).finish())
}

async fn make(app: &App, policy: &UploadPolicy) -> ApiResult<upload::Model> {
    let photo = find_expected(app.db(), &policy.key).await?;
    let txn = app.begin_write().await?;
    let made = rows::make(&txn, photo.id, &policy.key, policy.bytes, app.now()).await?;
    app.commit(txn).await?;
    Ok(made)
}

/// `HEAD /uploads/{id}`: responds with 200 and the current offset, which is the number of bytes kept.
async fn state(app: &App, runner: &TaskRunner, id: Uuid) -> ApiResult<HttpResponse> {
    let upload = find(app, runner, id).await?;
    Ok(with_offset(StatusCode::OK, &upload).insert_header(("Upload-Length", upload.length)).finish())
}

/// `PATCH /uploads/{id}`: appends bytes at the offset and responds with 204 and the new offset.
async fn resume(
    app: &App,
    runner: &TaskRunner,
    request: &HttpRequest,
    id: Uuid,
    body: Payload,
) -> ApiResult<HttpResponse> {
    let headers = request.headers();
    if !protocol::has_bytes(headers) {
        return Err(Code::UnsupportedMedia.into());
    }
    let (offset, checksum) = (protocol::offset(headers)?, protocol::checksum(headers)?);
    match receive(app, runner, request, id, offset, body, checksum).await? {
        BodyOutcome::Kept(upload) => Ok(with_offset(StatusCode::NO_CONTENT, &upload).finish()),
        BodyOutcome::Mismatch => Ok(mismatch()),
    }
}

/// `DELETE /uploads/{id}`: deletes the upload with its bytes and responds with 204.
async fn end(app: &App, runner: &TaskRunner, id: Uuid) -> ApiResult<HttpResponse> {
    let own = app.clone();
    let work = async move {
        let upload = rows::find(own.db(), id, own.now()).await?;
        ending::remove(&own, &upload).await
    };
    runner.run(OnDeadline::Detach, work.boxed()).await?;
    Ok(answer_of(StatusCode::NO_CONTENT).finish())
}

async fn find(app: &App, runner: &TaskRunner, id: Uuid) -> ApiResult<upload::Model> {
    let own = app.clone();
    runner.run(OnDeadline::Abort, async move { rows::find(own.db(), id, own.now()).await }.boxed()).await
}

/// Takes the turn and receives the body. If the client closes the connection, the bytes that have arrived are still
/// written.
async fn receive(
    app: &App,
    runner: &TaskRunner,
    request: &HttpRequest,
    id: Uuid,
    offset: u64,
    body: Payload,
    checksum: Option<protocol::Checksum>,
) -> ApiResult<BodyOutcome> {
    let own = app.clone();
    let turn = async move {
        let txn = own.begin_write().await?;
        let turn = rows::take_turn(&txn, id, offset, own.now()).await?;
        own.commit(txn).await?;
        let room = reserve::set_aside(&own, lacking(&turn.upload)).await?;
        Ok((turn, room))
    };
    let (turn, room) = runner.run(OnDeadline::Detach, turn.boxed()).await?;
    if protocol::body_length(request.headers()).is_some_and(|bytes| bytes > lacking(&turn.upload)) {
        return Err(Code::TooLarge.into());
    }
    let receiver = Receiver::new(app, runner, turn, room);
    let taken = actix_web::rt::spawn(receiver.take(body, checksum)).await.map_err(ApiError::internal)??;
    if let BodyOutcome::Kept(upload) = &taken
        && lacking(upload) == 0
        && upload.done_at.is_none()
    {
        finish_in_background(app, runner, upload.clone());
    }
    Ok(taken)
}

/// Completes the photo in the background, so that the client does not wait. If this fails, [`ending::finish_whole`]
/// retries it later.
fn finish_in_background(app: &App, runner: &TaskRunner, upload: upload::Model) {
    let app = app.clone();
    runner.runtime().spawn(async move {
        if let Err(error) = ending::finish(&app, &upload).await {
            tracing::info!(cause = %error, photo = %upload.photo_id, "completing an upload failed and will be retried");
        }
    });
}

/// Starts a response with the protocol version header.
fn answer_of(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponseBuilder::new(status);
    answer.insert_header(("Tus-Resumable", protocol::VERSION)).insert_header((CACHE_CONTROL, "no-store"));
    answer
}

/// Starts a response with the upload's offset and expiry headers.
fn with_offset(status: StatusCode, upload: &upload::Model) -> HttpResponseBuilder {
    let mut answer = answer_of(status);
    answer
        .insert_header(("Upload-Offset", upload.at))
        .insert_header(("Upload-Expires", upload.ends_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    answer
}

fn capabilities() -> HttpResponse {
    answer_of(StatusCode::NO_CONTENT)
        .insert_header(("Tus-Version", protocol::VERSION))
        .insert_header(("Tus-Extension", protocol::EXTENSIONS))
        .insert_header(("Tus-Max-Size", domain::limits::PHOTO_BYTES_MAX))
        .insert_header(("Tus-Checksum-Algorithm", protocol::CHECKSUMS))
        .finish()
}

fn other_version() -> HttpResponse {
    answer_of(StatusCode::PRECONDITION_FAILED).insert_header(("Tus-Version", protocol::VERSION)).finish()
}

fn wrong_method(allowed: &'static str) -> HttpResponse {
    answer_of(StatusCode::METHOD_NOT_ALLOWED).insert_header((ALLOW, allowed)).finish()
}

fn mismatch() -> HttpResponse {
    answer_of(protocol::checksum_mismatch()).finish()
}

/// Returns the response, or renders the error in the format of GraphQL errors.
fn answered(request: &HttpRequest, answer: ApiResult<HttpResponse>) -> HttpResponse {
    answer.unwrap_or_else(|error| {
        let mut response = refused::response(&error, refused::language(request));
        let version = HeaderValue::from_static(protocol::VERSION);
        response.headers_mut().insert(HeaderName::from_static("tus-resumable"), version);
        response
    })
}

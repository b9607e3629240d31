//! The routes `/uploads` and `/uploads/{id}`. Whoever holds a plan may make an upload; whoever knows its random address may
//! go on with it.

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
use crate::photo::rows::find_expected;
use crate::refused;
use crate::task_runner::{OnDeadline, TaskRunner};

/// Adds the routes.
pub(in crate::photo) fn routes(routes: &mut ServiceConfig) {
    routes
        .service(web::resource("/uploads").route(web::route().to(at_uploads)))
        .service(web::resource("/uploads/{id}").route(web::route().to(at_an_upload)));
}

async fn at_uploads(app: Data<App>, runner: Data<TaskRunner>, request: HttpRequest, body: Payload) -> HttpResponse {
    match protocol::method(&request) {
        Method::OPTIONS => abilities(),
        _ if !protocol::is_spoken(request.headers()) => other_version(),
        Method::POST => told(&request, create(&app, &runner, &request, body).await),
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
        return abilities();
    }
    if !protocol::is_spoken(request.headers()) {
        return other_version();
    }
    let Ok(id) = id.parse() else {
        return told(&request, Err(Code::NotFound.into()));
    };
    let answer = match method {
        Method::HEAD => state(&app, &runner, id).await,
        Method::PATCH => go_on(&app, &runner, &request, id, body).await,
        Method::DELETE => end(&app, &runner, id).await,
        _ => return wrong_method("OPTIONS, HEAD, PATCH, DELETE"),
    };
    told(&request, answer)
}

/// `POST /uploads`: 201 with the address of the upload; the same plan gives the same one. Bytes may come with it.
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
    // Asked again it says where the upload stands, and leaves the bytes.
    if protocol::has_bytes(headers) && kept.at == 0 {
        match receive(app, runner, request, kept.id, 0, body, checksum).await? {
            BodyOutcome::Kept(upload) => kept = upload,
            BodyOutcome::Mismatch => return Ok(mismatch()),
        }
    }
    let address = format!("{}/uploads/{}", app.photos.signer().public_url(), kept.id);
    Ok(standing(StatusCode::CREATED, &kept).insert_header((LOCATION, address)).finish())
}

async fn make(app: &App, policy: &UploadPolicy) -> ApiResult<upload::Model> {
    let photo = find_expected(app.db(), &policy.key).await?;
    let txn = app.begin_write().await?;
    let made = rows::make(&txn, photo.id, &policy.key, policy.bytes, app.now()).await?;
    app.commit(txn).await?;
    Ok(made)
}

/// `HEAD /uploads/{id}`: 200, how many bytes are kept.
async fn state(app: &App, runner: &TaskRunner, id: Uuid) -> ApiResult<HttpResponse> {
    let upload = find(app, runner, id).await?;
    Ok(standing(StatusCode::OK, &upload).insert_header(("Upload-Length", upload.length)).finish())
}

/// `PATCH /uploads/{id}`: 204, how many bytes are kept.
async fn go_on(
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
        BodyOutcome::Kept(upload) => Ok(standing(StatusCode::NO_CONTENT, &upload).finish()),
        BodyOutcome::Mismatch => Ok(mismatch()),
    }
}

/// `DELETE /uploads/{id}`: 204; what came is removed.
async fn end(app: &App, runner: &TaskRunner, id: Uuid) -> ApiResult<HttpResponse> {
    let own = app.clone();
    let work = async move {
        let upload = rows::find(own.db(), id, own.now()).await?;
        ending::remove(&own, &upload).await
    };
    runner.run(OnDeadline::Detach, work.boxed()).await?;
    Ok(spoken(StatusCode::NO_CONTENT).finish())
}

async fn find(app: &App, runner: &TaskRunner, id: Uuid) -> ApiResult<upload::Model> {
    let own = app.clone();
    runner.run(OnDeadline::Abort, async move { rows::find(own.db(), id, own.now()).await }.boxed()).await
}

/// Takes the turn and the body. Goes on to its end when the client hangs up: what came is written.
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
        let upload = rows::take_turn(&txn, id, offset, own.now()).await?;
        own.commit(txn).await?;
        Ok(upload)
    };
    let upload = runner.run(OnDeadline::Detach, turn.boxed()).await?;
    if protocol::body_length(request.headers()).is_some_and(|bytes| bytes > lacking(&upload)) {
        return Err(Code::TooLarge.into());
    }
    let receiver = Receiver { app: app.clone(), runner: runner.clone(), upload };
    let taken = actix_web::rt::spawn(receiver.take(body, checksum)).await.map_err(ApiError::internal)??;
    if let BodyOutcome::Kept(upload) = &taken
        && lacking(upload) == 0
        && upload.done_at.is_none()
    {
        finish_aside(app, runner, upload.clone());
    }
    Ok(taken)
}

/// Takes the photo in without letting its phone wait; where that fails, the next round does it.
fn finish_aside(app: &App, runner: &TaskRunner, upload: upload::Model) {
    let app = app.clone();
    runner.runtime().spawn(async move {
        if let Err(error) = ending::finish(&app, &upload).await {
            tracing::info!(cause = %error, photo = %upload.photo_id, "completing an upload failed and will be retried");
        }
    });
}

/// An answer that says which version is spoken.
fn spoken(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponseBuilder::new(status);
    answer.insert_header(("Tus-Resumable", protocol::VERSION)).insert_header((CACHE_CONTROL, "no-store"));
    answer
}

/// An answer that says where the upload stands, and how long it can be gone on with.
fn standing(status: StatusCode, upload: &upload::Model) -> HttpResponseBuilder {
    let mut answer = spoken(status);
    answer
        .insert_header(("Upload-Offset", upload.at))
        .insert_header(("Upload-Expires", upload.ends_at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()));
    answer
}

fn abilities() -> HttpResponse {
    spoken(StatusCode::NO_CONTENT)
        .insert_header(("Tus-Version", protocol::VERSION))
        .insert_header(("Tus-Extension", protocol::EXTENSIONS))
        .insert_header(("Tus-Max-Size", domain::limits::PHOTO_BYTES_MAX))
        .insert_header(("Tus-Checksum-Algorithm", protocol::CHECKSUMS))
        .finish()
}

fn other_version() -> HttpResponse {
    spoken(StatusCode::PRECONDITION_FAILED).insert_header(("Tus-Version", protocol::VERSION)).finish()
}

fn wrong_method(allowed: &'static str) -> HttpResponse {
    spoken(StatusCode::METHOD_NOT_ALLOWED).insert_header((ALLOW, allowed)).finish()
}

fn mismatch() -> HttpResponse {
    spoken(protocol::checksum_mismatch()).finish()
}

/// The answer, or its refusal in the form of GraphQL's errors.
fn told(request: &HttpRequest, answer: ApiResult<HttpResponse>) -> HttpResponse {
    answer.unwrap_or_else(|error| {
        let mut response = refused::response(&error, refused::language(request));
        let version = HeaderValue::from_static(protocol::VERSION);
        response.headers_mut().insert(HeaderName::from_static("tus-resumable"), version);
        response
    })
}

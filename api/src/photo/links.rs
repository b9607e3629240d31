//! Signed photo links, which expire after ten minutes. They always go through this server, even if the bytes are in a
//! bucket.

use std::sync::Arc;

use actix_web::body::SizedStream;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::PhotoId;
use domain::photo::PhotoStatus;
use domain::refusal::{Code, Refusal};
use futures::{FutureExt, Stream, StreamExt, stream};
use serde::Deserialize;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::rows;
use super::signer::{Purpose, UrlSigner};
use super::store::Part;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::refused;
use crate::task_runner::{OnDeadline, TaskRunner};

/// How long a link is valid after it was issued.
pub(crate) const LINK_LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// The bytes of a photo that are read at once. A client that reads slowly keeps no more than two such parts in memory.
const PART_BYTES: u64 = 128 * 1024;
/// One permit per part that is being read, of all photos that are being shown.
static READERS: Semaphore = Semaphore::const_new(32);

/// The version of a photo that a link shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// The longer side has at most 2,048 pixels.
    Display,
    /// The longer side has at most 320 pixels.
    Thumbnail,
}

impl Version {
    const fn word(self) -> &'static str {
        match self {
            Self::Display => "display",
            Self::Thumbnail => "thumbnail",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Display, Self::Thumbnail].into_iter().find(|version| version.word() == word)
    }
}

/// Issues a link that shows this version to anyone for ten minutes. Callers issue it only to a person who may see the
/// photo.
#[must_use]
pub(crate) fn link(signer: &UrlSigner, photo: PhotoId, version: Version, now: DateTime<Utc>) -> String {
    let ends = (now + LINK_LIFETIME).timestamp();
    let mac = signer.sign(Purpose::Link, &signed_text(photo, version, ends));
    format!("{}/photos/{photo}/{}?ends={ends}&mac={mac}", signer.public_url(), version.word())
}

fn signed_text(photo: PhotoId, version: Version, ends: i64) -> String {
    format!("{photo}\n{}\n{ends}", version.word())
}

/// The query parameters of a photo link.
#[derive(Debug, Deserialize)]
pub(super) struct LinkQuery {
    /// When the link expires, in seconds since the Unix epoch.
    ends: i64,
    mac: String,
}

/// Verifies a link and returns for how many more seconds it is valid.
///
/// # Errors
/// `NOT_FOUND` if the signature is invalid, `FORBIDDEN` if the link has expired.
fn check(
    signer: &UrlSigner,
    photo: PhotoId,
    version: Version,
    query: &LinkQuery,
    now: DateTime<Utc>,
) -> Result<i64, Refusal> {
    if !signer.has_signed(Purpose::Link, &signed_text(photo, version, query.ends), &query.mac) {
        return Err(Code::NotFound.into());
    }
    let left = query.ends.saturating_sub(now.timestamp());
    if left <= 0 {
        return Err(Refusal::new(Code::Forbidden)
            .with_rule("photo.link_ended")
            .with_text("照片链接已过期，请刷新页面后重试。", "The link to the photo has expired. Request a new one."));
    }
    Ok(left)
}

/// Serves one version of a verified photo. Responds with 200 and a JPEG, with 404 `NOT_FOUND` for a forged link or a
/// photo that is not VERIFIED, with 403 `FORBIDDEN` for an expired link, or with 503 `TRY_LATER`.
pub(super) async fn show(
    app: web::Data<App>,
    runner: web::Data<TaskRunner>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: Option<web::Query<LinkQuery>>,
) -> HttpResponse {
    let (id, version) = path.into_inner();
    let own = app.as_ref().clone();
    let opened = async move { open(&own, &id, &version, query.as_deref()).await };
    match runner.run(OnDeadline::Abort, opened.boxed()).await {
        Ok(shown) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "image/jpeg"))
            .insert_header((CACHE_CONTROL, format!("private, max-age={}", shown.seconds)))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((REFERRER_POLICY, "no-referrer"))
            .body(SizedStream::new(
                shown.first.of,
                bytes_of(app.as_ref().clone(), runner.into_inner(), shown).boxed_local(),
            )),
        Err(error) => refused::response(&error, refused::language(&request)),
    }
}

/// A photo that is being shown.
struct Shown {
    key: String,
    first: Part,
    /// For how many more seconds its link is valid.
    seconds: i64,
}

/// Returns the bytes of a photo part by part. Each part is read on the main runtime when the client has taken the part
/// before, and few are read at once. A client that does not read keeps nobody from reading.
fn bytes_of(app: App, runner: Arc<TaskRunner>, shown: Shown) -> impl Stream<Item = Result<Bytes, ApiError>> {
    let Shown { key, first, .. } = shown;
    let (next, of) = (first.bytes.len() as u64, first.of);
    let rest = stream::try_unfold(next, move |from| {
        let (app, runner, key) = (app.clone(), Arc::clone(&runner), key.clone());
        async move {
            if from >= of {
                return Ok(None);
            }
            let _place = READERS.acquire().await.map_err(ApiError::internal)?;
            let read = async move { app.photos.read_part(&key, from, PART_BYTES).await };
            let part = runner.runtime().spawn(read).await.map_err(ApiError::internal)??;
            if part.bytes.is_empty() {
                return Err(ApiError::internal("a photo has become shorter"));
            }
            let next = from.saturating_add(part.bytes.len() as u64);
            Ok(Some((Bytes::from(part.bytes), next)))
        }
    });
    stream::iter([Ok(Bytes::from(first.bytes))]).chain(rest)
}

async fn open(app: &App, id: &str, version: &str, query: Option<&LinkQuery>) -> ApiResult<Shown> {
    let (Ok(id), Some(version), Some(query)) = (Uuid::parse_str(id), Version::from_word(version), query) else {
        return Err(Code::NotFound.into());
    };
    let seconds = check(app.photos.signer(), PhotoId(id), version, query, app.now())?;
    let photo = rows::find(app.db(), PhotoId(id)).await?;
    let key = match version {
        Version::Display => photo.display_key,
        Version::Thumbnail => photo.thumbnail_key,
    };
    let key = key.filter(|_| photo.status == PhotoStatus::Verified).ok_or(Code::NotFound)?;
    let first = app.photos.read_part(&key, 0, PART_BYTES).await?;
    Ok(Shown { key, first, seconds })
}

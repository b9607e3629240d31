//! Photos and plans, as the published schema shows them.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::PhotoId;
use domain::photo::{EvidenceTrust, PhotoStage, PhotoStatus};
use entity::photo;
use uuid::Uuid;

use super::links::{Version, link};
use super::rejection::Rejection;
use super::service;
use crate::context::{app, caller};

/// A photo.
pub struct Photo(pub photo::Model);

/// A photo 照片: evidence before, during or after the work. Shown only once it is VERIFIED, without any metadata.
#[Object]
impl Photo {
    /// The photo.
    async fn id(&self) -> PhotoId {
        self.0.id
    }

    /// The id that the phone gave it.
    async fn client_id(&self) -> Uuid {
        self.0.client_id
    }

    /// Before, during or after the work.
    async fn stage(&self) -> PhotoStage {
        self.0.stage
    }

    /// Where it stands.
    async fn status(&self) -> PhotoStatus {
        self.0.status
    }

    /// What to do about a REJECTED photo, in the caller's language; null otherwise.
    async fn what_to_do(&self, ctx: &Context<'_>) -> Option<&'static str> {
        let code = self.0.reject_reason.as_deref().filter(|_| self.0.status == PhotoStatus::Rejected)?;
        Some(Rejection::from_code(code).what_to_do(caller(ctx).language))
    }

    /// Width of the version to show, in pixels, at most 2,048; null until VERIFIED.
    async fn width(&self) -> Option<i32> {
        self.0.width
    }

    /// Height of the version to show, in pixels, at most 2,048; null until VERIFIED.
    async fn height(&self) -> Option<i32> {
        self.0.height
    }

    /// What the photo's own claims about its time and place are worth beside the report, for officers; null until
    /// VERIFIED, and for others. What it claims is sealed.
    async fn evidence_trust(&self, ctx: &Context<'_>) -> Option<EvidenceTrust> {
        self.0.trust.filter(|_| caller(ctx).officer().is_ok())
    }

    /// A link to the version to show, a JPEG; holds for 10 minutes; null until VERIFIED.
    async fn display_url(&self, ctx: &Context<'_>) -> Option<String> {
        self.url(ctx, Version::Display)
    }

    /// A link to the thumbnail, a JPEG whose longer side has at most 320 pixels; holds for 10 minutes; null until
    /// VERIFIED.
    async fn thumbnail_url(&self, ctx: &Context<'_>) -> Option<String> {
        self.url(ctx, Version::Thumbnail)
    }
}

impl Photo {
    fn url(&self, ctx: &Context<'_>, version: Version) -> Option<String> {
        let app = app(ctx);
        (self.0.status == PhotoStatus::Verified).then(|| link(app.photos.signer(), self.0.id, version, app.now()))
    }
}

/// How to send the bytes of a photo. On a good network: one `multipart/form-data` POST to `url`, with all `fields` first and the file last. No
/// token is sent. An answer of 2xx means that the bytes are kept; then complete the photo. On a bad one: `resumable`.
#[derive(SimpleObject)]
pub struct UploadPlan {
    /// Where to send the form.
    url: String,
    /// The fields of the form, complete; at most 20.
    fields: Vec<UploadField>,
    /// Until when the plan holds; ask for another one afterwards.
    ends_at: DateTime<Utc>,
    /// The HTTP method: `POST`.
    method: &'static str,
    /// The name of the form's last field, the file with its bytes: `file`.
    file_field: &'static str,
    /// The same, for networks that cut connections: what has come is kept.
    resumable: ResumablePlan,
}

/// A resumable upload by the protocol tus 1.0, with any client for it: make it with `POST url`, within the life of the
/// plan, with `metadata` and the length of the file; it can be gone on with for 14 days. When all has come the photo
/// completes itself; completing it tells how it went.
#[derive(SimpleObject)]
pub struct ResumablePlan {
    /// Where uploads are made; answers with the address of this one. The same plan gives the same one.
    url: String,
    /// What the client sends as metadata (`Upload-Metadata`), before it is encoded; at most 2.
    metadata: Vec<UploadField>,
}

/// A name and its value.
#[derive(SimpleObject)]
pub struct UploadField {
    /// Its name.
    name: String,
    /// Its value, as it is.
    value: String,
}

impl From<service::Plan> for UploadPlan {
    fn from(service::Plan { form, resumable }: service::Plan) -> Self {
        Self {
            url: form.url,
            fields: form.fields.into_iter().map(|(name, value)| UploadField { name, value }).collect(),
            ends_at: form.ends_at,
            method: "POST",
            file_field: "file",
            resumable: ResumablePlan {
                url: resumable.url,
                metadata: [("policy", resumable.policy), ("signature", resumable.signature)]
                    .map(|(name, value)| UploadField { name: name.to_owned(), value })
                    .into(),
            },
        }
    }
}

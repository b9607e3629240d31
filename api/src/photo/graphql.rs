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

/// The photo row behind the GraphQL object.
pub(crate) struct Photo {
    row: photo::Model,
    own: bool,
}

/// A photo 照片: evidence from before, during or after the work. It can be viewed only when it is `VERIFIED`, and without
/// any metadata.
#[Object]
impl Photo {
    /// The id of the photo.
    async fn id(&self) -> PhotoId {
        self.row.id
    }

    /// The id that the phone gave the photo. Only the client that announced the photo reads it, in the answers about its
    /// own submission, report or work; null for all others.
    async fn client_id(&self) -> Option<Uuid> {
        self.own.then_some(self.row.client_id)
    }

    /// Whether the photo was taken before, during or after the work.
    async fn stage(&self) -> PhotoStage {
        self.row.stage
    }

    /// The status of the photo. Of the photo of a report, officers see `VERIFIED` or, until then, `EXPECTED`; it changes
    /// at a boundary of the time veil, so that it does not tell when the phone was online.
    async fn status(&self) -> PhotoStatus {
        self.row.status
    }

    /// Advice on what to do about a `REJECTED` photo, in the language of the request; null for other photos.
    async fn what_to_do(&self, ctx: &Context<'_>) -> Option<&'static str> {
        let code = self.row.reject_reason.as_deref().filter(|_| self.row.status == PhotoStatus::Rejected)?;
        Some(Rejection::from_code(code).what_to_do(caller(ctx).language))
    }

    /// The width of the display version in pixels, at most 2,048; null until the photo is `VERIFIED`.
    async fn width(&self) -> Option<i32> {
        self.row.width
    }

    /// The height of the display version in pixels, at most 2,048; null until the photo is `VERIFIED`.
    async fn height(&self) -> Option<i32> {
        self.row.height
    }

    /// How well the metadata of the photo supports the report. Only officers see it; null for other callers, and until
    /// the photo is `VERIFIED`. The metadata itself is stored encrypted.
    async fn evidence_trust(&self, ctx: &Context<'_>) -> Option<EvidenceTrust> {
        self.row.trust.filter(|_| caller(ctx).officer().is_ok())
    }

    /// A link to the display version, a JPEG, valid for 10 minutes; null until the photo is `VERIFIED`.
    async fn display_url(&self, ctx: &Context<'_>) -> Option<String> {
        self.url(ctx, Version::Display)
    }

    /// A link to the thumbnail, a JPEG whose longer side has at most 320 pixels, valid for 10 minutes; null until the
    /// photo is `VERIFIED`.
    async fn thumbnail_url(&self, ctx: &Context<'_>) -> Option<String> {
        self.url(ctx, Version::Thumbnail)
    }
}

impl Photo {
    /// Wraps a photo for the client that announced it.
    pub(crate) const fn own(row: photo::Model) -> Self {
        Self { row, own: true }
    }

    /// Wraps a photo for everyone else who may see it. The id that a phone gave it may tell about the phone.
    pub(crate) const fn shown(row: photo::Model) -> Self {
        Self { row, own: false }
    }

    fn url(&self, ctx: &Context<'_>, version: Version) -> Option<String> {
        let app = app(ctx);
        (self.row.status == PhotoStatus::Verified).then(|| link(app.photos.signer(), self.row.id, version, app.now()))
    }
}

/// The plan for sending the bytes of a photo. On a good network, the client sends one `multipart/form-data` POST to
/// `url`, with all `fields` first and the file last, and without a token. A 2xx answer means that the server has stored
/// the bytes; the client then completes the photo. On a bad network, the client uses `resumable`.
#[derive(SimpleObject)]
pub(crate) struct UploadPlan {
    /// The address to which the client sends the form.
    url: String,
    /// The complete fields of the form, at most 20.
    fields: Vec<UploadField>,
    /// The time at which the plan expires. After that, the client requests a new one.
    ends_at: DateTime<Utc>,
    /// The HTTP method: `POST`.
    method: &'static str,
    /// The name of the last field of the form, which contains the file: `file`.
    file_field: &'static str,
    /// The same upload for networks that interrupt connections: bytes that have arrived are kept.
    resumable: ResumablePlan,
}

/// A resumable upload by the protocol tus 1.0, which any client for that protocol can make. The client creates the
/// upload by `POST url` while the plan is valid, with `metadata` and the length of the file, and can continue it for 14
/// days. When all bytes have arrived, the photo is completed automatically; completing it explicitly returns the
/// result.
#[derive(SimpleObject)]
pub(crate) struct ResumablePlan {
    /// The address at which the client creates the upload. The answer names the address of this upload; the same plan
    /// always gives the same one.
    url: String,
    /// The fields that the client sends as metadata (`Upload-Metadata`), before they are encoded; at most 2.
    metadata: Vec<UploadField>,
}

/// A field of an upload: a name and its value.
#[derive(SimpleObject)]
pub(crate) struct UploadField {
    /// The name.
    name: String,
    /// The value, to be sent unchanged.
    value: String,
}

impl From<service::PhotoUploadPlan> for UploadPlan {
    fn from(service::PhotoUploadPlan { form, resumable }: service::PhotoUploadPlan) -> Self {
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

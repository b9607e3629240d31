//! Announces photos and plans their uploads. Callers check permissions.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::id::PhotoId;
use domain::limits::{PHOTO_BYTES_MAX, PHOTOS_MAX};
use domain::photo::{PhotoParent, PhotoStage, PhotoStatus};
use domain::refusal::{Code, Refusal};
use entity::{batch, photo};
use picture::Kind;
use sea_orm::{ActiveValue::Set, ConnectionTrait, IntoActiveModel};
use uuid::Uuid;

use super::policy::UploadPolicy;
use super::rejection::Rejection;
use super::store::{KeyPrefix, UploadPlan};
use super::{reserve, rows};
use crate::app::App;
use crate::error::{ApiError, ApiResult, is_taken};

/// A photo that a phone has and will send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announced {
    /// The client-generated id, unique within the parent.
    pub client_id: Uuid,
    /// The SHA-256 hash of the whole file, by which the darkroom checks the bytes that arrive.
    pub sha256: [u8; 32],
    /// The file size in bytes, at most 15 MiB.
    pub bytes: u64,
    /// The media type as the client wrote it.
    pub media_type: String,
}

/// The media type with which a file of an unknown type is stored until its bytes tell more.
const OTHER_TYPE: &str = "application/octet-stream";

/// The photos that one parent announces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Announcement {
    /// Whether the parent is a report or an assignment.
    pub parent_kind: PhotoParent,
    /// The id of the parent.
    pub parent_id: Uuid,
    /// Whether the photos were taken before, during or after the work.
    pub stage: PhotoStage,
    /// The announced photos, at most 9.
    pub photos: Vec<Announced>,
}

/// The upload plan of a photo. It offers two transports, which produce the same stored object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhotoUploadPlan {
    /// The upload as a single multipart form POST.
    pub form: UploadPlan,
    /// The resumable upload in pieces, which continues after an interrupted connection.
    pub resumable: ResumablePlan,
}

/// The plan of a resumable upload: `POST url` with the policy and its signature as metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResumablePlan {
    /// The URL at which the client creates the upload.
    pub url: String,
    /// The upload policy, as base64.
    pub policy: String,
    /// The hexadecimal signature of the policy.
    pub signature: String,
}

impl Announced {
    /// Returns why this file can never become a photo, as far as its announcement tells.
    fn flaw(&self) -> Option<Rejection> {
        match self.bytes {
            0 => Some(Rejection::Empty),
            bytes if bytes > PHOTO_BYTES_MAX => Some(Rejection::TooLarge),
            _ if Kind::named(&self.media_type).is_some() => None,
            _ => Some(self.other_type()),
        }
    }

    fn other_type(&self) -> Rejection {
        let name = self.media_type.to_ascii_lowercase();
        let has = |word| name.contains(word);
        if has("heic") || has("heif") || has("avif") { Rejection::HeicOrAvif } else { Rejection::NotAPhoto }
    }

    /// Returns the refusal of a file that can never become a photo.
    fn check(&self) -> Result<(), Refusal> {
        match self.flaw() {
            None => Ok(()),
            Some(Rejection::Empty) => Err(Refusal::invalid(
                "photos.bytes",
                "照片文件为空，请重新选择。",
                "The photo file is empty. Choose it again.",
            )),
            Some(Rejection::TooLarge) => Err(Refusal::new(Code::TooLarge)
                .with_field("photos.bytes")
                .with_text("单张照片不得超过 15 MiB。", "A photo must not exceed 15 MiB.")),
            Some(_) => Err(Refusal::new(Code::UnsupportedMedia).with_field("photos.mediaType").with_text(
                "仅支持 JPEG、PNG、WebP 格式的照片。使用苹果手机的，请在“设置—相机—格式”中选择“兼容性最佳”后重新拍摄，或在微信中不勾选“原图”发送，即可得到 JPEG 照片。",
                "Only JPEG, PNG and WebP photos are supported. Instead of HEIC or AVIF, send a JPEG: on an iPhone, choose Settings, Camera, Formats, “Most Compatible” and take the photo again, or convert it.",
            )),
        }
    }
}

/// Validates the list of photos that a phone announces. It queries no rows, so callers can run it before they open a
/// transaction.
///
/// # Errors
/// `INVALID_INPUT` for more than 9 photos or a repeated id.
pub(crate) fn check(photos: &[Announced]) -> Result<(), Refusal> {
    if photos.len() > PHOTOS_MAX {
        return Err(Refusal::invalid(
            "photos",
            format!("最多可上传 {PHOTOS_MAX} 张照片。"),
            format!("At most {PHOTOS_MAX} photos are allowed."),
        ));
    }
    let ids: HashSet<Uuid> = photos.iter().map(|photo| photo.client_id).collect();
    if ids.len() < photos.len() { Err(twice()) } else { Ok(()) }
}

/// Announces the photos of one parent. Each photo is inserted as EXPECTED under a random id.
///
/// # Errors
/// The refusals of [`announce_all`].
pub(crate) async fn announce<C: ConnectionTrait>(
    txn: &C,
    announcement: Announcement,
    now: DateTime<Utc>,
) -> ApiResult<Vec<photo::Model>> {
    announce_all(txn, vec![announcement], now).await
}

/// Announces the photos of many parents with a single INSERT statement.
///
/// # Errors
/// The refusals of [`check`], `INVALID_INPUT` for an empty file, `TOO_LARGE` above 15 MiB, and `UNSUPPORTED_MEDIA` for
/// other types than JPEG, PNG and WebP.
pub(crate) async fn announce_all<C: ConnectionTrait>(
    txn: &C,
    announcements: Vec<Announcement>,
    now: DateTime<Utc>,
) -> ApiResult<Vec<photo::Model>> {
    announcements.iter().flat_map(|parent| &parent.photos).try_for_each(Announced::check)?;
    let rows = expected_of(announcements, now)?;
    if rows.is_empty() {
        return Ok(rows);
    }
    match batch::insert(txn, rows.iter().cloned().map(IntoActiveModel::into_active_model).collect()).await {
        Ok(_) => Ok(rows),
        Err(error) if is_taken(&error) => Err(twice().into()),
        Err(error) => Err(error.into()),
    }
}

/// Builds the photo rows for the announced photos of many parents, without inserting them. A file that can never become
/// a photo is REJECTED at once, with its reason: it must not cost the report to which it belongs.
///
/// # Errors
/// The refusals of [`check`].
pub(crate) fn expected_of(announcements: Vec<Announcement>, now: DateTime<Utc>) -> ApiResult<Vec<photo::Model>> {
    let mut rows = Vec::new();
    for Announcement { parent_kind, parent_id, stage, photos } in announcements {
        check(&photos)?;
        for announced in photos {
            rows.push(expected(parent_kind, parent_id, stage, &announced, now));
        }
    }
    Ok(rows)
}

fn expected(
    parent_kind: PhotoParent,
    parent_id: Uuid,
    stage: PhotoStage,
    announced: &Announced,
    now: DateTime<Utc>,
) -> photo::Model {
    let flaw = announced.flaw();
    photo::Model {
        id: PhotoId(Uuid::new_v4()),
        parent_kind,
        parent_id,
        client_id: announced.client_id,
        stage,
        status: if flaw.is_some() { PhotoStatus::Rejected } else { PhotoStatus::Expected },
        version: 1,
        sha256: announced.sha256.to_vec(),
        bytes: i64::try_from(announced.bytes).unwrap_or(i64::MAX),
        media_type: Kind::named(&announced.media_type).map_or(OTHER_TYPE, Kind::name).to_owned(),
        incoming_key: None,
        original_key: None,
        display_key: None,
        thumbnail_key: None,
        width: None,
        height: None,
        reject_reason: flaw.map(|flaw| flaw.code().to_owned()),
        created_at: now,
        verified_at: None,
        visible_from: None,
        trust: None,
        leased_until: None,
        attempts: 0,
    }
}

fn twice() -> Refusal {
    Refusal::invalid("photos.id", "同一照片编号重复出现，请核对。", "The same photo id is listed twice.")
}

/// Plans a photo upload. Planning again returns the same object key until the upload has been completed. A rejected
/// photo gets a new key.
///
/// # Errors
/// `ILLEGAL_MOVE` under `photo.already_received` if the server already has the bytes; `TRY_LATER` under `photo.no_room` if
/// the disk has too little space; `TOO_LARGE` for a file that was announced as larger than 15 MiB, `INVALID_INPUT` for
/// one that was announced as empty.
pub(crate) async fn plan(app: &App, id: PhotoId) -> ApiResult<PhotoUploadPlan> {
    let seen = rows::find(app.db(), id).await?;
    announced_as(&seen).check()?;
    reserve::check(app, u64::try_from(seen.bytes).map_err(ApiError::internal)?).await?;
    let (seen, key) = match key_in_use(&seen)? {
        Some(key) => (seen, key),
        None => begin_receiving(app, id).await?,
    };
    let bytes = u64::try_from(seen.bytes).map_err(ApiError::internal)?;
    let form = app.photos.plan(&key, &seen.media_type, bytes, app.now()).await?;
    let signer = app.photos.signer();
    let (policy, signature) = UploadPolicy::new(&key, &seen.media_type, bytes, app.now()).signed(signer);
    let resumable = ResumablePlan { url: format!("{}/uploads", signer.public_url()), policy, signature };
    Ok(PhotoUploadPlan { form, resumable })
}

/// Returns the announcement of a photo by its size alone. A type is only a claim, and the bytes may prove it wrong.
fn announced_as(seen: &photo::Model) -> Announced {
    Announced {
        client_id: seen.client_id,
        sha256: [0; 32],
        bytes: u64::try_from(seen.bytes).unwrap_or_default(),
        media_type: Kind::Jpeg.name().to_owned(),
    }
}

/// Returns the object key of an earlier plan whose bytes may still arrive, or `None` if the photo needs a new key.
fn key_in_use(seen: &photo::Model) -> ApiResult<Option<String>> {
    match seen.status {
        PhotoStatus::Expected | PhotoStatus::Rejected => Ok(None),
        PhotoStatus::Receiving => Ok(seen.incoming_key.clone()),
        PhotoStatus::Stored | PhotoStatus::Verified => Err(rows::already_received().into()),
    }
}

async fn begin_receiving(app: &App, id: PhotoId) -> ApiResult<(photo::Model, String)> {
    let txn = app.begin_write().await?;
    let seen = rows::find_locked(&txn, id).await?;
    if let Some(key) = key_in_use(&seen)? {
        return Ok((seen, key)); // a concurrent request has just created the plan
    }
    let key = KeyPrefix::Incoming.fresh_key();
    let change = photo::ActiveModel {
        status: Set(PhotoStatus::Receiving),
        incoming_key: Set(Some(key.clone())),
        reject_reason: Set(None),
        ..Default::default()
    };
    if !rows::write(&txn, &seen, change).await? {
        return Err(Code::ChangedMeanwhile.into());
    }
    app.commit(txn).await?;
    Ok((seen, key))
}

//! Keeps a reserve of free space on the disk of the photos. Below it, photos are refused for the time being, so that they
//! never take the space that reports need. Anonymous callers may send photos, so anyone could fill the disk.

use domain::refusal::{Code, Refusal};

use super::room::SetAside;
use super::store::PhotoStore;
use crate::app::App;
use crate::error::ApiResult;

const MIB: u64 = 1 << 20;

/// Checks that a photo of this size fits without touching the reserve `CHUISHAO_PHOTO_RESERVE_MIB`, for a plan.
///
/// # Errors
/// `TRY_LATER` under `photo.no_room` if it does not.
pub(super) async fn check(app: &App, bytes: u64) -> ApiResult<()> {
    set_aside(app, bytes).await.map(drop)
}

/// Sets room aside for bytes that are about to arrive.
///
/// # Errors
/// `TRY_LATER` under `photo.no_room` if they do not fit without touching the reserve `CHUISHAO_PHOTO_RESERVE_MIB`.
pub(super) async fn set_aside(app: &App, bytes: u64) -> ApiResult<SetAside> {
    // They are set aside before the disk is asked, so that of two photos that come together the second one is seen.
    let aside = app.photo_room.set_aside(bytes);
    if has_room(app.photos.as_ref(), app.config.photos.reserve_mib, app.photo_room.all()).await {
        return Ok(aside);
    }
    metrics::counter!("photos_total", "outcome" => "no_room").increment(1);
    Err(Refusal::new(Code::TryLater)
        .with_rule("photo.no_room")
        .with_text(
            "照片存储空间不足，暂时无法接收照片，请稍后重新上传。文字内容已照常受理。",
            "There is no room for photos at the moment. Upload the photo later. The text of the report is not affected.",
        )
        .into())
}

/// Checks whether the server takes photos: whether the reserve is free.
pub(crate) async fn is_left(app: &App) -> bool {
    has_room(app.photos.as_ref(), app.config.photos.reserve_mib, app.photo_room.all()).await
}

async fn has_room(photos: &dyn PhotoStore, reserve_mib: u64, bytes: u64) -> bool {
    if reserve_mib == 0 {
        return true;
    }
    match photos.free().await {
        Ok(None) => true,
        Ok(Some(free)) => free >= reserve_mib.saturating_mul(MIB).saturating_add(bytes),
        // The write itself will say what is wrong with the disk.
        Err(error) => {
            tracing::warn!(cause = %error, "the free space for photos is unknown");
            true
        }
    }
}

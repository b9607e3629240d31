//! The steps that finishing and rejecting a photo share: the lease, the data key, the rejection, and removing its
//! objects.

use aws_lc_rs::rand;
use chrono::TimeDelta;
use domain::id::PhotoId;
use domain::photo::PhotoStatus;
use domain::refusal::Code;
use entity::photo;
use sea_orm::ActiveValue::Set;

use super::rejection::Rejection;
use super::rows;
use super::seal::{Wrap, WrappedKey};
use crate::app::App;
use crate::error::{ApiError, ApiResult};

/// How long a lease is valid without renewal. [`super::backlog`] renews it.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(60);

/// The data key that seals an original, in plaintext and in the wrapped form that is stored.
pub(super) struct DataKey {
    pub plain: [u8; 32],
    pub wrapped: WrappedKey,
}

impl DataKey {
    /// Generates a random 256-bit data key for a photo and wraps it.
    pub(super) fn fresh(photo: PhotoId, wrap: &dyn Wrap) -> ApiResult<Self> {
        let mut plain = [0; 32];
        rand::fill(&mut plain).map_err(ApiError::internal)?;
        Ok(Self { wrapped: wrap.wrap(photo, &plain)?, plain })
    }
}

/// Marks a photo as REJECTED and removes its incoming bytes.
pub(super) async fn reject(app: &App, seen: photo::Model, rejection: Rejection) -> ApiResult<photo::Model> {
    let change = photo::ActiveModel {
        status: Set(PhotoStatus::Rejected),
        reject_reason: Set(Some(rejection.code().to_owned())),
        incoming_key: Set(None),
        leased_until: Set(None),
        attempts: Set(0),
        ..Default::default()
    };
    change_row(app, &seen, change).await?;
    metrics::counter!("photos_total", "outcome" => rejection.code()).increment(1);
    discard(app, seen.incoming_key.as_deref()).await;
    rows::find(app.db(), seen.id).await
}

/// Updates the photo row. Fails with `CHANGED_MEANWHILE` if the row has changed since `seen` was read (optimistic
/// lock).
pub(super) async fn change_row(app: &App, seen: &photo::Model, change: photo::ActiveModel) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    if !rows::write(&txn, seen, change).await? {
        return Err(Code::ChangedMeanwhile.into());
    }
    app.commit(txn).await
}

/// Removes an object that no row refers to any more. If this fails, the sweep removes it later if it is an incoming
/// object; any other object stays in the store as an orphan.
pub(super) async fn discard(app: &App, key: Option<&str>) {
    let Some(key) = key else { return };
    if let Err(error) = app.photos.remove(key).await {
        tracing::warn!(cause = %error, "an object of a photo could not be deleted and remains in the store");
    }
}

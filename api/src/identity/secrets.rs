//! What only the reporter and the evidence need of a report (the place of the device, exact times, whom it accuses) and
//! of a photo (what it claims about itself), as sealed JSON.

use domain::id::{PhotoId, ReportId};
use entity::batch;
use entity::vault::photo_evidence;
use entity::vault::report_secret::{ActiveModel, Entity};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keys::Keys;
use super::seal::Place;
use crate::error::{ApiError, ApiResult};

/// Sealed texts are this long or a multiple, so that the length does not tell what is in them.
const STEP: usize = 512;

/// JSON, filled up with blanks, which JSON allows at its end.
pub(super) fn padded<T: Serialize>(content: &T) -> ApiResult<Zeroizing<Vec<u8>>> {
    let mut json = Zeroizing::new(serde_json::to_vec(content).map_err(ApiError::accident)?);
    let length = json.len().next_multiple_of(STEP);
    json.resize(length, b' ');
    Ok(json)
}

fn place(report: &ReportId) -> Place<'_> {
    Place::new("report_secret", "content_ct", report.0.as_bytes())
}

/// Writes the secrets of reports with one statement, in the transaction that writes the reports.
///
/// # Errors
/// A unique violation when a report has secrets already.
pub async fn write_secrets<C: ConnectionTrait, T: Serialize>(
    txn: &C,
    keys: &Keys,
    secrets: &[(ReportId, T)],
) -> ApiResult<()> {
    let mut rows = Vec::with_capacity(secrets.len());
    for (report, content) in secrets {
        let sealed = keys.seal(place(report), &padded(content)?)?;
        rows.push(ActiveModel { report_id: Set(*report), content_ct: Set(sealed.bytes), key_id: Set(sealed.key_id) });
    }
    batch::insert(txn, rows).await?;
    Ok(())
}

/// Reads the secrets of a report; whoever calls this has decided that they may be read.
///
/// # Errors
/// An accident when the row does not open or has another form than `T`.
pub async fn read_secret<C: ConnectionTrait, T: DeserializeOwned>(
    db: &C,
    keys: &Keys,
    report: ReportId,
) -> ApiResult<Option<T>> {
    let Some(row) = Entity::find_by_id(report).one(db).await? else {
        return Ok(None);
    };
    let json = keys.open(place(&report), &row.content_ct, &row.key_id)?;
    serde_json::from_slice(&json).map(Some).map_err(ApiError::accident)
}

fn photo_place(photo: &PhotoId) -> Place<'_> {
    Place::new("photo_evidence", "content_ct", photo.0.as_bytes())
}

/// Writes what a photo claims, in the transaction that verifies it.
///
/// # Errors
/// A unique violation when it was written before.
pub async fn write_evidence<C: ConnectionTrait, T: Serialize>(
    txn: &C,
    keys: &Keys,
    photo: PhotoId,
    evidence: &T,
) -> ApiResult<()> {
    let sealed = keys.seal(photo_place(&photo), &padded(evidence)?)?;
    let row =
        photo_evidence::ActiveModel { photo_id: Set(photo), content_ct: Set(sealed.bytes), key_id: Set(sealed.key_id) };
    photo_evidence::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// Reads what a photo claims; whoever calls this has decided that it may be read.
///
/// # Errors
/// An accident when the row does not open or has another form than `T`.
pub async fn read_evidence<C: ConnectionTrait, T: DeserializeOwned>(
    db: &C,
    keys: &Keys,
    photo: PhotoId,
) -> ApiResult<Option<T>> {
    let Some(row) = photo_evidence::Entity::find_by_id(photo).one(db).await? else {
        return Ok(None);
    };
    let json = keys.open(photo_place(&photo), &row.content_ct, &row.key_id)?;
    serde_json::from_slice(&json).map(Some).map_err(ApiError::accident)
}

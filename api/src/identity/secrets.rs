//! Report secrets and photo evidence, stored as encrypted JSON.
//!
//! A report's secrets are the data that officers do not need: the device location, exact times, the accused units. A
//! photo's evidence is what its file claims about itself.

use std::collections::HashMap;

use domain::id::{PhotoId, ReportId};
use entity::batch::{self, InsertSet};
use entity::vault::photo_evidence;
use entity::vault::report_secret::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::contact::{Contact, ContactRecord};
use super::keys::Keys;
use super::seal::SealAad;
use crate::error::{ApiError, ApiResult};

/// Plaintexts are padded to a multiple of this many bytes, so that the ciphertext length reveals little about the
/// content.
const STEP: usize = 512;

/// Serialises `content` to JSON and pads it with trailing spaces, which JSON allows.
pub(super) fn padded<T: Serialize>(content: &T) -> ApiResult<Zeroizing<Vec<u8>>> {
    let mut json = Zeroizing::new(serde_json::to_vec(content).map_err(ApiError::internal)?);
    let length = json.len().next_multiple_of(STEP);
    json.resize(length, b' ');
    Ok(json)
}

fn place(report: &ReportId) -> SealAad<'_> {
    SealAad::new("report_secret", "content_ct", report.0.as_bytes())
}

/// The plaintext of a report's secrets: the fields of the content, and the person on whose behalf the report was
/// submitted.
#[derive(Serialize)]
struct ReportSecret<'a, T> {
    #[serde(flatten)]
    content: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_behalf_of: Option<ContactRecord>,
}

/// Encrypts a report's secrets and adds the row to `inserts`, which the report's transaction writes. `content` must
/// serialise to a JSON object, because `on_behalf_of` becomes one of its fields.
///
/// # Errors
/// Returns an internal error if the content cannot be serialised or encrypted.
pub fn add_secret<T: Serialize>(
    inserts: &mut InsertSet,
    keys: &Keys,
    report: ReportId,
    content: &T,
    on_behalf_of: Option<&Contact>,
) -> ApiResult<()> {
    let secret = ReportSecret { content, on_behalf_of: on_behalf_of.map(Contact::record) };
    let sealed = keys.seal(place(&report), &padded(&secret)?)?;
    let row = ActiveModel { report_id: Set(report), content_ct: Set(sealed.bytes), key_id: Set(sealed.key_id) };
    inserts.add(vec![row])?;
    Ok(())
}

/// Decrypts a report's secrets. The caller must have checked that they may be read.
///
/// # Errors
/// Returns an internal error if the row cannot be decrypted or its content cannot be deserialised to `T`.
pub async fn read_secret<C: ConnectionTrait, T: DeserializeOwned>(
    db: &C,
    keys: &Keys,
    report: ReportId,
) -> ApiResult<Option<T>> {
    Ok(read_secrets(db, keys, vec![report]).await?.remove(&report))
}

/// Decrypts the secrets of these reports, loaded with one query. Reports without secrets have no entry in the map.
pub(super) async fn read_secrets<C: ConnectionTrait, T: DeserializeOwned>(
    db: &C,
    keys: &Keys,
    reports: Vec<ReportId>,
) -> ApiResult<HashMap<ReportId, T>> {
    let rows = Entity::find().filter(Column::ReportId.is_in(batch::padded(reports))).all(db).await?;
    let open = |row: &Model| {
        let json = keys.open(place(&row.report_id), &row.content_ct, &row.key_id)?;
        Ok((row.report_id, serde_json::from_slice(&json).map_err(ApiError::internal)?))
    };
    rows.iter().map(open).collect()
}

fn photo_place(photo: &PhotoId) -> SealAad<'_> {
    SealAad::new("photo_evidence", "content_ct", photo.0.as_bytes())
}

/// Encrypts and inserts a photo's evidence, in the transaction that marks the photo VERIFIED.
///
/// # Errors
/// Returns a unique violation if the photo already has evidence.
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

/// Decrypts a photo's evidence; `None` if there is none. The caller must have checked that it may be read.
///
/// # Errors
/// Returns an internal error if the row cannot be decrypted or its content cannot be deserialised to `T`.
pub async fn read_evidence<C: ConnectionTrait, T: DeserializeOwned>(
    db: &C,
    keys: &Keys,
    photo: PhotoId,
) -> ApiResult<Option<T>> {
    let Some(row) = photo_evidence::Entity::find_by_id(photo).one(db).await? else {
        return Ok(None);
    };
    let json = keys.open(photo_place(&photo), &row.content_ct, &row.key_id)?;
    serde_json::from_slice(&json).map(Some).map_err(ApiError::internal)
}

//! Binds texts and photos to the journal. An event names them by id only, so that its payload holds no free text; the hash
//! of each stands beside its id. Nobody who can write the database can then change a reason, an amendment or a photo
//! without a trace.

use std::collections::{HashMap, HashSet};

use domain::note::NOTE_FIELDS;
use entity::{amendment, note, photo};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};

/// The field of a payload that names an amendment.
const AMENDMENT: &str = "amendment";
/// The field of a payload that lists photos.
const PHOTOS: &str = "photos";
/// The suffix of the field that holds the hash.
const SUFFIX: &str = "_sha256";

/// The hashes of the rows that some events name, as hexadecimal digits.
#[derive(Debug, Default)]
struct Hashes(HashMap<Uuid, String>);

/// Adds to each payload the hash of every note, amendment and photo that it names. The rows must have been written in
/// this transaction or before.
///
/// # Errors
/// An internal error if a row is missing.
pub(super) async fn bind<C: ConnectionTrait>(txn: &C, texts: Vec<&mut String>) -> ApiResult<()> {
    let mut payloads = Vec::new();
    for text in texts {
        let payload: Value = serde_json::from_str(text).map_err(ApiError::internal)?;
        if let Value::Object(payload) = payload
            && NOTE_FIELDS.iter().chain(&[AMENDMENT, PHOTOS]).any(|field| payload.contains_key(*field))
        {
            payloads.push((text, payload));
        }
    }
    if payloads.is_empty() {
        return Ok(());
    }
    let named = |fields: &[&str]| ids(payloads.iter().map(|(_, payload)| payload), fields);
    let (notes, amendments, photos) = (named(&NOTE_FIELDS), named(&[AMENDMENT]), named(&[PHOTOS]));
    let hashes = Hashes::load(txn, notes, amendments, photos).await?;
    for (text, mut payload) in payloads {
        hashes.add(&mut payload)?;
        *text = serde_json_canonicalizer::to_string(&payload).map_err(ApiError::internal)?;
    }
    Ok(())
}

/// Returns the ids under these fields: one id, or a list of them.
fn ids<'a>(payloads: impl Iterator<Item = &'a Map<String, Value>>, fields: &[&str]) -> HashSet<Uuid> {
    payloads
        .flat_map(|payload| fields.iter().filter_map(|field| payload.get(*field)))
        .flat_map(|value| value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice))
        .filter_map(uuid)
        .collect()
}

fn uuid(value: &Value) -> Option<Uuid> {
    value.as_str().and_then(|text| text.parse().ok())
}

/// Returns the hash of a text. The random id before the text keeps equal texts from having equal hashes.
fn of_text(id: Uuid, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"chuishao/text/1");
    hash.update(id.as_bytes());
    hash.update(text.as_bytes());
    hex::encode(hash.finalize())
}

impl Hashes {
    async fn load<C: ConnectionTrait>(
        txn: &C,
        notes: HashSet<Uuid>,
        amendments: HashSet<Uuid>,
        photos: HashSet<Uuid>,
    ) -> ApiResult<Self> {
        let mut hashes = HashMap::new();
        if !notes.is_empty() {
            let rows = note::Entity::find().filter(note::COLUMN.id.is_in(notes)).all(txn).await?;
            hashes.extend(rows.into_iter().map(|row| (row.id.0, of_text(row.id.0, &row.text))));
        }
        if !amendments.is_empty() {
            let rows = amendment::Entity::find().filter(amendment::COLUMN.id.is_in(amendments)).all(txn).await?;
            hashes.extend(rows.into_iter().map(|row| (row.id.0, of_text(row.id.0, &row.text))));
        }
        if !photos.is_empty() {
            let rows = photo::Entity::find().filter(photo::COLUMN.id.is_in(photos)).all(txn).await?;
            hashes.extend(rows.into_iter().map(|row| (row.id.0, hex::encode(row.sha256))));
        }
        Ok(Self(hashes))
    }

    fn add(&self, payload: &mut Map<String, Value>) -> ApiResult<()> {
        for field in NOTE_FIELDS.iter().chain(&[AMENDMENT]) {
            if let Some(id) = payload.get(*field).and_then(uuid) {
                payload.insert(format!("{field}{SUFFIX}"), Value::from(self.of(id)?));
            }
        }
        if let Some(photos) = payload.get(PHOTOS).and_then(Value::as_array) {
            let hashes = photos.iter().filter_map(uuid).map(|id| self.of(id).map(Value::from));
            let hashes: Vec<Value> = hashes.collect::<ApiResult<_>>()?;
            payload.insert(format!("{PHOTOS}{SUFFIX}"), Value::from(hashes));
        }
        Ok(())
    }

    /// Returns the hash of a row that an event names. An event that names a row which is not there would bind nothing, so
    /// it is an internal error.
    fn of(&self, id: Uuid) -> ApiResult<&str> {
        let hash = self.0.get(&id).map(String::as_str);
        hash.ok_or_else(|| ApiError::internal("an event names a text or a photo that is not stored"))
    }
}

//! Reads the reports from the database, with the number of rows that belong to each.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::content::Digest;
use domain::photo::PhotoStatus;
use entity::{clock, event, event_waiting, hazard, journal, photo, report, vault};
use sea_orm::{DatabaseConnection, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::load::written::{Announced, Written};

/// A report in the database.
#[derive(Debug, Clone)]
pub struct Row {
    /// The report id.
    pub report: Uuid,
    /// The digest of the submission id.
    pub key: Digest,
    /// The content hash.
    pub hash: String,
    /// The text of the report.
    pub text: String,
    /// As given, 1e-7 degree.
    pub lng_e7: i64,
    /// As given, 1e-7 degree.
    pub lat_e7: i64,
    /// Whether it was submitted as an emergency.
    pub emergency: bool,
    /// When the server received it.
    pub received_at: DateTime<Utc>,
    /// The numbers of its rows in other tables.
    pub parts: Parts,
}

/// The number of rows of each kind that belong to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Events that record its receipt.
    pub received: usize,
    /// Sealed authorship rows.
    pub authors: usize,
    /// Sealed rows with the data that only its author may read.
    pub secrets: usize,
    /// Clocks of its stream or of its hazard's stream.
    pub clocks: usize,
    /// Announced photos.
    pub photos: usize,
    /// Hazards that it references.
    pub hazards: usize,
}

/// Reads all reports.
///
/// # Errors
/// Whatever the database says.
pub async fn read(db: &DatabaseConnection) -> Result<Vec<Row>, DbErr> {
    let received = event::Entity::find().filter(event::COLUMN.kind.eq("RECEIVED"));
    let received = counted(received.select_only().column(event::Column::Stream).into_tuple::<String>().all(db).await?);
    let authors = vault::authorship::Entity::find().select_only().column(vault::authorship::Column::ReportId);
    let authors = counted(authors.into_tuple::<Uuid>().all(db).await?);
    let secrets = vault::report_secret::Entity::find().select_only().column(vault::report_secret::Column::ReportId);
    let secrets = counted(secrets.into_tuple::<Uuid>().all(db).await?);
    let clocks = clock::Entity::find().select_only().column(clock::Column::Stream);
    let clocks = counted(clocks.into_tuple::<String>().all(db).await?);
    let photos = photo::Entity::find().select_only().column(photo::Column::ParentId);
    let photos = counted(photos.into_tuple::<Uuid>().all(db).await?);
    let hazards = hazard::Entity::find().select_only().column(hazard::Column::Id);
    let hazards = counted(hazards.into_tuple::<Uuid>().all(db).await?);
    let parts_of = |row: &report::Model| {
        let (id, stream) = (row.id.0, format!("report:{}", row.id.0));
        let of_hazard = row.hazard_id.map(|id| format!("hazard:{}", id.0));
        let clocks_of = |stream: &String| clocks.get(stream).copied().unwrap_or_default();
        Parts {
            received: received.get(&stream).copied().unwrap_or_default(),
            authors: authors.get(&id).copied().unwrap_or_default(),
            secrets: secrets.get(&id).copied().unwrap_or_default(),
            clocks: clocks_of(&stream) + of_hazard.as_ref().map_or(0, clocks_of),
            photos: photos.get(&id).copied().unwrap_or_default(),
            hazards: row.hazard_id.and_then(|id| hazards.get(&id.0).copied()).unwrap_or_default(),
        }
    };
    let rows = report::Entity::find().all(db).await?;
    Ok(rows.iter().map(|row| Row::of(row, parts_of(row))).collect())
}

impl Row {
    fn of(row: &report::Model, parts: Parts) -> Self {
        Self {
            report: row.id.0,
            key: row.submission_key.as_slice().try_into().map_or(Digest([0; 32]), Digest),
            hash: hex::encode(&row.content_hash),
            text: row.text.clone(),
            lng_e7: row.given_lng_e7,
            lat_e7: row.given_lat_e7,
            emergency: row.emergency,
            received_at: row.received_at,
            parts,
        }
    }
}

fn counted<K: std::hash::Hash + Eq>(keys: Vec<K>) -> HashMap<K, usize> {
    let mut counts = HashMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// Returns a description of each photo that was to be uploaded and is not `VERIFIED` with the announced hash.
///
/// # Errors
/// Whatever the database says.
pub async fn lacking_photos(
    db: &DatabaseConnection,
    written: impl Iterator<Item = &Written>,
) -> Result<Vec<String>, DbErr> {
    let rows = photo::Entity::find().all(db).await?;
    let rows: HashMap<Uuid, photo::Model> = rows.into_iter().map(|row| (row.client_id, row)).collect();
    let coming = written.flat_map(|one| &one.photos).filter(|photo| photo.number.is_some());
    let is_whole = |photo: &Announced, row: &photo::Model| {
        row.status == PhotoStatus::Verified
            && hex::encode(&row.sha256) == photo.sha256
            && row.bytes == i64::from(photo.bytes)
    };
    let lacking = coming.filter(|photo| !rows.get(&photo.id).is_some_and(|row| is_whole(photo, row)));
    Ok(lacking.map(|photo| format!("{photo:?} did not come: {:?}", rows.get(&photo.id))).collect())
}

/// Describes the faults of the journal: events without a position, or gaps between positions. Events that wait for the
/// sequencer count as faults, so the caller polls until none are left.
///
/// # Errors
/// Whatever the database says.
pub async fn journal_faults(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let waiting = event_waiting::Entity::find().count(db).await?;
    let events = event::Entity::find().count(db).await?;
    let positions = journal::Entity::find().select_only().column(journal::Column::Position);
    let positions: Vec<i64> = positions.order_by_asc(journal::Column::Position).into_tuple().all(db).await?;
    let mut faults = Vec::new();
    if waiting > 0 {
        faults.push(format!("{waiting} events wait for their position"));
    }
    if events != positions.len() as u64 {
        faults.push(format!("{events} events have {} positions", positions.len()));
    }
    if let Some((wanted, at)) = (1..).zip(&positions).find(|(wanted, at)| wanted != *at) {
        faults.push(format!("position {wanted} is missing, the next is {at}"));
    }
    Ok(faults)
}

//! A summary of the database rows: the schema version, the row counts, the last journal position, and the photo objects
//! that the rows need.

use std::collections::{BTreeMap, HashSet};

use domain::id::PhotoId;
use domain::photo::PhotoStatus;
use entity::{journal, photo};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect, Statement};

use crate::identity::LOGIN_TABLES;
use crate::photo::resumable;

/// The summary of the database rows.
#[derive(Debug)]
pub(super) struct Contents {
    /// The name of the newest applied migration.
    pub(super) schema: String,
    /// The last position of the journal, or 0 if the journal is empty.
    pub(super) journal_position: i64,
    /// The row count of each table, without the tables that a backup omits.
    pub(super) rows: BTreeMap<String, u64>,
    /// The photo objects that the rows need. Objects that may be removed soon come first, so that they are copied
    /// first.
    pub(super) objects: Vec<PhotoObject>,
    /// The photo objects that phones have announced. Only the store knows whether they have arrived.
    pub(super) expected: Vec<PhotoObject>,
    /// The keys of expected objects whose resumable upload is complete.
    pub(super) whole: HashSet<String>,
}

/// Returns the tables that a backup omits. A table comes before the tables that it references, so that rows can be
/// deleted in this order.
pub(super) fn left_out() -> impl Iterator<Item = &'static str> {
    LOGIN_TABLES.into_iter().chain(resumable::TABLES)
}

/// A photo object in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PhotoObject {
    /// The photo to which the object belongs.
    pub(super) photo: PhotoId,
    /// The key of the object in the store.
    pub(super) key: String,
    /// Whether the photo is lost if the object is missing.
    pub(super) is_needed: bool,
}

/// A photo with its status and the keys of its objects: as uploaded, sealed original, display version, thumbnail.
type KeysOfPhoto = (PhotoId, PhotoStatus, Option<String>, Option<String>, Option<String>, Option<String>);

/// Reads the summary. In a snapshot transaction, it describes that snapshot.
pub(super) async fn read<C: ConnectionTrait>(db: &C) -> Result<Contents, DbErr> {
    let newest = "SELECT version AS found FROM seaql_migrations ORDER BY version DESC LIMIT 1";
    let schema = text(db, newest).await?.pop().unwrap_or_default();
    let mut rows = BTreeMap::new();
    for table in tables(db).await? {
        if !left_out().any(|name| name == table) {
            let count = count(db, &table).await?;
            rows.insert(table, count);
        }
    }
    let last = journal::Entity::find().select_only().column_as(journal::COLUMN.position.max(), "last");
    let journal_position = last.into_tuple::<Option<i64>>().one(db).await?.flatten().unwrap_or_default();
    let (objects, expected) = objects(db).await?;
    let whole = resumable::whole_keys(db).await?;
    Ok(Contents { schema, journal_position, rows, objects, expected, whole })
}

/// Returns the needed and the expected objects. A photo that waits for the darkroom needs the uploaded object; a
/// verified photo needs its original and its display versions.
async fn objects<C: ConnectionTrait>(db: &C) -> Result<(Vec<PhotoObject>, Vec<PhotoObject>), DbErr> {
    let needed = photo::COLUMN.status.is_in([PhotoStatus::Receiving, PhotoStatus::Stored, PhotoStatus::Verified]);
    let columns = [
        photo::Column::Id,
        photo::Column::Status,
        photo::Column::IncomingKey,
        photo::Column::OriginalKey,
        photo::Column::DisplayKey,
        photo::Column::ThumbnailKey,
    ];
    let found: Vec<KeysOfPhoto> =
        photo::Entity::find().select_only().columns(columns).filter(needed).into_tuple().all(db).await?;
    let (mut expected, mut waiting, mut ready) = (Vec::new(), Vec::new(), Vec::new());
    for (photo, status, incoming, original, display, thumbnail) in found {
        let object = |key| PhotoObject { photo, key, is_needed: status != PhotoStatus::Receiving };
        match status {
            PhotoStatus::Receiving => expected.extend(incoming.map(object)),
            PhotoStatus::Stored => waiting.extend(incoming.map(object)),
            PhotoStatus::Verified | PhotoStatus::Expected | PhotoStatus::Rejected => {
                ready.extend([original, display, thumbnail].into_iter().flatten().map(object));
            }
        }
    }
    waiting.append(&mut ready);
    Ok((waiting, expected))
}

/// Returns the names of all tables, including tables of other programs.
async fn tables<C: ConnectionTrait>(db: &C) -> Result<Vec<String>, DbErr> {
    let ask = match db.get_database_backend() {
        DbBackend::Postgres => "SELECT tablename AS found FROM pg_tables WHERE schemaname = current_schema()",
        _ => "SELECT name AS found FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    };
    text(db, ask).await
}

async fn count<C: ConnectionTrait>(db: &C, table: &str) -> Result<u64, DbErr> {
    let ask = format!(r#"SELECT count(*) AS found FROM "{}""#, table.replace('"', "\"\""));
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), ask)).await?;
    let found: i64 = row.map_or(Ok(0), |row| row.try_get("", "found"))?;
    Ok(u64::try_from(found).unwrap_or_default())
}

async fn text<C: ConnectionTrait>(db: &C, ask: &str) -> Result<Vec<String>, DbErr> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), ask)).await?;
    rows.iter().map(|row| row.try_get("", "found")).collect()
}

//! What the rows of a database say about themselves: the schema, how many there are, how far the journal has come, and
//! which objects of photos they need.

use std::collections::{BTreeMap, HashSet};

use domain::id::PhotoId;
use domain::photo::PhotoStatus;
use entity::{journal, photo};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QuerySelect, Statement};

use crate::identity::LOGIN_TABLES;
use crate::photo::resumable;

/// What the rows say.
#[derive(Debug)]
pub(super) struct Contents {
    /// The newest migration of the schema.
    pub(super) schema: String,
    /// The last position of the journal; 0 when nothing has one.
    pub(super) journal_position: i64,
    /// How many rows each table has, but for those that a backup leaves out.
    pub(super) rows: BTreeMap<String, u64>,
    /// The objects that photos need: what may vanish soon first.
    pub(super) objects: Vec<Object>,
    /// Objects that are expected. Whether they came is known to the store.
    pub(super) expected: Vec<Object>,
    /// The keys of those that came whole, in pieces.
    pub(super) whole: HashSet<String>,
}

/// Tables whose rows a backup leaves out, those that name others first.
pub(super) fn left_out() -> impl Iterator<Item = &'static str> {
    LOGIN_TABLES.into_iter().chain(resumable::TABLES)
}

/// An object of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object {
    /// The photo.
    pub(super) photo: PhotoId,
    /// Where it lies.
    pub(super) key: String,
    /// Whether its photo is lost where it is not there.
    pub(super) is_needed: bool,
}

/// Keys of a photo's row: as it came, sealed, to be shown.
type KeysOfPhoto = (PhotoId, PhotoStatus, Option<String>, Option<String>, Option<String>, Option<String>);

/// Asks the rows. What is asked in a snapshot holds for that snapshot.
///
/// # Errors
/// Whatever the database says.
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

/// The objects that rows need: of a photo that waits what came, of one that is verified the original and what is shown.
/// And those that rows only expect.
///
/// # Errors
/// Whatever the database says.
async fn objects<C: ConnectionTrait>(db: &C) -> Result<(Vec<Object>, Vec<Object>), DbErr> {
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
        let object = |key| Object { photo, key, is_needed: status != PhotoStatus::Receiving };
        match status {
            PhotoStatus::Receiving => expected.extend(incoming.map(object)),
            PhotoStatus::Stored => waiting.extend(incoming.map(object)),
            _ => ready.extend([original, display, thumbnail].into_iter().flatten().map(object)),
        }
    }
    waiting.append(&mut ready);
    Ok((waiting, expected))
}

/// The tables, of ours and of whoever else.
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

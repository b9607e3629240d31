//! A database and keys in a folder that goes away.

use chrono::{DateTime, Utc};
use sea_orm::DatabaseConnection;
use tempfile::TempDir;

use super::keys::Keys;
use crate::database::Database;

/// What the tests of this slice stand on.
pub(super) struct World {
    pub(super) database: Database,
    pub(super) keys: Keys,
    pub(super) now: DateTime<Utc>,
    _folder: TempDir,
}

impl World {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::make(&folder.path().join("keys")).unwrap();
        let database = Database::open_sqlite(folder.path()).await.unwrap();
        database.migrate().await.unwrap();
        Self {
            database,
            keys,
            now: "2026-11-24T01:00:00Z".parse().unwrap(),
            _folder: folder,
        }
    }

    pub(super) fn db(&self) -> &DatabaseConnection {
        &self.database.read
    }
}

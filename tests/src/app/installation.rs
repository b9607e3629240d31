//! The installation of a server: its own data folder, and the database, keys and photo store that all processes of the
//! installation share.

use std::{
    path::{Path, PathBuf},
    process::Output,
    sync::Arc,
};

use sea_orm::DatabaseConnection;
use tempfile::TempDir;

use super::{
    binary,
    setup::{KEYS, Shared},
};
use crate::{postgres::Database, scratch, store::Store};

/// The database, keys, photo store and data folder of a server. They exist whether the server is running or not.
#[derive(Debug)]
pub struct Installation {
    pub(super) shared: Arc<Shared>,
    data: TempDir,
}

impl Installation {
    pub(super) fn of(shared: Arc<Shared>) -> Self {
        Self { shared, data: scratch::folder() }
    }

    /// Runs a command of the binary with the settings of this installation.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        binary::run(arguments, &self.settings()).await
    }

    /// Returns the key folder.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.shared.folder.path().join(KEYS)
    }

    /// Returns the S3 store for photos, or `None` if photos are stored in a folder.
    #[must_use]
    pub fn store(&self) -> Option<&Store> {
        self.shared.store.as_ref()
    }

    /// Returns the data folder of this process.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Returns the URL of the PostgreSQL database, or `None` on SQLite.
    #[must_use]
    pub fn database_url(&self) -> Option<&str> {
        self.shared.database.as_ref().map(Database::url)
    }

    /// Connects to the database directly, bypassing the server, to inspect rows or to act as an attacker who has stolen
    /// the disk.
    pub async fn rows(&self) -> DatabaseConnection {
        self.shared.rows_in(self.data.path()).await
    }

    pub(super) fn settings(&self) -> Vec<(String, String)> {
        self.shared.settings_for(self.data.path())
    }
}

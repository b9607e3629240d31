//! What a server finds when it starts: its data folder, and what it shares with the other processes of its installation.

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

/// The database, keys, photos and data folder of a server, whether it runs or not.
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

    /// Returns the folder of the keys.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.shared.folder.path().join(KEYS)
    }

    /// Returns the store of the photos, unless they lie in a folder.
    #[must_use]
    pub fn store(&self) -> Option<&Store> {
        self.shared.store.as_ref()
    }

    /// Returns the data folder of this process.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Returns the URL of the database, unless it is an SQLite file.
    #[must_use]
    pub fn database_url(&self) -> Option<&str> {
        self.shared.database.as_ref().map(Database::url)
    }

    /// Connects to the rows behind the server's back: to look, and to do what a thief of the disk would.
    pub async fn rows(&self) -> DatabaseConnection {
        self.shared.rows_in(self.data.path()).await
    }

    pub(super) fn settings(&self) -> Vec<(String, String)> {
        self.shared.settings_for(self.data.path())
    }
}

//! The settings of a command that runs without a server.

use std::process::Output;

use super::{binary, setup::store_settings};
use crate::{postgres::Database, store::Store};

/// The `CHUISHAO_…` environment variables of a command. It inherits none from the developer's shell.
#[derive(Debug, Clone, Default)]
pub struct Settings(Vec<(String, String)>);

impl Settings {
    /// Creates settings that are all at their defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an environment variable. A later value for the same name takes precedence.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Selects this PostgreSQL database.
    #[must_use]
    pub fn database(self, database: &Database) -> Self {
        self.set("CHUISHAO_DATABASE_URL", database.url())
    }

    /// Selects this S3 store for photos.
    #[must_use]
    pub fn store(mut self, store: &Store) -> Self {
        self.0.extend(store_settings(store));
        self
    }
}

/// Runs a command of the binary to completion.
pub async fn run(arguments: &[&str], settings: &Settings) -> Output {
    binary::run(arguments, &settings.0).await
}

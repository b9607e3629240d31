//! Settings of a command that is run by itself, without a server beside it.

use std::process::Output;

use super::{binary, setup::store_settings};
use crate::{postgres::Database, store::Store};

/// Environment variables of a command; none of the tester's own shell reach it.
#[derive(Debug, Clone, Default)]
pub struct Settings(Vec<(String, String)>);

impl Settings {
    /// Returns the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more environment variable; a later one of the same name wins.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Rows in this database.
    #[must_use]
    pub fn database(self, database: &Database) -> Self {
        self.set("CHUISHAO_DATABASE_URL", database.url())
    }

    /// Photos in this store.
    #[must_use]
    pub fn store(mut self, store: &Store) -> Self {
        self.0.extend(store_settings(store));
        self
    }
}

/// Runs a command of the binary to its end.
pub async fn run(arguments: &[&str], settings: &Settings) -> Output {
    binary::run(arguments, &settings.0).await
}

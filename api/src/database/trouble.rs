//! Whether the database takes writes: a disk may be full, or fail, while everything on it can still be read.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{ConnectionTrait, DbErr};
use tokio::sync::{Mutex, MutexGuard};

use super::Database;
use crate::error::is_passing;

/// Rows that are written to see whether the database takes writes, and bytes of each: no more than an index of PostgreSQL
/// takes.
const TRIED_ROWS: usize = 32;
const TRIED_BYTES: usize = 2_000;

/// What the last write has shown.
#[derive(Debug, Default)]
pub struct Trouble {
    is_there: AtomicBool,
    trying: Mutex<()>,
}

impl Trouble {
    /// Whether the last write failed for a reason that passes: disk full, an error of it, no connection.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.is_there.load(Ordering::Relaxed)
    }

    /// Remembers how a write ended. What is wrong with the write itself says nothing of the disk.
    pub fn saw<T>(&self, written: &Result<T, DbErr>) {
        match written {
            Ok(_) => self.is_there.store(false, Ordering::Relaxed),
            Err(error) if is_passing(error) => self.begins(),
            Err(_) => {}
        }
    }

    /// A write failed for a reason that passes.
    pub fn begins(&self) {
        self.is_there.store(true, Ordering::Relaxed);
    }

    /// The turn to try whether it has passed, where there is trouble and nobody else is trying.
    fn turn_to_try(&self) -> Option<MutexGuard<'_, ()>> {
        if self.is_there() { self.trying.try_lock().ok() } else { None }
    }
}

impl Database {
    /// Whether it takes writes: as the last one ended, and where that failed, as one ends that is made now. One at a
    /// time tries; for others nothing has changed meanwhile.
    pub async fn takes_writes(&self) -> bool {
        let Some(_turn) = self.trouble.turn_to_try() else { return !self.trouble.is_there() };
        let written = self.write_something().await;
        self.trouble.saw(&written);
        written.is_ok()
    }

    /// Writes rows and removes them, about as much as a report writes, so that something has to reach the disk and nothing has
    /// changed. (A row that is written anew as it is costs SQLite nothing.)
    async fn write_something(&self) -> Result<(), DbErr> {
        let rows: Vec<String> = (0..TRIED_ROWS).map(|row| format!("('tried {row:0>TRIED_BYTES$}', 0)")).collect();
        let txn = self.begin_write().await?;
        let insert = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES {}", rows.join(","));
        txn.execute_unprepared(&insert).await?;
        txn.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE 'tried %'").await?;
        txn.commit().await
    }
}

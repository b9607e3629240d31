//! Remembers whether the database accepts writes: a full or failing disk may still be readable.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{ConnectionTrait, DbErr};
use tokio::sync::{Mutex, MutexGuard};

use super::Database;
use crate::error::is_passing;

/// The rows of a test write, and the bytes of each row, which must fit into an index entry of PostgreSQL.
const TRIED_ROWS: usize = 32;
const TRIED_BYTES: usize = 2_000;

/// Remembers whether the last write failed because of the database.
#[derive(Debug, Default)]
pub struct Trouble {
    is_there: AtomicBool,
    trying: Mutex<()>,
}

impl Trouble {
    /// Returns whether the last write failed for a reason that may pass: a full disk, a disk error, no connection.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.is_there.load(Ordering::Relaxed)
    }

    /// Remembers the result of a write. An error of the write itself does not count, since it does not concern the
    /// disk.
    pub fn saw<T>(&self, written: &Result<T, DbErr>) {
        match written {
            Ok(_) => self.is_there.store(false, Ordering::Relaxed),
            Err(error) if is_passing(error) => self.begins(),
            Err(_) => {}
        }
    }

    /// Remembers that a write failed for a reason that may pass.
    pub fn begins(&self) {
        self.is_there.store(true, Ordering::Relaxed);
    }

    /// Returns the guard of the test write; `None` if the last write succeeded or another task is testing.
    fn turn_to_try(&self) -> Option<MutexGuard<'_, ()>> {
        if self.is_there() { self.trying.try_lock().ok() } else { None }
    }
}

impl Database {
    /// Checks whether the database accepts writes. If the last write failed, makes a test write. Only one task tests at
    /// a time; for the others the last result counts.
    pub async fn takes_writes(&self) -> bool {
        let Some(_turn) = self.trouble.turn_to_try() else { return !self.trouble.is_there() };
        let written = self.write_something().await;
        self.trouble.saw(&written);
        written.is_ok()
    }

    /// Inserts rows of about the size of a report and deletes them, so that data must reach the disk, but the content
    /// stays the same. An update to the same value would not do, because SQLite then writes no page.
    async fn write_something(&self) -> Result<(), DbErr> {
        let rows: Vec<String> = (0..TRIED_ROWS).map(|row| format!("('tried {row:0>TRIED_BYTES$}', 0)")).collect();
        let txn = self.begin_write().await?;
        let insert = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES {}", rows.join(","));
        txn.execute_unprepared(&insert).await?;
        txn.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE 'tried %'").await?;
        txn.commit().await
    }
}

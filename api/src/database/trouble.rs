//! Whether the database takes writes: a disk may be full, or fail, while everything on it can still be read.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::DbErr;
use tokio::sync::{Mutex, MutexGuard};

use crate::error::is_passing;

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
    pub(super) fn turn_to_try(&self) -> Option<MutexGuard<'_, ()>> {
        if self.is_there() { self.trying.try_lock().ok() } else { None }
    }
}

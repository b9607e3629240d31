//! An atomic counter that many tasks increment.

use std::sync::atomic::{AtomicU64, Ordering};

/// A shared counter. It is updated with relaxed ordering, since nothing else depends on its value.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Increments the counter by one.
    pub fn one(&self) {
        self.add(1);
    }

    /// Increments the counter by `more`.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// Returns the current value.
    pub fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

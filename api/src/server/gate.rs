//! The gate: how many requests are worked on at once, and how many may wait for their turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::refusal::Code;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ApiResult;

/// Bounds the work in flight and the queue before it.
#[derive(Debug, Clone)]
pub struct Gate {
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    queue: usize,
    in_flight: usize,
}

/// Counts one who waits, also when they stop waiting early.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Gate {
    /// A gate with `in_flight` places and a queue of `queue`.
    #[must_use]
    pub fn new(in_flight: usize, queue: usize) -> Self {
        let in_flight = in_flight.max(1);
        Self { places: Arc::new(Semaphore::new(in_flight)), waiting: Arc::default(), queue, in_flight }
    }

    /// Waits for a place; it is given back when the permit is dropped.
    ///
    /// # Errors
    /// `TRY_LATER` when the queue is full or the server is stopping.
    pub async fn enter(&self) -> ApiResult<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(permit);
        }
        let waiting = self.waiting.fetch_add(1, Ordering::AcqRel);
        let _counted = Waiting(&self.waiting);
        if waiting >= self.queue {
            return Err(Code::TryLater.into());
        }
        Arc::clone(&self.places).acquire_owned().await.map_err(|_closed| Code::TryLater.into())
    }

    /// Waits until everybody who is inside has left; nobody new comes in.
    pub async fn drain(&self) {
        let all = u32::try_from(self.in_flight).unwrap_or(u32::MAX);
        let _everybody = self.places.acquire_many(all).await;
        self.places.close();
    }
}

#[cfg(test)]
mod tests {
    use super::Gate;

    #[tokio::test]
    async fn who_finds_the_queue_full_is_told_to_come_later() {
        let gate = Gate::new(1, 0);
        let inside = gate.enter().await.unwrap();
        assert!(gate.enter().await.is_err());
        drop(inside);
        assert!(gate.enter().await.is_ok());
    }
}

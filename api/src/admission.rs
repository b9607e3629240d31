//! The admission: how many requests are worked on at once, and how many may wait for their priority.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::refusal::Code;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ApiResult;

/// What a request brings, by which it gets its priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    /// A report that people are in danger.
    Emergency,
    /// What somebody waits for.
    Live,
    /// Reports that waited in a phone, up to twenty a request.
    Queued,
}

/// Emergencies have places beside the others: one for so many.
const EMERGENCY_PART: usize = 4;
/// So have the queues of phones. Few, since each request brings many reports: all phones of a district that come back at
/// once must not take the processors from who sees something now.
const QUEUED_PART: usize = 16;

/// A gate for each kind of priority: whoever comes through one never stands behind those of another.
#[derive(Debug, Clone)]
pub(crate) struct AdmissionControl {
    emergency: ConcurrencyLimit,
    live: ConcurrencyLimit,
    queued: ConcurrencyLimit,
}

impl AdmissionControl {
    /// Limits with `in_flight` places for what is live, and some for the others beside them. At each, `queue` may wait.
    #[must_use]
    pub(crate) fn new(in_flight: usize, queue: usize) -> Self {
        Self {
            emergency: ConcurrencyLimit::new(in_flight / EMERGENCY_PART, queue),
            live: ConcurrencyLimit::new(in_flight, queue),
            queued: ConcurrencyLimit::new(in_flight / QUEUED_PART, queue),
        }
    }

    /// The gate of this priority.
    #[must_use]
    pub(crate) const fn of(&self, priority: Priority) -> &ConcurrencyLimit {
        match priority {
            Priority::Emergency => &self.emergency,
            Priority::Live => &self.live,
            Priority::Queued => &self.queued,
        }
    }

    /// Waits until everybody who is inside has left; nobody new comes in.
    pub(crate) async fn drain(&self) {
        futures::join!(self.emergency.drain(), self.live.drain(), self.queued.drain());
    }
}

/// Bounds the work in flight and the queue before it.
#[derive(Debug, Clone)]
pub(crate) struct ConcurrencyLimit {
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    queue: usize,
    in_flight: usize,
}

/// Counts one who waits, also when they stop waiting early.
struct QueueGuard<'a>(&'a AtomicUsize);

impl Drop for QueueGuard<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl ConcurrencyLimit {
    fn new(in_flight: usize, queue: usize) -> Self {
        let in_flight = in_flight.max(1);
        Self { places: Arc::new(Semaphore::new(in_flight)), waiting: Arc::default(), queue, in_flight }
    }

    /// Waits for a place; it is given back when the permit is dropped.
    ///
    /// # Errors
    /// `TRY_LATER` when the queue is full or the server is stopping.
    pub(crate) async fn enter(&self) -> ApiResult<OwnedSemaphorePermit> {
        if let Ok(permit) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(permit);
        }
        let waiting = self.waiting.fetch_add(1, Ordering::AcqRel);
        let _counted = QueueGuard(&self.waiting);
        if waiting >= self.queue {
            return Err(Code::TryLater.into());
        }
        Arc::clone(&self.places).acquire_owned().await.map_err(|_closed| Code::TryLater.into())
    }

    async fn drain(&self) {
        let all = u32::try_from(self.in_flight).unwrap_or(u32::MAX);
        let _everybody = self.places.acquire_many(all).await;
        self.places.close();
    }
}

#[cfg(test)]
mod tests {
    use super::{AdmissionControl, Priority};

    #[tokio::test]
    async fn who_finds_the_queue_full_is_told_to_come_later() {
        let priorities = [Priority::Emergency, Priority::Live, Priority::Queued];
        let admission = AdmissionControl::new(1, 0);
        for priority in priorities {
            let inside = admission.of(priority).enter().await.unwrap();
            assert!(admission.of(priority).enter().await.is_err());
            for other in priorities.into_iter().filter(|other| *other != priority) {
                assert!(admission.of(other).enter().await.is_ok(), "{other:?} does not stand behind {priority:?}");
            }
            drop(inside);
            assert!(admission.of(priority).enter().await.is_ok());
        }
    }
}

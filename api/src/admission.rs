//! Admission control: limits how many requests of each priority run concurrently, and how many wait in the queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::refusal::Code;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ApiResult;

/// The priority class of a request, which `server::priority` derives from the GraphQL document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    /// The request submits a report that is marked as an emergency: people are in danger.
    Emergency,
    /// Somebody is waiting for the response.
    Live,
    /// The request submits up to twenty reports that were queued in a phone while it was offline.
    Queued,
}

/// The divisor for emergencies: they have one slot for every four slots of live requests, at least one.
const EMERGENCY_PART: usize = 4;
/// The divisor for queued reports: they have one slot for every sixteen slots of live requests, at least one. The slots
/// are few because each request carries many reports: if all phones of a district come back online at once, they must
/// not take the CPU from people who report something now.
const QUEUED_PART: usize = 16;

/// One concurrency limit for each priority, so that no request waits for a request of another priority.
#[derive(Debug, Clone)]
pub(crate) struct AdmissionControl {
    emergency: ConcurrencyLimit,
    live: ConcurrencyLimit,
    queued: ConcurrencyLimit,
}

impl AdmissionControl {
    /// Creates the limits: `in_flight` slots for live requests, and additional slots for the other priorities. For each
    /// priority, `queue` requests may wait.
    #[must_use]
    pub(crate) fn new(in_flight: usize, queue: usize) -> Self {
        Self {
            emergency: ConcurrencyLimit::new(in_flight / EMERGENCY_PART, queue),
            live: ConcurrencyLimit::new(in_flight, queue),
            queued: ConcurrencyLimit::new(in_flight / QUEUED_PART, queue),
        }
    }

    /// Returns the concurrency limit of this priority.
    #[must_use]
    pub(crate) const fn of(&self, priority: Priority) -> &ConcurrencyLimit {
        match priority {
            Priority::Emergency => &self.emergency,
            Priority::Live => &self.live,
            Priority::Queued => &self.queued,
        }
    }

    /// Waits until all requests that hold a place have finished, then closes the limits, so that later requests are
    /// rejected. It does not wait for a request that waits without a place ([`crate::task_runner::without_place`]): such a
    /// request goes on without one. Its client keeps the connection, for which the HTTP server waits by itself.
    pub(crate) async fn drain(&self) {
        futures::join!(self.emergency.drain(), self.live.drain(), self.queued.drain());
    }
}

/// A semaphore with a bounded queue: limits the requests that run and the requests that wait for a slot.
#[derive(Debug, Clone)]
pub(crate) struct ConcurrencyLimit {
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    queue: usize,
    in_flight: usize,
}

/// Decrements the number of waiting requests when dropped, even if the request is cancelled while it waits.
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

    /// Waits for a slot. Dropping the permit releases the slot.
    ///
    /// # Errors
    /// `TRY_LATER` if the queue is full or the server is stopping.
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

    /// Waits for a slot again, for a request that gave its slot back in order to wait. The length of the queue does not
    /// count. Returns `None` if the server is stopping.
    pub(crate) async fn enter_again(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).acquire_owned().await.ok()
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
    async fn a_request_that_finds_the_queue_full_is_refused() {
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

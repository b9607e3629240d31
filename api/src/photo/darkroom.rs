//! The darkroom 暗房 renders photos for display, with bounded threads, memory and concurrency.
//!
//! The darkroom runs its own threads at a lower priority than the request threads. If no slot is free, a photo waits as
//! a STORED row ([`super::backlog`]). A burst of photos therefore fills a table, not the memory, and submitting a
//! text-only report never waits for a photo.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::PhotoId;
use domain::refusal::Code;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, SemaphorePermit, oneshot, watch};

use crate::config::{BadSetting, Config};
use crate::error::{ApiError, ApiResult};

/// The bytes per permit of the memory semaphore: 1 MiB.
const STEP: u64 = 1 << 20;
/// The number of callers that may wait for photos to leave. Callers beyond it learn at once that their photo is STORED.
const WAITERS: usize = 64;
/// The number of callers that may wait for a table with a file of their own. Callers beyond it come back later.
const JOINERS: usize = 64;
/// A job for the darkroom threads.
type DarkroomJob = Box<dyn FnOnce() + Send>;

/// The darkroom thread pool and its limits.
pub(crate) struct Darkroom {
    jobs: Sender<DarkroomJob>,
    /// One permit per photo in the darkroom, whether it is being processed or queued for a thread.
    slots: Arc<Semaphore>,
    /// One permit per photo whose bytes are in memory.
    tables: Semaphore,
    /// One permit per caller that waits for a table to join a file.
    joiners: Semaphore,
    /// The memory budget for decoding, in permits of 1 MiB.
    memory: Semaphore,
    memory_steps: u32,
    /// The photos in the darkroom.
    here: Mutex<HashMap<PhotoId, Here>>,
    /// One permit per caller that waits for a photo to leave.
    waiters: Semaphore,
    /// Whether photos wait as rows. While they do, newly arrived photos are not admitted ahead of them.
    behind: AtomicBool,
    /// Wakes the backlog loop before its next poll.
    pub(super) wake: Notify,
    /// How long a caller waits for a photo to finish.
    pub(super) patience: Duration,
}

/// A photo that is in the darkroom.
struct Here {
    /// Completes when its sender is dropped, which happens when the photo leaves.
    left: watch::Receiver<()>,
    /// Whether a caller waits for that. One is enough: others can ask again.
    is_awaited: bool,
}

/// Marks a photo as awaited until it is dropped, even if its caller stops waiting.
struct Waiter<'a> {
    darkroom: &'a Darkroom,
    photo: PhotoId,
    _permit: SemaphorePermit<'a>,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        if let Some(here) = self.darkroom.here().get_mut(&self.photo) {
            here.is_awaited = false;
        }
    }
}

/// A photo's slot in the darkroom, which is released on drop.
pub(super) struct DarkroomSlot {
    held: Option<(OwnedSemaphorePermit, watch::Sender<()>)>,
    darkroom: Arc<Darkroom>,
    photo: PhotoId,
}

impl Darkroom {
    /// Spawns the configured number of threads.
    ///
    /// # Errors
    /// Returns a message that names the setting if a thread cannot be spawned.
    pub(crate) fn open(config: &Config) -> Result<Arc<Self>, BadSetting> {
        let threads = match config.photos.threads {
            0 => std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2)),
            threads => threads,
        };
        let memory_steps = config.photos.memory_mib;
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..threads {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new()
                .name(format!("darkroom-{number}"))
                .spawn(move || work(&queue))
                .map_err(|error| BadSetting(format!("CHUISHAO_PHOTO_THREADS: a thread cannot be started: {error}")))?;
        }
        Ok(Arc::new(Self {
            jobs,
            slots: Arc::new(Semaphore::new(config.photos.queue)),
            tables: Semaphore::new(threads.saturating_add(1)),
            joiners: Semaphore::new(JOINERS),
            memory: Semaphore::new(memory_steps as usize),
            memory_steps,
            here: Mutex::default(),
            waiters: Semaphore::new(WAITERS),
            behind: AtomicBool::new(false),
            wake: Notify::new(),
            patience: config.photos.wait,
        }))
    }

    /// Admits a photo that has just arrived. Returns `None` if no slot is free, or if other photos are already waiting.
    pub(super) fn admit(self: &Arc<Self>, photo: PhotoId) -> Option<DarkroomSlot> {
        if self.behind.load(Ordering::Relaxed) { None } else { self.admit_waiting(photo) }
    }

    /// Admits a photo from the backlog. Returns `None` if no slot is free, or if the photo is already in the darkroom.
    pub(super) fn admit_waiting(self: &Arc<Self>, photo: PhotoId) -> Option<DarkroomSlot> {
        let permit = Arc::clone(&self.slots).try_acquire_owned().ok()?;
        let (leaving, left) = watch::channel(());
        let mut here = self.here();
        if here.contains_key(&photo) {
            return None;
        }
        here.insert(photo, Here { left, is_awaited: false });
        drop(here);
        Some(DarkroomSlot { held: Some((permit, leaving)), darkroom: Arc::clone(self), photo })
    }

    /// Returns the number of free slots, which bounds how many rows the backlog leases.
    pub(super) fn free(&self) -> usize {
        self.slots.available_permits()
    }

    /// Records whether photos wait as rows, and wakes the backlog loop if they do.
    pub(super) fn set_behind(&self, behind: bool) {
        self.behind.store(behind, Ordering::Relaxed);
        if behind {
            self.wake.notify_one();
        }
    }

    /// Returns the ids of all photos in the darkroom, whose leases have to be renewed.
    pub(super) fn photos(&self) -> Vec<PhotoId> {
        self.here().keys().copied().collect()
    }

    /// Waits until the photo has left the darkroom, for at most `patience`. Returns immediately if the photo is not in
    /// the darkroom, if another caller waits for it already, or if [`WAITERS`] callers wait for photos.
    pub(super) async fn left(&self, photo: PhotoId) {
        let Some((mut left, _waiter)) = self.wait_for(photo) else { return };
        tokio::time::timeout(self.patience, async { while left.changed().await.is_ok() {} }).await.ok();
    }

    fn wait_for(&self, photo: PhotoId) -> Option<(watch::Receiver<()>, Waiter<'_>)> {
        let permit = self.waiters.try_acquire().ok()?;
        let mut here = self.here();
        let seen = here.get_mut(&photo).filter(|here| !here.is_awaited)?;
        seen.is_awaited = true;
        Some((seen.left.clone(), Waiter { darkroom: self, photo, _permit: permit }))
    }

    /// Checks whether a caller waits for this photo.
    #[cfg(test)]
    pub(super) fn is_awaited(&self, photo: PhotoId) -> bool {
        self.here().get(&photo).is_some_and(|here| here.is_awaited)
    }

    fn here(&self) -> MutexGuard<'_, HashMap<PhotoId, Here>> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Acquires a table, which is the permit to hold the bytes of one photo in memory.
    pub(super) async fn table(&self) -> ApiResult<SemaphorePermit<'_>> {
        self.tables.acquire().await.map_err(ApiError::internal)
    }

    /// Acquires a table like [`Darkroom::table`], for a caller that nobody else counts.
    ///
    /// # Errors
    /// `TRY_LATER` if [`JOINERS`] callers wait already.
    pub(super) async fn table_to_join(&self) -> ApiResult<SemaphorePermit<'_>> {
        let _waiting = self.joiners.try_acquire().map_err(|_full| Code::TryLater)?;
        self.table().await
    }

    /// Returns the number of callers that wait for a table to join a file.
    #[cfg(test)]
    pub(super) fn joiners(&self) -> usize {
        JOINERS.saturating_sub(self.joiners.available_permits())
    }

    /// Acquires decoding memory. Returns `None` if `bytes` exceeds the whole budget, so that waiting would never
    /// succeed.
    pub(super) async fn memory(&self, bytes: u64) -> ApiResult<Option<SemaphorePermit<'_>>> {
        match u32::try_from(bytes.div_ceil(STEP)) {
            Ok(steps) if steps <= self.memory_steps => {
                self.memory.acquire_many(steps).await.map(Some).map_err(ApiError::internal)
            }
            _ => Ok(None),
        }
    }

    /// Runs blocking work on a darkroom thread. Returns an error if the work panicked.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        let (done, result) = oneshot::channel();
        let job = Box::new(move || {
            done.send(work()).ok(); // the receiver has been dropped if the server is shutting down
        });
        self.jobs.send(job).map_err(|_gone| ApiError::internal("the darkroom has no threads"))?;
        result.await.map_err(ApiError::internal)
    }
}

impl std::fmt::Debug for Darkroom {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Darkroom").finish_non_exhaustive()
    }
}

impl Drop for DarkroomSlot {
    fn drop(&mut self) {
        self.darkroom.here().remove(&self.photo);
        drop(self.held.take()); // releases the slot and notifies the waiters before the backlog polls for free slots
        self.darkroom.wake.notify_one();
    }
}

/// Runs queued jobs until the darkroom is dropped.
fn work(queue: &Mutex<Receiver<DarkroomJob>>) {
    lower_priority();
    picture::stay_on_this_thread();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // If a job panics, its result channel closes, so its caller gets an error, and the thread continues.
        drop(catch_unwind(AssertUnwindSafe(job)));
    }
}

/// Lowers the priority of the current thread. On Linux, niceness is a per-thread attribute.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(cause) = rustix::process::setpriority_process(None, 10) {
        tracing::info!(%cause, "the priority of the darkroom threads could not be lowered");
    }
}

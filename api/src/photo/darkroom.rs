//! The darkroom 暗房 prepares photos for display. Its threads, its memory and its number of photos at once are limited.
//!
//! The darkroom has threads of its own with a lower priority than the threads that answer requests. If no slot is free,
//! a photo waits as a row at STORED ([`super::backlog`]). A storm of photos therefore fills a table and never the
//! memory, and the submission of a text never waits for a photo.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::id::PhotoId;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, SemaphorePermit, oneshot, watch};

use crate::config::{BadSetting, Config};
use crate::error::{ApiError, ApiResult};

/// The number of bytes that one permit of memory stands for.
const STEP: u64 = 1 << 20;
/// A piece of work for the threads.
type DarkroomJob = Box<dyn FnOnce() + Send>;

/// The threads of the darkroom and their limits.
pub(crate) struct Darkroom {
    jobs: Sender<DarkroomJob>,
    /// The slots: one for each photo that is in the darkroom, at work or waiting for a thread.
    slots: Arc<Semaphore>,
    /// The tables: one for each photo whose bytes are in memory.
    tables: Semaphore,
    /// The memory for decoding, in steps of 1 MiB.
    memory: Semaphore,
    memory_steps: u32,
    /// The photos in the darkroom. The sender of each receiver is dropped when the photo leaves.
    here: Mutex<HashMap<PhotoId, watch::Receiver<()>>>,
    /// Whether photos wait as rows. If they do, photos that arrive later are not admitted before them.
    behind: AtomicBool,
    /// Wakes the backlog before its next round.
    pub(super) wake: Notify,
    /// How long a caller waits until a photo is ready.
    pub(super) patience: Duration,
}

/// The slot of a photo in the darkroom. It is free again when this is dropped.
pub(super) struct DarkroomSlot {
    held: Option<(OwnedSemaphorePermit, watch::Sender<()>)>,
    darkroom: Arc<Darkroom>,
    photo: PhotoId,
}

impl Darkroom {
    /// Starts the number of threads that the settings give.
    ///
    /// # Errors
    /// Returns a sentence that names the setting if a thread cannot be started.
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
            memory: Semaphore::new(memory_steps as usize),
            memory_steps,
            here: Mutex::default(),
            behind: AtomicBool::new(false),
            wake: Notify::new(),
            patience: config.photos.wait,
        }))
    }

    /// Admits a photo that has just arrived. Returns `None` if no slot is free, or if other photos have waited longer.
    pub(super) fn admit(self: &Arc<Self>, photo: PhotoId) -> Option<DarkroomSlot> {
        if self.behind.load(Ordering::Relaxed) { None } else { self.admit_waiting(photo) }
    }

    /// Admits a photo that has waited. Returns `None` if no slot is free, or if the photo is already in the darkroom.
    pub(super) fn admit_waiting(self: &Arc<Self>, photo: PhotoId) -> Option<DarkroomSlot> {
        let permit = Arc::clone(&self.slots).try_acquire_owned().ok()?;
        let (leaving, left) = watch::channel(());
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        if here.contains_key(&photo) {
            return None;
        }
        here.insert(photo, left);
        drop(here);
        Some(DarkroomSlot { held: Some((permit, leaving)), darkroom: Arc::clone(self), photo })
    }

    /// Returns the number of free slots.
    pub(super) fn free(&self) -> usize {
        self.slots.available_permits()
    }

    /// Records whether photos wait as rows, and wakes the backlog if they do.
    pub(super) fn set_behind(&self, behind: bool) {
        self.behind.store(behind, Ordering::Relaxed);
        if behind {
            self.wake.notify_one();
        }
    }

    /// Returns the photos that are in the darkroom.
    pub(super) fn photos(&self) -> Vec<PhotoId> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// Waits until the photo has left the darkroom, but no longer than `patience`. Returns at once if the photo is not
    /// in the darkroom.
    pub(super) async fn left(&self, photo: PhotoId) {
        let here = self.here.lock().unwrap_or_else(PoisonError::into_inner).get(&photo).cloned();
        if let Some(mut left) = here {
            tokio::time::timeout(self.patience, async { while left.changed().await.is_ok() {} }).await.ok();
        }
    }

    /// Waits for a table: the right to hold the bytes of one photo in memory.
    pub(super) async fn table(&self) -> ApiResult<SemaphorePermit<'_>> {
        self.tables.acquire().await.map_err(ApiError::internal)
    }

    /// Waits for memory for decoding. Returns `None` if the server may never use this much.
    pub(super) async fn memory(&self, bytes: u64) -> ApiResult<Option<SemaphorePermit<'_>>> {
        match u32::try_from(bytes.div_ceil(STEP)) {
            Ok(steps) if steps <= self.memory_steps => {
                self.memory.acquire_many(steps).await.map(Some).map_err(ApiError::internal)
            }
            _ => Ok(None),
        }
    }

    /// Runs slow work on one of the threads. Returns an error if the work panicked.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        let (done, result) = oneshot::channel();
        let job = Box::new(move || {
            done.send(work()).ok(); // the receiver is gone if the server is stopping
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
        self.darkroom.here.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.photo);
        drop(self.held.take()); // frees the slot and informs those who wait, before the backlog looks for free slots
        self.darkroom.wake.notify_one();
    }
}

/// Runs the work of the queue until the darkroom is dropped.
fn work(queue: &Mutex<Receiver<DarkroomJob>>) {
    lower_priority();
    picture::stay_on_this_thread();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // If the work panics, its channel closes, so that its caller gets an error, and the thread continues.
        drop(catch_unwind(AssertUnwindSafe(job)));
    }
}

/// Lowers the priority of this thread. On Linux, each thread has a niceness of its own.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(cause) = rustix::process::setpriority_process(None, 10) {
        tracing::info!(%cause, "the priority of the darkroom threads could not be lowered");
    }
}

//! The darkroom 暗房: where photos are made ready to show. Bounded in threads, in memory, and in photos at once.
//!
//! Pictures are worked on by threads of their own, which give way to whatever answers requests. A photo is admitted
//! when there is room, else it waits as a row at STORED ([`super::backlog`]); so a storm of photos fills a table, never
//! the memory, and no text waits for a picture.

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

/// Bytes of one permit of memory.
const STEP: u64 = 1 << 20;
/// Work that the threads take.
type DarkroomJob = Box<dyn FnOnce() + Send>;

/// The threads, and who may use them.
pub(crate) struct Darkroom {
    jobs: Sender<DarkroomJob>,
    /// Photos that may be here at once: read, worked on, written, or waiting for it.
    places: Arc<Semaphore>,
    /// Photos whose bytes may be in memory at once.
    tables: Semaphore,
    /// Memory for decoding, in steps of 1 MiB.
    memory: Semaphore,
    memory_steps: u32,
    /// The photos that are here; what is received from ends when they leave.
    here: Mutex<HashMap<PhotoId, watch::Receiver<()>>>,
    /// Whether photos wait as rows: then those that come later do not pass them.
    behind: AtomicBool,
    /// Hurries the backlog.
    pub(super) wake: Notify,
    /// How long a caller waits for a photo.
    pub(super) patience: Duration,
}

/// A photo's place in the darkroom; given back when dropped.
pub(super) struct DarkroomSlot {
    room: Option<(OwnedSemaphorePermit, watch::Sender<()>)>,
    darkroom: Arc<Darkroom>,
    photo: PhotoId,
}

impl Darkroom {
    /// Starts the threads that the settings ask for.
    ///
    /// # Errors
    /// A sentence that names a setting that cannot be used.
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
            places: Arc::new(Semaphore::new(config.photos.queue)),
            tables: Semaphore::new(threads.saturating_add(1)),
            memory: Semaphore::new(memory_steps as usize),
            memory_steps,
            here: Mutex::default(),
            behind: AtomicBool::new(false),
            wake: Notify::new(),
            patience: config.photos.wait,
        }))
    }

    /// A place for a photo that has just come; none where the room is full, or others have waited for longer.
    pub(super) fn admit(self: &Arc<Self>, photo: PhotoId) -> Option<DarkroomSlot> {
        if self.behind.load(Ordering::Relaxed) { None } else { self.admit_waiting(photo) }
    }

    /// A place for a photo that has waited; none where the room is full, or the photo is here already.
    pub(super) fn admit_waiting(self: &Arc<Self>, photo: PhotoId) -> Option<DarkroomSlot> {
        let permit = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let (leaving, left) = watch::channel(());
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        if here.contains_key(&photo) {
            return None;
        }
        here.insert(photo, left);
        drop(here);
        Some(DarkroomSlot { room: Some((permit, leaving)), darkroom: Arc::clone(self), photo })
    }

    /// How many photos could be admitted now.
    pub(super) fn free(&self) -> usize {
        self.places.available_permits()
    }

    /// Says whether photos wait as rows.
    pub(super) fn set_behind(&self, behind: bool) {
        self.behind.store(behind, Ordering::Relaxed);
        if behind {
            self.wake.notify_one();
        }
    }

    /// The photos that are here.
    pub(super) fn photos(&self) -> Vec<PhotoId> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// Waits until the photo has left, for as long as a caller waits at most. At once where it is not here.
    pub(super) async fn left(&self, photo: PhotoId) {
        let here = self.here.lock().unwrap_or_else(PoisonError::into_inner).get(&photo).cloned();
        if let Some(mut left) = here {
            tokio::time::timeout(self.patience, async { while left.changed().await.is_ok() {} }).await.ok();
        }
    }

    /// A table for one photo: room for its bytes.
    pub(super) async fn table(&self) -> ApiResult<SemaphorePermit<'_>> {
        self.tables.acquire().await.map_err(ApiError::internal)
    }

    /// Memory for decoding; none where this server never has so much.
    pub(super) async fn memory(&self, bytes: u64) -> ApiResult<Option<SemaphorePermit<'_>>> {
        match u32::try_from(bytes.div_ceil(STEP)) {
            Ok(steps) if steps <= self.memory_steps => {
                self.memory.acquire_many(steps).await.map(Some).map_err(ApiError::internal)
            }
            _ => Ok(None),
        }
    }

    /// Runs slow work on one of the threads. An error means that it panicked, which was logged.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
        let (done, result) = oneshot::channel();
        let job = Box::new(move || {
            done.send(work()).ok(); // nobody waits any more: the server is stopping
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
        drop(self.room.take()); // before anybody looks for room, and whoever waits is told
        self.darkroom.wake.notify_one();
    }
}

/// Works until there is nobody who could send work.
fn work(queue: &Mutex<Receiver<DarkroomJob>>) {
    give_way();
    picture::stay_on_this_thread();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // Whoever waits for a job that panics is told by the end of its channel; the thread goes on.
        drop(catch_unwind(AssertUnwindSafe(job)));
    }
}

/// On Linux a thread has a niceness of its own.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(cause) = rustix::process::setpriority_process(None, 10) {
        tracing::info!(%cause, "the priority of the darkroom threads could not be lowered");
    }
}

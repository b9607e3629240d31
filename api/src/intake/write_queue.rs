//! The write queues, which batch submissions into transactions (group commit).
//!
//! If a queue is idle, a submission is written immediately. Submissions that arrive during a write form the next batch,
//! with one transaction and one flush to disk, so that the cost per submission falls as the load rises. Emergencies
//! have their own queue and never wait for ordinary reports. Reports that waited on phones are guaranteed a quarter of
//! each batch, and get more only if live reports do not fill the rest: even if the phones of a whole valley reconnect
//! at once, a live report is acknowledged without delay. Each write runs in its own task, so that neither a client
//! disconnect nor a request timeout cancels a transaction.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::refusal::Code;
use futures::FutureExt;
use tokio::sync::oneshot;

use super::draft::Item;
use super::queue_order::QueueOrder;
use super::replay::Kept;
use super::writing::attempt;
use crate::admission::Priority;
use crate::app::App;
use crate::config::Config;
use crate::database::Engine;
use crate::error::{ApiError, ApiResult};
use crate::retry::retry;

/// How long a busy queue waits on PostgreSQL before it takes the next batch. There, each statement costs one network
/// round trip regardless of its number of rows, and the clients whose responses were just sent are about to submit
/// again, so that waiting yields larger batches.
const GATHER: Duration = Duration::from_millis(2);
/// The batch size from which the ordinary queue counts as busy.
const BUSY: usize = 8;

/// The two write queues: one for emergencies, one for all other reports.
#[derive(Debug)]
pub(crate) struct WriteQueues {
    ordinary: Arc<WriteQueue>,
    emergency: Arc<WriteQueue>,
}

/// One write queue. `batch` limits the submissions per transaction, `queue` the waiting submissions per priority.
#[derive(Debug)]
struct WriteQueue {
    name: &'static str,
    batch: usize,
    queue: usize,
    /// The batch size from which the queue waits for [`GATHER`].
    busy: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: QueueOrder<QueuedSubmission>,
    writing: bool,
}

/// A waiting submission, with the channel for its result.
struct QueuedSubmission {
    item: Item,
    answer: oneshot::Sender<ApiResult<Kept>>,
}

impl std::fmt::Debug for QueuedSubmission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("QueuedSubmission").finish_non_exhaustive()
    }
}

impl WriteQueues {
    /// Creates both queues with the configured limits. The emergency queue never counts as busy, so it never waits.
    #[must_use]
    pub(crate) fn new(config: &Config) -> Self {
        let queue = |name, busy| Arc::new(WriteQueue::new(name, config.intake.batch, config.intake.queue, busy));
        Self { ordinary: queue("ordinary", BUSY), emergency: queue("emergency", usize::MAX) }
    }

    /// Enqueues a submission and returns a future of its result. The submission is written even if the caller drops the
    /// future. With a configured batch size of 1, it bypasses the queue.
    ///
    /// # Errors
    /// `TRY_LATER` if the queue holds the configured maximum for this priority.
    pub(crate) fn enter(
        &self,
        app: &App,
        item: Item,
        priority: Priority,
    ) -> ApiResult<impl Future<Output = ApiResult<Kept>> + Send + use<>> {
        let queue = if item.checked.submission.emergency { &self.emergency } else { &self.ordinary };
        let (answer, answered) = oneshot::channel();
        let waiting = QueuedSubmission { item, answer };
        if queue.batch == 1 {
            tokio::spawn(write(app.clone(), queue.name, vec![waiting]));
        } else if queue.enter(waiting, priority)? {
            tokio::spawn(run(app.clone(), Arc::clone(queue)));
        }
        Ok(
            async move { answered.await.unwrap_or_else(|_gone| Err(ApiError::internal("a submission was not answered"))) },
        )
    }
}

impl WriteQueue {
    fn new(name: &'static str, batch: usize, queue: usize, busy: usize) -> Self {
        Self { name, batch, queue, busy, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enqueues a submission and returns whether the queue was idle, in which case the caller must spawn the writer
    /// task.
    fn enter(&self, waiting: QueuedSubmission, priority: Priority) -> ApiResult<bool> {
        let mut state = self.state();
        let waiting_there = state.waiting.of(priority);
        if waiting_there.len() >= self.queue {
            return Err(Code::TryLater.into());
        }
        waiting_there.push_back(waiting);
        Ok(!std::mem::replace(&mut state.writing, true))
    }

    /// Dequeues the next batch; `None` if no submission is waiting, which marks the queue as idle.
    fn next(&self) -> Option<Vec<QueuedSubmission>> {
        let mut state = self.state();
        let batch = state.waiting.take(self.batch);
        state.writing = !batch.is_empty();
        state.writing.then_some(batch)
    }

    /// Rejects every waiting submission with `TRY_LATER` while the database is unavailable; otherwise each batch in
    /// turn would have to run into its own timeout.
    fn turn_away(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        for one in waiting.all() {
            one.answer.send(Err(Code::TryLater.into())).ok();
        }
    }
}

/// The writer task: writes batches until no submission is waiting.
async fn run(app: App, queue: Arc<WriteQueue>) {
    while let Some(batch) = queue.next() {
        let size = batch.len();
        // Each batch runs in its own task: if it panics, the submissions of this batch fail with an internal error and
        // the queue continues.
        match tokio::spawn(write(app.clone(), queue.name, batch)).await {
            Ok(BatchOutcome::Decided) if app.database.engine == Engine::Postgres && size >= queue.busy => {
                tokio::time::sleep(GATHER).await;
            }
            Ok(BatchOutcome::Decided) => {}
            Ok(BatchOutcome::DatabaseUnavailable) => queue.turn_away(),
            Err(cause) => tracing::error!(%cause, "writing a batch of submissions failed"),
        }
    }
}

/// Whether the database was available while a batch was written.
enum BatchOutcome {
    /// The database responded, and each submission has its result.
    Decided,
    /// The database is unavailable, so every submission of the batch is rejected with `TRY_LATER`.
    DatabaseUnavailable,
}

/// Writes a batch in one transaction and sends each submission its result. If the transaction fails although the
/// database is available, a single submission may be the cause, so each one is retried in its own transaction.
async fn write(app: App, queue: &'static str, batch: Vec<QueuedSubmission>) -> BatchOutcome {
    let (items, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|one| (one.item, one.answer)).unzip();
    metrics::counter!("intake_batches_total", "lane" => queue).increment(1);
    metrics::counter!("intake_submissions_total", "lane" => queue).increment(items.len() as u64);
    let mut outcome = BatchOutcome::Decided;
    let decided = match retry(|| attempt(&app, &items).boxed()).await {
        Ok(decided) => decided,
        Err(error) if error.refusal().code == Code::TryLater => {
            app.database.trouble.begins();
            outcome = BatchOutcome::DatabaseUnavailable;
            vec![Err(error); items.len()]
        }
        Err(error) if items.len() == 1 => vec![Err(error)],
        Err(error) => {
            tracing::warn!(cause = ?error, size = items.len(), "a batch failed and is written one by one");
            each_alone(&app, &items).await
        }
    };
    for (answer, decided) in answers.into_iter().zip(decided) {
        answer.send(decided).ok(); // a disconnected client retries and receives the same receipt
    }
    outcome
}

async fn each_alone(app: &App, items: &[Item]) -> Vec<ApiResult<Kept>> {
    let mut decided = Vec::with_capacity(items.len());
    for item in items {
        let alone = retry(|| attempt(app, std::slice::from_ref(item)).boxed()).await;
        let alone = alone.map(|mut answers| answers.pop());
        decided.push(match alone {
            Ok(answer) => answer.unwrap_or_else(|| Err(ApiError::internal("a submission was not decided"))),
            Err(error) => Err(error),
        });
    }
    decided
}

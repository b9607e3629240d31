//! The queues of submissions that wait to be written.
//!
//! If the queue is idle, a submission is written at once. Submissions that arrive during a write form the next batch:
//! one transaction and one flush for all of them, so that each costs less the busier the server is. Emergencies have
//! their own queue and never wait for ordinary reports. Reports that waited in phones get a quarter of each batch, and
//! more only if no newer report waits: even if the phones of a whole valley come back at once, a person who reports
//! something now gets the receipt without delay. Each write is a task of its own, so that neither a lost client nor a
//! deadline stops a transaction.

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

/// The time for which a busy queue waits on PostgreSQL before it takes the next batch. There, each statement costs one
/// round trip, however many rows it has, and the clients that were just answered are about to send again.
const GATHER: Duration = Duration::from_millis(2);
/// A queue is busy if its batch had at least this many submissions.
const BUSY: usize = 8;

/// The queue of emergencies and the queue of other reports.
#[derive(Debug)]
pub(crate) struct WriteQueues {
    ordinary: Arc<WriteQueue>,
    emergency: Arc<WriteQueue>,
}

/// One of the two queues.
#[derive(Debug)]
struct WriteQueue {
    name: &'static str,
    batch: usize,
    queue: usize,
    /// After a batch of at least this many submissions the queue waits for [`GATHER`].
    busy: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: QueueOrder<QueuedSubmission>,
    writing: bool,
}

/// A submission that waits to be written, with the channel for its answer.
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
    /// Creates the queues with the limits of the settings.
    #[must_use]
    pub(crate) fn new(config: &Config) -> Self {
        let queue = |name, busy| Arc::new(WriteQueue::new(name, config.intake.batch, config.intake.queue, busy));
        Self { ordinary: queue("ordinary", BUSY), emergency: queue("emergency", usize::MAX) }
    }

    /// Puts a submission into its queue. Returns a future of its answer; the submission is written even if the caller
    /// drops the future.
    ///
    /// # Errors
    /// `TRY_LATER` if the queue is full.
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

    /// Queues a submission. Returns whether the caller must start the task that writes.
    fn enter(&self, waiting: QueuedSubmission, priority: Priority) -> ApiResult<bool> {
        let mut state = self.state();
        let waiting_there = state.waiting.of(priority);
        if waiting_there.len() >= self.queue {
            return Err(Code::TryLater.into());
        }
        waiting_there.push_back(waiting);
        Ok(!std::mem::replace(&mut state.writing, true))
    }

    /// Takes the next batch. Returns `None` if no submission waits; the queue is then idle.
    fn next(&self) -> Option<Vec<QueuedSubmission>> {
        let mut state = self.state();
        let batch = state.waiting.take(self.batch);
        state.writing = !batch.is_empty();
        state.writing.then_some(batch)
    }

    /// Answers every waiting submission with `TRY_LATER`, because the database does not answer. Otherwise each would
    /// find that out for itself, one after another.
    fn turn_away(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        for one in waiting.all() {
            one.answer.send(Err(Code::TryLater.into())).ok();
        }
    }
}

/// Writes batch after batch until no submission waits.
async fn run(app: App, queue: Arc<WriteQueue>) {
    while let Some(batch) = queue.next() {
        let size = batch.len();
        // A task of its own: if it panics, this batch is answered with an internal error, and the queue continues.
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

/// The outcome of writing a batch.
enum BatchOutcome {
    /// The database has answered, and each submission was decided.
    Decided,
    /// The database does not answer.
    DatabaseUnavailable,
}

/// Writes a batch in one transaction and answers each submission. If the transaction fails and one submission may be
/// the cause, writes each one in its own transaction.
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
        answer.send(decided).ok(); // a phone that no longer waits sends it again and gets the same receipt
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

//! The queues by which submissions reach the disk.
//!
//! A submission that finds its queue idle is written at once. Those that come while others are being written make the
//! next batch: one transaction and one flush for all of them, so that the busier the server is, the less each costs.
//! Emergencies have a queue of their own and never stand behind ordinary reports. What waited in phones has a quarter of
//! each batch, and more only where nothing newer waits: when the phones of a whole valley come back at once, who sees
//! something now has a receipt as soon as ever. Writing is a task by itself: a client that goes away, or an answer that
//! is given up, never stops a transaction half-way.

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

/// How long a busy queue lets the next batch gather on PostgreSQL, where a transaction costs a round trip a statement however
/// many rows it has. Those whose answers have just gone out are about to send again.
const GATHER: Duration = Duration::from_millis(2);
/// So many at once are busy.
const BUSY: usize = 8;

/// The two queues.
#[derive(Debug)]
pub(crate) struct WriteQueues {
    ordinary: Arc<WriteQueue>,
    emergency: Arc<WriteQueue>,
}

/// One queue.
#[derive(Debug)]
struct WriteQueue {
    name: &'static str,
    batch: usize,
    queue: usize,
    /// So many in a batch, and the next one is let gather.
    busy: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: QueueOrder<QueuedSubmission>,
    writing: bool,
}

/// A submission that waits to be written, and whoever waits for its answer.
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
    /// The queues as the settings want them.
    #[must_use]
    pub(crate) fn new(config: &Config) -> Self {
        let queue = |name, busy| Arc::new(WriteQueue::new(name, (config.intake.batch, config.intake.queue, busy)));
        Self { ordinary: queue("ordinary", BUSY), emergency: queue("emergency", usize::MAX) }
    }

    /// Puts a submission into its queue. It is written whether or not anybody waits for the answer.
    ///
    /// # Errors
    /// `TRY_LATER` when too many wait.
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
    fn new(name: &'static str, (batch, queue, busy): (usize, usize, usize)) -> Self {
        Self { name, batch, queue, busy, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a submission; answers whether somebody has to begin to write.
    fn enter(&self, waiting: QueuedSubmission, priority: Priority) -> ApiResult<bool> {
        let mut state = self.state();
        let line = state.waiting.of(priority);
        if line.len() >= self.queue {
            return Err(Code::TryLater.into());
        }
        line.push_back(waiting);
        Ok(!std::mem::replace(&mut state.writing, true))
    }

    /// The next batch; nothing when none waits, and then nobody is writing any more.
    fn next(&self) -> Option<Vec<QueuedSubmission>> {
        let mut state = self.state();
        let batch = state.waiting.take(self.batch);
        state.writing = !batch.is_empty();
        state.writing.then_some(batch)
    }

    /// Tells all who wait that the database is not answering: each would only find out for itself, one after another.
    fn turn_away(&self) {
        let waiting = std::mem::take(&mut self.state().waiting);
        for one in waiting.all() {
            one.answer.send(Err(Code::TryLater.into())).ok();
        }
    }
}

/// Writes batch after batch until none waits.
async fn run(app: App, queue: Arc<WriteQueue>) {
    while let Some(batch) = queue.next() {
        let size = batch.len();
        // In a task of its own: should it panic, those of this batch are told of an internal error, and the queue goes on.
        match tokio::spawn(write(app.clone(), queue.name, batch)).await {
            Ok(DatabaseSeen::Answers) if app.database.engine == Engine::Postgres && size >= queue.busy => {
                tokio::time::sleep(GATHER).await;
            }
            Ok(DatabaseSeen::Answers) => {}
            Ok(DatabaseSeen::IsAway) => queue.turn_away(),
            Err(cause) => tracing::error!(%cause, "writing a batch of submissions failed"),
        }
    }
}

/// What a batch has shown of the database.
enum DatabaseSeen {
    Answers,
    IsAway,
}

/// Writes a batch and answers each of it: all in one transaction, or each in its own when that fails for a reason that
/// may lie in one of them.
async fn write(app: App, queue: &'static str, batch: Vec<QueuedSubmission>) -> DatabaseSeen {
    let (items, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|one| (one.item, one.answer)).unzip();
    metrics::counter!("intake_batches_total", "lane" => queue).increment(1);
    metrics::counter!("intake_submissions_total", "lane" => queue).increment(items.len() as u64);
    let mut shown = DatabaseSeen::Answers;
    let decided = match retry(|| attempt(&app, &items).boxed()).await {
        Ok(decided) => decided,
        Err(error) if error.refusal().code == Code::TryLater => {
            app.database.trouble.begins();
            shown = DatabaseSeen::IsAway;
            vec![Err(error); items.len()]
        }
        Err(error) if items.len() == 1 => vec![Err(error)],
        Err(error) => {
            tracing::warn!(cause = ?error, size = items.len(), "a batch failed and is written one by one");
            each_alone(&app, &items).await
        }
    };
    for (answer, decided) in answers.into_iter().zip(decided) {
        answer.send(decided).ok(); // who no longer waits sends it again and gets the same receipt
    }
    shown
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

//! Batches the loads of resolvers: each loader loads, in one batch, every key that the resolvers of a request have
//! requested so far.
//!
//! A request is executed in waves. Its resolvers run until all of them wait. Then each loader loads, in one batch,
//! every key that was requested from it, and the resolvers continue as the values arrive. The keys that they request
//! then form the next wave. The number of statements therefore depends on the shape of the query, not on the number of rows or
//! on thread timing. The data loader of `async-graphql` is not used, because its batches wait for a timer.
//!
//! A loader says what it loads; a resolver calls [`load`]:
//!
//! ```ignore
//! struct UnitById;
//!
//! impl Loader for UnitById {
//!     type Key = UnitId;
//!     type Value = unit::Model;
//!
//!     async fn load(context: &LoadContext, ids: &[UnitId]) -> ApiResult<HashMap<UnitId, unit::Model>> {
//!         let found = unit::Entity::find().filter(unit::COLUMN.id.is_in(ids.iter().copied()));
//!         Ok(found.all(context.app.db()).await?.into_iter().map(|row| (row.id, row)).collect())
//!     }
//! }
//!
//! async fn unit(&self, ctx: &Context<'_>) -> ApiResult<Option<Unit>> {
//!     Ok(dataloader::load::<UnitById>(ctx, self.unit_id).await?.map(Unit))
//! }
//! ```

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::Hash;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{self, Poll, Wake, Waker};

use async_graphql::{Context, ObjectType, Request, Response, Schema, SubscriptionType};
use futures::channel::oneshot;
use futures::future::{BoxFuture, poll_fn};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::task::AtomicWaker;
use tokio::sync::OnceCell;

use crate::app::App;
use crate::caller::Caller;
use crate::error::{ApiError, ApiResult};
use crate::policy::rulebook::RuleBook;

/// Loads the values of many keys in one batch. Unless it uses the caller in the context, a loader relies on the
/// access check of the resolver.
pub(crate) trait Loader: 'static {
    /// The key of a value.
    type Key: Clone + Eq + Hash + Send + Sync + 'static;
    /// The value of one key.
    type Value: Clone + Send + 'static;

    /// Loads the values of these distinct keys, with a number of statements that does not depend on the number of keys.
    /// The map omits a key that has no value.
    fn load(
        context: &LoadContext,
        keys: &[Self::Key],
    ) -> impl Future<Output = ApiResult<HashMap<Self::Key, Self::Value>>> + Send;
}

/// The request context that loaders receive.
pub(crate) struct LoadContext {
    /// The state of the server: settings, database and photo store.
    pub app: App,
    /// The caller of the request.
    pub caller: Caller,
    rules: OnceCell<Arc<RuleBook>>,
}

impl std::fmt::Debug for LoadContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoadContext").finish_non_exhaustive() // omits the caller, who may be identified by it
    }
}

impl LoadContext {
    /// Creates the context of a request.
    #[must_use]
    pub(crate) fn new(app: App, caller: Caller) -> Self {
        Self { app, caller, rules: OnceCell::new() }
    }

    /// Returns the rules in force, which are loaded once for the request.
    pub(crate) async fn rules(&self) -> ApiResult<&Arc<RuleBook>> {
        self.rules.get_or_try_init(|| self.app.rules_to_read()).await
    }
}

/// Collects the keys that the resolvers of a request have requested, until the next wave loads them.
struct Batcher {
    context: Arc<LoadContext>,
    pending: Mutex<HashMap<TypeId, Box<dyn Batch>>>,
}

/// Returns the value of a key, or `None` if it has no value. Loads it in one batch with all keys that are requested
/// from this loader in the same wave.
pub(crate) async fn load<L: Loader>(ctx: &Context<'_>, key: L::Key) -> ApiResult<Option<L::Value>> {
    let (reply, answer) = oneshot::channel();
    ctx.data_unchecked::<Arc<Batcher>>().request::<L>(key, reply);
    answer.await.map_err(ApiError::internal)?
}

/// Returns the rules in force, for queries; a mutation uses `App::rules`. The first call of a request loads them, and
/// later calls return the same ones.
pub(crate) async fn rules<'a>(ctx: &Context<'a>) -> ApiResult<&'a Arc<RuleBook>> {
    ctx.data_unchecked::<Arc<Batcher>>().context.rules().await
}

/// Executes a GraphQL request of this caller, with a batcher of its own.
pub(crate) async fn execute<Q, M, S>(schema: &Schema<Q, M, S>, app: &App, caller: Caller, request: Request) -> Response
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let context = LoadContext::new(app.clone(), caller.clone());
    let batcher = Arc::new(Batcher { context: Arc::new(context), pending: Mutex::default() });
    batcher.drive(schema.execute(request.data(caller).data(Arc::clone(&batcher)))).await
}

impl Batcher {
    fn request<L: Loader>(&self, key: L::Key, reply: Reply<L::Value>) {
        let mut pending = self.pending();
        let batch: &mut dyn Any =
            pending.entry(TypeId::of::<L>()).or_insert_with(|| Box::new(PendingBatch::<L>::new())).as_mut();
        // The entry under this type id always has this type. Otherwise the reply would be dropped, and the resolver
        // would receive an internal error.
        if let Some(batch) = batch.downcast_mut::<PendingBatch<L>>() {
            batch.waiting.entry(key).or_default().push(reply);
        }
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<TypeId, Box<dyn Batch>>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the next wave. Takes the pending batches, so that keys requested later belong to the wave after it.
    fn start(&self) -> Vec<BoxFuture<'static, ()>> {
        let batches = std::mem::take(&mut *self.pending());
        batches.into_values().map(|batch| batch.start(Arc::clone(&self.context))).collect()
    }

    /// Polls the work of the request and its loaders in one task until the work completes, and returns its result.
    async fn drive<T>(&self, work: impl Future<Output = T>) -> T {
        let flag = Arc::new(WakeFlag { is_set: AtomicBool::new(true), task: AtomicWaker::new() });
        let waker = Waker::from(Arc::clone(&flag));
        let (mut work, mut wave) = (pin!(work), FuturesUnordered::new());
        poll_fn(|task| {
            flag.task.register(task.waker());
            loop {
                if flag.is_set.swap(false, Ordering::AcqRel) {
                    if let Poll::Ready(done) = work.as_mut().poll(&mut task::Context::from_waker(&waker)) {
                        return Poll::Ready(done);
                    }
                    if flag.is_set.load(Ordering::Acquire) {
                        return Poll::Pending; // the work woke itself: some resolvers have not requested their keys yet
                    }
                }
                while let Poll::Ready(Some(())) = wave.poll_next_unpin(task) {}
                if flag.is_set.load(Ordering::Acquire) {
                    continue; // a resolver has received its value
                }
                if wave.is_empty() {
                    wave.extend(self.start());
                    if !wave.is_empty() {
                        continue;
                    }
                }
                return Poll::Pending;
            }
        })
        .await
    }
}

/// A waker that records that a resolver can continue. The resolvers are polled only if the flag is set.
struct WakeFlag {
    is_set: AtomicBool,
    task: AtomicWaker,
}

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_set.store(true, Ordering::Release);
        self.task.wake();
    }
}

/// The channel on which one resolver receives its value.
type Reply<V> = oneshot::Sender<ApiResult<Option<V>>>;

/// The keys that were requested from one loader, behind a trait object so that batches of different loaders share a
/// map.
trait Batch: Any + Send {
    /// Loads the values and sends them to the waiting resolvers.
    fn start(self: Box<Self>, context: Arc<LoadContext>) -> BoxFuture<'static, ()>;
}

struct PendingBatch<L: Loader> {
    waiting: HashMap<L::Key, Vec<Reply<L::Value>>>,
}

impl<L: Loader> PendingBatch<L> {
    fn new() -> Self {
        Self { waiting: HashMap::new() }
    }
}

impl<L: Loader> Batch for PendingBatch<L> {
    fn start(self: Box<Self>, context: Arc<LoadContext>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let keys: Vec<L::Key> = self.waiting.keys().cloned().collect();
            let loaded = L::load(&context, &keys).await;
            for (key, waiting) in self.waiting {
                for reply in waiting {
                    let value = loaded.as_ref().map(|values| values.get(&key).cloned()).map_err(Clone::clone);
                    let _gave_up = reply.send(value);
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;

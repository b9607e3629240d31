//! Loading for resolvers: what the resolvers of one request ask for in the same moment is loaded with one statement.
//!
//! A request goes in batcher. Its resolvers run until all of them wait; then everything that they asked for is loaded, one
//! batch a loader, and they go on as the answers come. What they ask for meanwhile is the next wave. So the number of
//! statements follows from the shape of the query, never from how many rows a list has or how fast a thread is; and no
//! batch waits for a timer, which is why the library's own loader is not used.

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

/// Fetches many rows for many keys. Says nothing about who may see them, unless it asks the reader: the resolver has
/// decided that already.
pub(crate) trait Loader: 'static {
    /// What names a value.
    type Key: Clone + Eq + Hash + Send + Sync + 'static;
    /// What is loaded for one key.
    type Value: Clone + Send + 'static;

    /// The values of these keys, which differ; a key without a value is absent. One statement, whatever their number.
    fn load(
        reader: &LoadContext,
        keys: &[Self::Key],
    ) -> impl Future<Output = ApiResult<HashMap<Self::Key, Self::Value>>> + Send;
}

/// Who reads: what loaders need of a request.
pub(crate) struct LoadContext {
    /// The app.
    pub app: App,
    /// Who asks.
    pub caller: Caller,
    rules: OnceCell<Arc<RuleBook>>,
}

impl std::fmt::Debug for LoadContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoadContext").finish_non_exhaustive() // the caller may be a person
    }
}

impl LoadContext {
    /// Whoever sends a request.
    #[must_use]
    pub(crate) fn new(app: App, caller: Caller) -> Self {
        Self { app, caller, rules: OnceCell::new() }
    }
}

/// What the resolvers of a request have asked for and nobody has begun to load.
struct Batcher {
    reader: Arc<LoadContext>,
    next: Mutex<HashMap<TypeId, Box<dyn Batch>>>,
}

/// The value of this key, loaded together with all that the request asks of this loader in the same moment.
///
/// # Errors
/// What the loader ended in.
pub(crate) async fn load<L: Loader>(ctx: &Context<'_>, key: L::Key) -> ApiResult<Option<L::Value>> {
    let (tell, told) = oneshot::channel();
    ctx.data_unchecked::<Arc<Batcher>>().ask::<L>(key, tell);
    told.await.map_err(ApiError::internal)?
}

/// The rules in force now, for reading: the same for the whole request.
///
/// # Errors
/// As [`App::rules_to_read`].
pub(crate) async fn rules<'a>(ctx: &Context<'a>) -> ApiResult<&'a Arc<RuleBook>> {
    let reader = &ctx.data_unchecked::<Arc<Batcher>>().reader;
    reader.rules.get_or_try_init(|| reader.app.rules_to_read()).await
}

/// Executes a request of this caller.
pub(crate) async fn execute<Q, M, S>(schema: &Schema<Q, M, S>, app: &App, caller: Caller, request: Request) -> Response
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let reader = LoadContext::new(app.clone(), caller.clone());
    let batcher = Arc::new(Batcher { reader: Arc::new(reader), next: Mutex::default() });
    batcher.drive(schema.execute(request.data(caller).data(Arc::clone(&batcher)))).await
}

impl Batcher {
    fn ask<L: Loader>(&self, key: L::Key, tell: Reply<L::Value>) {
        let mut next = self.next();
        let batch: &mut dyn Any =
            next.entry(TypeId::of::<L>()).or_insert_with(|| Box::new(PendingBatch::<L>::new())).as_mut();
        // Under this type nothing else was ever put; otherwise who waits would be told that nobody loads.
        if let Some(batch) = batch.downcast_mut::<PendingBatch<L>>() {
            batch.waiting.entry(key).or_default().push(tell);
        }
    }

    fn next(&self) -> MutexGuard<'_, HashMap<TypeId, Box<dyn Batch>>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the next wave. The keys are taken here: what is asked from now on belongs to the wave after it.
    fn start(&self) -> Vec<BoxFuture<'static, ()>> {
        let batches = std::mem::take(&mut *self.next());
        batches.into_values().map(|batch| batch.start(Arc::clone(&self.reader))).collect()
    }

    /// Runs the work of resolvers and loads what they ask for, in the task of the request.
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
                        return Poll::Pending; // it only made way for others: some resolvers have not begun to ask
                    }
                }
                while let Poll::Ready(Some(())) = wave.poll_next_unpin(task) {}
                if flag.is_set.load(Ordering::Acquire) {
                    continue; // somebody was told what they waited for
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

/// Rings when a resolver can go on: then, and only then, it is their turn.
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

/// Tells one resolver what it waits for.
type Reply<V> = oneshot::Sender<ApiResult<Option<V>>>;

/// What has been asked of one loader.
trait Batch: Any + Send {
    /// Loads it and tells everybody who waits.
    fn start(self: Box<Self>, reader: Arc<LoadContext>) -> BoxFuture<'static, ()>;
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
    fn start(self: Box<Self>, reader: Arc<LoadContext>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let keys: Vec<L::Key> = self.waiting.keys().cloned().collect();
            let loaded = L::load(&reader, &keys).await;
            for (key, waiting) in self.waiting {
                for tell in waiting {
                    let value = loaded.as_ref().map(|values| values.get(&key).cloned()).map_err(Clone::clone);
                    let _gave_up = tell.send(value);
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;

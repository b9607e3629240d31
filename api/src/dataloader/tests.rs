//! Tests that the number of batches depends on the shape of a query.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use async_graphql::{EmptyMutation, EmptySubscription, Object};
use domain::refusal::Language;

use super::*;
use crate::database::Engine;
use crate::testing::World;

static BATCHES: AtomicUsize = AtomicUsize::new(0);

/// Returns each key as its value, after it has yielded `N` times.
struct Echo<const N: usize>;

impl<const N: usize> Loader for Echo<N> {
    type Key = usize;
    type Value = usize;

    async fn load(_context: &LoadContext, keys: &[usize]) -> ApiResult<HashMap<usize, usize>> {
        BATCHES.fetch_add(1, SeqCst);
        for _ in 0..N {
            tokio::task::yield_now().await;
        }
        Ok(keys.iter().map(|key| (*key, *key)).collect())
    }
}

struct Node(usize);

#[Object]
impl Node {
    /// Returns the node by a loader that answers at once.
    async fn near(&self, ctx: &Context<'_>) -> ApiResult<Node> {
        self.by::<Echo<0>>(ctx).await
    }

    /// Returns the node by a loader that yields first.
    async fn far(&self, ctx: &Context<'_>) -> ApiResult<Node> {
        self.by::<Echo<5>>(ctx).await
    }

    /// Returns so many nodes that the library polls some of them and yields before it polls the rest.
    async fn many(&self) -> Vec<Node> {
        (0..40).map(|number| Node(self.0 * 100 + number)).collect()
    }

    async fn number(&self) -> usize {
        self.0
    }
}

impl Node {
    async fn by<L: Loader<Key = usize, Value = usize>>(&self, ctx: &Context<'_>) -> ApiResult<Node> {
        load::<L>(ctx, self.0).await?.map(Node).ok_or_else(|| ApiError::internal("no echo"))
    }
}

struct Query;

#[Object]
impl Query {
    async fn nodes(&self, first: usize) -> Vec<Node> {
        (0..first).map(Node).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_depend_on_the_query_alone() {
    let world = World::on(Engine::Sqlite).await;
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let nobody = Caller::nobody(Language::English);
    for (selection, batches) in [
        ("number", 0),
        ("near { number }", 1),
        ("near { near { number } }", 2),
        // `near` waits for `far`. Both then ask the same loader, in one batch.
        ("near { near { number } } far { near { number } }", 3),
        ("near { far { number } } far { far { near { number } } } many { near { number } }", 4),
    ] {
        for first in [1, 5, 50] {
            let before = BATCHES.load(SeqCst);
            let request = Request::new(format!("{{ nodes(first: {first}) {{ {selection} }} }}"));
            let response = execute(&schema, &world.app, nobody.clone(), request).await;
            assert!(response.errors.is_empty(), "{:?}", response.errors);
            assert_eq!(BATCHES.load(SeqCst) - before, batches, "{first}: {selection}");
        }
    }
}

struct FailingLoader;

impl Loader for FailingLoader {
    type Key = usize;
    type Value = usize;

    async fn load(_context: &LoadContext, _keys: &[usize]) -> ApiResult<HashMap<usize, usize>> {
        Err(domain::Code::TryLater.into())
    }
}

#[tokio::test]
async fn every_resolver_receives_the_error_of_its_loader() {
    struct Query;

    #[Object]
    impl Query {
        async fn broken(&self, ctx: &Context<'_>) -> ApiResult<Option<usize>> {
            load::<FailingLoader>(ctx, 1).await
        }
    }

    let world = World::on(Engine::Sqlite).await;
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let request = Request::new("{ a: broken b: broken }");
    let response = execute(&schema, &world.app, Caller::nobody(Language::English), request).await;
    assert_eq!(response.errors.len(), 2);
}

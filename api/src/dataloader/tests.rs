//! The number of batches follows from the shape of a query.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use async_graphql::{EmptyMutation, EmptySubscription, Object};
use domain::refusal::Language;

use super::*;
use crate::database::Engine;
use crate::testing::World;

static BATCHES: AtomicUsize = AtomicUsize::new(0);

/// Answers with the key, after making way for others `N` times.
struct Echo<const N: usize>;

impl<const N: usize> Loader for Echo<N> {
    type Key = usize;
    type Value = usize;

    async fn load(_reader: &LoadContext, keys: &[usize]) -> ApiResult<HashMap<usize, usize>> {
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
    /// By a loader that answers at once.
    async fn near(&self, ctx: &Context<'_>) -> ApiResult<Node> {
        self.by::<Echo<0>>(ctx).await
    }

    /// By a loader that takes a while.
    async fn far(&self, ctx: &Context<'_>) -> ApiResult<Node> {
        self.by::<Echo<5>>(ctx).await
    }

    /// Many below: so many that the library looks at some of them and makes way before it looks at the rest.
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
        // The near one waits for the far one, and both ask of the same loader afterwards: one batch.
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

struct Broken;

impl Loader for Broken {
    type Key = usize;
    type Value = usize;

    async fn load(_reader: &LoadContext, _keys: &[usize]) -> ApiResult<HashMap<usize, usize>> {
        Err(domain::Code::TryLater.into())
    }
}

#[tokio::test]
async fn everybody_who_waits_is_told_of_a_failure() {
    struct Query;

    #[Object]
    impl Query {
        async fn broken(&self, ctx: &Context<'_>) -> ApiResult<Option<usize>> {
            load::<Broken>(ctx, 1).await
        }
    }

    let world = World::on(Engine::Sqlite).await;
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let request = Request::new("{ a: broken b: broken }");
    let response = execute(&schema, &world.app, Caller::nobody(Language::English), request).await;
    assert_eq!(response.errors.len(), 2);
}

//! Tests of the mask with a schema of their own, because the published one has no subscription yet.

use std::io::Write;
use std::sync::{Arc, Mutex};

use async_graphql::{EmptyMutation, Object, Request, Response, Schema, Subscription};
use domain::refusal::{Code, Language};
use futures::stream::{self, Stream, StreamExt};
use serde_json::{Value, json};

use super::Mask;
use crate::caller::Caller;
use crate::error::{ApiError, ApiResult};

const SECRET: &str = "row of 张三";

fn broken() -> ApiError {
    ApiError::internal(SECRET)
}

struct Query;

#[Object]
impl Query {
    async fn refused(&self) -> ApiResult<i32> {
        Err(Code::Forbidden.into())
    }

    async fn broken(&self) -> ApiResult<i32> {
        Err(broken())
    }
}

/// The log of a test.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Ticks;

#[Subscription]
#[expect(clippy::unused_async, reason = "the library takes resolvers as async functions")]
impl Ticks {
    /// Fails at its second item.
    async fn ticks(&self) -> impl Stream<Item = ApiResult<i32>> {
        stream::iter([Ok(1), Err(broken())])
    }

    /// Refuses to begin.
    async fn refused(&self) -> Result<impl Stream<Item = i32>, ApiError> {
        Err::<stream::Empty<i32>, _>(Code::Forbidden.into())
    }
}

fn schema() -> Schema<Query, EmptyMutation, Ticks> {
    Schema::build(Query, EmptyMutation, Ticks).extension(Mask::default()).finish()
}

fn request(text: &str) -> Request {
    Request::new(text).data(Caller::nobody(Language::English))
}

async fn streamed(text: &str) -> Vec<Response> {
    schema().execute_stream(request(text)).collect().await
}

/// Returns the code of the one error of a response. Checks that its text is in English and does not contain the cause.
#[track_caller]
fn code(response: &Response) -> Value {
    let [error] = response.errors.as_slice() else { panic!("one error: {response:?}") };
    let seen = serde_json::to_value(error).unwrap();
    assert!(!seen.to_string().contains("张三"), "{seen}");
    assert!(error.message.is_ascii(), "{}", error.message);
    seen["extensions"]["code"].clone()
}

#[tokio::test]
async fn the_errors_of_a_query_are_masked() {
    assert_eq!(code(&schema().execute(request("{ refused }")).await), json!("FORBIDDEN"));
    assert_eq!(code(&schema().execute(request("{ broken }")).await), json!("INTERNAL"));
    assert_eq!(code(&schema().execute(request("{ unknown }")).await), json!("BAD_QUERY"));
}

#[tokio::test]
async fn the_errors_of_a_subscription_are_masked() {
    let items = streamed("subscription { ticks }").await;
    assert_eq!(serde_json::to_value(&items[0]).unwrap(), json!({ "data": { "ticks": 1 } }));
    assert_eq!(code(&items[1]), json!("INTERNAL"));

    assert_eq!(code(&streamed("subscription { refused }").await[0]), json!("FORBIDDEN"));
    assert_eq!(code(&streamed("subscription { unknown }").await[0]), json!("BAD_QUERY"));
}

#[tokio::test]
async fn the_errors_of_a_query_over_a_socket_are_masked() {
    assert_eq!(code(&streamed("{ refused }").await[0]), json!("FORBIDDEN"));
    assert_eq!(code(&streamed("{ broken }").await[0]), json!("INTERNAL"));
}

/// A client can name a field anything, such as the number that it has just learned.
#[tokio::test]
async fn names_that_a_client_chose_are_not_logged() {
    let log = Log::default();
    let own = log.clone();
    let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(move || own.clone()).finish();
    let listening = tracing::subscriber::set_default(lines);
    for query in ["{ a13800138000: broken }", "{ broken }"] {
        assert_eq!(code(&schema().execute(request(query)).await), json!("INTERNAL"));
    }
    drop(listening);
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(said.contains("path=\"_\"") && said.contains("path=\"broken\""), "{said}");
    assert!(!said.contains("13800138000"), "{said}");
}

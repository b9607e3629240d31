//! Texts come in the caller's language; codes do not change with it.

use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::client::Answer;

#[track_caller]
fn said(answer: &Answer) -> &str {
    answer.json.pointer("/errors/0/message").and_then(|message| message.as_str()).expect("a refusal says why")
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_refusal_speaks_the_language_of_whoever_asks(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let query = "{ hazards { nodes { id } } }";
    let chinese = app.client().post(query, json!({})).await;
    let english = app.client().in_language("en-GB,en;q=0.9").post(query, json!({})).await;

    assert_eq!(chinese.code(), Some("UNAUTHENTICATED"));
    assert_eq!(english.code(), Some("UNAUTHENTICATED"));
    assert_eq!(said(&chinese), "请先登录；如登录已过期，请重新登录。");
    assert_eq!(said(&english), "Please log in. Your session may have expired.");
}

//! The server under test comes up, comes back, and goes without a trace, on both engines.

use reqwest::Method;
use rstest::rstest;
use tests::app::{Engine, TestApp};

async fn lives(app: &TestApp) -> bool {
    app.client().send(Method::GET, "/livez", None, "").await.status == 200
}

/// Its log is clean, too: the harness looks when the test ends.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_fresh_server_answers(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    assert!(lives(&app).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_killed_server_comes_back(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;

    app.kill_and_restart().await;

    assert!(lives(&app).await);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn its_rows_can_be_looked_at(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    app.rows().await.ping().await.unwrap();
}

#[tokio::test]
async fn several_processes_share_one_installation() {
    let apps = TestApp::start_many(2, Engine::Postgres).await;

    assert!(lives(&apps[0]).await && lives(&apps[1]).await);
    assert_ne!(apps[0].client().url("/"), apps[1].client().url("/"));
}

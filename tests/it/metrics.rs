//! The listener for operators: metrics that clients neither see nor can make grow.

use std::collections::BTreeSet;

use futures::future::join_all;
use reqwest::Method;
use tests::app::{Engine, Settings, Setup, TestApp, run};
use tests::scratch;

/// Returns the histograms of requests, one series for each set of labels.
fn series(metrics: &str) -> BTreeSet<String> {
    let counts = metrics.lines().filter_map(|line| line.strip_prefix("http_server_request_duration_seconds_count"));
    counts.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect()
}

#[tokio::test]
async fn invented_methods_share_one_series() {
    let app = TestApp::start(Engine::Sqlite).await;
    for path in ["/livez", "/nowhere"] {
        app.client().send(Method::GET, path, None, "").await;
    }
    let before = series(&app.metrics().await);
    assert!(before.len() >= 2, "{before:?}");

    join_all((0..10).map(async |connection| {
        let one = |n| {
            let end = if n == 499 { "close" } else { "keep-alive" };
            format!("QZ{connection}X{n} /livez HTTP/1.1\r\nhost: x\r\nconnection: {end}\r\n\r\n")
        };
        let requests: String = (0..500).map(one).collect();
        let heard = app.client().send_bytes(requests.as_bytes()).await;
        let answers = String::from_utf8_lossy(&heard).matches("HTTP/1.1 4").count();
        assert_eq!(answers, 500, "each of them is answered");
    }))
    .await;

    let metrics = app.metrics().await;
    let new: Vec<String> = series(&metrics).difference(&before).cloned().collect();
    assert_eq!(new.len(), 1, "{new:?}");
    assert!(new[0].contains("http_request_method=\"_OTHER\"") && !metrics.contains("QZ"), "{new:?}");
}

#[tokio::test]
async fn clients_see_no_metrics_and_operators_see_nothing_else() {
    let app = TestApp::start(Engine::Sqlite).await;
    let (clients, operators) = (app.client(), app.operators().await);
    for (client, path, status) in [
        (clients, "/metrics", 404),
        (clients, "/livez", 200),
        (clients, "/readyz", 200),
        (&operators, "/metrics", 200),
        (&operators, "/livez", 200),
        (&operators, "/readyz", 200),
        (&operators, "/graphql", 404),
        (&operators, "/graphiql", 404),
    ] {
        assert_eq!(client.send(Method::GET, path, None, "").await.status, status, "{path}");
    }
}

#[tokio::test]
async fn metrics_are_switched_off_by_an_empty_value() {
    let app = Setup::on(Engine::Sqlite).set("CHUISHAO_METRICS_LISTEN", "").start().await;
    assert!(!app.process().output().iter().any(|line| line.starts_with("metrics on ")), "{:?}", app.process().output());
    assert_eq!(app.client().send(Method::GET, "/livez", None, "").await.status, 200);
}

#[tokio::test]
async fn a_port_for_metrics_that_is_in_use_stops_the_start_with_a_sentence() {
    let app = TestApp::start(Engine::Sqlite).await;
    let taken = app.operators().await.address().to_string();
    let folder = scratch::folder();
    let settings = Settings::new()
        .set("CHUISHAO_DATA_DIR", folder.path().to_str().unwrap())
        .set("CHUISHAO_LISTEN", "127.0.0.1:0")
        .set("CHUISHAO_METRICS_LISTEN", &taken);
    let done = run(&["serve"], &settings).await;
    let said = String::from_utf8(done.stderr).unwrap();
    let sentence =
        "set CHUISHAO_METRICS_LISTEN to another address, or to an empty value for no metrics; cannot listen on";
    assert!(!done.status.success() && said.contains(sentence) && said.contains(&taken), "{said}");
}

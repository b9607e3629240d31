//! Clients that send or read hardly anything: they are given up at their deadline, and take nothing from others.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tests::app::{Engine, Setup, TestApp};
use tests::photos::{PhonePhoto, finished, phone_photo, report_with, send};
use tests::waiting::until;
use tests::world::{import, in_binyang};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use trials::slow_clients::{Crowd, Slowness, ordinary};

/// The time of the server for a head in these tests. A form has one second more, and the connection is kept for five.
const SECONDS: &str = "2";

/// Returns the value of a series, 0 if there is none.
async fn metric(app: &TestApp, series: &str) -> f64 {
    let text = app.metrics().await;
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map_or(0.0, |value| value.parse().unwrap())
}

/// All kinds at once, while an ordinary client is answered.
#[tokio::test]
async fn slow_clients_are_given_up_and_others_are_answered() {
    let app = Setup::on(Engine::Sqlite).set("CHUISHAO_CLIENT_SECONDS", SECONDS).start().await;
    let mut crowd = Crowd::gather(app.client().address(), &Slowness::ALL, 20).await.unwrap();
    assert!(crowd.left() > 100, "they are connected");
    let beside = ordinary(&app, Duration::from_secs(1)).await;
    assert!(beside.count() > 0 && beside.permille(990) < Duration::from_secs(5), "{:?}", beside.permille(990));
    let gone = tokio::time::timeout(Duration::from_mins(1), crowd.is_gone()).await.expect("they are given up");
    assert!(gone < Duration::from_secs(30), "{gone:?}");
    until("closed connections", async || {
        let open = metric(&app, "http_server_open_connections").await;
        if open <= 1.0 { Ok(()) } else { Err(open) }
    })
    .await;
    for waited_for in ["head", "answer"] {
        let series = format!("http_server_slow_clients_total{{waited_for=\"{waited_for}\"}}");
        assert!(metric(&app, &series).await >= 20.0, "{series}");
    }
}

/// Photos are streamed. Whoever has a link and reads nothing holds neither a connection nor the photo: others see it
/// meanwhile, and the connections are closed at their deadline.
#[tokio::test]
async fn whoever_does_not_read_a_photo_is_given_up_and_others_see_it() {
    const CLIENTS: u8 = 100;
    let app = Setup::on(Engine::Sqlite).set("CHUISHAO_CLIENT_SECONDS", SECONDS).start().await;
    import(&app).await;
    let photo = PhonePhoto::jpeg(phone_photo("dike-before.jpg"));
    let (submission, _) = report_with(app.client(), "ANONYMOUS", in_binyang(), std::slice::from_ref(&photo)).await;
    send(app.client(), submission, &photo).await.done();
    let shown = finished(app.client(), submission, &photo).await;
    let link = shown.text("completePhoto.displayUrl");
    let path = link.split_once("://").map_or(link, |(_, rest)| &rest[rest.find('/').unwrap()..]).to_owned();
    let whole = app.client().send(Method::GET, &path, None, "").await;
    assert_eq!(whole.status, 200);

    let mut crowd = Crowd::that_does_not_read(app.client().address(), &path, CLIENTS.into()).await.unwrap();
    until("all of them to be connected", async || {
        let open = metric(&app, "http_server_open_connections").await;
        if open >= f64::from(CLIENTS) { Ok(()) } else { Err(open) }
    })
    .await;
    let seen = app.client().send(Method::GET, &path, None, "").await;
    assert!(seen.status == 200 && seen.body.len() == whole.body.len(), "others see it");
    assert_eq!(crowd.left(), usize::from(CLIENTS), "they are still there");

    let gone = tokio::time::timeout(Duration::from_mins(1), crowd.is_gone()).await.expect("they are given up");
    assert!(gone < Duration::from_secs(30), "{gone:?}");
    let series = "http_server_slow_clients_total{waited_for=\"answer\"}";
    assert!(metric(&app, series).await >= f64::from(CLIENTS), "each of them was given up");
}

/// The name of a field that is repeated counts each time.
#[tokio::test]
async fn a_form_has_an_end_whatever_its_fields_are_called() {
    let app = TestApp::start(Engine::Sqlite).await;
    let field = "--e\r\ncontent-disposition: form-data; name=\"key\"\r\n\r\nx\r\n";
    let body = field.repeat(30);
    let request = format!(
        "POST /photos/incoming HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: multipart/form-data; \
         boundary=e\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let heard = app.client().send_bytes(request.as_bytes()).await;
    let heard = String::from_utf8_lossy(&heard);
    assert!(heard.starts_with("HTTP/1.1 413") && heard.contains("TOO_LARGE"), "{heard}");
}

/// More clients than there are connections: they wait at the door, and are answered when others are given up. Operators do
/// not wait.
#[tokio::test]
async fn connections_are_bounded_and_operators_are_answered() {
    let setup = Setup::on(Engine::Sqlite).set("CHUISHAO_CLIENT_SECONDS", SECONDS).set("CHUISHAO_CONNECTIONS", "16");
    let app = setup.set("CHUISHAO_WORKERS", "1").start().await;
    let mut idle = Vec::new();
    for _ in 0..16 {
        let mut connection = TcpStream::connect(app.client().address()).await.unwrap();
        connection.write_all(b"GET /livez HTTP/1.1\r\n").await.unwrap();
        idle.push(connection);
    }
    let crowded = async || {
        let open = metric(&app, "http_server_open_connections").await;
        if open >= 16.0 { Ok(()) } else { Err(open) }
    };
    until("16 connections", crowded).await;
    for path in ["/livez", "/readyz"] {
        let answer = app.operators().await.send(Method::GET, path, None, "").await;
        assert_eq!(answer.status, 200, "{path}");
    }
    app.client().post("{ viewer { kind } }", json!({})).await.done();
    let mut answer = Vec::new();
    idle.swap_remove(0).read_to_end(&mut answer).await.unwrap();
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));
}

/// A slow network is not a slow client: a body may take longer than the constant, as its length allows.
#[tokio::test]
async fn a_body_has_the_time_that_its_length_takes() {
    let app = Setup::on(Engine::Sqlite).set("CHUISHAO_CLIENT_SECONDS", "1").start().await;
    let body = format!("{:16384}", json!({ "query": "{ viewer { kind } }" }).to_string());
    let mut connection = TcpStream::connect(app.client().address()).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    for part in body.as_bytes().chunks(1_024) {
        tokio::time::sleep(Duration::from_millis(100)).await; // the network, not a wait for something
        connection.write_all(part).await.unwrap();
    }
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("NOBODY"), "{answer}");
}

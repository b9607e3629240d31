//! Starting and stopping: one server a folder, no guess at a setting, nobody cut off in the middle.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rstest::rstest;
use rustix::process::Signal;
use tests::app::{Engine, Settings, TestApp, run};
use tests::photos::{PhonePhoto, finished, phone_photo, report_with, send};
use tests::scratch;
use tests::world::{import, in_binyang};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_second_server_on_the_same_folder_is_refused() {
    let app = TestApp::start(Engine::Sqlite).await;

    let second = app.run(&["serve"]).await;

    assert!(!second.status.success());
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains("another chuishao process is using") && said.contains("CHUISHAO_DATA_DIR"), "{said}");
    assert!(app.client().send(reqwest::Method::GET, "/readyz", None, "").await.status.is_success());
}

/// Returns the paths below a folder, and the folder itself, that other users of the host may read, write or enter.
fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let mut open = Vec::new();
    let mut ways = vec![folder.to_owned()];
    while let Some(path) = ways.pop() {
        let about = std::fs::symlink_metadata(&path).unwrap();
        if about.is_dir() {
            ways.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        if about.permissions().mode() & 0o077 != 0 {
            open.push(path);
        }
    }
    open
}

/// Nobody else on the host reads what a running server writes: its database, its keys, and its photos. A folder with a
/// database that an earlier build left open is closed at the start.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_a_server_writes_is_closed_to_others(#[case] engine: Engine) {
    let probe = scratch::folder();
    std::fs::write(probe.path().join("probe"), "x").unwrap();
    assert_eq!(open_to_others(probe.path()).len(), 1, "the umask of this test would let others read");
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    let photo = PhonePhoto::jpeg(phone_photo("wall-before.jpg"));
    let (submission, _) = report_with(app.client(), "ANONYMOUS", in_binyang(), std::slice::from_ref(&photo)).await;
    send(app.client(), submission, &photo).await.done();
    finished(app.client(), submission, &photo).await;

    let (data, keys) = (app.data().to_owned(), app.keys());
    let written = |folder: &Path| std::fs::read_dir(folder).unwrap().count();
    assert!(written(&data) > 0 && written(&keys) > 0);
    let imported =
        |path: &PathBuf| path.extension().is_some_and(|ending| ["toml", "csv"].iter().any(|of| ending == *of));
    let ours = |folder: &Path| open_to_others(folder).into_iter().filter(|path| !imported(path)).collect::<Vec<_>>();
    assert_eq!((ours(&data), ours(&keys)), (Vec::new(), Vec::new()));

    let of_sqlite = [data.join("photos"), data.join("chuishao.db")]; // PostgreSQL is tested with S3
    let inside = of_sqlite.iter().filter(|_| engine == Engine::Sqlite);
    for path in inside.chain([&data]) {
        std::fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    app.expect_in_log("was accessible to other users of this host");
    app.stop_and_restart().await;
    assert_eq!(ours(&data), Vec::<PathBuf>::new());
    assert!(app.process().log().iter().any(|line| line.contains("was accessible to other users of this host")));
}

/// Each ends at once with a sentence that names the setting, before anything is made.
#[tokio::test]
async fn a_wrong_setting_stops_the_start_with_a_sentence() {
    let folder = scratch::folder();
    let data = folder.path().join("data");
    let typo = folder.path().join("typo.toml");
    std::fs::write(&typo, "litsen = \"127.0.0.1:0\"\n").unwrap();
    let plain: &[&str] = &["serve"];
    let with_file: &[&str] = &["serve", "--config", typo.to_str().unwrap()];
    for (arguments, name, value, sentence) in [
        (plain, "CHUISHAO_LISTEN", "here", "CHUISHAO_LISTEN must be an address and port"),
        (plain, "CHUISHAO_LITSEN", "127.0.0.1:0", "CHUISHAO_LITSEN is not a setting"),
        (plain, "CHUISHAO_QUEUE", "-1", "CHUISHAO_QUEUE must be a whole number"),
        (plain, "CHUISHAO_IN_FLIGHT", "4611686018427387904", "CHUISHAO_IN_FLIGHT must be a whole number from 1 to"),
        (plain, "CHUISHAO_LOG", "inof", "CHUISHAO_LOG must be levels off, error, warn"),
        (plain, "CHUISHAO_METRICS_LISTEN", "9464", "CHUISHAO_METRICS_LISTEN must be an address and port"),
        (plain, "CHUISHAO_GRAPHIQL", "yes", "CHUISHAO_GRAPHIQL must be one of: auto, true, false"),
        (plain, "CHUISHAO_LOG_FORMAT", "xml", "CHUISHAO_LOG_FORMAT must be one of"),
        (plain, "CHUISHAO_PAYER", "bank", "CHUISHAO_PAYER must be one of"),
        (plain, "CHUISHAO_DATABASE_URL", "mysql://x", "CHUISHAO_DATABASE_URL must begin with postgres://"),
        (
            plain,
            "CHUISHAO_S3_ENDPOINT",
            "http://127.0.0.1:9",
            "CHUISHAO_S3_ENDPOINT and CHUISHAO_S3_BUCKET go together",
        ),
        (
            plain,
            "CHUISHAO_PUBLIC_URL",
            "chuishao.example",
            "CHUISHAO_PUBLIC_URL must be a URL with http:// or https://",
        ),
        (plain, "CHUISHAO_S3_ACCESS_KEY", "some-key", "CHUISHAO_S3_ACCESS_KEY has no effect by itself"),
        (with_file, "CHUISHAO_LOG", "info", "CHUISHAO_LITSEN is not a setting"),
    ] {
        let settings = Settings::new().set("CHUISHAO_DATA_DIR", data.to_str().unwrap()).set(name, value);
        let done = run(arguments, &settings).await;
        let said = String::from_utf8(done.stderr).unwrap();
        assert!(!done.status.success() && said.contains(sentence), "{name}={value}: {said}");
        assert!(!data.exists(), "{name}={value}");
    }
}

/// Who has begun to speak is heard to the end and answered; then the process ends in good order.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_under_way_is_answered_before_the_end(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    let body = r#"{"query":"{ viewer { kind } }"}"#;
    let url = reqwest::Url::parse(&app.client().url("/graphql")).unwrap();
    let address = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let mut slow = TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n\
             expect: 100-continue\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut heard = vec![0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    slow.read_exact(&mut heard).await.unwrap();
    assert_eq!(heard, b"HTTP/1.1 100 Continue\r\n\r\n", "a worker listens to it");
    slow.write_all(&body.as_bytes()[..5]).await.unwrap();

    app.process().signal(Signal::TERM);
    tests::waiting::until("a closed door", async || match TcpStream::connect(&address).await {
        Ok(_) => Err("it still opens"),
        Err(_) => Ok(()),
    })
    .await;
    slow.write_all(&body.as_bytes()[5..]).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(r#""kind":"NOBODY""#), "{answer}");
    assert!(app.stop().success());
}

//! The server under test: the real binary, as a process of its own, on either engine.

use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use sea_orm::{ConnectOptions, DatabaseConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{
    client::Client,
    postgres::{Database, Template},
    process::Process,
    scratch,
    store::Store,
};

mod log;

/// The binary that the package `tests` builds around the server.
const BINARY: &str = "chuishao-under-test";
/// Tells that binary to end when its standard input does.
const END_WITH_INPUT: &str = "UNDER_TEST_ENDS_WITH_ITS_INPUT";
/// The line by which the server says that it is ready.
const READY: &str = "listening on http://";
/// What makes the keys where the server does not make them by itself.
const MAKE_KEYS: &[&str] = &["keys", "make"];
/// What brings a PostgreSQL to the newest schema.
const MIGRATE: &[&str] = &["migrate"];
/// The SQLite file below the data folder.
const SQLITE_FILE: &str = "chuishao.db";

/// Where the rows live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file below the data folder.
    Sqlite,
    /// A database of this test in the throw-away cluster.
    Postgres,
}

/// What may be chosen before the server starts: `Setup::on(engine).with_store().set("CHUISHAO_…", "…").start()`.
#[derive(Debug)]
pub struct Setup {
    engine: Engine,
    store: bool,
    settings: Vec<(String, String)>,
}

impl Setup {
    /// A server with its defaults on this engine, photos on disk.
    #[must_use]
    pub fn on(engine: Engine) -> Self {
        Self {
            engine,
            store: false,
            settings: Vec::new(),
        }
    }

    /// Photos in an S3-compatible store.
    #[must_use]
    pub fn with_store(mut self) -> Self {
        self.store = true;
        self
    }

    /// One more environment variable of the server; a later one of the same name wins.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts one process and waits until it listens.
    pub async fn start(self) -> TestApp {
        TestApp::start_in(Arc::new(self.build().await)).await
    }

    /// Starts several processes over one database and one store.
    ///
    /// # Panics
    /// On SQLite, which belongs to one process.
    pub async fn start_many(self, count: usize) -> Vec<TestApp> {
        assert_eq!(
            self.engine,
            Engine::Postgres,
            "several processes share a PostgreSQL, never an SQLite file"
        );
        let world = Arc::new(self.with_store().build().await);
        futures::future::join_all((0..count).map(|_| TestApp::start_in(Arc::clone(&world)))).await
    }

    async fn build(self) -> World {
        let keys = scratch::folder();
        let mut settings = vec![("CHUISHAO_KEYS_DIR".to_owned(), path_text(keys.path()))];
        let database = match self.engine {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let database = migrated().await.copy().await;
                settings.push(("CHUISHAO_DATABASE_URL".to_owned(), database.url().to_owned()));
                succeed(MAKE_KEYS, &settings).await;
                Some(database)
            }
        };
        let store = self.store.then(Store::start);
        settings.extend(store.iter().flat_map(store_settings));
        settings.extend(self.settings);
        World {
            database,
            store,
            settings,
            _keys: keys,
        }
    }
}

/// What several processes of one installation share.
#[derive(Debug)]
struct World {
    database: Option<Database>,
    store: Option<Store>,
    settings: Vec<(String, String)>,
    _keys: TempDir,
}

/// A running server. When it is dropped it is stopped, and its log must hold no warning and no error that the test has
/// not named with [`TestApp::expect_in_log`].
#[derive(Debug)]
pub struct TestApp {
    process: Process,
    client: Client,
    data: TempDir,
    named: Mutex<Vec<String>>,
    world: Arc<World>,
}

impl TestApp {
    /// A server with its defaults.
    pub async fn start(engine: Engine) -> Self {
        Setup::on(engine).start().await
    }

    /// Several processes of one installation; see [`Setup::start_many`].
    pub async fn start_many(count: usize, engine: Engine) -> Vec<Self> {
        Setup::on(engine).start_many(count).await
    }

    /// A client without a token.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The engine it runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        if self.world.database.is_some() {
            Engine::Postgres
        } else {
            Engine::Sqlite
        }
    }

    /// The process, for signals and for waiting on a line of its log.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The store, when there is one.
    #[must_use]
    pub fn store(&self) -> Option<&Store> {
        self.world.store.as_ref()
    }

    /// The data folder of this process.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// A connection to the rows behind the server's back: to look, and to do what a thief of the disk would.
    pub async fn rows(&self) -> DatabaseConnection {
        if let Some(database) = &self.world.database {
            return database.connect().await;
        }
        let file = self.data.path().join(SQLITE_FILE);
        let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rw", file.display()));
        options.max_connections(1).sqlx_logging(false);
        sea_orm::Database::connect(options)
            .await
            .expect("the server has made its database")
    }

    /// Runs another command of the binary with the settings of this server.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        run(arguments, &self.settings()).await
    }

    /// Allows warnings and errors of the log that contain this.
    pub fn expect_in_log(&self, part: &str) {
        self.named
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(part.to_owned());
    }

    /// Ends the process without a word and starts another on the same data, at another address.
    pub async fn kill_and_restart(&mut self) {
        self.process.kill();
        self.restart().await;
    }

    /// Stops the process in good order and starts another on the same data, at another address.
    pub async fn stop_and_restart(&mut self) {
        self.process.stop();
        self.restart().await;
    }

    async fn restart(&mut self) {
        self.check_log();
        (self.process, self.client) = serve(&self.settings()).await;
    }

    async fn start_in(world: Arc<World>) -> Self {
        let data = scratch::folder();
        let (process, client) = serve(&settings_of(&world, data.path())).await;
        Self {
            process,
            client,
            data,
            named: Mutex::default(),
            world,
        }
    }

    fn settings(&self) -> Vec<(String, String)> {
        settings_of(&self.world, self.data.path())
    }

    fn check_log(&self) {
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let faults = log::faults(&self.process.log(), &named);
        assert!(
            faults.is_empty(),
            "the server logged what the test did not name:\n{}",
            faults.join("\n")
        );
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if thread::panicking() {
            self.process.kill();
            eprintln!("the server's log:\n{}", self.process.log().join("\n"));
            return;
        }
        self.process.stop();
        self.check_log();
    }
}

/// Writes each test once and runs it on both engines, as `sqlite::name` and `postgres::name`. Once in a file.
///
/// ```ignore
/// tests::on_both_engines! {
///     /// What is shown.
///     async fn a_report_is_answered_once(app: TestApp) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => {
        $($(#[$attribute])* async fn $name($app: $crate::app::TestApp) $body)+

        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::app::TestApp::start($crate::app::Engine::Sqlite).await).await;
            })+
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::app::TestApp::start($crate::app::Engine::Postgres).await).await;
            })+
        }
    };
}

/// A database with the newest schema, made once in a test process.
async fn migrated() -> &'static Template {
    static MIGRATED: OnceCell<Template> = OnceCell::const_new();
    let fill = async |url: &str| succeed(MIGRATE, &[("CHUISHAO_DATABASE_URL".to_owned(), url.to_owned())]).await;
    MIGRATED.get_or_init(|| Template::fill(fill)).await
}

async fn serve(settings: &[(String, String)]) -> (Process, Client) {
    let process = Process::start(command(&["serve"], settings).env(END_WITH_INPUT, "1"));
    let address: SocketAddr = process
        .output_after(READY)
        .await
        .parse()
        .expect("the server listens on an address and a port");
    (process, Client::new(address))
}

async fn succeed(arguments: &[&str], settings: &[(String, String)]) {
    let Output { status, stderr, .. } = run(arguments, settings).await;
    assert!(
        status.success(),
        "{arguments:?} ended with {status}: {}",
        String::from_utf8_lossy(&stderr)
    );
}

async fn run(arguments: &[&str], settings: &[(String, String)]) -> Output {
    let mut command = tokio::process::Command::from(command(arguments, settings));
    command
        .kill_on_drop(true)
        .output()
        .await
        .expect("the binary can be run")
}

/// The binary with these settings and no others: what the tester's own shell sets must not change a test.
fn command(arguments: &[&str], settings: &[(String, String)]) -> Command {
    let mut command = Command::new(binary());
    for (name, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"CHUISHAO_")) {
        command.env_remove(name);
    }
    command.args(arguments).envs(settings.iter().cloned());
    command
}

/// Cargo names it at run time; a test binary that is run by hand finds it beside its own folder.
#[expect(clippy::disallowed_methods, reason = "Cargo's variable, not a setting of the server")]
fn binary() -> PathBuf {
    if let Some(path) = env::var_os(format!("CARGO_BIN_EXE_{BINARY}")) {
        return path.into();
    }
    let mut path = env::current_exe().expect("a process knows its own binary");
    path.pop();
    if path.ends_with("deps") {
        path.pop();
    }
    path.join(BINARY)
}

fn settings_of(world: &World, data: &Path) -> Vec<(String, String)> {
    let mut settings = vec![
        ("CHUISHAO_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
        ("CHUISHAO_DATA_DIR".to_owned(), path_text(data)),
    ];
    settings.extend(world.settings.iter().cloned());
    settings
}

fn store_settings(store: &Store) -> [(String, String); 5] {
    [
        ("CHUISHAO_S3_ENDPOINT".to_owned(), store.endpoint()),
        ("CHUISHAO_S3_REGION".to_owned(), Store::REGION.to_owned()),
        ("CHUISHAO_S3_BUCKET".to_owned(), Store::BUCKET.to_owned()),
        ("CHUISHAO_S3_ACCESS_KEY".to_owned(), Store::ACCESS_KEY.to_owned()),
        ("CHUISHAO_S3_SECRET_KEY".to_owned(), Store::SECRET_KEY.to_owned()),
    ]
}

fn path_text(path: &Path) -> String {
    path.to_str()
        .expect("the scratch folder has a name in UTF-8")
        .to_owned()
}

//! A temporary PostgreSQL cluster, and a new database for each test.
//!
//! All tests of a process share one cluster: the one at `CHUISHAO_TEST_POSTGRES_URL` if the variable is set (`./test`
//! sets it), otherwise one that is started at first use and removed when the process ends. A test that stops the
//! database server itself starts its own [`Cluster`].

use std::{
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::OnceLock,
    thread,
};

use reqwest::Url;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::scratch::OwnGroup;

/// The environment variable with the superuser URL of an existing cluster.
pub const URL_VARIABLE: &str = "CHUISHAO_TEST_POSTGRES_URL";

/// A database that belongs to one test. Dropping the value drops the database.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
}

impl Database {
    /// Creates an empty database.
    pub async fn empty() -> Self {
        Self::create(None).await
    }

    /// Returns the connection URL, with user and password: `postgres://…`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens a pool of two connections, without statement logging.
    pub async fn connect(&self) -> DatabaseConnection {
        connect(&self.url, 2).await.expect("a database just made can be reached")
    }

    async fn create(template: Option<&str>) -> Self {
        let name = format!("test_{}", Uuid::new_v4().simple());
        let (done, result) = oneshot::channel();
        let sql = match template {
            Some(template) => format!(r#"create database "{name}" template "{template}""#),
            None => format!(r#"create database "{name}""#),
        };
        Keeper::shared().ask(Ask { sql, done: Some(done) });
        let result = result.await.expect("the keeper of the cluster answers");
        result.unwrap_or_else(|error| panic!("a database cannot be made: {error}"));
        let url = Keeper::shared().url_of(&name);
        Self { name, url }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // `force` terminates connections left over from a killed server. The drop is not awaited, because the cluster
        // is removed anyway.
        let sql = format!(r#"drop database if exists "{}" with (force)"#, self.name);
        Keeper::shared().ask(Ask { sql, done: None });
    }
}

/// A template database that was filled once and is copied for each test: a copy is much cheaper than a migration.
#[derive(Debug)]
pub struct Template {
    filled: Database,
}

impl Template {
    /// Creates a database and lets `fill` populate it at the given URL. `fill` must close every connection, because
    /// PostgreSQL copies a template only if nobody is connected to it.
    pub async fn fill(fill: impl AsyncFnOnce(&str)) -> Self {
        let filled = Database::empty().await;
        fill(filled.url()).await;
        Self { filled }
    }

    /// Creates a copy of the template.
    pub async fn copy(&self) -> Database {
        Database::create(Some(&self.filled.name)).await
    }
}

/// Whether PostgreSQL flushes commits to the disk (`fsync`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flush {
    /// Commits are flushed, as in production.
    Always,
    /// Commits are not flushed. This is faster, but proves nothing about durability.
    Never,
}

/// A separate PostgreSQL cluster. It is removed when the value is dropped or the process ends.
#[derive(Debug)]
pub struct Cluster {
    child: Child,
    lines: BufReader<ChildStdout>,
    url: Url,
}

impl Cluster {
    /// Creates and starts a cluster. Blocks for about two seconds.
    #[must_use]
    pub fn start(flush: Flush) -> Self {
        let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("throwaway-postgres"));
        if flush == Flush::Never {
            command.arg("--no-fsync");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).in_its_own_group();
        let mut child = command.spawn().expect("tests/throwaway-postgres can be run");
        let mut lines = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let url = Url::parse(&answer(&mut lines)).expect("its first line is a URL");
        Self { child, lines, url }
    }

    /// Returns the superuser URL.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Returns the address at which the cluster listens, also while it is stopped.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let addresses = self.url.socket_addrs(|| None).expect("its URL has an address and a port");
        *addresses.first().expect("its URL has an address and a port")
    }

    /// Stops the server immediately, without a checkpoint and without closing connections cleanly, as in a crash.
    pub fn crash(&mut self) {
        assert_eq!(self.order("crash"), "crashed");
    }

    /// Kills all processes of the server with SIGKILL.
    pub fn kill(&mut self) {
        assert_eq!(self.order("kill"), "killed");
    }

    /// Restarts a crashed or killed server on the same port.
    pub fn restart(&mut self) {
        assert_eq!(self.order("start"), self.url.as_str());
    }

    fn order(&mut self, order: &str) -> String {
        let input = self.child.stdin.as_mut().expect("its input is a pipe");
        writeln!(input, "{order}").expect("it reads its orders");
        answer(&mut self.lines)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.child.stdin.take()); // the script exits at the end of its input
        let _ = self.child.wait();
    }
}

fn answer(lines: &mut impl BufRead) -> String {
    let mut line = String::new();
    lines.read_line(&mut line).expect("it answers in UTF-8");
    assert!(!line.is_empty(), "PostgreSQL did not start; the reason is on standard error above");
    line.trim_end().to_owned()
}

/// A statement for the keeper to execute, and the channel for its result if somebody waits.
struct Ask {
    sql: String,
    done: Option<oneshot::Sender<Result<(), DbErr>>>,
}

/// Creates and drops databases on a separate thread with its own runtime, because a connection cannot outlive the
/// runtime of the test that opened it.
struct Keeper {
    url: Url,
    asks: mpsc::UnboundedSender<Ask>,
}

impl Keeper {
    fn shared() -> &'static Self {
        static KEEPER: OnceLock<Keeper> = OnceLock::new();
        KEEPER.get_or_init(Self::start)
    }

    #[expect(clippy::disallowed_methods, reason = "a setting of the harness, not of the server")]
    fn start() -> Self {
        let given = std::env::var(URL_VARIABLE).ok();
        let cluster = given.is_none().then(|| Cluster::start(Flush::Always));
        let url = given.or_else(|| cluster.as_ref().map(|cluster| cluster.url().to_owned()));
        let url = url.and_then(|url| Url::parse(&url).ok()).expect("CHUISHAO_TEST_POSTGRES_URL is a URL");
        let (asks, asked) = mpsc::unbounded_channel();
        let admin = url.to_string();
        thread::spawn(move || {
            let _lives_as_long_as_this_thread = cluster;
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime can be made")
                .block_on(keep(&admin, asked));
        });
        Self { url, asks }
    }

    fn ask(&self, ask: Ask) {
        // Sending fails only if the keeper has panicked. The result channel is then closed, so a waiting caller gets an
        // error.
        let _ = self.asks.send(ask);
    }

    fn url_of(&self, name: &str) -> String {
        let mut url = self.url.clone();
        url.set_path(name);
        url.into()
    }
}

async fn keep(admin: &str, mut asked: mpsc::UnboundedReceiver<Ask>) {
    let connection = connect(admin, 1).await.expect("the cluster can be reached");
    while let Some(Ask { sql, done }) = asked.recv().await {
        let result = connection.execute_unprepared(&sql).await.map(drop);
        if let Some(done) = done {
            let _ = done.send(result);
        }
    }
}

async fn connect(url: &str, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).sqlx_logging(false);
    sea_orm::Database::connect(options).await
}

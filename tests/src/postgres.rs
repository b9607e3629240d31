//! A throw-away PostgreSQL, and a fresh database for each test.
//!
//! One cluster serves the whole test process: that of `CHUISHAO_TEST_POSTGRES_URL` when it is set (`./test` does), else
//! one that is started at first use and is gone with the process. A test that stops the server itself starts a
//! [`Cluster`] of its own.

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

/// Where the whole process finds its cluster, if somebody has started one for it.
pub const URL_VARIABLE: &str = "CHUISHAO_TEST_POSTGRES_URL";

/// A database of one test; dropped with the value.
#[derive(Debug)]
pub struct Database {
    name: String,
    url: String,
}

impl Database {
    /// Makes an empty database.
    pub async fn empty() -> Self {
        Self::create(None).await
    }

    /// Returns where it is, with user and password: `postgres://…`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens a pool of two connections, without a log of its statements.
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
        // `force` ends what a killed server has left connected. Nobody waits: the cluster goes anyway.
        let sql = format!(r#"drop database if exists "{}" with (force)"#, self.name);
        Keeper::shared().ask(Ask { sql, done: None });
    }
}

/// A database that was filled once and is copied for each test: a copy costs far less than a migration.
#[derive(Debug)]
pub struct Template {
    filled: Database,
}

impl Template {
    /// Fills a fresh database, whose URL is given to `fill`. Every connection to it must be closed in the end.
    pub async fn fill(fill: impl AsyncFnOnce(&str)) -> Self {
        let filled = Database::empty().await;
        fill(filled.url()).await;
        Self { filled }
    }

    /// Returns a database that begins as the template is.
    pub async fn copy(&self) -> Database {
        Database::create(Some(&self.filled.name)).await
    }
}

/// Whether what the server calls written has to reach the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flush {
    /// As in an installation.
    Always,
    /// Faster, and says nothing about what survives.
    Never,
}

/// A PostgreSQL of one's own, gone with the value or with the process.
#[derive(Debug)]
pub struct Cluster {
    child: Child,
    lines: BufReader<ChildStdout>,
    url: Url,
}

impl Cluster {
    /// Makes and starts a cluster; blocks for about two seconds.
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

    /// Returns the URL of its superuser.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Returns where it listens, crashed or not.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let addresses = self.url.socket_addrs(|| None).expect("its URL has an address and a port");
        *addresses.first().expect("its URL has an address and a port")
    }

    /// Stops the server as a power cut would: no checkpoint, no good-bye.
    pub fn crash(&mut self) {
        assert_eq!(self.order("crash"), "crashed");
    }

    /// Kills every process of the server (kill -9) in the middle of what it does.
    pub fn kill(&mut self) {
        assert_eq!(self.order("kill"), "killed");
    }

    /// Starts a crashed or killed server again, on the same port.
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
        drop(self.child.stdin.take()); // the end of its input is its end
        let _ = self.child.wait();
    }
}

fn answer(lines: &mut impl BufRead) -> String {
    let mut line = String::new();
    lines.read_line(&mut line).expect("it answers in UTF-8");
    assert!(!line.is_empty(), "PostgreSQL did not start; the reason is on standard error above");
    line.trim_end().to_owned()
}

/// Something the keeper should carry out.
struct Ask {
    sql: String,
    done: Option<oneshot::Sender<Result<(), DbErr>>>,
}

/// Makes and drops databases from a thread of its own, because the runtime of one test ends before the next begins.
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
        // Refused only when the keeper has panicked, and then who waits for an answer is told.
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

//! The server under test: the real binary in a separate process, on either engine.

use std::{
    ops::Deref,
    process::ExitStatus,
    sync::{Mutex, PoisonError},
    thread,
};

use crate::{client::Client, process::Process};

mod binary;
mod installation;
mod log;
mod place;
mod settings;
mod setup;

pub use binary::be_the_server;
pub use installation::Installation;
pub use place::EmptyPlace;
pub use settings::{Settings, run};
pub use setup::Setup;

/// The name of the SQLite file in the data folder.
const SQLITE_FILE: &str = "chuishao.db";

/// The database engine of the server under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// An SQLite file in the data folder.
    Sqlite,
    /// A database that belongs to this test, in the temporary cluster.
    Postgres,
}

/// A running server. Dropping it stops the server and fails the test if the log contains a warning or an error that was
/// not allowed with [`TestApp::expect_in_log`].
#[derive(Debug)]
pub struct TestApp {
    process: Process,
    client: Client,
    named: Mutex<Vec<String>>,
    installation: Installation,
}

impl Deref for TestApp {
    type Target = Installation;

    fn deref(&self) -> &Installation {
        &self.installation
    }
}

impl TestApp {
    /// Starts a server with default settings.
    pub async fn start(engine: Engine) -> Self {
        Setup::on(engine).start().await
    }

    /// Starts several processes of one installation, as [`Setup::start_many`] does.
    pub async fn start_many(count: usize, engine: Engine) -> Vec<Self> {
        Setup::on(engine).start_many(count).await
    }

    /// Returns a client without a token.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the engine on which the server runs.
    #[must_use]
    pub fn engine(&self) -> Engine {
        if self.database_url().is_some() { Engine::Postgres } else { Engine::Sqlite }
    }

    /// Returns a client of the listener for operators.
    pub async fn operators(&self) -> Client {
        let url = self.process.output_after("metrics on http://").await;
        let address = url.trim_end_matches("/metrics").parse().expect("the server prints an address and a port");
        Client::new(address)
    }

    /// Returns the metrics of the process.
    pub async fn metrics(&self) -> String {
        self.operators().await.send(reqwest::Method::GET, "/metrics", None, "").await.body
    }

    /// Returns the child process, to send it signals or to wait for a line in its log.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Allows warnings and errors in the log that contain this text.
    pub fn expect_in_log(&self, part: &str) {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).push(part.to_owned());
    }

    /// Stops the process gracefully, without a restart, and returns its exit status. Its log and its files remain
    /// accessible.
    pub fn stop(&mut self) -> ExitStatus {
        self.process.stop()
    }

    /// Kills the process (SIGKILL) and starts another on the same data, on a new port.
    pub async fn kill_and_restart(&mut self) {
        self.process.kill();
        self.restart().await;
    }

    /// Stops the process gracefully and starts another on the same data, on a new port.
    pub async fn stop_and_restart(&mut self) {
        self.process.stop();
        self.restart().await;
    }

    async fn restart(&mut self) {
        self.check_log();
        (self.process, self.client) = binary::serve(&self.settings()).await;
    }

    async fn start_in(installation: Installation) -> Self {
        let (process, client) = binary::serve(&installation.settings()).await;
        Self { process, client, named: Mutex::default(), installation }
    }

    fn check_log(&self) {
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let faults = log::faults(&self.process.log(), &named);
        assert!(faults.is_empty(), "the server logged what the test did not name:\n{}", faults.join("\n"));
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

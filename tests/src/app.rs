//! The server under test: the real binary, as a process of its own, on either engine.

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

/// A running server. When it is dropped it is stopped, and its log must hold no warning and no error that the test has
/// not named with [`TestApp::expect_in_log`].
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
    /// Starts a server with its defaults.
    pub async fn start(engine: Engine) -> Self {
        Setup::on(engine).start().await
    }

    /// Several processes of one installation; see [`Setup::start_many`].
    pub async fn start_many(count: usize, engine: Engine) -> Vec<Self> {
        Setup::on(engine).start_many(count).await
    }

    /// Returns a client without a token.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the engine it runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        if self.database_url().is_some() { Engine::Postgres } else { Engine::Sqlite }
    }

    /// Returns the process, for signals and for waiting on a line of its log.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Allows warnings and errors of the log that contain this.
    pub fn expect_in_log(&self, part: &str) {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).push(part.to_owned());
    }

    /// Stops the process in good order and starts no other; its status. What it said and what it left on the disk can
    /// still be looked at.
    pub fn stop(&mut self) -> ExitStatus {
        self.process.stop()
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

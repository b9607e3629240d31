//! The binary that the package `tests` builds around the server, and its commands.

use std::{
    env,
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Output},
    sync::OnceLock,
};

use crate::{client::Client, process::Process, under_test};

/// Its name.
const BINARY: &str = "chuishao-under-test";
/// The line by which the server says that it is ready.
const READY: &str = "listening on http://";
/// What makes the keys where the server does not make them by itself.
pub(super) const MAKE_KEYS: &[&str] = &["keys", "make"];
/// What brings a PostgreSQL to the newest schema.
pub(super) const MIGRATE: &[&str] = &["migrate"];

/// Starts the server and waits until it listens.
pub(super) async fn serve(settings: &[(String, String)]) -> (Process, Client) {
    let process = Process::start(command(&["serve"], settings).env(under_test::END_WITH_INPUT, "1"));
    let address: SocketAddr =
        process.output_after(READY).await.parse().expect("the server listens on an address and a port");
    (process, Client::new(address))
}

/// Runs a command that must succeed.
pub(super) async fn succeed(arguments: &[&str], settings: &[(String, String)]) {
    let Output { status, stderr, .. } = run(arguments, settings).await;
    assert!(status.success(), "{arguments:?} ended with {status}: {}", String::from_utf8_lossy(&stderr));
}

/// Runs a command to its end.
pub(super) async fn run(arguments: &[&str], settings: &[(String, String)]) -> Output {
    let mut command = tokio::process::Command::from(command(arguments, settings));
    command.kill_on_drop(true).output().await.expect("the binary can be run")
}

/// Returns the binary with these settings and no others: what the tester's own shell sets must not change a test.
fn command(arguments: &[&str], settings: &[(String, String)]) -> Command {
    let mut command = Command::new(binary());
    for (name, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"CHUISHAO_")) {
        command.env_remove(name);
    }
    command.args(arguments).envs(settings.iter().cloned()).env(under_test::SERVE, "1");
    command
}

/// From now on the server is this very program, which must begin with [`crate::under_test::serve_if_asked`]: what is
/// measured is then what was built.
pub fn be_the_server() {
    let own = env::current_exe().expect("a process knows its own binary");
    OWN.get_or_init(|| own);
}

/// The program that serves, where it is not the binary of the tests.
static OWN: OnceLock<PathBuf> = OnceLock::new();

/// Cargo names it at run time; a test binary that is run by hand finds it beside its own folder.
#[expect(clippy::disallowed_methods, reason = "Cargo's variable, not a setting of the server")]
fn binary() -> PathBuf {
    if let Some(own) = OWN.get() {
        return own.clone();
    }
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

//! Runs the server binary that the package `tests` builds, and its commands.

use std::{
    env,
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Output},
    sync::OnceLock,
};

use crate::{client::Client, process::Process, under_test};

/// The name of the binary target.
const BINARY: &str = "chuishao-under-test";
/// The prefix of the line that the server prints when it is listening.
const READY: &str = "listening on http://";
/// The command that creates the keys. On PostgreSQL the server does not create them itself.
pub(super) const MAKE_KEYS: &[&str] = &["keys", "make"];
/// The command that applies pending migrations on PostgreSQL.
pub(super) const MIGRATE: &[&str] = &["migrate"];

/// Starts the server and waits until it is listening. The server exits at the end of its standard input, hence with the
/// test process.
pub(super) async fn serve(settings: &[(String, String)]) -> (Process, Client) {
    let process = Process::start(command(&["serve"], settings).env(under_test::END_WITH_INPUT, "1"));
    let address: SocketAddr =
        process.output_after(READY).await.parse().expect("the server listens on an address and a port");
    (process, Client::new(address))
}

/// Runs a command, and panics if it fails.
pub(super) async fn succeed(arguments: &[&str], settings: &[(String, String)]) {
    let Output { status, stderr, .. } = run(arguments, settings).await;
    assert!(status.success(), "{arguments:?} ended with {status}: {}", String::from_utf8_lossy(&stderr));
}

/// Runs a command to completion, and returns its exit status and output.
pub(super) async fn run(arguments: &[&str], settings: &[(String, String)]) -> Output {
    let mut command = tokio::process::Command::from(command(arguments, settings));
    command.kill_on_drop(true).output().await.expect("the binary can be run")
}

/// Builds the command with exactly these settings. Removes inherited `CHUISHAO_…` variables, so that the developer's
/// shell does not influence a test.
fn command(arguments: &[&str], settings: &[(String, String)]) -> Command {
    let mut command = Command::new(binary());
    for (name, _) in env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"CHUISHAO_")) {
        command.env_remove(name);
    }
    command.args(arguments).envs(settings.iter().cloned()).env(under_test::SERVE, "1");
    command
}

/// Makes the current executable the server binary, so that a benchmark measures the profile that it was built with. Its
/// `main` must begin with [`crate::under_test::serve_if_asked`].
pub fn be_the_server() {
    let own = env::current_exe().expect("a process knows its own binary");
    OWN.get_or_init(|| own);
}

/// The server binary set by [`be_the_server`], if it is not the one of the package `tests`.
static OWN: OnceLock<PathBuf> = OnceLock::new();

/// Returns the path of the server binary. Cargo gives it at run time in an environment variable; a test binary that is
/// run by hand looks for it next to its own executable, one level up from `deps`.
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

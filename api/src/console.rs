//! Functions that all commands share: printing, the current time, and the shutdown signal.

use std::io::Write;

/// Writes a line to standard output and flushes it. Ignores write errors, such as a closed pipe.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _reader_is_gone = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Waits for SIGTERM or SIGINT, or only for SIGINT if no SIGTERM handler can be installed.
pub(crate) async fn shutdown_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return tokio::signal::ctrl_c().await.unwrap_or_default();
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Returns the current time, truncated to milliseconds like `App::now`, for a command that has no app.
#[expect(clippy::disallowed_methods, reason = "a command has no app whose clock it could ask")]
pub(crate) fn now() -> chrono::DateTime<chrono::Utc> {
    use chrono::SubsecRound;
    chrono::Utc::now().trunc_subsecs(3)
}

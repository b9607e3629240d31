//! Functions that all commands share: printing, the current time, and the shutdown signal.

use std::io::Write;

use futures::FutureExt;
use futures::future::select_all;

/// Writes a line to standard output and flushes it. Ignores write errors, such as a closed pipe.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _reader_is_gone = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Returns a future that ends at SIGTERM or SIGINT. The handlers are installed by the call itself, not when the future is
/// first polled: a signal that arrives in between would end the process at once, and cut off requests in flight. If a handler
/// cannot be installed, the future ends at the other signal only, or never.
pub(crate) fn shutdown_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let [terminate, interrupt] = [SignalKind::terminate(), SignalKind::interrupt()].map(|kind| signal(kind).ok());
    async move {
        let received =
            [terminate, interrupt].into_iter().flatten().map(|mut signal| async move { signal.recv().await }.boxed());
        let received: Vec<_> = received.collect();
        if received.is_empty() {
            return std::future::pending().await;
        }
        select_all(received).await;
    }
}

/// Returns the current time, truncated to milliseconds like `App::now`, for a command that has no app.
#[expect(clippy::disallowed_methods, reason = "a command has no app whose clock it could ask")]
pub(crate) fn now() -> chrono::DateTime<chrono::Utc> {
    use chrono::SubsecRound;
    chrono::Utc::now().trunc_subsecs(3)
}

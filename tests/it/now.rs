//! The time outside the server.

use chrono::{DateTime, Utc};

/// Returns the time of this machine, by which the server under test runs.
#[expect(clippy::disallowed_methods, reason = "a test outside the server has no clock of an app")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

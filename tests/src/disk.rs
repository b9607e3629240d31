//! Simulates a full disk for a running server.
//!
//! A file-size limit (`RLIMIT_FSIZE`) simulates the full disk without administrator rights. The kernel applies it to
//! each write of the running process, and it can be lifted again.

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::{app::TestApp, under_test};

/// Texts of the warnings that the server may log while its disk is full.
pub const WHILE_FULL: [&str; 3] =
    ["the database is not answering", "the photo store is not answering", "will be retried"];

/// The environment variable, with any value, that a server must be started with before its disk can be made full.
pub const CAN_BE_FULL: &str = under_test::LIMITS_ARE_ERRORS;

/// Prevents the server from writing beyond this size, in bytes, in any file.
///
/// # Panics
/// Panics if the kernel refuses.
pub fn is_full_beyond(app: &TestApp, bytes: u64) {
    limit(app, Some(bytes));
}

/// Lifts the limit.
///
/// # Panics
/// Panics if the kernel refuses.
pub fn has_space(app: &TestApp) {
    limit(app, None);
}

fn limit(app: &TestApp, current: Option<u64>) {
    let process = i32::try_from(app.process().id()).ok().and_then(Pid::from_raw);
    prlimit(process, Resource::Fsize, Rlimit { current, maximum: None }).expect("a limit of a child can be set");
}

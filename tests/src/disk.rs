//! A disk that is full, as the server sees it.
//!
//! Without the rights of an administrator a disk is filled by a limit on the size of files. The kernel applies it to each write
//! of the running process, and it can be lifted again.

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::{app::TestApp, under_test};

/// Parts of the lines that the server may log meanwhile.
pub const WHILE_FULL: [&str; 3] =
    ["the database is not answering", "the photo store is not answering", "will be retried"];

/// The environment variable, of any value, with which a server must be started if its disk is to be full.
pub const CAN_BE_FULL: &str = under_test::LIMITS_ARE_ERRORS;

/// Keeps every file of the server from growing beyond so many bytes, from now on.
///
/// # Panics
/// Panics if the kernel refuses.
pub fn is_full_beyond(app: &TestApp, bytes: u64) {
    limit(app, Some(bytes));
}

/// Gives the server its space back.
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

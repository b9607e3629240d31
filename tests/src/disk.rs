//! A disk that is full or that fails, as the server sees it.
//!
//! Without the rights of an administrator a disk is filled by a limit on the size of files, which the kernel applies to each
//! write of the running process and which can be lifted again.
//!
//! | word | what it is |
//! |---|---|
//! | [`crew`] | phones that hand in reports meanwhile, and what they were promised |
//! | [`tracer`], [`trace`] | strace at work, and what it has seen |
//! | [`order`] | a flush lies between each submission and its receipt |
//! | [`flushes`] | the flush that fails |
//! | [`full`] | a disk that is really full |

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::{app::TestApp, under_test};

pub mod crew;
pub mod flushes;
pub mod full;
pub mod order;
pub mod trace;
pub mod tracer;

/// What the server may log of it.
pub const WHILE_FULL: [&str; 4] =
    ["the database is not answering", "the photo store is not answering", "will be tried again", "will try again"];

/// The setting with which a server must be started whose disk will be full; any value.
pub const CAN_BE_FULL: &str = under_test::LIMITS_ARE_ERRORS;

/// From now on no file of the server can be written beyond so many bytes.
///
/// # Panics
/// When the kernel refuses.
pub fn is_full_beyond(app: &TestApp, bytes: u64) {
    limit(app, Some(bytes));
}

/// There is space again.
///
/// # Panics
/// When the kernel refuses.
pub fn has_space(app: &TestApp) {
    limit(app, None);
}

fn limit(app: &TestApp, current: Option<u64>) {
    let process = i32::try_from(app.process().id()).ok().and_then(Pid::from_raw);
    prlimit(process, Resource::Fsize, Rlimit { current, maximum: None }).expect("a limit of a child can be set");
}

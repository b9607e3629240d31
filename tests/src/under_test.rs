//! The server inside of a program of the tests: the same `main`, in a process that never outlives whoever started it.

use crate::death;
use std::{env, io, process::ExitCode, thread};

/// Set by the harness, which keeps the other end of the input open for as long as it lives.
pub(crate) const END_WITH_INPUT: &str = "UNDER_TEST_ENDS_WITH_ITS_INPUT";
/// Set by the harness: the program is to be the server, whatever else it can be.
pub(crate) const SERVE: &str = "UNDER_TEST_IS_THE_SERVER";

/// Is the server to the end, if the harness started this program as one. The first thing that its `main` does.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the harness's own variable, not a setting of the server")]
pub fn serve_if_asked() -> Option<ExitCode> {
    env::var_os(SERVE).is_some().then(serve)
}

/// Is the server, by the command that stands on the command line.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the harness's own variable, not a setting of the server")]
pub fn serve() -> ExitCode {
    if env::var_os(END_WITH_INPUT).is_some() {
        thread::spawn(end_with_input);
    }
    if let Some(file) = env::var_os(death::ORDERS) {
        death::may_come(file.into());
    }
    chuishao::main()
}

#[expect(clippy::disallowed_methods, reason = "whoever waited for a good end is gone")]
fn end_with_input() {
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
    std::process::exit(1);
}

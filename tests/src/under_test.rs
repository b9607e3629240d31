//! The server inside of a program of the tests: the same `main`, in a process that never outlives whoever started it.

use std::{
    env, io,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
    thread,
};

use crate::crash;

/// Set by the harness, which keeps the other end of the input open for as long as it lives.
pub(crate) const END_WITH_INPUT: &str = "UNDER_TEST_ENDS_WITH_ITS_INPUT";
/// Set by the harness: the program is to be the server, whatever else it can be.
pub(crate) const SERVE: &str = "UNDER_TEST_IS_THE_SERVER";

/// A setting of the harness for a server whose files are to be kept from growing ([`crate::disk`]): a write beyond the limit
/// is then an error, as on a full disk, and not the end of the process.
pub const LIMITS_ARE_ERRORS: &str = "UNDER_TEST_LIMITS_ARE_ERRORS";
/// Ignores the signal that goes with such a write, which a process passes on to the program that takes its place.
const WITHOUT_SIGNAL: &str = r#"trap '' XFSZ; exec "$0" "$@""#;

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
    if env::var_os(LIMITS_ARE_ERRORS).is_some() {
        return without_signal();
    }
    if env::var_os(END_WITH_INPUT).is_some() {
        thread::spawn(end_with_input);
    }
    if let Some(file) = env::var_os(crash::ORDERS) {
        crash::follow_orders_in(file.into());
    }
    chuishao::main()
}

/// Becomes a shell that becomes this program again; comes back only where that cannot be.
#[expect(clippy::print_stderr, reason = "whoever started it wants to know")]
fn without_signal() -> ExitCode {
    let mut shell = Command::new("sh");
    shell.args(["-c", WITHOUT_SIGNAL]).env_remove(LIMITS_ARE_ERRORS);
    let error = match env::current_exe() {
        Ok(own) => shell.arg(own).args(env::args_os().skip(1)).exec(),
        Err(error) => error,
    };
    eprintln!("cannot become the server: {error}");
    ExitCode::FAILURE
}

#[expect(clippy::disallowed_methods, reason = "whoever waited for a good end is gone")]
fn end_with_input() {
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
    std::process::exit(1);
}

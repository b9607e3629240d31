//! Runs the server's `main` within an executable of the tests, in a process that never outlives the process that
//! started it.

use std::{
    env, io,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
    thread,
};

use crate::{crash, shapes};

/// Makes the process exit at the end of its standard input, which the harness keeps open while it lives.
pub(crate) const END_WITH_INPUT: &str = "UNDER_TEST_ENDS_WITH_ITS_INPUT";
/// Makes an executable run the server instead of its own work.
pub(crate) const SERVE: &str = "UNDER_TEST_IS_THE_SERVER";

/// Makes a write beyond the file-size limit ([`crate::disk`]) return an error, as on a full disk, instead of ending the
/// process with SIGXFSZ.
pub const LIMITS_ARE_ERRORS: &str = "UNDER_TEST_LIMITS_ARE_ERRORS";
/// A shell command that ignores SIGXFSZ and then executes the given program. An ignored signal stays ignored across
/// `exec`.
const WITHOUT_SIGNAL: &str = r#"trap '' XFSZ; exec "$0" "$@""#;

/// Runs the server and returns its exit code if the harness started this executable as the server; otherwise returns
/// `None`. A `main` must call this first.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the harness's own variable, not a setting of the server")]
pub fn serve_if_asked() -> Option<ExitCode> {
    env::var_os(SERVE).is_some().then(serve)
}

/// Runs the server with the command on the command line, and returns its exit code.
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
    if let Some(file) = env::var_os(shapes::FILE) {
        shapes::write_to(file.into());
    }
    chuishao::main()
}

/// Replaces the process with a shell that ignores SIGXFSZ and then executes this program again. Returns only if that
/// fails.
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

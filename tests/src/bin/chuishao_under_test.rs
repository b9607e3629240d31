//! The server as the tests run it: the same `main`, in a process that never outlives them.

use std::{env, io, process::ExitCode, thread};

/// Set by the harness, which keeps the other end of the input open for as long as it lives.
const END_WITH_INPUT: &str = "UNDER_TEST_ENDS_WITH_ITS_INPUT";

#[expect(clippy::disallowed_methods, reason = "the harness's own variable, not a setting of the server")]
fn main() -> ExitCode {
    if env::var_os(END_WITH_INPUT).is_some() {
        thread::spawn(end_with_input);
    }
    chuishao::main()
}

#[expect(clippy::disallowed_methods, reason = "whoever waited for a good end is gone")]
fn end_with_input() {
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
    std::process::exit(1);
}

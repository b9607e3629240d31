//! The server as the tests run it: the same `main`, in a process that never outlives them.

use std::process::ExitCode;

fn main() -> ExitCode {
    tests::under_test::serve()
}

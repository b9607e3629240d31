//! The `chuishao` binary. All code is in the library, so that the tests can run the same program.

use std::process::ExitCode;

/// jemalloc is as fast as glibc's allocator for small allocations, and fragments memory less in a process that runs for
/// months.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    chuishao::main()
}

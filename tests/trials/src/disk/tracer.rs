//! Attaches strace to a running server, optionally with fault injection.

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
    process::Command,
};

use rustix::process::Signal;
use tempfile::TempDir;
use tests::{app::TestApp, process::Process, scratch};

use super::trace::{CALLS, Seen, Trace, WRITES};

/// The maximum number of bytes of a string that strace logs: more than a request or a response has.
const TEXT: &str = "16384";
/// The mark of strace on an injected failure.
const INJECTED: &[u8] = b"(INJECTED)";

/// The kind of call that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// A flush, with a disk error (`EIO`).
    Flush,
    /// A positioned write, because the disk is full (`ENOSPC`).
    Write,
}

/// The failure to inject. strace counts calls per thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing {
    /// The kind of call.
    pub call: Call,
    /// The number of the failing call within its thread, from 1.
    pub number: u32,
    /// Whether all later calls fail too.
    pub lasting: bool,
}

impl Failing {
    /// Returns the argument of `strace -e inject=…`.
    fn injection(self) -> String {
        let (calls, error) = match self.call {
            Call::Flush => ("fdatasync,fsync", "EIO"),
            Call::Write => (WRITES, "ENOSPC"),
        };
        format!("inject={calls}:error={error}:when={}{}", self.number, if self.lasting { "+" } else { "" })
    }
}

/// A strace process that is attached to a server. Dropping it detaches strace.
#[derive(Debug)]
pub struct Tracer {
    process: Process,
    folder: TempDir,
    /// The number of bytes of the trace file that were searched for injected failures.
    searched: u64,
    has_failed: bool,
}

impl Tracer {
    /// Attaches strace to all threads of the server.
    ///
    /// # Panics
    /// Panics if strace is missing or not permitted to attach.
    pub async fn attach(app: &TestApp, failing: Option<Failing>) -> Self {
        let folder = scratch::folder();
        let mut command = Command::new("strace");
        command.args(["-f", "-yy", "-s", TEXT, "-p", &app.process().id().to_string(), "-o"]);
        command.arg(folder.path().join("trace"));
        // Page writes are frequent, so they are traced only if one of them is to fail.
        let writes = failing.filter(|failing| failing.call == Call::Write).map_or("", |_| WRITES);
        command.args(["-e", "signal=none", "-e", &format!("trace={CALLS},{writes}")]);
        if let Some(failing) = failing {
            command.args(["-e", &failing.injection()]);
        }
        let process = Process::start(&mut command);
        process.log_line(" attached").await;
        Self { process, folder, searched: 0, has_failed: false }
    }

    /// Checks whether a failure has been injected so far.
    ///
    /// # Panics
    /// Panics if the trace cannot be read.
    pub fn has_failed(&mut self) -> bool {
        if self.has_failed {
            return true;
        }
        let mut new = Vec::new();
        let mut file = File::open(self.path()).expect("there is a trace");
        // The part searched last may end within the mark.
        let from = self.searched.saturating_sub(INJECTED.len() as u64);
        file.seek(SeekFrom::Start(from)).expect("the trace is a file");
        file.read_to_end(&mut new).expect("the trace can be read");
        self.searched = from + new.len() as u64;
        self.has_failed = new.windows(INJECTED.len()).any(|bytes| bytes == INJECTED);
        self.has_failed
    }

    /// Detaches strace, and returns the findings of the trace.
    ///
    /// # Panics
    /// Panics if the trace cannot be read.
    #[must_use]
    pub fn end(mut self) -> Seen {
        self.process.signal(Signal::INT);
        self.process.wait();
        let text = fs::read(self.path()).expect("there is a trace");
        Trace::of(&String::from_utf8_lossy(&text))
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("trace")
    }
}

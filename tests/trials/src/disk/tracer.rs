//! strace at work on a running server.

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

/// Bytes of a text that are written down, at most: more than a request and an answer have.
const TEXT: &str = "16384";
/// How strace marks a call that it has made fail.
const INJECTED: &[u8] = b"(INJECTED)";

/// What fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// A flush, with an error of the disk.
    Flush,
    /// A write to a place of a file, for want of space.
    Write,
}

/// Which call of a thread fails: each thread counts for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing {
    /// What it does.
    pub call: Call,
    /// The first is 1.
    pub number: u32,
    /// Whether all after it fail too.
    pub lasting: bool,
}

impl Failing {
    /// As strace wants it.
    fn injection(self) -> String {
        let (calls, error) = match self.call {
            Call::Flush => ("fdatasync,fsync", "EIO"),
            Call::Write => (WRITES, "ENOSPC"),
        };
        format!("inject={calls}:error={error}:when={}{}", self.number, if self.lasting { "+" } else { "" })
    }
}

/// strace, attached to a server. It lets go when it is dropped.
#[derive(Debug)]
pub struct Tracer {
    process: Process,
    folder: TempDir,
    /// Bytes of the file that were searched.
    searched: u64,
    has_failed: bool,
}

impl Tracer {
    /// Attaches to all threads of the server.
    ///
    /// # Panics
    /// Panics if there is no strace, or it may not.
    pub async fn attach(app: &TestApp, failing: Option<Failing>) -> Self {
        let folder = scratch::folder();
        let mut command = Command::new("strace");
        command.args(["-f", "-yy", "-s", TEXT, "-p", &app.process().id().to_string(), "-o"]);
        command.arg(folder.path().join("trace"));
        // The pages of the database are many, and written down only where one of them is to fail.
        let writes = failing.filter(|failing| failing.call == Call::Write).map_or("", |_| WRITES);
        command.args(["-e", "signal=none", "-e", &format!("trace={CALLS},{writes}")]);
        if let Some(failing) = failing {
            command.args(["-e", &failing.injection()]);
        }
        let process = Process::start(&mut command);
        process.log_line(" attached").await;
        Self { process, folder, searched: 0, has_failed: false }
    }

    /// Returns whether a flush has been made to fail until now.
    ///
    /// # Panics
    /// Panics if the trace cannot be read.
    pub fn has_failed(&mut self) -> bool {
        if self.has_failed {
            return true;
        }
        let mut new = Vec::new();
        let mut file = File::open(self.path()).expect("there is a trace");
        // What was written last may end within the mark.
        let from = self.searched.saturating_sub(INJECTED.len() as u64);
        file.seek(SeekFrom::Start(from)).expect("the trace is a file");
        file.read_to_end(&mut new).expect("the trace can be read");
        self.searched = from + new.len() as u64;
        self.has_failed = new.windows(INJECTED.len()).any(|bytes| bytes == INJECTED);
        self.has_failed
    }

    /// Lets go of the server, and tells what was seen.
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

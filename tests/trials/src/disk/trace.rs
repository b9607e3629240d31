//! Parses the output of strace, and checks whether a flush happened between the arrival of each submission and its
//! receipt.
//!
//! strace stops a thread at the entry and at the exit of each call, and logs both in the order in which it resumes the
//! threads. A call whose entry is logged below the exit of another call has therefore begun after it.

use std::collections::HashMap;

use uuid::Uuid;

/// The system calls to trace, for `strace -e trace=…`.
pub const CALLS: &str = "fdatasync,fsync,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg";
/// The system call with which SQLite writes pages.
pub const WRITES: &str = "pwrite64";
/// A part of the file name of the database, which its write-ahead log (`-wal`) contains too.
const DATABASE: &str = "chuishao.db";
/// The part of a response that acknowledges a new submission, as opposed to a replayed receipt, with quotes escaped by
/// strace.
const NEW: &str = r#"\"replayed\":false"#;
const SUBMISSION: &str = r#"\"submissionId\":\""#;

/// The state of the parser.
#[derive(Debug, Default)]
pub struct Trace {
    line: usize,
    under_way: HashMap<u32, Begun>,
    /// The entry line of the latest-begun flush among those that have succeeded.
    flushed: Option<usize>,
    /// The line at which the last bytes of a request were received, by connection.
    heard: HashMap<String, usize>,
    seen: Seen,
}

/// The findings of a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Successful flushes of the database.
    pub flushes: usize,
    /// Failed flushes of the database and failed writes to it.
    pub failed: usize,
    /// Submissions whose new receipt was sent after a successful flush that had begun after all their bytes had
    /// arrived.
    pub after_a_flush: Vec<Uuid>,
    /// Submissions whose new receipt was sent too early.
    pub too_early: Vec<Uuid>,
}

#[derive(Debug)]
struct Begun {
    line: usize,
    text: String,
}

/// A system call, with the complete text of its log entries.
struct Call<'a> {
    name: &'a str,
    text: &'a str,
    begun: usize,
}

impl Trace {
    /// Parses a complete trace.
    #[must_use]
    pub fn of(text: &str) -> Seen {
        let mut trace = Self::default();
        for line in text.lines() {
            trace.read(line);
        }
        trace.seen
    }

    /// Parses the next line.
    fn read(&mut self, line: &str) {
        self.line += 1;
        let Some((thread, rest)) = line.split_once(' ') else { return };
        let (Ok(thread), rest) = (thread.parse::<u32>(), rest.trim_start()) else { return };
        if let Some(begun) = rest.strip_suffix(" <unfinished ...>") {
            self.begins(begun);
            self.under_way.insert(thread, Begun { line: self.line, text: begun.to_owned() });
        } else if let Some(resumed) = rest.strip_prefix("<... ") {
            let Some((_, end)) = resumed.split_once(" resumed>") else { return };
            let Some(Begun { line, text }) = self.under_way.remove(&thread) else { return };
            self.ends(line, &format!("{text}{end}"));
        } else {
            self.begins(rest);
            self.ends(self.line, rest);
        }
    }

    /// Processes the entry of a call. A response counts as sent when its system call begins.
    fn begins(&mut self, text: &str) {
        let Some(call) = Call::new(text, self.line) else { return };
        if !matches!(call.name, "write" | "writev" | "sendto" | "sendmsg") {
            return;
        }
        let Some(connection) = call.connection() else { return };
        if !call.text.contains(NEW) {
            return;
        }
        let heard = self.heard.get(connection).copied();
        let is_after = matches!((self.flushed, heard), (Some(flushed), Some(heard)) if flushed > heard);
        let told = if is_after { &mut self.seen.after_a_flush } else { &mut self.seen.too_early };
        told.extend(call.submissions());
    }

    fn ends(&mut self, begun: usize, text: &str) {
        let Some(call) = Call::new(text, begun) else { return };
        match call.name {
            "fdatasync" | "fsync" if call.file().contains(DATABASE) => {
                if call.result() == Some(0) {
                    self.seen.flushes += 1;
                    self.flushed = self.flushed.max(Some(call.begun));
                } else {
                    self.seen.failed += 1;
                }
            }
            WRITES if call.file().contains(DATABASE) && call.result().is_some_and(|bytes| bytes < 0) => {
                self.seen.failed += 1;
            }
            "read" | "readv" | "recvfrom" | "recvmsg" if call.result().is_some_and(|bytes| bytes > 0) => {
                if let Some(connection) = call.connection() {
                    self.heard.insert(connection.to_owned(), self.line);
                }
            }
            _ => {}
        }
    }
}

impl<'a> Call<'a> {
    fn new(text: &'a str, begun: usize) -> Option<Self> {
        let (name, _) = text.split_once('(')?;
        Some(Self { name, text, begun })
    }

    /// Returns the file description by strace: a path, or both ends of a connection.
    fn file(&self) -> &'a str {
        let described = self.text.split_once('<').and_then(|(before, rest)| {
            // Considers only the first argument, since the sent bytes may contain anything.
            let is_first = before.strip_prefix(self.name)?.strip_prefix('(')?.bytes().all(|byte| byte.is_ascii_digit());
            is_first.then_some(rest)
        });
        described.and_then(|rest| rest.split_once(['>', ']'])).map_or("", |(file, _)| file)
    }

    fn connection(&self) -> Option<&'a str> {
        self.text
            .split_once("<TCP")
            .filter(|(before, _)| !before.contains('"'))?
            .1
            .split_once("]>")
            .map(|(both, _)| both)
    }

    fn result(&self) -> Option<i64> {
        let (_, result) = self.text.rsplit_once(" = ")?;
        result.split_whitespace().next()?.parse().ok()
    }

    fn submissions(&self) -> impl Iterator<Item = Uuid> {
        self.text.split(SUBMISSION).skip(1).filter_map(|after| after.get(..36)?.parse().ok())
    }
}

#[cfg(test)]
mod tests;

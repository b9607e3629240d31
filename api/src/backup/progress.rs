//! One line that says how far long work has come.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Between two lines, where somebody looks on.
const LOOKED_AT: Duration = Duration::from_millis(200);
/// Between two lines, where they are kept.
const KEPT: Duration = Duration::from_mins(1);

/// How far a piece of work has come. Says it on standard error: on a terminal in one line that changes, else in a line
/// a minute.
pub(super) struct Progress {
    what: &'static str,
    of: u64,
    done: u64,
    bytes: u64,
    said: Instant,
    is_terminal: bool,
}

impl Progress {
    /// Work on `of` files.
    pub(super) fn of(what: &'static str, of: usize) -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        Self { what, of: of as u64, done: 0, bytes: 0, said: Instant::now(), is_terminal }
    }

    /// So many bytes more.
    pub(super) fn bytes(&mut self, more: usize) {
        self.bytes = self.bytes.saturating_add(more as u64);
        if self.said.elapsed() >= if self.is_terminal { LOOKED_AT } else { KEPT } {
            self.said = Instant::now();
            self.say();
        }
    }

    /// One file more.
    pub(super) fn file(&mut self) {
        self.done = self.done.saturating_add(1);
    }

    fn say(&self) {
        let line = format!("{}: {} of {} files, {}", self.what, self.done, self.of, size(self.bytes));
        let mut out = std::io::stderr().lock();
        let _nobody_reads = if self.is_terminal { write!(out, "\r\x1b[K{line}") } else { writeln!(out, "{line}") };
        let _nobody_reads = out.flush();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_terminal {
            let _nobody_reads = write!(std::io::stderr().lock(), "\r\x1b[K"); // what comes next has the line for itself
        }
    }
}

/// A number of bytes as people read it.
pub(super) fn size(bytes: u64) -> String {
    let mut whole = (bytes, "bytes");
    let mut tenths = 0;
    for unit in ["kB", "MB", "GB", "TB"] {
        if whole.0 < 1_000 {
            break;
        }
        tenths = whole.0 % 1_000 / 100;
        whole = (whole.0 / 1_000, unit);
    }
    match whole {
        (count, "bytes") => format!("{count} bytes"),
        (count, unit) => format!("{count}.{tenths} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_read_by_people() {
        let read = [0, 999, 1_000, 15_360, 1_250_000, 999_999_999, 3_000_000_000_000].map(size);
        assert_eq!(read, ["0 bytes", "999 bytes", "1.0 kB", "15.3 kB", "1.2 MB", "999.9 MB", "3.0 TB"]);
    }
}

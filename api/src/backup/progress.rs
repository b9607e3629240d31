//! Shows the progress of long work: a progress bar on a terminal, otherwise one line per minute.

use std::fmt::Display;
use std::io::Write;
use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, ProgressBar, ProgressStyle};

/// The interval between two lines if there is no terminal, for example in the log of a nightly job.
const BETWEEN_LINES: Duration = Duration::from_mins(1);
const BAR: &str = "{prefix} [{bar:30}] {pos} of {len} files, {msg}, {elapsed} passed, {eta} to go";

/// Shows the progress of a piece of work on standard error. The bar is cleared when this is dropped, so that it does
/// not mix with the next line.
pub(super) struct Progress {
    bar: ProgressBar,
    bytes: u64,
    last_line: Instant,
}

impl Progress {
    /// Starts showing the progress of work on this number of files. `what` names the work.
    pub(super) fn of(what: &'static str, files: usize) -> Self {
        let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_invalid| ProgressStyle::default_bar());
        let bar = ProgressBar::new(files as u64).with_style(style).with_prefix(what);
        Self { bar, bytes: 0, last_line: Instant::now() }
    }

    /// Adds to the number of processed bytes.
    pub(super) fn bytes(&mut self, more: usize) {
        self.bytes = self.bytes.saturating_add(more as u64);
        if !self.bar.is_hidden() {
            self.bar.set_message(self.amount(self.bar.elapsed()));
        } else if self.last_line.elapsed() >= BETWEEN_LINES {
            self.last_line = Instant::now();
            let _nobody_reads = writeln!(std::io::stderr().lock(), "{}", self.line());
        }
    }

    /// Increments the number of processed files.
    pub(super) fn file(&mut self) {
        self.bar.inc(1);
    }

    fn line(&self) -> String {
        let (what, done, files) = (self.bar.prefix(), self.bar.position(), self.bar.length().unwrap_or_default());
        format!("{what}: {done} of {files} files, {}", size(self.bytes))
    }

    /// Returns the number of processed bytes, and the throughput per second.
    fn amount(&self, elapsed: Duration) -> String {
        let rate = u128::from(self.bytes).saturating_mul(1_000) / elapsed.as_millis().max(1);
        format!("{}, {}/s", size(self.bytes), size(u64::try_from(rate).unwrap_or(u64::MAX)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Formats a number of bytes with a decimal unit.
pub(super) fn size(bytes: u64) -> impl Display {
    DecimalBytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_by_people() {
        let read = [0, 999, 1_000, 15_360, 1_250_000, 3_000_000_000_000].map(|bytes| size(bytes).to_string());
        assert_eq!(read, ["0 B", "999 B", "1.00 kB", "15.36 kB", "1.25 MB", "3.00 TB"]);
    }

    #[test]
    fn a_line_says_how_far_the_work_has_come() {
        let mut progress = Progress::of("photos", 7);
        progress.file();
        progress.bytes(1_250_000);
        assert_eq!(progress.line(), "photos: 1 of 7 files, 1.25 MB");
        assert_eq!(progress.amount(Duration::from_millis(500)), "1.25 MB, 2.50 MB/s");
    }

    #[test]
    fn the_template_of_the_bar_can_be_drawn() {
        assert!(ProgressStyle::with_template(BAR).is_ok());
    }
}

//! Shows the progress of a long import as a bar on a terminal. Without a terminal it shows nothing, so that neither a
//! log nor a pipe is filled with it.

use indicatif::{ProgressBar, ProgressStyle};

/// From this amount of work on, a bar is shown.
const LARGE: usize = 2_000;
const BAR: &str = "{prefix} [{bar:30}] {pos} of {len}, {elapsed} passed, {eta} to go";

/// The progress of a piece of work on standard error. The bar is cleared when this is dropped, so that it does not mix
/// with the next line.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Starts to show work on this many things. `what` names the work.
    pub(crate) fn of(what: &'static str, total: usize) -> Self {
        if total < LARGE {
            return Self::hidden();
        }
        let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_invalid| ProgressStyle::default_bar());
        Self(ProgressBar::new(total as u64).with_style(style).with_prefix(what))
    }

    /// Shows nothing.
    pub(crate) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// Says that this many more things are done.
    pub(crate) fn add(&self, more: usize) {
        self.0.inc(more as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_of_the_bar_can_be_drawn() {
        assert!(ProgressStyle::with_template(BAR).is_ok());
    }

    #[test]
    fn little_work_shows_nothing() {
        let little = Progress::of("corners checked", LARGE - 1);
        little.add(7);
        assert!(little.0.is_hidden());
    }
}

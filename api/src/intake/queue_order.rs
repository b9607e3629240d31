//! The order in which the submissions of a queue are written. Emergencies have a queue of their own, so that in it only what
//! came alone and what waited in a phone differ.

use std::collections::VecDeque;

use crate::admission::Priority;

/// Of a batch, the part that is kept for what waited in phones: one in so many.
const QUEUED_PART: usize = 4;

/// Two lines, each in the order in which they came.
#[derive(Debug)]
pub(crate) struct QueueOrder<T> {
    live: VecDeque<T>,
    queued: VecDeque<T>,
}

impl<T> Default for QueueOrder<T> {
    fn default() -> Self {
        Self { live: VecDeque::new(), queued: VecDeque::new() }
    }
}

impl<T> QueueOrder<T> {
    /// The line of those who come so.
    pub(crate) const fn of(&mut self, priority: Priority) -> &mut VecDeque<T> {
        match priority {
            Priority::Live | Priority::Emergency => &mut self.live,
            Priority::Queued => &mut self.queued,
        }
    }

    /// Takes at most `most` of those who wait, the live ones first; a quarter is kept for the others, so that both get on.
    pub(crate) fn take(&mut self, most: usize) -> Vec<T> {
        let kept = self.queued.len().min((most / QUEUED_PART).max(1));
        let live = self.live.len().min(most.saturating_sub(kept));
        let queued = self.queued.len().min(most - live);
        self.live.drain(..live).chain(self.queued.drain(..queued)).collect()
    }

    /// All who wait.
    pub(crate) fn all(self) -> impl Iterator<Item = T> {
        self.live.into_iter().chain(self.queued)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many live and queued ones a batch of `most` takes of so many.
    fn taken(live: usize, queued: usize, most: usize) -> (usize, usize) {
        let mut lines = QueueOrder::default();
        lines.of(Priority::Live).extend(vec![Priority::Live; live]);
        lines.of(Priority::Queued).extend(vec![Priority::Queued; queued]);
        let batch = lines.take(most);
        let is_live = batch.iter().filter(|priority| **priority == Priority::Live).count();
        assert_eq!(lines.all().count(), live + queued - batch.len(), "nobody is lost");
        (is_live, batch.len() - is_live)
    }

    #[test]
    fn live_ones_go_first_and_both_get_on() {
        for (live, queued, most, expected) in [
            (0, 0, 64, (0, 0)),
            (3, 0, 64, (3, 0)),
            (100, 0, 64, (64, 0)),
            (0, 100, 64, (0, 64)),
            (3, 100, 64, (3, 61)),
            (100, 100, 64, (48, 16)),
            (100, 5, 64, (59, 5)),
            (100, 100, 2, (1, 1)),
        ] {
            assert_eq!(taken(live, queued, most), expected, "{live} live, {queued} queued, {most} at most");
        }
    }

    #[test]
    fn each_line_keeps_its_order() {
        let mut lines = QueueOrder::default();
        lines.of(Priority::Queued).extend([10, 11, 12]);
        lines.of(Priority::Live).extend([1, 2, 3]);
        assert_eq!(lines.take(4), [1, 2, 3, 10]);
        assert_eq!(lines.take(4), [11, 12]);
    }
}

//! The order in which the submissions of a queue are written. Emergencies have their own queue, so this order
//! distinguishes only live submissions and those that waited in a phone.

use std::collections::VecDeque;

use crate::admission::Priority;

/// One of this many places in a batch is reserved for submissions that waited in phones.
const QUEUED_PART: usize = 4;

/// The waiting submissions by priority, each in the order of arrival.
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
    /// Returns the waiting submissions of this priority.
    pub(crate) const fn of(&mut self, priority: Priority) -> &mut VecDeque<T> {
        match priority {
            Priority::Live | Priority::Emergency => &mut self.live,
            Priority::Queued => &mut self.queued,
        }
    }

    /// Takes at most `most` submissions: the live ones first, but a quarter of the places is reserved for the queued
    /// ones, so that both make progress.
    pub(crate) fn take(&mut self, most: usize) -> Vec<T> {
        let kept = self.queued.len().min((most / QUEUED_PART).max(1));
        let live = self.live.len().min(most.saturating_sub(kept));
        let queued = self.queued.len().min(most - live);
        self.live.drain(..live).chain(self.queued.drain(..queued)).collect()
    }

    /// Returns all waiting submissions.
    pub(crate) fn all(self) -> impl Iterator<Item = T> {
        self.live.into_iter().chain(self.queued)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns how many live and queued submissions a batch of `most` takes.
    fn taken(live: usize, queued: usize, most: usize) -> (usize, usize) {
        let mut order = QueueOrder::default();
        order.of(Priority::Live).extend(vec![Priority::Live; live]);
        order.of(Priority::Queued).extend(vec![Priority::Queued; queued]);
        let batch = order.take(most);
        let is_live = batch.iter().filter(|priority| **priority == Priority::Live).count();
        assert_eq!(order.all().count(), live + queued - batch.len(), "none is lost");
        (is_live, batch.len() - is_live)
    }

    #[test]
    fn live_ones_go_first_and_both_make_progress() {
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
    fn each_priority_keeps_its_order() {
        let mut order = QueueOrder::default();
        order.of(Priority::Queued).extend([10, 11, 12]);
        order.of(Priority::Live).extend([1, 2, 3]);
        assert_eq!(order.take(4), [1, 2, 3, 10]);
        assert_eq!(order.take(4), [11, 12]);
    }
}

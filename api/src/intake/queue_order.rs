//! The scheduling order of a write queue. Emergencies have their own queue, so this order distinguishes only live
//! submissions from queued ones, which waited on a phone while it was offline.

use std::collections::VecDeque;

use crate::admission::Priority;

/// The reciprocal of the batch share reserved for queued submissions: 4 means a quarter.
const QUEUED_PART: usize = 4;

/// The waiting submissions, in one FIFO queue per priority.
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
    /// Returns the FIFO queue of a priority.
    pub(crate) const fn of(&mut self, priority: Priority) -> &mut VecDeque<T> {
        match priority {
            Priority::Live | Priority::Emergency => &mut self.live,
            Priority::Queued => &mut self.queued,
        }
    }

    /// Dequeues at most `most` submissions, live ones first. A quarter of the batch, at least one place, is reserved
    /// for queued ones so that they are not starved.
    pub(crate) fn take(&mut self, most: usize) -> Vec<T> {
        let kept = self.queued.len().min((most / QUEUED_PART).max(1));
        let live = self.live.len().min(most.saturating_sub(kept));
        let queued = self.queued.len().min(most - live);
        self.live.drain(..live).chain(self.queued.drain(..queued)).collect()
    }

    /// Drains all waiting submissions, live ones first.
    pub(crate) fn all(self) -> impl Iterator<Item = T> {
        self.live.into_iter().chain(self.queued)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the number of live and of queued submissions in a batch of `most`.
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

//! What an event changes in deadlines 时限, as the history shows it.

use domain::clock::{ClockChange, ClockKey};
use domain::recount::Recounted;

use super::details::{DeadlineChange, DeadlineStep};

/// Returns the changes of an event in their published form.
pub(super) fn changes(clocks: &[ClockChange]) -> Vec<DeadlineChange> {
    clocks.iter().map(change).collect()
}

fn change(change: &ClockChange) -> DeadlineChange {
    let of = |key: &ClockKey, change| DeadlineChange {
        kind: key.kind,
        owner_unit_id: key.owner_unit,
        assignment_id: key.assignment,
        change,
        due: None,
        previous_due: None,
        state: None,
        stopped_at: None,
    };
    match change {
        ClockChange::Started(clock) => DeadlineChange { due: Some(clock.due), ..of(&clock.key, DeadlineStep::Started) },
        ClockChange::Stopped { key, at, state } => {
            DeadlineChange { state: Some(*state), stopped_at: Some(*at), ..of(key, DeadlineStep::Stopped) }
        }
        ClockChange::Resumed { key, due, warn_at: _, counted: _ } => {
            DeadlineChange { due: Some(*due), ..of(key, DeadlineStep::Resumed) }
        }
        ClockChange::Removed { key } => of(key, DeadlineStep::Moved),
        ClockChange::Recounted(Recounted { key, was, due, warn_at: _, left: _ }) => {
            DeadlineChange { due: Some(*due), previous_due: Some(*was), ..of(key, DeadlineStep::Recounted) }
        }
        ClockChange::Paused { key, pause: _ } => of(key, DeadlineStep::Paused),
        ClockChange::Continued { key, at: _, due, warn_at: _ } => {
            DeadlineChange { due: Some(*due), ..of(key, DeadlineStep::Continued) }
        }
        ClockChange::Extended { key, extension, warn_at: _ } => DeadlineChange {
            due: Some(extension.to),
            previous_due: Some(extension.from),
            ..of(key, DeadlineStep::Extended)
        },
    }
}

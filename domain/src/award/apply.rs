//! Applies events to an award. No other file changes an award.

use super::{Award, AwardStatus, Event};
use crate::clock;
use crate::event::DomainEvent;
use crate::money::Fen;

/// Applies the event to the award. This is infallible, because an event is a fact that was validated when it was
/// decided.
pub fn apply(award: &mut Award, event: &Event) {
    award.version += 1;
    award.last_at = award.last_at.max(event.at());
    clock::apply(&mut award.clocks, event.clocks());
    let before = award.status;
    award.status = status_after(award, event);
    match event {
        Event::Proposed(_)
        | Event::Collected { .. }
        | Event::Paid { .. }
        | Event::PaymentFailed { .. }
        | Event::PaymentUnknown { .. }
        | Event::Forfeited { .. }
        | Event::Recounted { .. } => {}
        Event::Inherited { to, .. } => award.unit = *to,
        Event::Reviewed { officer, .. } => award.reviewed_by = Some(*officer),
        Event::Approved { officer, .. } => award.approved_by = Some(*officer),
        Event::Notified { collect_due, .. } => award.collect_due = Some(*collect_due),
        Event::PaymentStarted { officer, attempt, .. } => {
            award.paid_by = Some(*officer);
            award.attempt = *attempt;
        }
        Event::Held { at, .. } => (award.held_from, award.held_at) = (Some(before), Some(*at)),
        Event::Resumed { collect_due, .. } => {
            award.collect_due = *collect_due;
            (award.held_from, award.held_at) = (None, None);
        }
        Event::Rejected { .. } => (award.held_from, award.held_at) = (None, None),
        Event::MarkedDouble { .. } | Event::ClearedDouble { .. } => double(award, event, before),
        Event::Rebased { amount, .. } => rebase(award, *amount),
        Event::Voided { .. } => award.voided = true,
        Event::Reassigned { report, unit, proposed_by, verifiers, amount, .. } => {
            award.report = *report;
            award.unit = unit.unwrap_or(award.unit);
            award.proposed_by = proposed_by.or(award.proposed_by);
            award.voided = false;
            award.amount = *amount;
            award.verifiers.clone_from(verifiers);
            award.reviewed_by = None;
        }
    }
}

/// Sets the amount of an award that is reviewed again.
fn rebase(award: &mut Award, amount: Fen) {
    award.amount = amount;
    (award.reviewed_by, award.approved_by) = (None, None);
    award.collect_due = None;
}

/// Marks the award as double, or clears the mark. `before` is the status before the event.
fn double(award: &mut Award, event: &Event, before: AwardStatus) {
    if let Event::MarkedDouble { of, held, at, .. } = event {
        award.double_of = Some(*of);
        if *held {
            (award.held_from, award.held_at) = (Some(before), Some(*at));
        }
    }
    if let Event::ClearedDouble { resumed, collect_due, .. } = event {
        award.double_of = None;
        if *resumed {
            award.collect_due = *collect_due;
            (award.held_from, award.held_at) = (None, None);
        }
    }
}

fn status_after(award: &Award, event: &Event) -> AwardStatus {
    match event {
        Event::Proposed(_) | Event::Reassigned { .. } | Event::Rebased { .. } => AwardStatus::Proposed,
        Event::Reviewed { .. } => AwardStatus::Reviewed,
        Event::Approved { .. } => AwardStatus::Approved,
        Event::Rejected { .. } | Event::Voided { .. } => AwardStatus::Rejected,
        Event::Notified { .. } => AwardStatus::Notified,
        Event::Collected { .. } => AwardStatus::Collected,
        Event::PaymentStarted { .. } => AwardStatus::Paying,
        Event::Paid { .. } => AwardStatus::Paid,
        Event::PaymentFailed { .. } => AwardStatus::Failed,
        Event::PaymentUnknown { .. } => AwardStatus::Unknown,
        Event::Forfeited { .. } => AwardStatus::Forfeited,
        Event::Held { .. } | Event::MarkedDouble { held: true, .. } => AwardStatus::Held,
        Event::Resumed { .. } | Event::ClearedDouble { resumed: true, .. } => award.held_from.unwrap_or(award.status),
        Event::MarkedDouble { held: false, .. }
        | Event::ClearedDouble { resumed: false, .. }
        | Event::Inherited { .. }
        | Event::Recounted { .. } => award.status,
    }
}

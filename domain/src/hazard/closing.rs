//! The end of a case: closing 销号, reopening 重开 and cancelling 撤销.

use super::decide::{permit, still_open};
use super::enforcement::OrderHolds;
use super::following_up::planned;
use super::major;
use super::register::dispatch_clock;
use super::resume::not_suspended;
use super::{AssignmentStatus, CancelReason, Case, Context, End, Event, Level, ReopenCause, Stage};
use crate::access::{Action, By};
use crate::clock::{self, ClockChange, ClockKey, ClockKind};
use crate::id::{HazardId, NoteId};
use crate::refusal::{Code, Refusal};
use crate::staff::Role;

/// Closes the hazard, and plans its follow-ups 回头看. The responsible unit's leader may do so if there was work in this round, all of it has been
/// accepted, and the leader has never held any of the case's assignments, or of those of a hazard that was merged into it.
pub(super) fn close(case: &Case, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = permit(case, Action::CloseHazard, context)?;
    still_open(case)?;
    not_suspended(case.suspension)?;
    if case.all_workers().contains(&actor.officer) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("closing.another_person"));
    }
    all_reviewed(context)?;
    if case.live().any(|assignment| assignment.status == AssignmentStatus::SendBackAsked) {
        return Err(Refusal::illegal("closing.send_backs_decided"));
    }
    let accepted = case.live().all(|assignment| assignment.status == AssignmentStatus::Accepted);
    if !accepted || !case.is_dispatched() {
        return Err(Refusal::illegal("closing.all_accepted"));
    }
    if case.enforcement.holds(OrderHolds::Closing) {
        return Err(Refusal::illegal("closing.orders_ended"));
    }
    major::released(case)?;
    let (at, key) = (context.now, ClockKey::of(ClockKind::Close, case.round, case.township));
    let others = clock::cancel_where(&case.clocks, at, |other| other != key && !other.kind.outlives_closure());
    let (follow_ups, first) = planned(case, context);
    let clocks = clock::stop(&case.clocks, key, at).into_iter().chain(others).chain(first).collect();
    Ok(Event::Closed { note, follow_ups, at, clocks })
}

/// Checks that no report of the hazard awaits its review: whether there was a hazard at all is said before it is closed.
fn all_reviewed(context: &Context<'_>) -> Result<(), Refusal> {
    let Some(report) = context.unreviewed else { return Ok(()) };
    let (zh, en) =
        ("此隐患还有报告未审核，请先审核。", "A report of this hazard has not been reviewed. Please review it first.");
    Err(Refusal::illegal("closing.reports_reviewed").with_text(zh, en).with_detail("reportId", report.to_string()))
}

/// Reopens a closed hazard within the callback window. The new round has no assignments, so it needs a new dispatch or
/// whistle, for which a new dispatch clock starts.
pub(super) fn reopen(
    case: &Case,
    why: ReopenCause,
    note: Option<NoteId>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    match (why, context.by) {
        (ReopenCause::Callback, By::Reporter | By::System) => {}
        (ReopenCause::Callback, By::Officer(_)) => return Err(Code::Forbidden.into()),
        (ReopenCause::Officer, By::Officer(_) | By::Reporter | By::System) => {
            permit(case, Action::ReopenHazard, context)?;
            said(note)?;
        }
    }
    if case.end != Some(End::Closed) {
        return Err(Refusal::illegal("reopening.closed"));
    }
    if !case.in_callback_window(context.exact, context.policy) {
        return Err(Refusal::illegal("reopening.window"));
    }
    Ok(reopened(case, why, note, context))
}

/// Returns the event of a reopening. What was to be followed up 回头看 is no longer required.
pub(super) fn reopened(case: &Case, why: ReopenCause, note: Option<NoteId>, context: &Context<'_>) -> Event {
    let (next_round, at) = (case.round + 1, context.now);
    let mut clocks = clock::cancel_where(&case.clocks, at, |key| key.kind == ClockKind::FollowUp);
    let dispatch = dispatch_clock(next_round, case.township, case.emergency, context);
    clocks.push(ClockChange::Started(dispatch));
    Event::Reopened { cause: why, note, at, clocks }
}

/// Cancels a hazard together with its unfinished work, because it is unfounded, a duplicate, out of scope, referred
/// elsewhere or withdrawn. Withdrawing a report cancels its emergency only if no work was ever dispatched for it.
pub(super) fn cancel(
    case: &Case,
    reason: CancelReason,
    note: Option<NoteId>,
    into: Option<HazardId>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    match (reason, context.by) {
        (CancelReason::Withdrawn, By::Reporter | By::System) => {}
        (CancelReason::Withdrawn, By::Officer(_)) => return Err(Code::Forbidden.into()),
        (
            CancelReason::Unfounded | CancelReason::Duplicate | CancelReason::OutOfScope | CancelReason::Referred,
            By::Officer(_) | By::Reporter | By::System,
        ) => {
            let actor = permit(case, Action::CancelHazard, context)?;
            may_strike(case, actor.role)?;
            said(note)?;
        }
    }
    still_open(case)?;
    duplicate_of(case, reason, into)?;
    if reason == CancelReason::Withdrawn && case.stage() != Stage::Open {
        return Err(Refusal::illegal("withdrawal.not_dispatched"));
    }
    let at = context.now;
    Ok(Event::Cancelled { reason, note, into, work: None, at, clocks: clock::cancel_all(&case.clocks, at) })
}

/// Checks that only a command centre cancels a major hazard 重大事故隐患 on which units have been asked to act: the township alone
/// does not end it. Before that, the review of its report may strike it.
fn may_strike(case: &Case, role: Role) -> Result<(), Refusal> {
    let governed = case.level == Level::Major && case.stage() != Stage::Open;
    if governed && role != Role::CommandCentre {
        return Err(Refusal::new(Code::Forbidden).with_rule("major.cancel"));
    }
    Ok(())
}

/// Checks that a duplicate, and only a duplicate, names the hazard that stands.
fn duplicate_of(case: &Case, reason: CancelReason, into: Option<HazardId>) -> Result<(), Refusal> {
    let is_duplicate = reason == CancelReason::Duplicate;
    if is_duplicate == into.is_some() && into != Some(case.id) {
        return Ok(());
    }
    let zh = "撤销原因为“重复”时，须指明另一条隐患；其他原因不填。";
    let en = "A duplicate names the other hazard, and only a duplicate does.";
    Err(Refusal::invalid("input.duplicateOf", zh, en).with_rule("cancelling.duplicate_of"))
}

/// Checks that a reason is given.
pub(super) fn said(note: Option<NoteId>) -> Result<(), Refusal> {
    match note {
        Some(_) => Ok(()),
        None => Err(Refusal::invalid("note", "请填写原因。", "Please state a reason.")),
    }
}

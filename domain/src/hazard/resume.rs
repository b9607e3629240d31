//! A suspended hazard comes back 恢复办理: by itself on its review date, or earlier by hand.

use chrono::{DateTime, Utc};

use super::closing::said;
use super::decide::{permit, still_open};
use super::suspension::go_on;
use super::{Case, Context, Event, Part, ResumeCause, Suspension};
use crate::access::{Action, By};
use crate::clock::{self, ClockChange, ClockKind};
use crate::id::NoteId;
use crate::refusal::{Code, Refusal};

/// Ends the suspension: the clocks that stood still go on with the time that was left. On the review date the system does
/// so; earlier the responsible leader's unit, every unit that leads the work, the one that holds the hazard, or a command centre or
/// its supervisors.
pub(super) fn resume(
    case: &Case,
    why: ResumeCause,
    note: Option<NoteId>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    match (why, context.by) {
        (ResumeCause::ReviewDate, By::System) => {}
        (ResumeCause::ReviewDate, By::Officer(_) | By::Reporter) => return Err(Code::Forbidden.into()),
        (ResumeCause::ExitMet | ResumeCause::RiskChanged, By::Officer(_) | By::Reporter | By::System) => {
            may_resume(case, context)?;
            said(note)?;
        }
    }
    still_open(case)?;
    let Some(suspension) = case.suspension else {
        return Err(Refusal::illegal("suspension.in_force"));
    };
    if why == ResumeCause::ReviewDate && context.exact < suspension.resumes_at {
        return Err(Refusal::illegal("suspension.review_date"));
    }
    let mut clocks = go_on(case, context);
    clocks.extend(reviewed(case, why, context.now));
    Ok(Event::Resumed { cause: why, note, at: context.now, clocks })
}

fn may_resume(case: &Case, context: &Context<'_>) -> Result<(), Refusal> {
    let responsible = case.suspension.map(|suspension| suspension.asked.responsible_unit);
    let leads = case.live().filter(|one| one.part == Part::Lead && !one.is_done()).map(|one| one.unit);
    let mut units = responsible.into_iter().chain(leads);
    let is_its = units.any(|unit| context.by.permit(Action::ResumeHazard, unit, false).is_ok());
    if is_its { Ok(()) } else { permit(case, Action::ResumeHazard, context).map(drop) }
}

/// Returns the change that stops the review clock. If the hazard comes back by itself, nobody has to review it any more.
fn reviewed(case: &Case, why: ResumeCause, at: DateTime<Utc>) -> Vec<ClockChange> {
    let is_review = |kind| kind == ClockKind::ReviewSuspension;
    if why == ResumeCause::ReviewDate {
        return clock::cancel_where(&case.clocks, at, |key| is_review(key.kind));
    }
    let open = case.clocks.iter().filter(|clock| is_review(clock.key.kind));
    open.filter_map(|clock| clock::stop(&case.clocks, clock.key, at)).collect()
}

/// Returns the refusal of a step that ends a suspended hazard or its suspension unsaid: it has to come back first.
pub(super) fn not_suspended(suspension: Option<Suspension>) -> Result<(), Refusal> {
    match suspension {
        Some(_) => Err(Refusal::illegal("suspension.resume_first")),
        None => Ok(()),
    }
}

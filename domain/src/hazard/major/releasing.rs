//! The way to the closure of a major hazard: the work is accepted on the spot 现场验收 by those whom the policy names, and the
//! department consents 同意销号 (《安全生产法》 art. 65). Both are about the work as it is, and lapse when other work is added.

use super::super::assignment::whole_metres;
use super::super::decide::{permit, still_open};
use super::super::{Case, Context, Event};
use super::judging::{acts_for, department};
use super::keeping::{stopped, waiting};
use super::{MajorAct, event, is_major};
use crate::access::{Action, Actor, By};
use crate::clock::ClockKind;
use crate::id::NoteId;
use crate::refusal::{Code, Refusal};

/// Accepts the work on the spot.
pub(super) fn accept(
    case: &Case,
    distance_metres: f64,
    far_reason: Option<NoteId>,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let actor = accepts(case, context)?;
    ready(case, &actor)?;
    if case.accepted_on_site().is_some() {
        return Err(Refusal::illegal("major.accepted_once"));
    }
    let distance_metres = whole_metres(distance_metres)?;
    if distance_metres > context.policy.check_in_metres && far_reason.is_none() {
        return Err(Code::TooFar.into());
    }
    let clocks = stopped(case, ClockKind::AcceptMajor, context.now);
    Ok(event(&actor, MajorAct::AcceptedOnSite { distance_metres, far_reason }, note, clocks, context))
}

/// Returns the acting officer: of the department, of the unit that holds the hazard or from above, in a role that the policy
/// names.
fn accepts(case: &Case, context: &Context<'_>) -> Result<Actor, Refusal> {
    let actor = match context.by {
        By::Officer(actor) if actor.unit == department(case, context) => {
            context.by.permit(Action::AcceptMajor, actor.unit, context.in_area)
        }
        By::Officer(_) | By::Reporter | By::System => permit(case, Action::AcceptMajor, context),
    }?;
    if context.policy.major.accepted_by.contains(&actor.role) {
        return Ok(actor);
    }
    Err(Refusal::new(Code::Forbidden).with_rule("major.acceptor"))
}

/// Consents to the closure.
pub(super) fn consent(case: &Case, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let asked = waiting(case, ClockKind::ConsentMajor).map(|clock| clock.key.owner_unit);
    let actor = acts_for(asked.unwrap_or_else(|| department(case, context)), context)?;
    ready(case, &actor)?;
    if case.accepted_on_site().is_none() {
        return Err(Refusal::illegal("major.accepted_first"));
    }
    if case.consent_to_close().is_some() {
        return Err(Refusal::illegal("major.consented_once"));
    }
    let clocks = stopped(case, ClockKind::ConsentMajor, context.now);
    Ok(event(&actor, MajorAct::Consented, note, clocks, context))
}

/// Checks that the work of a major hazard is done, and that the officer never worked on it.
fn ready(case: &Case, actor: &Actor) -> Result<(), Refusal> {
    still_open(case)?;
    is_major(case)?;
    super::plan_first(case)?;
    if !case.awaits_closure() {
        return Err(Refusal::illegal("major.all_accepted"));
    }
    if case.all_workers().contains(&actor.officer) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("major.another_person"));
    }
    Ok(())
}

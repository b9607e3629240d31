//! Blowing a whistle 吹哨: a township formally calls other departments to a hazard that it cannot handle alone. Where the policy
//! asks for an approval 审核, or the command centre names the units 分哨, the whistle waits first (`approving`).

use super::decide::{permit, still_open};
use super::dispatch::{assignments, clocks};
use super::{Case, Context, Event, NewAssignment, Origin, Task};
use crate::access::{Action, Actor};
use crate::clock::{self, Clock, ClockChange, ClockKey, ClockKind};
use crate::id::{NoteId, UnitId, WhistleId};
use crate::policy::{WhistleApproval, WhistleClass, WhistleType};
use crate::refusal::Refusal;
use crate::staff::Role;
use crate::time::Span;

/// What every whistle says.
pub(super) struct Asking {
    pub(super) whistle: WhistleId,
    pub(super) type_code: String,
    pub(super) note: NoteId,
}

/// The fields of [`super::Command::Blow`].
pub(super) struct Blow {
    pub(super) asking: Asking,
    pub(super) lead: Task,
    pub(super) supports: Vec<Task>,
}

/// Blows a whistle, or asks for its approval. Besides the permission table, the policy limits which roles may blow a whistle
/// of each type.
pub(super) fn blow(case: &Case, blow: Blow, context: &Context<'_>) -> Result<Event, Refusal> {
    let Blow { asking, lead, supports } = blow;
    let (kind, actor) = asked(case, &asking, context)?;
    let assignments = assignments(case, lead, &supports, Origin::Whistle, actor.unit, context)?;
    kind.check_called(assignments.iter().map(|new| new.unit), context.units)?;
    if let Some(approval) = kind.approval_of(actor.role, case.emergency) {
        return await_approval(case, asking, kind, approval, assignments, &actor, context);
    }
    let clocks = clocks(case, &assignments, |_| &kind.spans, context);
    Ok(Event::Blown {
        whistle: asking.whistle,
        type_code: asking.type_code,
        class: kind.class,
        post: actor.post,
        unit: actor.unit,
        note: asking.note,
        named_by: None,
        named_by_post: None,
        at: context.now,
        assignments,
        clocks,
    })
}

/// Blows a whistle whose units the command centre names. In an emergency the township calls the units itself.
pub(super) fn blow_through_centre(case: &Case, asking: Asking, context: &Context<'_>) -> Result<Event, Refusal> {
    let (kind, actor) = asked(case, &asking, context)?;
    let Some(span) = kind.through_centre else {
        return Err(Refusal::illegal("whistle.names_its_units"));
    };
    if case.emergency || kind.class == WhistleClass::Emergency {
        return Err(Refusal::illegal("whistle.emergency_at_once"));
    }
    one_at_a_time(case)?;
    if actor.role == Role::CommandCentre {
        return Err(Refusal::illegal("whistle.centre_itself"));
    }
    if let Some(approval) = kind.approval_of(actor.role, case.emergency) {
        return await_approval(case, asking, kind, approval, Vec::new(), &actor, context);
    }
    let clock = naming_clock(case, span, context);
    Ok(waiting(case, asking, kind.class, Vec::new(), &actor, clock, context))
}

/// Returns the type of the whistle and the acting officer, if the officer may blow such a whistle for this open case.
fn asked<'p>(case: &Case, asking: &Asking, context: &Context<'p>) -> Result<(&'p WhistleType, Actor), Refusal> {
    let actor = permit(case, Action::Blow, context)?;
    let Some(kind) = context.policy.whistle(&asking.type_code) else {
        return Err(Refusal::invalid("type", "没有该类型的哨。", "This type of whistle does not exist."));
    };
    kind.check_blower(actor.role)?;
    still_open(case)?;
    let blown = case.whistles.iter().map(|whistle| whistle.id);
    let mut ids = blown.chain(case.whistle_requests.iter().map(|request| request.whistle));
    if ids.any(|id| id == asking.whistle) {
        return Err(Refusal::illegal("whistle.id_taken"));
    }
    Ok((kind, actor))
}

/// Checks that no other whistle of the hazard waits: whoever decides sees what is asked for as a whole.
fn one_at_a_time(case: &Case) -> Result<(), Refusal> {
    if case.pending_whistle().is_some() { Err(Refusal::illegal("whistle.one_at_a_time")) } else { Ok(()) }
}

fn await_approval(
    case: &Case,
    asking: Asking,
    kind: &WhistleType,
    approval: &WhistleApproval,
    asked: Vec<NewAssignment>,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    one_at_a_time(case)?;
    let own = approval.by.contains(&Role::TownshipLeader) && !context.ended.contains(&case.township);
    let owner = if own { case.township } else { centre_of(case, context) };
    let key = ClockKey::of(ClockKind::ApproveWhistle, case.round, owner);
    let clock = context.timing.clock(key, context.now, approval.within);
    Ok(waiting(case, asking, kind.class, asked, actor, clock, context))
}

/// Returns the event by which a whistle waits. The township has done its part, so its dispatch clock stops; if the whistle is
/// refused or withdrawn, that clock goes on with its old due time, so that asking gains no time.
fn waiting(
    case: &Case,
    asking: Asking,
    class: WhistleClass,
    asked: Vec<NewAssignment>,
    actor: &Actor,
    clock: Clock,
    context: &Context<'_>,
) -> Event {
    let dispatch = ClockKey::of(ClockKind::Dispatch, case.round, case.township);
    let mut clocks: Vec<ClockChange> = clock::stop(&case.clocks, dispatch, context.now).into_iter().collect();
    let for_approval = clock.key.kind == ClockKind::ApproveWhistle;
    clocks.push(clock::run(&case.clocks, clock));
    Event::WhistleAsked {
        whistle: asking.whistle,
        type_code: asking.type_code,
        class,
        post: actor.post,
        unit: actor.unit,
        officer: actor.officer,
        asked,
        for_approval,
        note: asking.note,
        at: context.now,
        clocks,
    }
}

/// Returns the clock in which the command centre names the units.
pub(super) fn naming_clock(case: &Case, span: Span, context: &Context<'_>) -> Clock {
    let key = ClockKey::of(ClockKind::NameUnits, case.round, centre_of(case, context));
    context.timing.clock(key, context.now, span)
}

/// Returns the nearest command centre; the unit that holds the hazard if there is none.
fn centre_of(case: &Case, context: &Context<'_>) -> UnitId {
    context.centres.first().copied().unwrap_or(case.township)
}

//! The worker's steps in an assignment: sign 签收, claim 认领, release 退回, hand over 移交, check in 报到 and finish 办结.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::decide::{find, still_open};
use super::enforcement::OrderHolds;
use super::major;
use super::taking_back::given;
use super::{Assignment, AssignmentStatus, Case, Context, Event, Measure, WorkPhoto};
use crate::access::{Action, Actor, Relation, may};
use crate::clock::{self, ClockChange, ClockKey, ClockKind};
use crate::id::{AssignmentId, NoteId, PhotoId};
use crate::limits::PHOTOS_MAX;
use crate::photo::PhotoStage;
use crate::refusal::{Code, Refusal};

/// Maximum delay, in seconds, between a step and its arrival. A longer delay marks the step as a late arrival.
const PROMPT_SECONDS: i64 = 60;

/// The fields of [`super::Command::CheckIn`].
pub(super) struct CheckIn {
    pub(super) assignment: AssignmentId,
    pub(super) distance_metres: f64,
    pub(super) far_reason: Option<NoteId>,
    pub(super) occurred_at: Option<DateTime<Utc>>,
}

/// The fields of [`super::Command::Finish`].
pub(super) struct Finish {
    pub(super) assignment: AssignmentId,
    pub(super) distance_metres: f64,
    pub(super) measure: Measure,
    pub(super) photos: Vec<PhotoId>,
    pub(super) note: Option<NoteId>,
    pub(super) occurred_at: Option<DateTime<Utc>>,
}

/// Signs for an open assignment and stops the signing clock.
pub(super) fn sign(case: &Case, id: AssignmentId, context: &Context<'_>) -> Result<Event, Refusal> {
    let (assignment, _) = asked(case, id, Action::Sign, context)?;
    if assignment.status != AssignmentStatus::Open {
        return Err(Refusal::illegal("assignment.signed_once"));
    }
    let clocks = stop(case, ClockKind::Sign, assignment, context.now).into_iter().collect();
    Ok(Event::Signed { assignment: id, at: context.now, clocks })
}

/// Claims an assignment that no worker holds, or takes over from a holder who has left, and stops the signing clock if it
/// still runs. A unit that has ended can be given nothing, so none of its workers claims any more.
pub(super) fn claim(case: &Case, id: AssignmentId, context: &Context<'_>) -> Result<Event, Refusal> {
    use AssignmentStatus as Is;
    let (assignment, actor) = asked(case, id, Action::Claim, context)?;
    match assignment.status {
        Is::Open | Is::Signed | Is::Rework => {}
        Is::Claimed | Is::OnSite if context.holder_left => {}
        Is::Claimed | Is::OnSite | Is::Finished => return Err(Code::AlreadyClaimed.into()),
        Is::SendBackAsked => return Err(send_back_waits()),
        Is::Accepted | Is::SentBack | Is::Cancelled => return Err(Refusal::illegal("assignment.over")),
    }
    if context.ended.contains(&assignment.unit) {
        return Err(Refusal::illegal("assignment.unit_ended"));
    }
    Ok(Event::Claimed {
        assignment: id,
        officer: actor.officer,
        post: actor.post,
        from: assignment.worker,
        at: context.now,
        clocks: stop(case, ClockKind::Sign, assignment, context.now).into_iter().collect(),
    })
}

/// Releases an assignment to its unit. The worker who holds it may do so, and so may the unit's officers who distribute
/// the work. If the holder has left, anybody of the unit may do so, and the unit that gave the assignment.
pub(super) fn release(case: &Case, id: AssignmentId, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let assignment = match asked(case, id, Action::Release, context) {
        Err(refusal) if refusal.code == Code::Forbidden && context.holder_left => {
            given(case, id, "take_back.giver", context)?.0
        }
        asked => {
            let (assignment, actor) = asked?;
            if !context.holder_left {
                held(assignment)?;
                holder_or_clerk(assignment, &actor)?;
            }
            assignment
        }
    };
    held(assignment)?;
    Ok(Event::Released { assignment: id, note, at: context.now })
}

/// Hands an assignment over to another worker of the unit. The worker who holds it may do so, and so may the unit's
/// officers who distribute the work.
pub(super) fn hand_over(
    case: &Case,
    id: AssignmentId,
    to: Option<Actor>,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let (assignment, actor) = asked(case, id, Action::HandOver, context)?;
    held(assignment)?;
    holder_or_clerk(assignment, &actor)?;
    let Some(to) = to else {
        return Err(Refusal::invalid("to", "该岗位目前无人任职。", "No officer holds this post today."));
    };
    if to.unit != assignment.unit || context.ended.contains(&to.unit) || !may(to.role, Action::Claim, Relation::OwnUnit)
    {
        return Err(Refusal::invalid(
            "to",
            "只能移交给本单位的办理人。",
            "The assignment can be handed over only to a worker of the same unit.",
        ));
    }
    if assignment.worker == Some(to.officer) {
        return Err(Refusal::illegal("hand_over.another_worker"));
    }
    let (officer, post) = (to.officer, to.post);
    Ok(Event::HandedOver { assignment: id, officer, post, note, at: context.now })
}

/// Checks the worker in. Farther from the hazard than the policy allows, the worker must give a reason.
pub(super) fn check_in(case: &Case, said: &CheckIn, context: &Context<'_>) -> Result<Event, Refusal> {
    let (assignment, actor) = asked(case, said.assignment, Action::CheckIn, context)?;
    if assignment.status != AssignmentStatus::Claimed {
        return Err(Refusal::illegal("check_in.claimed"));
    }
    holder(assignment, &actor)?;
    let distance_metres = whole_metres(said.distance_metres)?;
    if distance_metres > context.policy.check_in_metres && said.far_reason.is_none() {
        return Err(Code::TooFar.into());
    }
    let (at, late_arrival) = counted(said.occurred_at, assignment, context);
    Ok(Event::CheckedIn {
        assignment: said.assignment,
        distance_metres,
        far_reason: said.far_reason,
        at,
        late_arrival,
        clocks: stop(case, ClockKind::CheckIn, assignment, at).into_iter().collect(),
    })
}

/// Finishes the work, stops the finishing clock, and starts or resumes the township's acceptance clock.
pub(super) fn finish(case: &Case, said: Finish, context: &Context<'_>) -> Result<Event, Refusal> {
    let (assignment, actor) = asked(case, said.assignment, Action::Finish, context)?;
    if assignment.status != AssignmentStatus::OnSite {
        return Err(Refusal::illegal("finish.on_site"));
    }
    holder(assignment, &actor)?;
    if case.enforcement.holds(OrderHolds::Finishing) {
        return Err(Refusal::illegal("finish.orders_ended"));
    }
    major::plan_first(case)?;
    if said.photos.len() > PHOTOS_MAX {
        return Err(Refusal::invalid("photos", "照片数量超出上限。", "There are too many photos."));
    }
    prove(assignment, &said.photos, context)?;
    let (at, late_arrival) = counted(said.occurred_at, assignment, context);
    let mut clocks: Vec<_> = stop(case, ClockKind::Finish, assignment, at).into_iter().collect();
    clocks.push(super::acceptance::wait(case, assignment.id, context));
    let distance_metres = whole_metres(said.distance_metres)?;
    let Finish { assignment, measure, photos, note, .. } = said;
    Ok(Event::Finished { assignment, distance_metres, measure, photos, note, at, late_arrival, clocks })
}

/// Checks the photos that shall prove the work: distinct, of this assignment, taken after the work, and as many as the
/// policy requires. After a rework at least one must have been announced since, because the others show the work that was
/// not good enough.
fn prove(assignment: &Assignment, photos: &[PhotoId], context: &Context<'_>) -> Result<(), Refusal> {
    let missing = |rule| Err(Refusal::new(Code::EvidenceMissing).with_field("photos").with_rule(rule));
    let distinct: BTreeSet<_> = photos.iter().collect();
    if distinct.len() != photos.len() {
        return Err(Refusal::invalid("photos", "同一张照片不能重复提交。", "Each photo may be listed only once."));
    }
    let Some(known) = photos.iter().map(|photo| context.photos.get(photo)).collect::<Option<Vec<_>>>() else {
        return missing("finish.own_photos");
    };
    let enough = known.len() >= usize::from(context.policy.after_photos_min);
    if !enough || known.iter().any(|photo| photo.stage != PhotoStage::After) {
        return missing("finish.after_photos");
    }
    let is_new = |photo: &&WorkPhoto| assignment.reworked_at.is_none_or(|at| photo.announced_at > at);
    if known.is_empty() || known.iter().any(is_new) { Ok(()) } else { missing("finish.new_photo") }
}

/// Returns the assignment and the acting officer, if the case is open and the officer belongs to the assignment's unit
/// and has the permission. No step is taken while a send-back 退单 awaits its decision.
fn asked<'c>(
    case: &'c Case,
    id: AssignmentId,
    action: Action,
    context: &Context<'_>,
) -> Result<(&'c Assignment, Actor), Refusal> {
    let assignment = find(case, id)?;
    let actor = context.by.permit(action, assignment.unit, false)?;
    still_open(case)?;
    if assignment.status == AssignmentStatus::SendBackAsked { Err(send_back_waits()) } else { Ok((assignment, actor)) }
}

/// Returns the refusal of a step while a send-back awaits its decision: a unit does not work on what it says is not its
/// duty. It may withdraw the send-back and go on at once.
pub(super) const fn send_back_waits() -> Refusal {
    Refusal::illegal("send_back.waits")
}

/// Checks that a worker holds the assignment and has not finished it.
fn held(assignment: &Assignment) -> Result<(), Refusal> {
    match assignment.status {
        AssignmentStatus::Claimed | AssignmentStatus::OnSite => Ok(()),
        AssignmentStatus::SendBackAsked => Err(send_back_waits()),
        AssignmentStatus::Open
        | AssignmentStatus::Signed
        | AssignmentStatus::Finished
        | AssignmentStatus::Accepted
        | AssignmentStatus::Rework
        | AssignmentStatus::SentBack
        | AssignmentStatus::Cancelled => Err(Refusal::illegal("assignment.held")),
    }
}

fn holder(assignment: &Assignment, actor: &Actor) -> Result<(), Refusal> {
    if assignment.worker == Some(actor.officer) {
        Ok(())
    } else {
        Err(Refusal::new(Code::Forbidden).with_rule("assignment.not_yours"))
    }
}

/// Checks that the officer holds the assignment or distributes the unit's work. Another worker of the unit may not
/// touch the assignment.
fn holder_or_clerk(assignment: &Assignment, actor: &Actor) -> Result<(), Refusal> {
    if may(actor.role, Action::Claim, Relation::OwnUnit) { holder(assignment, actor) } else { Ok(()) }
}

/// Rounds a distance up to whole metres. Rejects NaN, negative values and values above [`u32::MAX`].
pub(super) fn whole_metres(metres: f64) -> Result<u32, Refusal> {
    if !(0.0..=f64::from(u32::MAX)).contains(&metres) {
        return Err(Refusal::invalid("distance", "距离填写有误。", "The distance is not valid."));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "inside the bounds of u32, as checked")]
    let whole = metres.ceil() as u32;
    Ok(whole)
}

/// Returns the effective time of a step, and whether it arrived late. A step taken offline takes effect when it was
/// taken if it arrives within the policy's delay, otherwise on arrival. The effective time is clamped: it is never in
/// the future and never before the assignment's preceding step.
fn counted(
    occurred_at: Option<DateTime<Utc>>,
    assignment: &Assignment,
    context: &Context<'_>,
) -> (DateTime<Utc>, bool) {
    let now = context.now;
    let occurred = occurred_at.unwrap_or(now).min(now);
    let late_arrival = now - occurred > TimeDelta::seconds(PROMPT_SECONDS);
    let within = TimeDelta::minutes(i64::from(context.policy.occurred_within_minutes));
    let counts = if now - occurred <= within { occurred } else { now };
    let follows = assignment.last_step_at.max(Some(assignment.dispatched_at)).unwrap_or(now).min(now);
    (counts.max(follows), late_arrival)
}

/// Returns the change that stops an assignment's clock of this kind, or `None` if it is not running.
fn stop(case: &Case, kind: ClockKind, assignment: &Assignment, at: DateTime<Utc>) -> Option<ClockChange> {
    clock::stop(&case.clocks, ClockKey::of_assignment(kind, assignment.round, assignment.unit, assignment.id), at)
}

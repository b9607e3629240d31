//! Rating 评哨 of the answers to a whistle: the township says of each unit that was called whether it was on time, in place and
//! effective; the unit may object once, and somebody who is no party rules on that. A whistle without need 乱吹哨 is judged too.
//! None of this is a step of the hazard, so it goes on after the closure. `docs/whistles.md` has the tables.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::decide::{find, permit};
use super::ruling::ruling_unit;
use super::{
    Assignment, AssignmentStatus, Case, Context, End, Event, ObjectionOutcome, RatingGrade, Whistle, WhistleFault,
};
use crate::access::{Action, Actor};
use crate::clock::{self, ClockChange, ClockKey, ClockKind};
use crate::id::{AssignmentId, NoteId, OfficerId, PostId, UnitId, WhistleId};
use crate::refusal::{Code, Refusal};
use crate::staff::Role;

/// The grades of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grades {
    /// 到场及时: whether the unit came on time.
    pub on_time: RatingGrade,
    /// 到岗到位: whether those came who were needed.
    pub in_place: RatingGrade,
    /// 处置有效: whether the work was effective.
    pub effective: RatingGrade,
}

/// The rating 评哨 of an assignment that a whistle created. Events of merges and rows store it, so a new field needs a serde
/// default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// The unit that rated.
    pub unit: UnitId,
    /// The post that rated.
    pub post: PostId,
    /// The officer who rated.
    pub officer: OfficerId,
    /// The grades.
    pub grades: Grades,
    /// The reason; always there if a grade is a low one.
    pub note: Option<NoteId>,
    /// When it was rated.
    pub at: DateTime<Utc>,
    /// The objection of the rated unit; `None` if it has not objected.
    pub objection: Option<Objection>,
}

/// The objection 异议 of a unit to its rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// The officer who objected.
    pub officer: OfficerId,
    /// The reason.
    pub note: NoteId,
    /// When the unit objected.
    pub at: DateTime<Utc>,
    /// The ruling; `None` while it is awaited.
    pub ruling: Option<RatingRuling>,
}

/// A ruling 裁定 on an objection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RatingRuling {
    /// Whether the rating stands.
    pub outcome: ObjectionOutcome,
    /// The unit that ruled.
    pub unit: UnitId,
    /// The role in which the officer ruled.
    pub role: Role,
    /// The officer who ruled.
    pub officer: OfficerId,
    /// The reason.
    pub note: NoteId,
    /// When it was ruled.
    pub at: DateTime<Utc>,
}

/// The judgement that a whistle was without need 乱吹哨. Events of merges and rows store it, so a new field needs a serde default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhistleJudgement {
    /// Why, as a code.
    pub fault: WhistleFault,
    /// The unit that judged.
    pub unit: UnitId,
    /// The officer who judged.
    pub officer: OfficerId,
    /// The reason.
    pub note: NoteId,
    /// When it was judged.
    pub at: DateTime<Utc>,
}

impl Grades {
    /// Returns whether a grade is so low that a reason is needed.
    #[must_use]
    pub fn is_low(&self) -> bool {
        [self.on_time, self.in_place, self.effective].contains(&RatingGrade::Poor)
    }
}

impl Rating {
    /// Returns whether the rating counts: no ruling has struck it.
    #[must_use]
    pub fn counts(&self) -> bool {
        let ruling = self.objection.and_then(|objection| objection.ruling);
        ruling.is_none_or(|ruling| ruling.outcome == ObjectionOutcome::Stands)
    }
}

impl Case {
    /// Returns the unit that rates an assignment: the one whose clock runs, otherwise the one that blew the whistle. `None` if no
    /// whistle created the assignment, or if the unit called itself.
    #[must_use]
    pub fn rater(&self, assignment: &Assignment) -> Option<UnitId> {
        let whistle = self.whistles.iter().find(|whistle| Some(whistle.id) == assignment.whistle)?;
        let clock = self.rating_clock(assignment.id, ClockKind::RateAnswer).map(|clock| clock.key.owner_unit);
        Some(clock.unwrap_or(whistle.blown_by_unit)).filter(|unit| *unit != assignment.unit)
    }

    /// Returns the open clock of the rating of an assignment, or of the ruling on it.
    fn rating_clock(&self, id: AssignmentId, kind: ClockKind) -> Option<&clock::Clock> {
        self.clocks.iter().find(|clock| clock.is_open() && clock.key.kind == kind && clock.key.assignment == Some(id))
    }

    /// Returns the whistle with this id, or `None` if the case has none.
    #[must_use]
    pub fn whistle(&self, id: WhistleId) -> Option<&Whistle> {
        self.whistles.iter().find(|whistle| whistle.id == id)
    }
}

/// Returns the change that starts the time for the rating when the work is accepted; `None` if the policy sets no time for it,
/// and for work that no whistle called.
pub(super) fn awaited(case: &Case, assignment: &Assignment, context: &Context<'_>) -> Option<ClockChange> {
    let span = context.policy.rating.rate?;
    let blower = case.rater(assignment)?;
    let unit = if context.ended.contains(&blower) { case.township } else { blower };
    let key = ClockKey::of_assignment(ClockKind::RateAnswer, assignment.round, unit, assignment.id);
    Some(clock::run(&case.clocks, context.timing.clock(key, context.now, span)))
}

/// Rates the answer of a unit. A rating after its time is late, and counts all the same.
pub(super) fn rate(
    case: &Case,
    id: AssignmentId,
    grades: Grades,
    note: Option<NoteId>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let assignment = find(case, id)?;
    let rater = case.rater(assignment).ok_or(Refusal::illegal("rating.of_a_whistle"))?;
    let actor = rates(case, rater, context)?;
    not_cancelled(case)?;
    if assignment.status != AssignmentStatus::Accepted {
        return Err(Refusal::illegal("rating.accepted"));
    }
    if assignment.rating.is_some() {
        return Err(Refusal::illegal("rating.once"));
    }
    if assignment.workers.contains(&actor.officer) || actor.unit == assignment.unit {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("rating.another_person"));
    }
    if grades.is_low() && note.is_none() {
        let (zh, en) = ("评价为“差”时，请填写理由。", "Please state a reason for a low grade.");
        return Err(Refusal::invalid("input.reason", zh, en).with_rule("rating.reason"));
    }
    let clocks = stopped(case, id, ClockKind::RateAnswer, context.now);
    let Actor { unit, post, officer, .. } = actor;
    Ok(Event::Rated { assignment: id, unit, post, officer, grades, note, at: context.now, clocks })
}

/// Returns the acting officer, who rates for the unit that blew the whistle. The command centre stands in for one that has
/// ended.
fn rates(case: &Case, rater: UnitId, context: &Context<'_>) -> Result<Actor, Refusal> {
    if context.ended.contains(&rater) || rater == case.township {
        return permit(case, Action::RateAnswer, context);
    }
    context.by.permit(Action::RateAnswer, rater, false)
}

/// Objects to a rating, once and within the window of the policy. Somebody who is no party has to rule.
pub(super) fn object(case: &Case, id: AssignmentId, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let assignment = find(case, id)?;
    let actor = context.by.permit(Action::ObjectToRating, assignment.unit, false)?;
    not_cancelled(case)?;
    let rating = assignment.rating.ok_or(Refusal::illegal("rating.rated"))?;
    if rating.objection.is_some() {
        return Err(Refusal::illegal("rating.objected_once"));
    }
    if context.now > context.timing.calendar.due(rating.at, context.policy.rating.object) {
        return Err(Refusal::illegal("rating.window"));
    }
    let owner = ruling_unit(case, &parties(assignment, &rating), context);
    let key = ClockKey::of_assignment(ClockKind::RuleOnRating, assignment.round, owner, id);
    let clocks = vec![clock::run(&case.clocks, context.timing.clock(key, context.now, context.policy.rating.rule))];
    Ok(Event::RatingObjected {
        assignment: id,
        unit: assignment.unit,
        officer: actor.officer,
        note,
        at: context.now,
        clocks,
    })
}

/// Rules on an objection: the rating stands, or it does not count.
pub(super) fn rule_on_rating(
    case: &Case,
    id: AssignmentId,
    outcome: ObjectionOutcome,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let assignment = find(case, id)?;
    let Actor { officer, role, unit, .. } = permit(case, Action::RuleOnRating, context)?;
    not_cancelled(case)?;
    let waits = assignment.rating.and_then(|rating| Some((rating, rating.objection?)));
    let Some((rating, objection)) = waits.filter(|(_, objection)| objection.ruling.is_none()) else {
        return Err(Refusal::illegal("rating.objected"));
    };
    let parties = parties(assignment, &rating);
    let centre_is_party = context.centres.first().is_none_or(|centre| parties.contains(centre));
    if !context.policy.rating.ruled_by.contains(&role) && !centre_is_party {
        return Err(Refusal::new(Code::Forbidden).with_rule("rating.ruler"));
    }
    // A supervisor whose post is kept at a command centre does not answer for it.
    let oversees = |unit: &UnitId| role == Role::Supervisor && context.centres.contains(unit);
    let mut units = std::iter::once(&unit).chain(context.officer_units).filter(|unit| !oversees(unit));
    let took_part = [rating.officer, objection.officer].contains(&officer) || assignment.workers.contains(&officer);
    if took_part || units.any(|unit| parties.contains(unit)) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("rating.not_party"));
    }
    let clocks = stopped(case, id, ClockKind::RuleOnRating, context.now);
    Ok(Event::RatingRuled { assignment: id, outcome, unit, role, officer, note, at: context.now, clocks })
}

/// Judges that a whistle was without need 乱吹哨. It does not change the work that it called for.
pub(super) fn judge_whistle(
    case: &Case,
    id: WhistleId,
    fault: WhistleFault,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let Actor { officer, unit, .. } = permit(case, Action::JudgeWhistle, context)?;
    let Some(whistle) = case.whistle(id) else { return Err(Code::NotFound.into()) };
    if whistle.judgement.is_some() {
        return Err(Refusal::illegal("whistle.judged_once"));
    }
    if whistle.blown_by_unit == unit || context.officer_units.contains(&whistle.blown_by_unit) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("whistle.another_unit"));
    }
    Ok(Event::WhistleJudged { whistle: id, fault, unit, officer, note, at: context.now })
}

/// Checks that the hazard was not cancelled: what was done for one that is none is rated by nobody.
fn not_cancelled(case: &Case) -> Result<(), Refusal> {
    if case.end == Some(End::Cancelled) { Err(Refusal::illegal("case.ended")) } else { Ok(()) }
}

fn parties(assignment: &Assignment, rating: &Rating) -> BTreeSet<UnitId> {
    [assignment.unit, rating.unit].into()
}

fn stopped(case: &Case, id: AssignmentId, kind: ClockKind, at: DateTime<Utc>) -> Vec<ClockChange> {
    let key = case.rating_clock(id, kind).map(|clock| clock.key);
    key.and_then(|key| clock::stop(&case.clocks, key, at)).into_iter().collect()
}

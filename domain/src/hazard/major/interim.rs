//! Interim measures 临时措施: people are evacuated, use stops, or power is cut, until the hazard is removed (《安全生产法》 art. 65
//! and 70). Their clocks never stand still.

use chrono::{DateTime, Utc};

use super::super::decide::{permit, still_open};
use super::super::{Case, Context, Event, Level};
use super::judging::department;
use super::keeping::{planner, stopped};
use super::{InterimMeasure, MajorAct, Ordered, event};
use crate::access::{Action, Actor, By};
use crate::clock::{self, ClockKey, ClockKind};
use crate::id::NoteId;
use crate::refusal::{Code, Refusal};

impl InterimMeasure {
    /// Returns the kind of the clock that times the measure.
    #[must_use]
    pub const fn clock(self) -> ClockKind {
        match self {
            Self::Evacuate => ClockKind::Evacuate,
            Self::StopUse => ClockKind::StopUse,
            Self::CutPower => ClockKind::CutPower,
        }
    }
}

impl Ordered {
    /// Returns whether the measure has still to be carried out.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.taken.is_none() && self.lifted.is_none()
    }
}

impl Case {
    /// Returns the measure of this kind that was ordered last and is not lifted.
    #[must_use]
    pub fn measure(&self, measure: InterimMeasure) -> Option<&Ordered> {
        let of = self.major.measures.iter().rev().find(|one| one.measure == measure && one.by.round == self.round);
        of.filter(|one| one.lifted.is_none())
    }
}

/// Orders a measure. The unit that leads the work carries it out; before anybody leads, the one that holds the hazard.
pub(super) fn order(
    case: &Case,
    measure: InterimMeasure,
    at_once: bool,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let actor = orders(case, context)?;
    still_open(case)?;
    if case.level == Level::General {
        return Err(Refusal::illegal("major.suspected_first"));
    }
    if case.measure(measure).is_some() {
        return Err(Refusal::illegal("major.measure_once"));
    }
    let to = planner(case, context).unwrap_or(case.township);
    let (policy, calendar) = (&context.policy.major, context.timing.calendar);
    let (not_before, span): (DateTime<Utc>, _) = match measure {
        InterimMeasure::Evacuate => (context.now, policy.evacuate),
        InterimMeasure::StopUse => (context.now, policy.stop_use),
        InterimMeasure::CutPower if at_once => (context.now, policy.cut_power),
        InterimMeasure::CutPower => (calendar.due(context.now, policy.power_notice), policy.cut_power),
    };
    let key = ClockKey::of(measure.clock(), case.round, to);
    let due = calendar.due(not_before, span);
    let clock = clock::run(&case.clocks, context.timing.clock_until(key, context.now, due));
    Ok(event(&actor, MajorAct::Ordered { interim: measure, to, not_before }, note, vec![clock], context))
}

/// Returns the acting officer: a leader of the department or of the unit that holds the hazard, or the command centre.
fn orders(case: &Case, context: &Context<'_>) -> Result<Actor, Refusal> {
    match context.by {
        By::Officer(actor) if actor.unit == department(case, context) => {
            context.by.permit(Action::OrderMeasure, actor.unit, context.in_area)
        }
        By::Officer(_) | By::Reporter | By::System => permit(case, Action::OrderMeasure, context),
    }
}

/// Reports that a measure was carried out, as the unit that had to, or one that works on the hazard.
pub(super) fn take(
    case: &Case,
    measure: InterimMeasure,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let By::Officer(actor) = context.by else { return Err(Code::Forbidden.into()) };
    let takes_part = case.live().any(|one| one.unit == actor.unit);
    let holder = if takes_part { actor.unit } else { case.township };
    let actor = context.by.permit(Action::SuspectMajor, holder, context.in_area)?;
    still_open(case)?;
    let Some(ordered) = case.measure(measure).filter(|one| one.waits()) else {
        return Err(Refusal::illegal("major.measure_waits"));
    };
    if context.now < ordered.not_before {
        return Err(Refusal::illegal("major.power_notice"));
    }
    let clocks = stopped(case, measure.clock(), context.now);
    Ok(event(&actor, MajorAct::Taken { interim: measure }, note, clocks, context))
}

/// Lifts a measure, carried out or not. Whoever may order it may lift it, even after the hazard was closed.
pub(super) fn lift(
    case: &Case,
    measure: InterimMeasure,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let actor = orders(case, context)?;
    if case.measure(measure).is_none() {
        return Err(Refusal::illegal("major.measure_stands"));
    }
    let clocks = clock::cancel_where(&case.clocks, context.now, |key| key.kind == measure.clock());
    Ok(event(&actor, MajorAct::Lifted { interim: measure }, note, clocks, context))
}

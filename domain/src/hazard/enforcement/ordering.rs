//! Orders 责令: the subject has to remove the hazard at once or within a limit, or to stop. The unit that issued the order
//! re-inspects 复查. An order ends when it is met, revoked or followed by a penalty, or with the hazard.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::{CorrectionOrder, OrderKind, free, known_subject, permit_enforcing, permit_own, standing_inspection};
use crate::access::Action;
use crate::clock::{self, Clock, ClockChange, ClockKey};
use crate::hazard::decide::still_open;
use crate::hazard::{Case, Context, Event};
use crate::id::{InspectionId, NoteId, OrderId};
use crate::refusal::{Code, Refusal};
use crate::time::{china_day, china_day_end, end_of_china_day};

/// An order that is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssueOrder {
    /// The id of the new order.
    pub order: OrderId,
    /// The inspection on which it is based.
    pub inspection: InspectionId,
    /// What kind of order it is.
    pub kind: OrderKind,
    /// The last day on which the subject may obey; `None` if it has to obey at once.
    pub until: Option<NaiveDate>,
    /// What is ordered 责令内容.
    pub note: NoteId,
}

/// The result of a re-inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reinspect {
    /// The order.
    pub order: OrderId,
    /// The record of the inspection.
    pub inspection: InspectionId,
    /// Whether the order was met.
    pub met: bool,
}

/// Issues an order to the subject of an inspection. Its unit has to re-inspect within the policy's span after the limit.
pub(in crate::hazard) fn issue(case: &Case, said: IssueOrder, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = permit_enforcing(case, Action::Inspect, context)?;
    still_open(case)?;
    free(case.enforcement.order(said.order))?;
    known_subject(standing_inspection(case, said.inspection)?)?;
    let until = limit(said, context)?;
    let key = ClockKey::of_order(case.round, actor.unit, said.order);
    Ok(Event::Ordered {
        order: said.order,
        inspection: said.inspection,
        order_kind: said.kind,
        unit: actor.unit,
        officer: actor.officer,
        until,
        holds: context.policy.enforcement.open_order_holds,
        note: said.note,
        at: context.now,
        clocks: vec![ClockChange::Started(reinspection_clock(key, until, context))],
    })
}

/// Returns the end of the time in which the subject has to obey: the end of the named day, or of today.
fn limit(said: IssueOrder, context: &Context<'_>) -> Result<DateTime<Utc>, Refusal> {
    let today = china_day(context.now);
    let last = today.checked_add_days(Days::new(context.policy.enforcement.order_days_max.into())).unwrap_or(today);
    let is_named = match (said.kind, said.until) {
        (OrderKind::Immediately, None) => return Ok(china_day_end(context.now)),
        (OrderKind::WithinLimit | OrderKind::StopWork, Some(day)) => (today..=last).contains(&day),
        (OrderKind::Immediately, Some(_)) | (OrderKind::WithinLimit | OrderKind::StopWork, None) => false,
    };
    if let Some(day) = said.until.filter(|_| is_named) {
        return Ok(end_of_china_day(day));
    }
    let zh = "限期改正和停产停业须填写今日起、政策规定天数以内的期限；立即改正不填。";
    let en = "An order within a limit, and one to stop, needs a day from today on that the policy allows; an order to act at \
              once has none.";
    Err(Refusal::invalid("input.until", zh, en).with_rule("order.until"))
}

/// Returns the clock of a re-inspection, whose span is counted from a limit that may lie ahead.
fn reinspection_clock(key: ClockKey, from: DateTime<Utc>, context: &Context<'_>) -> Clock {
    let span = context.policy.enforcement.reinspect;
    let clock = context.timing.clock_until(key, context.now, context.timing.calendar.due(from, span));
    Clock { counted_from: Some(from).filter(|from| *from != context.now), span: Some(span), ..clock }
}

/// Records the result of a re-inspection. If the order was not met, it stays open, and the next re-inspection is due.
pub(in crate::hazard) fn reinspect(case: &Case, said: Reinspect, context: &Context<'_>) -> Result<Event, Refusal> {
    let order = case.enforcement.order(said.order).ok_or(Code::NotFound)?;
    let actor = permit_own(case, order.unit, Action::Inspect, context)?;
    still_open(case)?;
    open(order)?;
    let inspection = standing_inspection(case, said.inspection)?;
    let since = order.reinspections.last().map_or(order.at, |last| last.at);
    let is_used = order.reinspections.iter().any(|one| one.inspection == said.inspection);
    if is_used || inspection.at < since || inspection.inspected_at < order.at || inspection.id == order.inspection {
        return Err(Refusal::illegal("order.inspected_since"));
    }
    let key = key_of(case, order);
    let mut clocks: Vec<ClockChange> = clock::stop(&case.clocks, key, context.now).into_iter().collect();
    if !said.met {
        clocks.push(clock::run(&case.clocks, reinspection_clock(key, context.now, context)));
    }
    let Reinspect { order, inspection, met } = said;
    Ok(Event::Reinspected { order, inspection, met, officer: actor.officer, at: context.now, clocks })
}

/// Revokes an order, with a reason.
pub(in crate::hazard) fn revoke(
    case: &Case,
    id: OrderId,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let order = case.enforcement.order(id).ok_or(Code::NotFound)?;
    let actor = permit_own(case, order.unit, Action::Penalise, context)?;
    still_open(case)?;
    open(order)?;
    let clocks = no_reinspection(case, id, context);
    Ok(Event::OrderRevoked { order: id, officer: actor.officer, note, at: context.now, clocks })
}

/// Checks that an order is open.
pub(super) fn open(order: &CorrectionOrder) -> Result<(), Refusal> {
    if order.is_open() { Ok(()) } else { Err(Refusal::illegal("order.open")) }
}

/// Returns the changes after which nobody has to re-inspect an order.
pub(super) fn no_reinspection(case: &Case, id: OrderId, context: &Context<'_>) -> Vec<ClockChange> {
    clock::cancel_where(&case.clocks, context.now, |key| key.order == Some(id))
}

/// Returns the key of the clock of an order. It has the round in which the order was issued.
fn key_of(case: &Case, order: &CorrectionOrder) -> ClockKey {
    let of = case.clocks.iter().filter(|clock| clock.key.order == Some(order.id));
    let running = of.max_by_key(|clock| (clock.is_open(), clock.stopped_at)).map(|clock| clock.key);
    running.unwrap_or(ClockKey::of_order(case.round, order.unit, order.id))
}

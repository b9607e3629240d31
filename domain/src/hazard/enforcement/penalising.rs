//! Penalties 行政处罚: the decision, whether its fine was paid, and its voiding. They do not end with the hazard, because a
//! decision often comes after the hazard is gone.

use chrono::{DateTime, NaiveDate, Utc};

use super::ordering::{no_reinspection, open};
use super::{
    DocumentNumber, Penalty, PenaltyState, free, known_subject, permit_enforcing, permit_own, standing_inspection,
};
use crate::access::Action;
use crate::hazard::{Case, Context, End, Event};
use crate::id::{InspectionId, NoteId, OrderId, PenaltyId};
use crate::money::Fen;
use crate::refusal::{Code, Refusal};
use crate::time::china_day;

/// A penalty that is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Penalise {
    /// The id of the new penalty.
    pub penalty: PenaltyId,
    /// The inspection on which it is based.
    pub inspection: InspectionId,
    /// The open order that it ends.
    pub order: Option<OrderId>,
    /// The number of the decision 文号.
    pub document: DocumentNumber,
    /// The fine 罚款; 0 for a penalty without one.
    pub fine: Fen,
    /// The day of the decision.
    pub decided_on: NaiveDate,
    /// The article and the facts 处罚依据.
    pub note: NoteId,
}

/// Records a penalty of the subject of an inspection, of an open or closed hazard. It ends the order that it names.
pub(in crate::hazard) fn penalise(case: &Case, said: Penalise, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = permit_enforcing(case, Action::Penalise, context)?;
    if case.end == Some(End::Cancelled) {
        return Err(Refusal::illegal("penalty.hazard_stands"));
    }
    free(case.enforcement.penalty(said.penalty))?;
    let inspection = standing_inspection(case, said.inspection)?;
    let subject = known_subject(inspection)?;
    let order = said.order.map(|id| case.enforcement.order(id).ok_or(Code::NotFound)).transpose()?;
    order.map(open).transpose()?;
    once(case, &said.document)?;
    if said.fine < Fen(0) || said.fine > Fen::MAX {
        let (zh, en) = ("罚款金额有误。", "The fine is not valid.");
        return Err(Refusal::invalid("input.fineFen", zh, en).with_rule("penalty.fine"));
    }
    between("input.decidedOn", said.decided_on, china_day(inspection.inspected_at), context.now)?;
    Ok(Event::Penalised {
        penalty: said.penalty,
        inspection: said.inspection,
        order: said.order,
        subject,
        unit: actor.unit,
        officer: actor.officer,
        document: said.document,
        fine: said.fine,
        decided_on: said.decided_on,
        note: said.note,
        at: context.now,
        clocks: said.order.map(|id| no_reinspection(case, id, context)).unwrap_or_default(),
    })
}

/// Checks that no penalty that stands has this number.
fn once(case: &Case, document: &DocumentNumber) -> Result<(), Refusal> {
    let is_same = |one: &Penalty| one.document == *document && one.state() != PenaltyState::Voided;
    if case.enforcement.penalties.iter().any(is_same) { Err(Refusal::illegal("penalty.document_once")) } else { Ok(()) }
}

/// Checks that a day is not before another one, and does not lie ahead.
fn between(field: &'static str, day: NaiveDate, first: NaiveDate, now: DateTime<Utc>) -> Result<(), Refusal> {
    if (first..=china_day(now)).contains(&day) {
        return Ok(());
    }
    let zh = "处罚决定日期不能早于检查日期，缴款日期不能早于处罚决定日期，且均不能晚于今日。";
    let en = "A decision is not before its inspection, a payment is not before the decision, and neither lies ahead.";
    Err(Refusal::invalid(field, zh, en).with_rule("penalty.days"))
}

/// Records that the fine was paid.
pub(in crate::hazard) fn pay(
    case: &Case,
    id: PenaltyId,
    paid_on: NaiveDate,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let penalty = case.enforcement.penalty(id).ok_or(Code::NotFound)?;
    let actor = permit_own(case, penalty.unit, Action::Penalise, context)?;
    if penalty.state() != PenaltyState::Unpaid {
        return Err(Refusal::illegal("penalty.unpaid"));
    }
    between("input.paidOn", paid_on, penalty.decided_on, context.now)?;
    Ok(Event::PenaltyPaid { penalty: id, paid_on, officer: actor.officer, at: context.now })
}

/// Voids a penalty, with a reason. An order that it ended stays ended.
pub(in crate::hazard) fn void(
    case: &Case,
    id: PenaltyId,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let penalty = case.enforcement.penalty(id).ok_or(Code::NotFound)?;
    let actor = permit_own(case, penalty.unit, Action::Penalise, context)?;
    if penalty.state() == PenaltyState::Voided {
        return Err(Refusal::illegal("penalty.stands"));
    }
    Ok(Event::PenaltyVoided { penalty: id, officer: actor.officer, note, at: context.now })
}

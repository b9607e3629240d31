//! The records of enforcement 行政执法 of a case: on-site inspections 检查, orders 责令 and penalties 行政处罚. `inspecting`,
//! `ordering` and `penalising` have the steps; [`docs/inspections.md`](../../../docs/inspections.md) has their table.

mod code;
mod inspecting;
mod number;
mod ordering;
mod penalising;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use self::code::{OrderHolds, OrderKind, OrderState, PenaltyState};
pub use self::inspecting::Inspect;
pub(super) use self::inspecting::inspect;
pub use self::number::{Certificate, DocumentNumber};
pub use self::ordering::{IssueOrder, Reinspect};
pub(super) use self::ordering::{issue, reinspect, revoke};
pub use self::penalising::Penalise;
pub(super) use self::penalising::{pay, penalise, void};
use super::decide::permit;
use super::{Case, Context, Event};
use crate::access::{Action, Actor, By};
use crate::id::{InspectionId, NoteId, OfficerId, OrderId, PenaltyId, PhotoId, PostId, SubjectId, UnitId};
use crate::money::Fen;
use crate::refusal::{Code, Refusal};

/// A step of enforcement 行政执法.
#[derive(Debug, Clone, PartialEq)]
pub enum Enforce {
    /// Records an on-site inspection 检查记录, or corrects the record of one.
    Inspect(Inspect),
    /// Orders the subject to act 责令.
    Order(IssueOrder),
    /// Records the result of a re-inspection 复查 of an order.
    Reinspect(Reinspect),
    /// Revokes an order 撤销责令.
    Revoke {
        /// The order.
        order: OrderId,
        /// The reason 撤销理由.
        note: NoteId,
    },
    /// Records a penalty 行政处罚.
    Penalise(Penalise),
    /// Records that a fine was paid 缴纳罚款.
    Pay {
        /// The penalty.
        penalty: PenaltyId,
        /// The day of the payment.
        paid_on: NaiveDate,
    },
    /// Voids a penalty 撤销处罚.
    Void {
        /// The penalty.
        penalty: PenaltyId,
        /// The reason 撤销理由.
        note: NoteId,
    },
}

/// The records of enforcement 行政执法 of a case, each list in order of creation. Events of merges store it, so a new field
/// needs a serde default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Enforcement {
    /// The inspections 检查.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inspections: Vec<Inspection>,
    /// The orders 责令.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<CorrectionOrder>,
    /// The penalties 行政处罚.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub penalties: Vec<Penalty>,
}

/// The record of an on-site inspection 检查记录. It never changes; a wrong one is corrected by another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// The id.
    pub id: InspectionId,
    /// The unit that inspected.
    pub unit: UnitId,
    /// The officer who recorded the inspection.
    pub officer: OfficerId,
    /// The post in which this officer acted.
    pub post: PostId,
    /// The certificate of the second officer 两人以上; `None` if the policy does not require one.
    pub second_officer: Option<Certificate>,
    /// The subject 责任单位 that was inspected, if it is known.
    pub subject: Option<SubjectId>,
    /// When the inspection took place.
    pub inspected_at: DateTime<Utc>,
    /// The distance from the hazard in metres, rounded up.
    pub distance_metres: u32,
    /// The photos.
    pub photos: Vec<PhotoId>,
    /// The record that this one corrects.
    pub corrects: Option<InspectionId>,
    /// The findings 检查情况.
    pub note: NoteId,
    /// When it was recorded.
    pub at: DateTime<Utc>,
}

/// An order 责令: the subject has to remove the hazard, or to stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionOrder {
    /// The id.
    pub id: OrderId,
    /// The inspection on which it is based.
    pub inspection: InspectionId,
    /// What kind of order it is.
    pub kind: OrderKind,
    /// The unit that issued it, and has to re-inspect.
    pub unit: UnitId,
    /// The officer who issued it.
    pub officer: OfficerId,
    /// The end of the time in which the subject has to obey.
    pub until: DateTime<Utc>,
    /// What it holds up while it is open, as the policy said when it was issued.
    pub holds: OrderHolds,
    /// What is ordered 责令内容.
    pub note: NoteId,
    /// When it was issued.
    pub at: DateTime<Utc>,
    /// The re-inspections 复查, in order.
    pub reinspections: Vec<Reinspection>,
    /// The state.
    pub state: OrderState,
    /// When it ended; `None` while it is open.
    pub ended_at: Option<DateTime<Utc>>,
}

/// The result of a re-inspection 复查 of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reinspection {
    /// The record of the inspection.
    pub inspection: InspectionId,
    /// Whether the order was met.
    pub met: bool,
    /// The officer who recorded the result.
    pub officer: OfficerId,
    /// When the result was recorded.
    pub at: DateTime<Utc>,
}

/// A penalty 行政处罚 of the subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Penalty {
    /// The id.
    pub id: PenaltyId,
    /// The inspection on which it is based.
    pub inspection: InspectionId,
    /// The order that it ended.
    pub order: Option<OrderId>,
    /// The subject 责任单位.
    pub subject: SubjectId,
    /// The unit that imposed it.
    pub unit: UnitId,
    /// The officer who recorded it.
    pub officer: OfficerId,
    /// The number of the decision 文号.
    pub document: DocumentNumber,
    /// The fine 罚款; 0 for a penalty without one, such as a warning.
    pub fine: Fen,
    /// The day of the decision.
    pub decided_on: NaiveDate,
    /// The article and the facts 处罚依据.
    pub note: NoteId,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// The day on which the fine was paid; `None` until then.
    pub paid_on: Option<NaiveDate>,
    /// Why it was voided; `None` while it stands.
    pub voided: Option<NoteId>,
}

impl CorrectionOrder {
    /// Returns whether the subject still has to obey.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == OrderState::Open
    }
}

impl Penalty {
    /// Returns the state.
    #[must_use]
    pub const fn state(&self) -> PenaltyState {
        match (self.voided, self.paid_on) {
            (Some(_), _) => PenaltyState::Voided,
            (None, Some(_)) => PenaltyState::Paid,
            (None, None) if self.fine.0 == 0 => PenaltyState::NoFine,
            (None, None) => PenaltyState::Unpaid,
        }
    }
}

impl Enforcement {
    /// Returns whether there is no record.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.inspections.is_empty() && self.orders.is_empty() && self.penalties.is_empty()
    }

    /// Returns the inspection with this id, or `None`.
    #[must_use]
    pub fn inspection(&self, id: InspectionId) -> Option<&Inspection> {
        self.inspections.iter().find(|one| one.id == id)
    }

    /// Returns the order with this id, or `None`.
    #[must_use]
    pub fn order(&self, id: OrderId) -> Option<&CorrectionOrder> {
        self.orders.iter().find(|one| one.id == id)
    }

    /// Returns the penalty with this id, or `None`.
    #[must_use]
    pub fn penalty(&self, id: PenaltyId) -> Option<&Penalty> {
        self.penalties.iter().find(|one| one.id == id)
    }

    /// Returns the orders that are open.
    pub fn open_orders(&self) -> impl Iterator<Item = &CorrectionOrder> {
        self.orders.iter().filter(|one| one.is_open())
    }

    /// Returns whether an open order holds this up.
    #[must_use]
    pub fn holds(&self, what: OrderHolds) -> bool {
        self.open_orders().any(|one| one.holds >= what)
    }

    /// Returns the sum of the fines that were paid, on which the share of an award 奖励 is based.
    #[must_use]
    pub fn fines_paid(&self) -> Fen {
        let paid = self.penalties.iter().filter(|one| one.state() == PenaltyState::Paid);
        Fen(paid.fold(0, |sum: i64, one| sum.saturating_add(one.fine.0)))
    }

    /// Returns whether another record corrects this one.
    #[must_use]
    pub fn is_corrected(&self, id: InspectionId) -> bool {
        self.inspections.iter().any(|one| one.corrects == Some(id))
    }
}

/// Returns the acting officer of a unit that takes part in the work, or of the one that holds the hazard.
fn permit_enforcing(case: &Case, action: Action, context: &Context<'_>) -> Result<Actor, Refusal> {
    let works = |unit: UnitId| case.assignments.iter().any(|one| one.unit == unit && !one.status.is_gone());
    let takes_part = |unit: UnitId| works(unit) && !context.ended.contains(&unit);
    match context.by {
        By::Officer(actor) if takes_part(actor.unit) => context.by.permit(action, actor.unit, false),
        By::Officer(_) | By::Reporter | By::System => permit(case, action, context),
    }
}

/// Returns the acting officer of the unit that made a record, or of the one that holds the hazard.
fn permit_own(case: &Case, unit: UnitId, action: Action, context: &Context<'_>) -> Result<Actor, Refusal> {
    match context.by {
        By::Officer(actor) if actor.unit == unit => context.by.permit(action, unit, false),
        By::Officer(_) | By::Reporter | By::System => permit(case, action, context),
    }
}

/// Returns the inspection with this id, which nobody has corrected.
fn standing_inspection(case: &Case, id: InspectionId) -> Result<&Inspection, Refusal> {
    let inspection = case.enforcement.inspection(id).ok_or(Code::NotFound)?;
    if case.enforcement.is_corrected(id) {
        return Err(Refusal::illegal("inspection.corrected"));
    }
    Ok(inspection)
}

/// Returns the subject of an inspection.
fn known_subject(inspection: &Inspection) -> Result<SubjectId, Refusal> {
    inspection.subject.ok_or_else(|| Refusal::illegal("inspection.subject_known"))
}

/// Refuses an id that another record of the case has.
fn free<T>(known: Option<&T>) -> Result<(), Refusal> {
    if known.is_some() { Err(Refusal::illegal("inspection.id_taken")) } else { Ok(()) }
}

/// Decides on a step of enforcement.
pub(super) fn enforce(case: &Case, step: Enforce, context: &Context<'_>) -> Result<Event, Refusal> {
    match step {
        Enforce::Inspect(said) => inspect(case, said, context),
        Enforce::Order(said) => issue(case, said, context),
        Enforce::Reinspect(said) => reinspect(case, said, context),
        Enforce::Revoke { order, note } => revoke(case, order, note, context),
        Enforce::Penalise(said) => penalise(case, said, context),
        Enforce::Pay { penalty, paid_on } => pay(case, penalty, paid_on, context),
        Enforce::Void { penalty, note } => void(case, penalty, note, context),
    }
}

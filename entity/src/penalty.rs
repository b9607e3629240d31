//! A penalty 行政处罚 of the subject of a hazard.

use domain::hazard::enforcement::PenaltyState;
use domain::id::{HazardId, InspectionId, NoteId, OfficerId, OrderId, PenaltyId, SubjectId, UnitId};
use domain::money::Fen;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query};

/// A penalty 行政处罚 of the subject of a hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "penalty")]
pub struct Model {
    /// The id, which the request of the officer gave.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PenaltyId,
    /// The hazard.
    pub hazard_id: HazardId,
    /// The path of the area of the hazard; empty outside every area.
    pub area_path: String,
    /// The inspection on which it is based.
    pub inspection_id: InspectionId,
    /// The order that it ended.
    pub order_id: Option<OrderId>,
    /// The subject.
    pub subject_id: SubjectId,
    /// The unit that imposed it.
    pub unit_id: UnitId,
    /// The officer who recorded it.
    pub officer_id: OfficerId,
    /// The number of the decision. No two penalties that stand have the same one.
    pub document: String,
    /// The fine, in fen; 0 for a penalty without one.
    pub fine_fen: Fen,
    /// The day of the decision.
    pub decided_on: Date,
    /// The article and the facts.
    pub note_id: NoteId,
    /// When it was recorded.
    pub at: DateTimeUtc,
    /// The day on which the fine was paid.
    pub paid_on: Option<Date>,
    /// Why it was voided; NULL while it stands.
    pub voided: Option<NoteId>,
    /// The state, which follows from the other columns and is stored for list queries.
    pub state: PenaltyState,
}

impl ActiveModelBehavior for ActiveModel {}

/// Returns the condition for penalties in the subtree of an area.
#[must_use]
pub fn below(path: &str) -> Condition {
    super::scope::below(Column::AreaPath, path)
}

/// Returns the condition for penalties of hazards that this condition selects.
#[must_use]
pub fn of_hazards(shown: Condition) -> Condition {
    use super::hazard;
    let mut hazards = Query::select();
    hazards.expr(Expr::val(1)).from(hazard::Entity).cond_where(shown);
    hazards.and_where(Expr::col((hazard::Entity, hazard::Column::Id)).equals((Entity, Column::HazardId)));
    Condition::all().add(Expr::exists(hazards))
}

/// Returns the condition for penalties of the subjects with this unified social credit code.
#[must_use]
pub fn of_code(uscc: &str) -> Condition {
    use super::subject;
    let mut subjects = Query::select();
    subjects.column(subject::Column::Id).from(subject::Entity).and_where(Expr::col(subject::Column::Uscc).eq(uscc));
    Condition::all().add(Expr::col((Entity, Column::SubjectId)).in_subquery(subjects))
}

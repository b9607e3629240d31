//! A supervision 督办: a rung of the ladder that was set for a hazard.

use domain::hazard::{Acknowledgement, SupervisionState, WatchedDeadline};
use domain::id::{AssignmentId, HazardId, NoteId, PostId, SupervisionId, UnitId};
use domain::policy::{Addressee, Rung, SupervisionTrigger};
use domain::staff::Role;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query};

use crate::JsonList;

/// A supervision 督办: a rung of the ladder that was set for a hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "supervision")]
pub struct Model {
    /// The id. It follows from what the rung was set for, so that each is set only once; that of a rung set by hand is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SupervisionId,
    /// The hazard.
    pub hazard_id: HazardId,
    /// The path of the area of the hazard; empty outside every area.
    pub area_path: String,
    /// The rung.
    pub rung: Rung,
    /// Why it was set.
    pub trigger: SupervisionTrigger,
    /// The kind of addressee.
    pub addressee: Addressee,
    /// The addressed unit.
    pub unit_id: UnitId,
    /// The roles that acknowledge; an empty list means all that may.
    pub roles: JsonList<Vec<Role>>,
    /// The assignment that it is about, if it is not about the hazard as a whole.
    pub assignment_id: Option<AssignmentId>,
    /// The round of the hazard in which it was set, counted from 1.
    pub round: i32,
    /// The deadline that it is about, for a trigger of time.
    pub deadline: Option<JsonList<WatchedDeadline>>,
    /// Which occurrence of the trigger it is about; otherwise 0.
    pub count: i32,
    /// The post that set it by hand.
    pub by_post: Option<PostId>,
    /// The reason, if it was set by hand.
    pub note_id: Option<NoteId>,
    /// When it was set.
    pub at: DateTimeUtc,
    /// Until when it has to be acknowledged.
    pub due: DateTimeUtc,
    /// The state, which follows from its clock and is stored for list queries.
    pub state: SupervisionState,
    /// Who acknowledged it, and when.
    pub acknowledged: Option<JsonList<Acknowledgement>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Returns the condition for supervisions in the subtree of an area.
#[must_use]
pub fn below(path: &str) -> Condition {
    super::scope::below(Column::AreaPath, path)
}

/// Returns the condition for supervisions of hazards that this condition selects.
#[must_use]
pub fn of_hazards(shown: Condition) -> Condition {
    use super::hazard;
    let mut hazards = Query::select();
    hazards.expr(Expr::val(1)).from(hazard::Entity).cond_where(shown);
    hazards.and_where(Expr::col((hazard::Entity, hazard::Column::Id)).equals((Entity, Column::HazardId)));
    Condition::all().add(Expr::exists(hazards))
}

//! An order 责令 to the subject of a hazard.

use domain::hazard::enforcement::{OrderHolds, OrderKind, OrderState, Reinspection};
use domain::id::{HazardId, InspectionId, NoteId, OfficerId, OrderId, UnitId};
use sea_orm::entity::prelude::*;

use crate::JsonList;

/// An order 责令 to the subject of a hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "correction_order")]
pub struct Model {
    /// The id, which the request of the officer gave.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderId,
    /// The hazard.
    pub hazard_id: HazardId,
    /// The inspection on which it is based.
    pub inspection_id: InspectionId,
    /// What it demands.
    pub kind: OrderKind,
    /// The unit that issued it, and has to re-inspect.
    pub unit_id: UnitId,
    /// The officer who issued it.
    pub officer_id: OfficerId,
    /// The end of the time in which the subject has to obey.
    pub until: DateTimeUtc,
    /// What it holds up while it is open.
    pub holds: OrderHolds,
    /// What is ordered.
    pub note_id: NoteId,
    /// When it was issued.
    pub at: DateTimeUtc,
    /// The re-inspections.
    pub reinspections: JsonList<Vec<Reinspection>>,
    /// The state.
    pub state: OrderState,
    /// When it ended; NULL while it is open.
    pub ended_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

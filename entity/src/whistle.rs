//! A whistle 哨: a township's call for departments.

use domain::hazard::{WhistleEnd, WhistleStatus};
use domain::id::{HazardId, PostId, UnitId, WhistleId};
use domain::policy::WhistleClass;
use sea_orm::entity::prelude::*;

/// A whistle 哨: a township's call for departments.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "whistle")]
pub struct Model {
    /// Random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WhistleId,
    /// For which hazard.
    pub hazard_id: HazardId,
    /// The type, a policy row.
    pub type_code: String,
    /// Its class.
    pub class: WhistleClass,
    /// Computed from its parts; stored for lists.
    pub status: WhistleStatus,
    /// The round of the hazard.
    pub round: i32,
    /// Who blew it.
    pub blown_by_post: PostId,
    /// For which unit.
    pub blown_by_unit: UnitId,
    /// When.
    pub blown_at: DateTimeUtc,
    /// How it ended, as recorded.
    pub end_kind: Option<WhistleEnd>,
}

impl ActiveModelBehavior for ActiveModel {}

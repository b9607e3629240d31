//! A whistle 哨: the call of a township for departments.

use domain::hazard::{WhistleEnd, WhistleStatus};
use domain::id::{HazardId, PostId, UnitId, WhistleId};
use domain::policy::WhistleClass;
use sea_orm::entity::prelude::*;

/// A whistle 哨: the call of a township for departments.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "whistle")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WhistleId,
    /// The hazard.
    pub hazard_id: HazardId,
    /// The code of the type, as the policy lists it.
    pub type_code: String,
    /// The class.
    pub class: WhistleClass,
    /// The status, which is computed from the parts and stored for lists.
    pub status: WhistleStatus,
    /// The round of the hazard in which it was made.
    pub round: i32,
    /// The post that blew it.
    pub blown_by_post: PostId,
    /// The unit that blew it.
    pub blown_by_unit: UnitId,
    /// The time.
    pub blown_at: DateTimeUtc,
    /// How it ended, if an end was recorded.
    pub end_kind: Option<WhistleEnd>,
}

impl ActiveModelBehavior for ActiveModel {}

//! A whistle 哨: a township's formal call for other departments.

use domain::hazard::{WhistleEnd, WhistleJudgement, WhistleStatus};
use domain::id::{HazardId, PostId, UnitId, WhistleId};
use domain::policy::WhistleClass;
use sea_orm::entity::prelude::*;

use crate::JsonList;

/// A whistle 哨: a township's formal call for other departments.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "whistle")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WhistleId,
    /// The hazard for which the departments were called.
    pub hazard_id: HazardId,
    /// The code of the whistle type, as the policy lists it.
    pub type_code: String,
    /// The class of this type when the whistle was blown.
    pub class: WhistleClass,
    /// The status, which is derived from the assignments and stored for list queries.
    pub status: WhistleStatus,
    /// The round of the hazard in which the whistle was blown, counted from 1.
    pub round: i32,
    /// The post that blew the whistle.
    pub blown_by_post: PostId,
    /// The unit of this post.
    pub blown_by_unit: UnitId,
    /// When the whistle was blown.
    pub blown_at: DateTimeUtc,
    /// How the whistle ended other than by completion; NULL if it is open or completed.
    pub end_kind: Option<WhistleEnd>,
    /// The judgement that the whistle was without need 乱吹哨; NULL if nobody judged so.
    pub judgement: Option<JsonList<WhistleJudgement>>,
}

impl ActiveModelBehavior for ActiveModel {}

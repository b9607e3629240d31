//! A shift 班次 of the duty roster 值班: the post that is on duty in a unit, and its deputy, from a start to an end.

use domain::id::{PostId, ShiftId, UnitId};
use domain::roster;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;

/// A shift 班次 of the duty roster. A shift that was taken back stays, as a record.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shift")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ShiftId,
    /// The unit for which the post is on duty.
    pub unit_id: UnitId,
    /// The first moment.
    pub starts_at: DateTimeUtc,
    /// The first moment after it.
    pub ends_at: DateTimeUtc,
    /// The post on duty A岗.
    pub post_id: PostId,
    /// The deputy B岗, if there is one.
    pub deputy_id: Option<PostId>,
    /// The version, which each change raises by one.
    pub version: i64,
    /// When the shift was taken back; NULL while it stands in the roster.
    pub taken_back_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Returns the shift as the rules know it.
    #[must_use]
    pub const fn shift(&self) -> roster::Shift {
        roster::Shift {
            id: self.id,
            unit: self.unit_id,
            start: self.starts_at,
            end: self.ends_at,
            post: self.post_id,
            deputy: self.deputy_id,
        }
    }
}

/// Returns the condition for shifts that stand in the roster.
#[must_use]
pub fn kept() -> Condition {
    Condition::all().add(COLUMN.taken_back_at.is_null())
}

/// Returns the condition for shifts that end after this moment.
#[must_use]
pub fn after(moment: DateTimeUtc) -> Condition {
    Condition::all().add(COLUMN.ends_at.gt(moment))
}

/// Returns the condition for shifts that begin before this moment.
#[must_use]
pub fn before(moment: DateTimeUtc) -> Condition {
    Condition::all().add(COLUMN.starts_at.lt(moment))
}

//! By what a verified photo is found among others that are like it.

use domain::id::PhotoId;
use domain::photo::PhotoParent;
use sea_orm::entity::prelude::*;

/// By what a verified photo is found among others that are like it. A plain photo has none.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_fingerprint")]
pub struct Model {
    /// The photo.
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo_id: PhotoId,
    /// What it belongs to.
    pub parent_kind: PhotoParent,
    /// Which one.
    pub parent_id: Uuid,
    /// The 64 bits.
    pub bits: i64,
    /// The first quarter of the bits, numbered.
    pub band_one: i32,
    /// The second quarter.
    pub band_two: i32,
    /// The third quarter.
    pub band_three: i32,
    /// The fourth quarter.
    pub band_four: i32,
    /// Morton code of the place of what it belongs to.
    pub cell: i64,
    /// The square of about 23 km a side that holds that place.
    pub square: i64,
    /// When what it belongs to came, as far as people may see it.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

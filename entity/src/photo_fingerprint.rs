//! The fingerprint by which a verified photo is found among similar ones.

use domain::id::PhotoId;
use domain::photo::PhotoParent;
use sea_orm::entity::prelude::*;

/// The fingerprint by which a verified photo is found among similar ones. A photo of one plain colour has none.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_fingerprint")]
pub struct Model {
    /// The photo.
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo_id: PhotoId,
    /// The kind of the object to which the photo belongs.
    pub parent_kind: PhotoParent,
    /// The id of that object.
    pub parent_id: Uuid,
    /// The 64 bits of the fingerprint.
    pub bits: i64,
    /// The first quarter of the bits, with its number.
    pub band_one: i32,
    /// The second quarter, with its number.
    pub band_two: i32,
    /// The third quarter, with its number.
    pub band_three: i32,
    /// The fourth quarter, with its number.
    pub band_four: i32,
    /// The Morton code of the place of that object.
    pub cell: i64,
    /// The square, about 23 km wide, that holds this place.
    pub square: i64,
    /// The time of that object, as people may see it.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

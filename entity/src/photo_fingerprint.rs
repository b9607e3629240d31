//! The perceptual fingerprint of a verified photo, by which similar photos are found.

use domain::id::PhotoId;
use domain::photo::PhotoParent;
use sea_orm::entity::prelude::*;

/// The perceptual fingerprint of a verified photo, by which similar photos are found. A nearly uniform picture has no
/// row.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_fingerprint")]
pub struct Model {
    /// The fingerprinted photo.
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo_id: PhotoId,
    /// The kind of the parent object: a report or an assignment.
    pub parent_kind: PhotoParent,
    /// The id of the parent object.
    pub parent_id: Uuid,
    /// The 64-bit fingerprint. Similar photos have a small Hamming distance.
    pub bits: i64,
    /// The lowest 16 bits, as a band for the index: `band number << 16 | bits` (see [`domain::photo::bands`]).
    pub band_one: i32,
    /// The second band.
    pub band_two: i32,
    /// The third band.
    pub band_three: i32,
    /// The fourth band.
    pub band_four: i32,
    /// The Morton code of the parent object's place.
    pub cell: i64,
    /// The grid square of this place, about 23 km wide (see [`domain::place::square`]).
    pub square: i64,
    /// The time of the parent object, as officers may see it.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

//! The record of an on-site inspection 检查记录.

use domain::id::{HazardId, InspectionId, NoteId, OfficerId, PhotoId, PostId, SubjectId, UnitId};
use sea_orm::entity::prelude::*;

use crate::JsonList;

/// The record of an on-site inspection 检查记录. It never changes, but a merge moves it to another hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inspection")]
pub struct Model {
    /// The id, which the request of the officer gave.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InspectionId,
    /// The hazard.
    pub hazard_id: HazardId,
    /// The unit that inspected.
    pub unit_id: UnitId,
    /// The officer who recorded it.
    pub officer_id: OfficerId,
    /// The post in which this officer acted.
    pub post_id: PostId,
    /// The certificate of the second officer.
    pub second_officer: Option<String>,
    /// The subject that was inspected.
    pub subject_id: Option<SubjectId>,
    /// When the inspection took place.
    pub inspected_at: DateTimeUtc,
    /// The distance from the hazard in metres, rounded up.
    pub distance_metres: i64,
    /// The photos.
    pub photos: JsonList<Vec<PhotoId>>,
    /// The record that this one corrects.
    pub corrects: Option<InspectionId>,
    /// The findings.
    pub note_id: NoteId,
    /// When it was recorded.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

//! An area 区域: a node of the tree province → city → county → township → village → grid. Its code is never a key.

use domain::area::AreaLevel;
use domain::id::AreaId;
use sea_orm::entity::prelude::*;

/// An area 区域: a node of the tree province → city → county → township → village → grid. Its code is never a key.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "area")]
pub struct Model {
    /// Its name for ever.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AreaId,
    /// Chinese name.
    pub name: String,
    /// Where in the tree.
    pub level: AreaLevel,
    /// The area above; none for a root.
    pub parent_id: Option<AreaId>,
    /// Its place in the tree: one segment of ten characters and a slash for each area from the root; a subtree is a range.
    pub path: String,
    /// Where the boundary comes from: `official`, `real`, `partition` or `none`.
    pub boundary_kind: String,
    /// The boundary as a GeoJSON geometry in WGS84.
    pub boundary: Option<String>,
    /// First day.
    pub valid_from: Date,
    /// First day on which it is no longer.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}

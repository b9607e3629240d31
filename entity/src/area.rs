//! An area 区域: a node of the tree province → city → county → township → village → grid. Codes of areas change, so a
//! code is never the key.

use domain::area::AreaLevel;
use domain::id::AreaId;
use sea_orm::entity::prelude::*;

/// An area 区域: a node of the tree province → city → county → township → village → grid. Codes of areas change, so a
/// code is never the key.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "area")]
pub struct Model {
    /// The id, which never changes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AreaId,
    /// The Chinese name.
    pub name: String,
    /// The level in the tree.
    pub level: AreaLevel,
    /// The parent area; `None` for a root.
    pub parent_id: Option<AreaId>,
    /// The materialised path from the root: ten characters and a slash for each area, so that a subtree is a range of
    /// paths.
    pub path: String,
    /// The source of the boundary: `official`, `real`, `partition` or `none`.
    pub boundary_kind: String,
    /// The boundary as a GeoJSON geometry in WGS84.
    pub boundary: Option<String>,
    /// The first day on which it applies.
    pub valid_from: Date,
    /// The first day on which it no longer applies.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}

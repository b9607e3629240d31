//! A unit that is recused 回避 because a report accuses it, stored as a keyed hash.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// A unit that is recused 回避 because a report accuses it, stored as a keyed hash.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "report_bar")]
pub struct Model {
    /// The report that accuses the unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// HMAC-SHA-256(accused key, unit).
    #[sea_orm(primary_key, auto_increment = false)]
    pub unit_tag: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

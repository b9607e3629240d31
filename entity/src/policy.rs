//! A policy document, dated.

use domain::id::AreaId;
use domain::policy::RuleVersion;
use sea_orm::entity::prelude::*;

/// A policy document, dated.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "policy")]
pub struct Model {
    /// One dated version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which: `handling`, `award`, `office`.
    pub kind: String,
    /// The area it holds for; none: everywhere.
    pub area_id: Option<AreaId>,
    /// The document as canonical JSON.
    pub body: String,
    /// First day.
    pub valid_from: Date,
    /// First day on which it is no longer.
    pub valid_to: Option<Date>,
    /// The revision that brought it.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

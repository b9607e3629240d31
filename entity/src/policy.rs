//! A policy document, with the area and the period in which it is in force.

use domain::id::AreaId;
use domain::policy::RuleVersion;
use sea_orm::entity::prelude::*;

/// A policy document, with the area and the period in which it is in force.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "policy")]
pub struct Model {
    /// The id of one dated version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The kind: `handling`, `award` or `office`.
    pub kind: String,
    /// The area in which the policy applies; NULL for everywhere.
    pub area_id: Option<AreaId>,
    /// The document as canonical JSON.
    pub body: String,
    /// The first day on which it applies.
    pub valid_from: Date,
    /// The first day on which it no longer applies.
    pub valid_to: Option<Date>,
    /// The rule version of the import.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

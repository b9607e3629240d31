//! A callback 回访: asked of each reporter of a closed hazard.

use domain::callback::Satisfaction;
use domain::id::{HazardId, ReportId};
use sea_orm::entity::prelude::*;

/// A callback 回访: asked of each reporter of a closed hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "callback")]
pub struct Model {
    /// Of whom it is asked.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// The round of the hazard that was closed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub round: i32,
    /// The hazard.
    pub hazard_id: HazardId,
    /// Was the reporter contacted.
    pub contacted: Option<bool>,
    /// Is it solved.
    pub solved: Option<bool>,
    /// Is the reporter satisfied.
    pub satisfaction: Option<Satisfaction>,
    /// When it was answered.
    pub answered_at: Option<DateTimeUtc>,
    /// When it was asked.
    pub asked_at: DateTimeUtc,
    /// Whether this answer reopened the hazard.
    pub reopened: bool,
}

impl ActiveModelBehavior for ActiveModel {}

//! A callback 回访: the questions to each reporter of a closed hazard.

use domain::callback::Satisfaction;
use domain::id::{HazardId, ReportId};
use sea_orm::entity::prelude::*;

/// A callback 回访: the questions to each reporter of a closed hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "callback")]
pub struct Model {
    /// The report whose author is asked.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// The round of the hazard that was closed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub round: i32,
    /// The hazard.
    pub hazard_id: HazardId,
    /// Whether the reporter was contacted.
    pub contacted: Option<bool>,
    /// Whether the matter is solved.
    pub solved: Option<bool>,
    /// How satisfied the reporter is.
    pub satisfaction: Option<Satisfaction>,
    /// The time of the answer.
    pub answered_at: Option<DateTimeUtc>,
    /// The time of the question.
    pub asked_at: DateTimeUtc,
    /// Whether this answer reopened the hazard.
    pub reopened: bool,
}

impl ActiveModelBehavior for ActiveModel {}

//! A callback 回访: asks a reporter of a closed hazard about the result, and stores the answers.

use domain::callback::Satisfaction;
use domain::id::{HazardId, ReportId};
use sea_orm::entity::prelude::*;

/// A callback 回访: asks a reporter of a closed hazard about the result, and stores the answers.
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
    /// The closed hazard. A report can be asked about two: its own, and the one into which that was merged.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hazard_id: HazardId,
    /// Whether the reporter says that they were contacted; NULL until they answer.
    pub contacted: Option<bool>,
    /// Whether the reporter says that the hazard is solved; NULL until they answer.
    pub solved: Option<bool>,
    /// How satisfied the reporter is; NULL until they answer.
    pub satisfaction: Option<Satisfaction>,
    /// When the reporter answered; NULL until then.
    pub answered_at: Option<DateTimeUtc>,
    /// When the reporter was asked.
    pub asked_at: DateTimeUtc,
    /// Whether this answer reopened the hazard.
    pub reopened: bool,
    /// The boundary of the time veil at which the answer becomes an event of its report; NULL before the answer, and once
    /// the event is written.
    pub publish_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

//! The rules that set the deadlines of one report.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::clock::Timing;
use domain::policy::HandlingPolicy;
use domain::time::china_day;
use entity::report;

use crate::error::ApiResult;
use crate::policy::rulebook::RuleBook;

/// The handling policy and the timing rules at the place of a report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadlines<'a> {
    /// The handling policy of the day.
    pub policy: &'a HandlingPolicy,
    /// The calendar and the rule version.
    pub timing: Timing<'a>,
}

impl<'a> Deadlines<'a> {
    /// Looks up the rules in force at `now`. A place outside every area has those of the unit that reviews the report.
    pub(crate) fn of(rules: &'a RuleBook, row: &report::Model, now: DateTime<Utc>) -> ApiResult<Self> {
        let area =
            row.area_id.or_else(|| rules.unit(row.review_unit).map(|unit| unit.area_id)).ok_or(Code::NotFound)?;
        Ok(Self { policy: rules.handling(Some(area), china_day(now))?, timing: rules.timing(area, now)? })
    }
}

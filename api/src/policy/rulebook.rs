//! The rulebook holds all rules of one revision in memory, for the decisions that rest on them. Its functions are pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::clock::Timing;
use domain::id::{AreaId, DutyId, UnitId};
use domain::policy::{AwardPolicy, HandlingPolicy, RuleVersion};
use domain::roster::Roster;
use domain::time::china_day;
use domain::time::{Calendar, OfficePolicy, Veil};
use entity::{calendar_day, category, code_entry, duty, policy, report, unit};
use serde::de::DeserializeOwned;

use super::dated::{Dated, Policies};
use super::duties::{Duties, Duty};
use super::roster::RosterRows;
use super::units::Units;
use crate::area::Areas;
use crate::area::node::holds;
use crate::error::{ApiError, ApiResult};

/// The rows from which a rulebook is built, regardless of their validity dates.
#[derive(Debug, Default)]
pub struct RuleRows {
    /// The units 单位.
    pub units: Vec<unit::Model>,
    /// The entries of all code lists.
    pub codes: Vec<code_entry::Model>,
    /// The categories 隐患类别.
    pub categories: Vec<category::Model>,
    /// The duty list entries.
    pub duties: Vec<duty::Model>,
    /// The holidays and make-up working days.
    pub days: Vec<calendar_day::Model>,
    /// The policy documents.
    pub policies: Vec<policy::Model>,
    /// The duty roster.
    pub roster: RosterRows,
}

/// The rules of one revision. A rulebook is immutable; an import creates a new revision.
#[derive(Debug)]
pub struct RuleBook {
    /// The revision number.
    pub version: RuleVersion,
    /// All areas with their boundaries.
    pub areas: Arc<Areas>,
    /// The index of all units.
    pub units: Units,
    /// The index of all duty lists.
    pub duties: Duties,
    /// The duty roster 值班.
    pub roster: Roster,
    categories: BTreeMap<String, Vec<category::Model>>,
    codes: BTreeMap<String, Vec<code_entry::Model>>,
    handling: Policies<HandlingPolicy>,
    award: Policies<AwardPolicy>,
    calendars: Policies<Calendar>,
    plain_calendar: Calendar,
}

impl RuleBook {
    /// Builds the rulebook from these rows. The importer has validated the policy documents, so any error is internal.
    pub fn build(version: RuleVersion, areas: Arc<Areas>, rows: RuleRows) -> ApiResult<Self> {
        let days = rows.days.into_iter().map(|day| (day.date, day.kind)).collect();
        let units = Units::build(rows.units);
        let mut book = Self {
            version,
            areas,
            roster: rows.roster.build(&units),
            units,
            duties: Duties::build(rows.duties),
            categories: BTreeMap::new(),
            codes: BTreeMap::new(),
            handling: Policies::default(),
            award: Policies::default(),
            calendars: Policies::default(),
            plain_calendar: Calendar { days, hours: Vec::new() },
        };
        for row in rows.categories {
            book.categories.entry(row.code.clone()).or_default().push(row);
        }
        for row in rows.codes {
            book.codes.entry(row.list.clone()).or_default().push(row);
        }
        for list in book.codes.values_mut() {
            list.sort_by(|one, other| one.code.cmp(&other.code));
        }
        rows.policies.iter().try_for_each(|row| book.add_policy(row))?;
        Ok(book)
    }

    fn add_policy(&mut self, row: &policy::Model) -> ApiResult<()> {
        match row.kind.as_str() {
            "handling" => self.handling.add(row.area_id, document(row)?),
            "award" => self.award.add(row.area_id, document(row)?),
            "office" => {
                let office: Dated<OfficePolicy> = document(row)?;
                let hours = office.body.hours.stretches().to_vec();
                let calendar = Calendar { hours, ..self.plain_calendar.clone() };
                self.calendars.add(row.area_id, Dated { from: office.from, to: office.to, body: calendar });
            }
            other => {
                return Err(ApiError::internal(format!("a policy of the unknown kind `{other}` is stored")));
            }
        }
        Ok(())
    }

    /// Returns the unit with this id, regardless of its validity dates.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> Option<&unit::Model> {
        self.units.get(id)
    }

    /// Returns the time veil over what the author of a report does, by the policy of the report's area, or of the area of
    /// the unit that reviews it.
    ///
    /// # Errors
    /// An internal error if no policy is in force.
    pub fn veil_of(&self, report: &report::Model, at: DateTime<Utc>) -> ApiResult<Veil> {
        let area = report.area_id.or_else(|| self.unit(report.review_unit).map(|unit| unit.area_id));
        Ok(self.handling(area, china_day(at))?.veil(report.emergency))
    }

    /// Returns the township unit of the township that `area` is or lies in.
    #[must_use]
    pub fn township_unit_of(&self, area: AreaId, day: NaiveDate) -> Option<&unit::Model> {
        self.units.township_of(&self.areas, area, day)
    }

    /// Returns the unit itself and the units whose posts may be on duty for it: those above it, nearest first, and the command
    /// centres that are responsible for its area on `day`. Their officers may read its roster.
    #[must_use]
    pub fn covering(&self, unit: UnitId, day: NaiveDate) -> Vec<UnitId> {
        self.units.covering(&self.areas, unit, day)
    }

    /// Returns the command centre of `area`, or of the nearest area above it that has one.
    #[must_use]
    pub fn command_centre_of(&self, area: AreaId, day: NaiveDate) -> Option<&unit::Model> {
        self.units.centres_above(&self.areas, area, day).into_iter().next()
    }

    /// Returns the command centre of the root area, or the highest one in the tree if the root has none.
    #[must_use]
    pub fn root_centre(&self, day: NaiveDate) -> Option<&unit::Model> {
        self.units.centres_from_the_top(&self.areas, day).into_iter().next()
    }

    /// Returns the version of a category that is valid on `day`.
    #[must_use]
    pub fn category(&self, code: &str, day: NaiveDate) -> Option<&category::Model> {
        self.categories.get(code)?.iter().find(|row| holds(row.valid_from, row.valid_to, day))
    }

    /// Iterates over the categories valid on `day`, in order of their codes.
    pub fn categories(&self, day: NaiveDate) -> impl Iterator<Item = &category::Model> {
        self.categories.values().flatten().filter(move |row| holds(row.valid_from, row.valid_to, day))
    }

    /// Iterates over the entries of a code list (`place_kind`, `industry` or `disaster_kind`) valid on `day`, in order
    /// of their codes.
    pub fn code_list(&self, list: &str, day: NaiveDate) -> impl Iterator<Item = &code_entry::Model> {
        let rows = self.codes.get(list).map(Vec::as_slice).unwrap_or_default();
        rows.iter().filter(move |row| holds(row.valid_from, row.valid_to, day))
    }

    /// Checks whether a code list contains this code on `day`.
    #[must_use]
    pub fn has_code(&self, list: &str, code: &str, day: NaiveDate) -> bool {
        self.code_list(list, day).any(|row| row.code == code)
    }

    /// Returns the duty list entry with this id, regardless of its validity dates.
    #[must_use]
    pub fn duty(&self, id: DutyId) -> Option<&Duty> {
        self.duties.get(id)
    }

    /// Returns the duty list entry for a category in `area` on `day`, as [`Duties::find`] does.
    #[must_use]
    pub fn duty_for(&self, area: AreaId, category: Option<&str>, day: NaiveDate) -> Option<&Duty> {
        self.duties.find(&self.areas, area, category, day)
    }

    /// Returns the handling policy for hazards in `area` on `day`; `None` means a place outside every area. Every
    /// installation has the national defaults, so a missing policy is an internal error.
    pub fn handling(&self, area: Option<AreaId>, day: NaiveDate) -> ApiResult<&HandlingPolicy> {
        self.handling.nearest(&self.areas, area, day).ok_or_else(|| missing("handling", day))
    }

    /// Returns the award policy for true reports in `area` on `day`. A missing policy is an internal error.
    pub fn award(&self, area: Option<AreaId>, day: NaiveDate) -> ApiResult<&AwardPolicy> {
        self.award.nearest(&self.areas, area, day).ok_or_else(|| missing("award", day))
    }

    /// Returns the working-day calendar with the office hours that apply in `area` on `day`. Without configured office
    /// hours, offices count as open around the clock on working days.
    #[must_use]
    pub fn calendar(&self, area: Option<AreaId>, day: NaiveDate) -> &Calendar {
        self.calendars.nearest(&self.areas, area, day).unwrap_or(&self.plain_calendar)
    }

    /// Returns the last day until which the calendar is complete; `None` if there is no calendar.
    #[must_use]
    pub fn calendar_until(&self) -> Option<NaiveDate> {
        self.plain_calendar.complete_until()
    }

    /// Returns the timing rules for clocks that start at `now` in `area`.
    pub fn timing(&self, area: AreaId, now: DateTime<Utc>) -> ApiResult<Timing<'_>> {
        let day = china_day(now);
        Ok(Timing {
            calendar: self.calendar(Some(area), day),
            warn_percent: self.handling(Some(area), day)?.warn_percent,
            rule_version: self.version,
            roster: &self.roster,
        })
    }
}

fn document<T: DeserializeOwned>(row: &policy::Model) -> ApiResult<Dated<T>> {
    let body = serde_json::from_str(&row.body).map_err(ApiError::internal)?;
    Ok(Dated { from: row.valid_from, to: row.valid_to, body })
}

fn missing(kind: &str, day: NaiveDate) -> ApiError {
    ApiError::internal(format!("no `{kind}` policy holds on {day}: import one, or the national defaults"))
}

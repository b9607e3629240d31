//! The rulebook: everything that decisions read, in memory, under one revision number. Pure lookups.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::clock::Timing;
use domain::id::{AreaId, DutyId, UnitId};
use domain::policy::{AwardPolicy, HandlingPolicy, RuleVersion};
use domain::time::china_day;
use domain::time::{Calendar, OfficePolicy};
use entity::{calendar_day, category, code_entry, duty, policy, unit};
use serde::de::DeserializeOwned;

use super::dated::{Dated, Policies};
use super::duties::{Duties, Duty};
use super::units::Units;
use crate::area::Areas;
use crate::area::node::holds;
use crate::error::{ApiError, ApiResult};

/// The rows that a rulebook is made of, of all days.
#[derive(Debug, Default)]
pub struct RuleRows {
    /// Units 单位.
    pub units: Vec<unit::Model>,
    /// Code lists.
    pub codes: Vec<code_entry::Model>,
    /// Categories 隐患类别.
    pub categories: Vec<category::Model>,
    /// Duty lists.
    pub duties: Vec<duty::Model>,
    /// Named days.
    pub days: Vec<calendar_day::Model>,
    /// Policy documents.
    pub policies: Vec<policy::Model>,
}

/// The rules of one revision. Immutable: an import makes a new one.
#[derive(Debug)]
pub struct RuleBook {
    /// The revision.
    pub version: RuleVersion,
    /// Every area with its boundary.
    pub areas: Arc<Areas>,
    /// Every unit.
    pub units: Units,
    /// Every duty list.
    pub duties: Duties,
    categories: BTreeMap<String, Vec<category::Model>>,
    codes: BTreeMap<String, Vec<code_entry::Model>>,
    handling: Policies<HandlingPolicy>,
    award: Policies<AwardPolicy>,
    calendars: Policies<Calendar>,
    plain_calendar: Calendar,
}

impl RuleBook {
    /// The rulebook of these rows.
    ///
    /// # Errors
    /// An internal error when a stored document cannot be read: the importer lets none in.
    pub fn build(version: RuleVersion, areas: Arc<Areas>, rows: RuleRows) -> ApiResult<Self> {
        let days = rows.days.into_iter().map(|day| (day.date, day.kind)).collect();
        let mut book = Self {
            version,
            areas,
            units: Units::build(rows.units),
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

    /// A unit of whatever day.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> Option<&unit::Model> {
        self.units.get(id)
    }

    /// The township that `area` is or lies in, as a unit.
    #[must_use]
    pub fn township_unit_of(&self, area: AreaId, day: NaiveDate) -> Option<&unit::Model> {
        self.units.township_of(&self.areas, area, day)
    }

    /// The command centre of `area`, or the nearest above it.
    #[must_use]
    pub fn command_centre_of(&self, area: AreaId, day: NaiveDate) -> Option<&unit::Model> {
        self.units.centres_above(&self.areas, area, day).into_iter().next()
    }

    /// The command centre of the root area; where that has none, the one highest in the tree.
    #[must_use]
    pub fn root_centre(&self, day: NaiveDate) -> Option<&unit::Model> {
        self.units.centres_from_the_top(&self.areas, day).into_iter().next()
    }

    /// A category as it is on `day`.
    #[must_use]
    pub fn category(&self, code: &str, day: NaiveDate) -> Option<&category::Model> {
        self.categories.get(code)?.iter().find(|row| holds(row.valid_from, row.valid_to, day))
    }

    /// The catalogue of `day`, by code.
    pub fn categories(&self, day: NaiveDate) -> impl Iterator<Item = &category::Model> {
        self.categories.values().flatten().filter(move |row| holds(row.valid_from, row.valid_to, day))
    }

    /// A code list (`place_kind`, `industry`, `disaster_kind`) as it is on `day`, by code.
    pub fn code_list(&self, list: &str, day: NaiveDate) -> impl Iterator<Item = &code_entry::Model> {
        let rows = self.codes.get(list).map(Vec::as_slice).unwrap_or_default();
        rows.iter().filter(move |row| holds(row.valid_from, row.valid_to, day))
    }

    /// Whether a code list has this code on `day`.
    #[must_use]
    pub fn has_code(&self, list: &str, code: &str, day: NaiveDate) -> bool {
        self.code_list(list, day).any(|row| row.code == code)
    }

    /// A duty of whatever day.
    #[must_use]
    pub fn duty(&self, id: DutyId) -> Option<&Duty> {
        self.duties.get(id)
    }

    /// Who answers for a category in `area` on `day`: see [`Duties::find`].
    #[must_use]
    pub fn duty_for(&self, area: AreaId, category: Option<&str>, day: NaiveDate) -> Option<&Duty> {
        self.duties.find(&self.areas, area, category, day)
    }

    /// How hazards of `area` (none: outside every area) are handled on `day`.
    ///
    /// # Errors
    /// An internal error when no policy holds: the national defaults, which every installation has, do.
    pub fn handling(&self, area: Option<AreaId>, day: NaiveDate) -> ApiResult<&HandlingPolicy> {
        self.handling.nearest(&self.areas, area, day).ok_or_else(|| missing("handling", day))
    }

    /// What true reports in `area` earn on `day`.
    ///
    /// # Errors
    /// As [`RuleBook::handling`].
    pub fn award(&self, area: Option<AreaId>, day: NaiveDate) -> ApiResult<&AwardPolicy> {
        self.award.nearest(&self.areas, area, day).ok_or_else(|| missing("award", day))
    }

    /// The working days, with the office hours that hold in `area` on `day`; without any, offices count as open around
    /// the clock on working days.
    #[must_use]
    pub fn calendar(&self, area: Option<AreaId>, day: NaiveDate) -> &Calendar {
        self.calendars.nearest(&self.areas, area, day).unwrap_or(&self.plain_calendar)
    }

    /// How clocks that start at this moment are set in `area`.
    ///
    /// # Errors
    /// As [`RuleBook::handling`].
    pub fn timing(&self, area: AreaId, now: DateTime<Utc>) -> ApiResult<Timing<'_>> {
        let day = china_day(now);
        Ok(Timing {
            calendar: self.calendar(Some(area), day),
            warn_percent: self.handling(Some(area), day)?.warn_percent,
            rule_version: self.version,
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

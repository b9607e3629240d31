//! Changes of the calendar after which running clocks have to be counted again. The import notes the change in its own
//! transaction, so that counting can go on wherever it was interrupted.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::policy::RuleVersion;
use domain::time::DayKind;
use entity::{calendar_day, clock_recount};
use sea_orm::ActiveValue::Set;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};

use crate::database::locked;
use crate::error::{ApiError, ApiResult};

/// The days of a calendar that deviate from their weekday.
pub(crate) type Days = BTreeMap<NaiveDate, DayKind>;

/// A change of the calendar that has to be carried through.
#[derive(Debug, Clone)]
pub(crate) struct CalendarChange {
    /// The revision that made the change. Clocks of it and of later ones were set by the new calendar.
    pub version: RuleVersion,
    /// The days before the change.
    pub before: Days,
    /// The days after it.
    pub after: Days,
    /// The days that it changed.
    pub changed: BTreeSet<NaiveDate>,
    /// The last stream whose clocks have been counted again; empty at first.
    pub done_to: String,
}

/// Notes a change of the calendar that has just been written. `before` holds the days as they were.
pub(crate) async fn note<C: ConnectionTrait>(
    txn: &C,
    version: RuleVersion,
    before: Vec<calendar_day::Model>,
) -> ApiResult<()> {
    let (before, after) = (days(before), days(calendar_day::Entity::find().all(txn).await?));
    let named: BTreeSet<&NaiveDate> = before.keys().chain(after.keys()).collect();
    let changed = named.into_iter().filter(|day| before.get(day) != after.get(day));
    let changed: BTreeMap<&NaiveDate, Option<&DayKind>> = changed.map(|day| (day, before.get(day))).collect();
    if before.is_empty() || changed.is_empty() {
        return Ok(()); // the first calendar, or only other names of days
    }
    let row = clock_recount::ActiveModel {
        revision: Set(version.0),
        days_before: Set(serde_json::to_string(&changed).map_err(ApiError::internal)?),
        done_to: Set(String::new()),
    };
    clock_recount::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// Locks the oldest change that has not been carried through; `None` if there is none.
pub(crate) async fn oldest_locked<C: ConnectionTrait>(txn: &C) -> ApiResult<Option<CalendarChange>> {
    let select = locked(clock_recount::Entity::find().order_by_asc(clock_recount::COLUMN.revision));
    let mut rows = select.all(txn).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let oldest = rows.remove(0);
    let mut after = days(calendar_day::Entity::find().all(txn).await?);
    for later in rows.iter().rev() {
        undo(&mut after, &changed_days(later)?);
    }
    let (mut before, changed) = (after.clone(), changed_days(&oldest)?);
    undo(&mut before, &changed);
    Ok(Some(CalendarChange {
        version: RuleVersion(oldest.revision),
        before,
        after,
        changed: changed.into_keys().collect(),
        done_to: oldest.done_to,
    }))
}

/// Notes how far a change has been carried through; with `None` it is done.
pub(crate) async fn set_done<C: ConnectionTrait>(txn: &C, version: RuleVersion, to: Option<String>) -> ApiResult<()> {
    let Some(to) = to else {
        clock_recount::Entity::delete_by_id(version.0).exec(txn).await?;
        return Ok(());
    };
    let row = clock_recount::ActiveModel { revision: Set(version.0), done_to: Set(to), ..Default::default() };
    clock_recount::Entity::update(row).exec_without_returning(txn).await?;
    Ok(())
}

fn days(rows: Vec<calendar_day::Model>) -> Days {
    rows.into_iter().map(|row| (row.date, row.kind)).collect()
}

fn changed_days(row: &clock_recount::Model) -> ApiResult<BTreeMap<NaiveDate, Option<DayKind>>> {
    serde_json::from_str(&row.days_before).map_err(ApiError::internal)
}

fn undo(days: &mut Days, before: &BTreeMap<NaiveDate, Option<DayKind>>) {
    for (day, kind) in before {
        match kind {
            Some(kind) => days.insert(*day, *kind),
            None => days.remove(day),
        };
    }
}

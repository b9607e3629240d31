//! Reads the duty roster. Officers of a unit, of the units above it and of the command centres of its place may read its roster.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::id::UnitId;
use domain::time::china_day;
use entity::shift;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::page::Page;
use crate::policy::rulebook::RuleBook;

/// The filter of a roster.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Filter {
    /// The unit; `None` stands for the units of the caller's posts.
    pub unit: Option<UnitId>,
    /// Only shifts that end after this moment.
    pub from: Option<DateTime<Utc>>,
    /// Only shifts that begin before this moment.
    pub to: Option<DateTime<Utc>>,
}

/// Checks whether the officer may read the roster of the unit.
#[must_use]
pub(crate) fn may_read(rules: &RuleBook, officer: &OfficerCaller, unit: UnitId, now: DateTime<Utc>) -> bool {
    let covering = rules.covering(unit, china_day(now));
    officer.posts.iter().any(|post| covering.contains(&post.unit))
}

/// Returns the unit for which the caller asks, or the units of the caller's posts.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN`; `NOT_FOUND` for a unit whose roster the caller may not read.
pub(crate) fn units(
    rules: &RuleBook,
    caller: &Caller,
    unit: Option<UnitId>,
    now: DateTime<Utc>,
) -> ApiResult<Vec<UnitId>> {
    let officer = caller.officer()?;
    match unit {
        Some(unit) if may_read(rules, officer, unit, now) => Ok(vec![unit]),
        Some(_) => Err(Code::NotFound.into()),
        None => {
            let mut units: Vec<UnitId> = officer.posts.iter().map(|post| post.unit).collect();
            units.sort_unstable();
            units.dedup();
            Ok(units)
        }
    }
}

/// Returns one page of the shifts of these units that stand in the roster, in the order of their starts, plus one extra row that
/// tells whether a next page exists.
pub(crate) async fn list(app: &App, units: &[UnitId], filter: &Filter, page: &Page) -> ApiResult<Vec<shift::Model>> {
    let rows = shift::Entity::find()
        .filter(shift::kept().add(shift::COLUMN.unit_id.is_in(units.iter().copied())))
        .filter(Condition::all().add_option(filter.from.map(shift::after)).add_option(filter.to.map(shift::before)));
    Ok(page.soonest_first(rows, shift::Column::StartsAt, shift::Column::Id).all(app.db()).await?)
}

//! What came back too late to be opened again is registered as a hazard that is linked to the closed one 复发.

use domain::hazard::{Case, Event, Level, Registration};
use domain::id::UnitId;
use domain::time::china_day;
use sea_orm::DatabaseTransaction;

use super::registering::enter_as;
use crate::app::App;
use crate::error::ApiResult;
use crate::hazard::rows::{HazardSite, Loaded};
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;
use crate::policy::units::is_on;
use crate::report::rows as reports;

/// Registers the hazard that these events of a closed one name, at the same place and with the same classification.
pub(super) async fn register_recurrence(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    closed: &Loaded,
    events: &[Event],
    author: Author,
) -> ApiResult<()> {
    let named = |event: &Event| if let Event::FollowedUp { recurrence, .. } = event { *recurrence } else { None };
    let recurrence = events.iter().find_map(named);
    let Some(id) = recurrence else { return Ok(()) };
    let (row, case) = (&closed.row, &closed.case);
    let registration = Registration {
        id,
        suspected_major: case.level != Level::General,
        category: case.category.clone(),
        axes: case.axes.clone(),
        subject: case.subject,
        area: case.area,
        township: holding_unit(app, rules, case),
        for_duty: false,
        emergency: false,
        recurrence_of: Some(case.id),
    };
    let site = HazardSite {
        point: reports::point_of(row.lng_e7, row.lat_e7)?,
        address: row.address.clone(),
        area_path: row.area_path.clone(),
    };
    enter_as(txn, rules, registration, site, author, app.now()).await?;
    // Whoever may not know of the closed hazard may not know of this one either.
    reports::derive(txn, case.id, id).await
}

/// Returns the unit that holds the closed hazard; if it has ended, the command centre above it.
fn holding_unit(app: &App, rules: &RuleBook, case: &Case) -> UnitId {
    let day = china_day(app.now());
    let stands = rules.unit(case.township).is_some_and(|unit| is_on(unit, day));
    let centre = || rules.command_centre_of(case.area, day).map(|unit| unit.id);
    if stands { case.township } else { centre().unwrap_or(case.township) }
}

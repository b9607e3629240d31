//! Access rules of hazards. Depending on its role, a post may see the hazards in its area, and the hazards for which
//! its unit is responsible or has an assignment.
//!
//! A unit accused by a report of the hazard is barred from seeing the hazard through its area. A unit that is
//! responsible for the hazard or has an assignment on it still sees the hazard, but never that report.

use domain::access::{Action, Relation, may};
use domain::hazard::Case;
use entity::hazard;
use entity::hazard::Scope;
use sea_orm::Condition;

use crate::app::App;
use crate::caller::{OfficerCaller, PostHeld};
use crate::identity::bars;

/// Builds the SQL condition that restricts a query to the hazards on which an officer may perform `action`.
#[must_use]
pub(crate) fn visible(app: &App, officer: &OfficerCaller, action: Action) -> Condition {
    let scopes: Vec<Scope> = officer
        .posts
        .iter()
        .filter_map(|post| {
            let by_unit = may(post.role, action, Relation::OwnUnit);
            let by_area = may(post.role, action, Relation::OwnArea);
            (by_unit || by_area).then(|| Scope {
                unit: by_unit.then_some(post.unit),
                area_path: by_area.then(|| post.area_path.clone()),
                not_accusing: bars::not_barred(&app.keys, &[post.unit]),
            })
        })
        .collect();
    hazard::seen_by(scopes)
}

/// Checks whether a post may see a case that is already loaded. `barred` states whether a report of the hazard accuses
/// the post's unit.
#[must_use]
pub(crate) fn sees(post: &PostHeld, row: &hazard::Model, case: &Case, barred: bool) -> bool {
    let holds = case.township == post.unit || case.assignments.iter().any(|one| one.unit == post.unit);
    if holds {
        return may(post.role, Action::ReadHazard, Relation::OwnUnit);
    }
    !barred && post.covers(&row.area_path) && may(post.role, Action::ReadHazard, Relation::OwnArea)
}

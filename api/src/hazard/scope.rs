//! Determines which hazards a post may see: those in its area, those for which its unit is responsible, and those on
//! which its unit was asked to work.
//!
//! A unit that a report accuses does not see the hazard through its area. A unit that is responsible for the hazard or
//! works on it still sees the hazard, but never that report.

use domain::access::{Action, Relation, may};
use domain::hazard::Case;
use entity::hazard;
use entity::hazard::Scope;
use sea_orm::Condition;

use crate::app::App;
use crate::caller::{OfficerCaller, PostHeld};
use crate::identity::bars;

/// Returns the condition that limits a query to the hazards that an officer may see.
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

/// Returns whether a post may see a case that has been read. `barred` says whether a report of the hazard accuses the
/// post's unit.
#[must_use]
pub(crate) fn sees(post: &PostHeld, row: &hazard::Model, case: &Case, barred: bool) -> bool {
    let holds = case.township == post.unit || case.assignments.iter().any(|one| one.unit == post.unit);
    if holds {
        return may(post.role, Action::ReadHazard, Relation::OwnUnit);
    }
    !barred && post.covers(&row.area_path) && may(post.role, Action::ReadHazard, Relation::OwnArea)
}

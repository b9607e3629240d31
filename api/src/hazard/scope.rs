//! Which hazards a post may see: what lies in its area, what its unit answers for, what its unit was asked to do.
//!
//! A unit that a report accuses does not see the hazard through its area; a unit that answers for it or works on it
//! keeps it, and never sees that report.

use domain::access::{Action, Relation, may};
use domain::hazard::Case;
use entity::hazard;
use entity::hazard::Scope;
use sea_orm::Condition;

use crate::app::App;
use crate::caller::{OfficerCaller, PostHeld};
use crate::identity::bars;

/// What the posts of an officer let be seen, for finders.
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

/// Whether a post may see a case that has been read; `barred`: a report of it accuses the post's unit.
#[must_use]
pub(crate) fn sees(post: &PostHeld, row: &hazard::Model, case: &Case, barred: bool) -> bool {
    let holds = case.township == post.unit || case.assignments.iter().any(|one| one.unit == post.unit);
    if holds {
        return may(post.role, Action::ReadHazard, Relation::OwnUnit);
    }
    !barred && post.covers(&row.area_path) && may(post.role, Action::ReadHazard, Relation::OwnArea)
}

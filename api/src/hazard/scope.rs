//! Access rules of hazards. Depending on its role, a post may see the hazards in its area, and the hazards for which
//! its unit is responsible or has an assignment.
//!
//! A report that accuses a unit is hidden from the officers of that unit and of the units below it, and so is a hazard
//! to which no other report points. Once an independent report points to the hazard too, its officers see the hazard, as
//! they would without the accusing report, but never that report.

use domain::access::{Action, Relation, may};
use entity::hazard;
use entity::hazard::Scope;
use sea_orm::Condition;

use crate::app::App;
use crate::caller::OfficerCaller;
use crate::identity::bars;

/// Builds the SQL condition that restricts a query to the hazards on which an officer may perform `action`.
#[must_use]
pub(crate) fn visible(app: &App, officer: &OfficerCaller, action: Action) -> Condition {
    let scopes: Vec<Scope> = officer
        .posts
        .iter()
        .map(|post| {
            let by_unit = may(post.role, action, Relation::OwnUnit);
            let by_area = may(post.role, action, Relation::OwnArea);
            Scope {
                unit: by_unit.then_some(post.unit),
                area_path: by_area.then(|| post.area_path.clone()),
                not_accusing_unit: bars::not_barred(&app.keys, &post.line),
            }
        })
        .collect();
    hazard::seen_by(scopes, &bars::not_barred(&app.keys, &officer.lines()))
}

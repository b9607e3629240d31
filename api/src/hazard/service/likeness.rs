//! Finds photos similar to a report's photos, as a hint for reviewing officers. Candidates come from other reports, and
//! from work on hazards, that the caller may see.

use std::collections::HashMap;

use domain::access::{Action, Relation, may};
use domain::id::{AssignmentId, HazardId, ReportId};
use domain::photo::{LikenessReason, PhotoParent, reasons};
use domain::place::{Point, distance_metres};
use entity::{assignment, hazard, report};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::hazard::scope;
use crate::photo::alike::{PhotoPair, Search, search};
use crate::report::reading;
use crate::report::rows::point_of;

/// The maximum number of similar photos returned.
const SHOWN_MAX: usize = 20;

/// A pair of similar photos, with the context that the reviewer sees.
pub(crate) struct Similar {
    /// The two photo rows and the Hamming distance of their fingerprints.
    pub pair: PhotoPair,
    /// The report to which the other photo belongs; `None` if that photo shows work.
    pub report: Option<report::Model>,
    /// The hazard that the other report references, or whose work the other photo shows; `None` if there is none or the
    /// caller may not see it.
    pub hazard: Option<hazard::Model>,
    /// The distance in metres between the places of the two reports, or of the report and the hazard.
    pub metres: u32,
    /// The time between the arrivals of the two photos, in whole hours.
    pub hours: u32,
    /// Why the photo is considered similar, at most 4 reasons.
    pub reasons: Vec<LikenessReason>,
}

/// Returns photos similar to the report's photos: identical files first, then by increasing Hamming distance. The list
/// is empty for an officer who neither reviews the report nor oversees its area.
///
/// # Errors
/// `UNAUTHENTICATED`, or `FORBIDDEN` for a caller who is not an officer.
pub(crate) async fn similar(app: &App, caller: &Caller, row: &report::Model) -> ApiResult<Vec<Similar>> {
    let officer = caller.officer()?;
    if !reviews(officer, row) {
        return Ok(Vec::new());
    }
    let place = point_of(row.lng_e7, row.lat_e7)?;
    let visible = |table| visible_parents(app, officer, table);
    let asked = Search { report: row.id.0, place, at: row.shown_at, now: app.now(), visible: &visible };
    let pairs = search(app.db(), &asked).await?;
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let visible = VisibleRows::load(app, officer, &pairs).await?;
    let shown = pairs.into_iter().filter_map(|pair| visible.similar(pair, place, row)).take(SHOWN_MAX);
    Ok(shown.collect())
}

/// Builds the condition for photos of the reports that an officer may read and of work on the hazards that they may see.
fn visible_parents(app: &App, officer: &OfficerCaller, table: &'static str) -> Condition {
    let parent = || Expr::col((Alias::new(table), Alias::new("parent_id")));
    let reports = Query::select()
        .expr(Expr::val(1))
        .from(report::Entity)
        .and_where(Expr::col((report::Entity, report::Column::Id)).eq(parent()))
        .cond_where(reading::visible(app, officer))
        .take();
    let of_hazard = Expr::col((hazard::Entity, hazard::Column::Id));
    let works = Query::select()
        .expr(Expr::val(1))
        .from(assignment::Entity)
        .inner_join(hazard::Entity, of_hazard.eq(Expr::col((assignment::Entity, assignment::Column::HazardId))))
        .and_where(Expr::col((assignment::Entity, assignment::Column::Id)).eq(parent()))
        .cond_where(scope::visible(app, officer, Action::ReadHazard))
        .take();
    Condition::any().add(Expr::exists(reports)).add(Expr::exists(works))
}

fn reviews(officer: &OfficerCaller, row: &report::Model) -> bool {
    let may = |relation: Relation, post: &crate::caller::PostHeld| may(post.role, Action::ReadReport, relation);
    officer.posts.iter().any(|post| {
        (post.unit == row.review_unit && may(Relation::OwnUnit, post))
            || (post.covers(&row.area_path) && may(Relation::OwnArea, post))
    })
}

/// The parent rows of the similar photos, restricted to reports and hazards that the caller may see.
struct VisibleRows {
    reports: HashMap<ReportId, report::Model>,
    works: HashMap<AssignmentId, HazardId>,
    hazards: HashMap<HazardId, hazard::Model>,
}

impl VisibleRows {
    async fn load(app: &App, officer: &OfficerCaller, pairs: &[PhotoPair]) -> ApiResult<Self> {
        let parents = |kind: PhotoParent| {
            pairs.iter().filter(move |pair| pair.other.parent_kind == kind).map(|pair| pair.other.parent_id)
        };
        let reports = report::Entity::find()
            .filter(report::COLUMN.id.is_in(parents(PhotoParent::Report).map(ReportId)))
            .filter(reading::visible(app, officer))
            .all(app.db())
            .await?;
        let works = assignment::Entity::find()
            .filter(assignment::COLUMN.id.is_in(parents(PhotoParent::Assignment).map(AssignmentId)))
            .all(app.db())
            .await?;
        let hazards = reports.iter().filter_map(|row| row.hazard_id).chain(works.iter().map(|row| row.hazard_id));
        let hazards = hazard::Entity::find()
            .filter(hazard::COLUMN.id.is_in(hazards))
            .filter(scope::visible(app, officer, Action::ReadHazard))
            .all(app.db())
            .await?;
        Ok(Self {
            reports: reports.into_iter().map(|row| (row.id, row)).collect(),
            works: works.into_iter().map(|row| (row.id, row.hazard_id)).collect(),
            hazards: hazards.into_iter().map(|row| (row.id, row)).collect(),
        })
    }

    /// Attaches the parent rows to a pair; `None` if the caller may not see the other photo.
    fn similar(&self, pair: PhotoPair, place: Point, row: &report::Model) -> Option<Similar> {
        let (report, hazard, place_of_other, at) = match pair.other.parent_kind {
            PhotoParent::Report => {
                let report = self.reports.get(&ReportId(pair.other.parent_id))?;
                let hazard = report.hazard_id.and_then(|id| self.hazards.get(&id));
                (Some(report), hazard, (report.lng_e7, report.lat_e7), report.shown_at)
            }
            PhotoParent::Assignment => {
                let hazard = self.hazards.get(self.works.get(&AssignmentId(pair.other.parent_id))?)?;
                (None, Some(hazard), (hazard.lng_e7, hazard.lat_e7), pair.other.created_at)
            }
        };
        let metres = whole(distance_metres(place, point_of(place_of_other.0, place_of_other.1).ok()?));
        let hours = u32::try_from((at - row.shown_at).num_hours().abs()).unwrap_or(u32::MAX);
        let reasons = reasons(pair.same_file, pair.bits, Some(metres), hours);
        Some(Similar { pair, report: report.cloned(), hazard: hazard.cloned(), metres, hours, reasons })
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "distances on Earth fit, and are positive")]
fn whole(metres: f64) -> u32 {
    metres.round() as u32
}

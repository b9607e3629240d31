//! Finds the units that are barred from a hazard: only reports that accuse them point to it.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{HazardId, ReportId, UnitId};
use entity::{moved_report, report};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::reading;
use crate::app::App;
use crate::caller::OfficerCaller;
use crate::error::ApiResult;
use crate::identity::bars;
use crate::policy::rulebook::RuleBook;

/// Returns the condition for the reports that point to a hazard, pointed to it before, or from whose hazard it derives.
fn reports_of(hazard: HazardId) -> Condition {
    let moved = Query::select()
        .column(moved_report::Column::ReportId)
        .from(moved_report::Entity)
        .and_where(moved_report::COLUMN.hazard_id.eq(hazard))
        .take();
    let any = Condition::any().add(report::COLUMN.hazard_id.eq(hazard)).add(report::Column::Id.in_subquery(moved));
    Condition::all().add(any)
}

/// Returns the subset of `units` that any report of a hazard accuses, itself or through a unit above it, whoever may know of
/// it. Only the choice of who decides may depend on it: an answer would tell of a report that its reader may not see.
pub(crate) async fn accused_at<C: ConnectionTrait>(
    app: &App,
    db: &C,
    rules: &RuleBook,
    hazard: HazardId,
    units: &[UnitId],
) -> ApiResult<BTreeSet<UnitId>> {
    let lines: Vec<Vec<UnitId>> = units.iter().map(|unit| rules.units.line(*unit)).collect();
    let named: BTreeSet<UnitId> = lines.iter().flatten().copied().collect();
    let accusations = bars::accusing(db, &app.keys, reports_of(hazard), &named).await?;
    let accused: BTreeSet<UnitId> = accusations.into_iter().map(|accusation| accusation.unit).collect();
    let is_accused = |line: &&Vec<UnitId>| line.iter().any(|unit| accused.contains(unit));
    Ok(lines.iter().filter(is_accused).filter_map(|line| line.first().copied()).collect())
}

/// Returns the subset of `units` that is barred from a hazard, as far as this officer may know: every report of the
/// hazard accuses the unit or a unit above it, and the officer may read one of them. For everybody else the bar changes
/// no answer, because the answer would tell them of a report that they may not read.
///
/// The bar of a report that was merged into the hazard of an independent report stays on the report: otherwise anybody
/// could keep a unit from a case by accusing it.
pub(crate) async fn barred_from<C: ConnectionTrait>(
    app: &App,
    db: &C,
    rules: &RuleBook,
    officer: &OfficerCaller,
    hazard: HazardId,
    units: &[UnitId],
) -> ApiResult<BTreeSet<UnitId>> {
    let lines: Vec<Vec<UnitId>> = units.iter().map(|unit| rules.units.line(*unit)).collect();
    let of_hazard = || reports_of(hazard);
    let readable = of_hazard().add(reading::visible(app, officer));
    let named: BTreeSet<UnitId> = lines.iter().flatten().copied().collect();
    let accusations = bars::accusing(db, &app.keys, readable, &named).await?;
    if accusations.is_empty() {
        return Ok(BTreeSet::new());
    }
    let reports = report::Entity::find().filter(of_hazard()).count(db).await?;
    Ok(accused_by_all(&lines, accusations, reports))
}

/// Returns the subset of `units` whose officers do not see a hazard, because every report of it accuses the unit or a unit
/// above it. Only the choice of who acts may depend on it, and it tells these units nothing as long as they see nothing.
pub(crate) async fn hidden_from<C: ConnectionTrait>(
    app: &App,
    db: &C,
    rules: &RuleBook,
    hazard: HazardId,
    units: &[UnitId],
) -> ApiResult<BTreeSet<UnitId>> {
    let lines: Vec<Vec<UnitId>> = units.iter().map(|unit| rules.units.line(*unit)).collect();
    let named: BTreeSet<UnitId> = lines.iter().flatten().copied().collect();
    let accusations = bars::accusing(db, &app.keys, reports_of(hazard), &named).await?;
    if accusations.is_empty() {
        return Ok(BTreeSet::new());
    }
    let reports = report::Entity::find().filter(reports_of(hazard)).count(db).await?;
    Ok(accused_by_all(&lines, accusations, reports))
}

/// Returns the first unit of each line that so many reports accuse, itself or through the units above it.
fn accused_by_all(lines: &[Vec<UnitId>], accusations: Vec<bars::Accusation>, reports: u64) -> BTreeSet<UnitId> {
    let mut by_unit: BTreeMap<UnitId, BTreeSet<ReportId>> = BTreeMap::new();
    for accusation in accusations {
        by_unit.entry(accusation.unit).or_default().insert(accusation.report);
    }
    let accused = |line: &&Vec<UnitId>| {
        let accusing: BTreeSet<&ReportId> = line.iter().filter_map(|unit| by_unit.get(unit)).flatten().collect();
        accusing.len() as u64 >= reports
    };
    lines.iter().filter(accused).filter_map(|line| line.first().copied()).collect()
}

//! Finds the units that are barred from a hazard: only reports that accuse them point to it.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{HazardId, ReportId, UnitId};
use entity::report;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};

use super::reading;
use crate::app::App;
use crate::caller::OfficerCaller;
use crate::error::ApiResult;
use crate::identity::bars;
use crate::policy::rulebook::RuleBook;

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
    let of_hazard = || Condition::all().add(report::COLUMN.hazard_id.eq(hazard));
    let readable = of_hazard().add(reading::visible(app, officer));
    let named: BTreeSet<UnitId> = lines.iter().flatten().copied().collect();
    let accusations = bars::accusing(db, &app.keys, readable, &named).await?;
    if accusations.is_empty() {
        return Ok(BTreeSet::new());
    }
    let reports = report::Entity::find().filter(of_hazard()).count(db).await?;
    let mut by_unit: BTreeMap<UnitId, BTreeSet<ReportId>> = BTreeMap::new();
    for accusation in accusations {
        by_unit.entry(accusation.unit).or_default().insert(accusation.report);
    }
    let accused = |line: &&Vec<UnitId>| {
        let accusing: BTreeSet<&ReportId> = line.iter().filter_map(|unit| by_unit.get(unit)).flatten().collect();
        accusing.len() as u64 >= reports
    };
    Ok(lines.iter().filter(accused).filter_map(|line| line.first().copied()).collect())
}

//! Finds the units accused by the reports of a hazard, which are barred from handling it.

use std::collections::BTreeSet;

use domain::id::{HazardId, UnitId};
use entity::report;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::app::App;
use crate::error::ApiResult;
use crate::identity::bars;

/// Returns the subset of `units` that at least one report of this hazard accuses.
pub(crate) async fn accused<C: ConnectionTrait>(
    app: &App,
    db: &C,
    hazard: HazardId,
    units: &[UnitId],
) -> ApiResult<BTreeSet<UnitId>> {
    let mut accused = BTreeSet::new();
    for unit in units {
        let accusing = report::Entity::find()
            .filter(report::COLUMN.hazard_id.eq(hazard))
            .filter(bars::not_barred(&app.keys, &[*unit]).not())
            .limit(1)
            .one(db)
            .await?;
        if accusing.is_some() {
            accused.insert(*unit);
        }
    }
    Ok(accused)
}

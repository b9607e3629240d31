//! Writes the hazards that would have had another lead into a file.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use domain::hazard::HazardStatus;
use domain::id::HazardId;
use domain::time::china_day;
use entity::hazard;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::lead::{Leads, Place, code};
use crate::database::Database;
use crate::error::ApiResult;
use crate::policy::rulebook::RuleBook;
use crate::start::{StartError, io};

/// How many hazards are read at once.
const PAGE: u64 = 1_000;

/// Writes the hazards as CSV, those of each status from the oldest to the newest.
pub(super) async fn write(
    database: &Database,
    rules: &RuleBook,
    since: DateTime<Utc>,
    leads: &BTreeMap<Place, Leads>,
    file: &Path,
) -> Result<(), StartError> {
    let unwritable = || format!("{} cannot be written", file.display());
    let mut table = csv::Writer::from_writer(Vec::new());
    let heading = ["hazard", "status", "registered_at", "area_code", "category", "lead_now", "lead_then"];
    table.write_record(heading).map_err(|cause| io(unwritable())(cause.into()))?;
    for status in HazardStatus::ALL {
        let mut after = After { at: since, id: HazardId(Uuid::nil()) };
        loop {
            let page = page(&database.read, *status, after).await?;
            for row in &page {
                let Some(leads) = leads.get(&(row.area_id, row.category.clone())) else { continue };
                table.write_record(line(row, *leads, rules)).map_err(|cause| io(unwritable())(cause.into()))?;
            }
            let Some(last) = page.last() else { break };
            after = After { at: last.registered_at, id: last.id };
        }
    }
    let bytes = table.into_inner().map_err(|cause| io(unwritable())(cause.into_error()))?;
    std::fs::write(file, bytes).map_err(io(unwritable()))
}

/// The place after which a page begins.
#[derive(Debug, Clone, Copy)]
struct After {
    at: DateTime<Utc>,
    id: HazardId,
}

/// Returns the hazards of a status that follow this place, from the oldest to the newest.
async fn page<C: ConnectionTrait>(db: &C, status: HazardStatus, after: After) -> ApiResult<Vec<hazard::Model>> {
    let rows = hazard::Entity::find()
        .filter(hazard::Column::Status.eq(status))
        .filter(hazard::registered_after(after.at, after.id))
        .order_by_asc(hazard::Column::RegisteredAt)
        .order_by_asc(hazard::Column::Id)
        .limit(PAGE);
    Ok(rows.all(db).await?)
}

fn line(row: &hazard::Model, leads: Leads, rules: &RuleBook) -> [String; 7] {
    let area = rules.areas.get(row.area_id).map(|node| node.code_on(china_day(row.registered_at)).to_owned());
    [
        row.id.0.to_string(),
        row.status.code().to_owned(),
        row.registered_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        area.unwrap_or_default(),
        row.category.clone().unwrap_or_default(),
        code(rules, leads.before),
        code(rules, leads.after),
    ]
}

//! The status of submissions, for any client that knows their random ids, which act as bearer secrets.

use std::collections::HashMap;

use domain::content::submission_key;
use domain::limits::LIST_MAX;
use domain::refusal::Refusal;
use entity::{batch, photo, report};
use sea_orm::{EntityTrait, QueryFilter};
use uuid::Uuid;

use super::replay;
use crate::app::App;
use crate::error::ApiResult;
use crate::grouping::grouped_by;

/// The status of one submission.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    /// The submission id, as queried.
    pub submission: Uuid,
    /// The report row; `None` if the submission is unknown.
    pub report: Option<report::Model>,
    /// The photo rows of the report, whatever their status.
    pub photos: Vec<photo::Model>,
}

/// Returns the status of each submission in input order. It executes two statements, regardless of the number of ids.
///
/// # Errors
/// `INVALID_INPUT` for more than 100 ids.
pub(crate) async fn status(app: &App, ids: &[Uuid]) -> ApiResult<Vec<Status>> {
    if ids.len() > LIST_MAX {
        let zh = format!("每次最多查询{LIST_MAX}份报告。");
        return Err(
            Refusal::invalid("ids", zh, format!("At most {LIST_MAX} submissions can be queried at once.")).into()
        );
    }
    let keys: Vec<_> = ids.iter().map(|id| submission_key(*id)).collect();
    let rows = replay::stored(app.db(), keys.iter().copied()).await?;
    let parents = batch::padded(rows.iter().map(|row| row.id.0).collect());
    let photos = photo::Entity::find().filter(photo::COLUMN.parent_id.is_in(parents)).all(app.db()).await?;
    let photos = grouped_by(photos, |row| row.parent_id);
    let rows: HashMap<Vec<u8>, report::Model> = rows.into_iter().map(|row| (row.submission_key.clone(), row)).collect();
    Ok(ids
        .iter()
        .zip(keys)
        .map(|(submission, key)| {
            let report = rows.get(key.0.as_slice()).cloned();
            let photos = report.as_ref().and_then(|row| photos.get(&row.id.0)).cloned().unwrap_or_default();
            Status { submission: *submission, report, photos }
        })
        .collect())
}

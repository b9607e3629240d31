//! Dataloaders for notices. They do not check access: only `MyReport`, which the author alone can obtain, uses them.

use std::collections::HashMap;

use domain::id::ReportId;
use entity::inbox_entry;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::service::{InboxEntry, entries};
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::grouping::{grouped, grouped_by};
use crate::page::Page;

/// Loads one page of notices per report, newest first, plus one extra row that tells whether a next page exists. It
/// executes two statements per distinct page of a query, regardless of the number of reports.
#[derive(Debug)]
pub(crate) struct NoticesOfReport;

impl Loader for NoticesOfReport {
    type Key = (ReportId, Page);
    type Value = Vec<InboxEntry>;

    async fn load(reader: &LoadContext, keys: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let mut found = HashMap::new();
        for (page, reports) in grouped(keys.iter().map(|(report, page)| (*page, *report))) {
            let entries = entries(&reader.app, &reports, &page).await?;
            found.extend(grouped_by(entries, |entry| (entry.row.report_id, page)));
        }
        Ok(found)
    }
}

/// Loads the number of unread notices per report. A report without unread notices has no entry in the result.
#[derive(Debug)]
pub(crate) struct UnreadOfReport;

impl Loader for UnreadOfReport {
    type Key = ReportId;
    type Value = i64;

    async fn load(reader: &LoadContext, reports: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let counted = inbox_entry::Entity::find()
            .select_only()
            .column(inbox_entry::Column::ReportId)
            .column_as(inbox_entry::Column::Id.count(), "unread")
            .filter(inbox_entry::COLUMN.report_id.is_in(reports.iter().copied()))
            .filter(inbox_entry::COLUMN.read_at.is_null())
            .group_by(inbox_entry::Column::ReportId)
            .into_tuple::<(ReportId, i64)>()
            .all(reader.app.db())
            .await?;
        Ok(counted.into_iter().collect())
    }
}

//! Notices of reports, for resolvers. Only their author has an object that asks for them.

use std::collections::HashMap;

use domain::id::ReportId;
use entity::inbox_entry;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::service::{Entry, entries};
use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::grouping::{grouped, grouped_by};
use crate::page::Page;

/// A page of the notices of a report, newest first, and one entry more. Two statements for each page that a query asks
/// for, whatever the number of reports.
#[derive(Debug)]
pub(crate) struct NoticesOfReport;

impl Loader for NoticesOfReport {
    type Key = (ReportId, Page);
    type Value = Vec<Entry>;

    async fn load(reader: &LoadContext, keys: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let mut found = HashMap::new();
        for (page, reports) in grouped(keys.iter().map(|(report, page)| (*page, *report))) {
            let entries = entries(&reader.app, &reports, &page).await?;
            found.extend(grouped_by(entries, |entry| (entry.row.report_id, page)));
        }
        Ok(found)
    }
}

/// How many notices of a report wait to be read; a report without any is absent.
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

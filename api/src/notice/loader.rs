//! How many notices have not been read, in batches. Says nothing about who may know: the resolver has decided that
//! already.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use domain::id::ReportId;
use entity::inbox_entry;
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QuerySelect};

/// Notices that wait to be read, by report; a report without any is absent.
#[derive(Debug)]
pub struct UnreadOfReport(pub DatabaseConnection);

impl Loader<ReportId> for UnreadOfReport {
    type Value = i64;
    type Error = Arc<DbErr>;

    async fn load(&self, reports: &[ReportId]) -> Result<HashMap<ReportId, i64>, Arc<DbErr>> {
        let counted: Vec<(ReportId, i64)> = inbox_entry::Entity::find()
            .select_only()
            .column(inbox_entry::Column::ReportId)
            .column_as(inbox_entry::Column::Id.count(), "unread")
            .filter(inbox_entry::COLUMN.report_id.is_in(reports.iter().copied()))
            .filter(inbox_entry::COLUMN.read_at.is_null())
            .group_by(inbox_entry::Column::ReportId)
            .into_tuple()
            .all(&self.0)
            .await?;
        Ok(counted.into_iter().collect())
    }
}

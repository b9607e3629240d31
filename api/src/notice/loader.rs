//! How many notices have not been read, in batches. Says nothing about who may know: the resolver has decided that
//! already.

use std::collections::HashMap;

use domain::id::ReportId;
use entity::inbox_entry;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::error::ApiResult;
use crate::loading::{Loader, Reader};

/// Notices that wait to be read, by report; a report without any is absent.
#[derive(Debug)]
pub struct UnreadOfReport;

impl Loader for UnreadOfReport {
    type Key = ReportId;
    type Value = i64;

    async fn load(reader: &Reader, reports: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let counted: Vec<(ReportId, i64)> = inbox_entry::Entity::find()
            .select_only()
            .column(inbox_entry::Column::ReportId)
            .column_as(inbox_entry::Column::Id.count(), "unread")
            .filter(inbox_entry::COLUMN.report_id.is_in(reports.iter().copied()))
            .filter(inbox_entry::COLUMN.read_at.is_null())
            .group_by(inbox_entry::Column::ReportId)
            .into_tuple()
            .all(reader.app.db())
            .await?;
        Ok(counted.into_iter().collect())
    }
}

//! Dataloaders for what todos belong to. Reports are loaded if the calling officer may see them; assignments do not check
//! access, because the todo has done so.

use std::collections::HashMap;

use domain::id::{AssignmentId, ReportId};
use entity::{assignment, report};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::dataloader::{LoadContext, Loader};
use crate::error::ApiResult;
use crate::report::reading;

/// Loads a report by id if the calling officer may read it.
#[derive(Debug)]
pub(crate) struct ReportById;

/// Loads an assignment by id.
#[derive(Debug)]
pub(crate) struct AssignmentById;

impl Loader for ReportById {
    type Key = ReportId;
    type Value = report::Model;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = report::Entity::find()
            .filter(reading::visible(&reader.app, reader.caller.officer()?))
            .filter(report::COLUMN.id.is_in(ids.iter().copied()))
            .all(reader.app.db())
            .await?;
        Ok(rows.into_iter().map(|row| (row.id, row)).collect())
    }
}

impl Loader for AssignmentById {
    type Key = AssignmentId;
    type Value = assignment::Model;

    async fn load(reader: &LoadContext, ids: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let rows = assignment::Entity::find().filter(assignment::COLUMN.id.is_in(ids.iter().copied()));
        Ok(rows.all(reader.app.db()).await?.into_iter().map(|row| (row.id, row)).collect())
    }
}

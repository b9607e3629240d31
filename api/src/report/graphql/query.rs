//! The queries of reports for officers.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use domain::id::{AreaId, ReportId};
use domain::report::ReportStatus;

use super::Report;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::page::{self, Cursor, Page};
use crate::report::reading;

/// What a list of reports is narrowed to.
#[derive(Debug, Default, InputObject)]
pub struct ReportFilter {
    /// Only these statuses.
    #[graphql(default, validator(max_items = 10))]
    pub statuses: Vec<ReportStatus>,
    /// Only what lies in this area or below.
    pub area_id: Option<AreaId>,
    /// Only emergencies, or only others.
    pub emergency: Option<bool>,
}

/// Reading the reports.
#[derive(Debug, Default)]
pub struct ReportQuery;

#[Object]
impl ReportQuery {
    /// The reports that you may read, newest first. For officers.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those; all without it.")] filter: Option<ReportFilter>,
        #[graphql(desc = "Rows of the page, 1 to 100; 20 without it.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the page before.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Report>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = reading::Filter { statuses: filter.statuses, area: filter.area_id, emergency: filter.emergency };
        let rows = reading::list(app(ctx), caller(ctx), &filter, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.shown_at, id: row.id.0 }, Report))
    }

    /// One report that you may read. For officers; authors use `myReport`.
    async fn report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the report.")] id: ReportId,
    ) -> Result<Report, ApiError> {
        Ok(Report(reading::one(app(ctx), caller(ctx), id).await?))
    }
}

//! GraphQL queries of reports, for officers.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use domain::id::{AreaId, ReportId};
use domain::report::ReportStatus;

use super::Report;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::page::{self, Cursor, Page};
use crate::report::reading;

/// A filter for reports.
#[derive(Debug, Default, InputObject)]
pub(crate) struct ReportFilter {
    /// Restricts the list to these statuses; an empty list means all.
    #[graphql(default, validator(max_items = 10))]
    pub statuses: Vec<ReportStatus>,
    /// Restricts the list to this area and the areas below it.
    pub area_id: Option<AreaId>,
    /// Restricts the list to emergencies (`true`) or to all others (`false`).
    pub emergency: Option<bool>,
}

/// The query root for reports.
#[derive(Debug, Default)]
pub(crate) struct ReportQuery;

#[Object]
impl ReportQuery {
    /// The reports that the caller may see, newest first. Only officers may read them.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list; if omitted, it contains all entries that the caller may see.")]
        filter: Option<ReportFilter>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Report>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = reading::Filter { statuses: filter.statuses, area: filter.area_id, emergency: filter.emergency };
        let rows = reading::list(app(ctx), caller(ctx), &filter, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.shown_at, id: row.id.0 }, Report))
    }

    /// One report that the caller may see. Only officers may read it; authors use `myReport`.
    async fn report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the report.")] id: ReportId,
    ) -> Result<Report, ApiError> {
        Ok(Report(reading::one(app(ctx), caller(ctx), id).await?))
    }
}

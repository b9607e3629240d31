//! The list of penalties 行政处罚 in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use domain::hazard::enforcement::PenaltyState;
use domain::id::{AreaId, UnitId};
use domain::text::unless_blank;

use super::records::Penalty;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::enforcing::{self, Filter};
use crate::page::{self, Cursor, Page};

/// A filter for penalties.
#[derive(Debug, Default, InputObject)]
pub(crate) struct PenaltyFilter {
    /// Restricts the list to these states; an empty list means all.
    #[graphql(default, validator(max_items = 10))]
    pub states: Vec<PenaltyState>,
    /// Restricts the list to penalties that this unit imposed.
    pub unit_id: Option<UnitId>,
    /// Restricts the list to hazards in this area and the areas below it.
    pub area_id: Option<AreaId>,
    /// Restricts the list to the party with this unified social credit code 统一社会信用代码.
    pub uscc: Option<String>,
}

/// The query root for penalties.
#[derive(Debug, Default)]
pub(crate) struct EnforcementQuery;

#[Object]
impl EnforcementQuery {
    /// The penalties 行政处罚 of the hazards that the caller may see, newest first. Only officers may read them.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn penalties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list; if omitted, it contains all entries that the caller may see.")]
        filter: Option<PenaltyFilter>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Penalty>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let PenaltyFilter { states, unit_id, area_id, uscc } = filter.unwrap_or_default();
        let filter = Filter { states, unit: unit_id, area: area_id, uscc: unless_blank(uscc) };
        let rows = enforcing::penalties(app(ctx), caller(ctx), &filter, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.at, id: row.id.0 }, Penalty))
    }
}

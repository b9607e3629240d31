//! Areas in the GraphQL schema. They are public.

use std::sync::Arc;

use async_graphql::connection::{Connection, CursorType, Edge, OpaqueCursor};
use async_graphql::{Context, Object, OutputType, SimpleObject};
use chrono::NaiveDate;
use domain::area::AreaLevel;
use domain::id::AreaId;
use domain::limits::PAGE_MAX;
use domain::refusal::Refusal;

use super::{AreaNode, Areas};
use crate::context::app;
use crate::dataloader::rules;
use crate::error::ApiError;
use crate::page::{PAGE_DEFAULT, cost};
use crate::place::PlaceInput;
use domain::time::china_day;

/// An area as it is on one day, behind the GraphQL object.
#[derive(Debug, Clone)]
pub(crate) struct Area {
    areas: Arc<Areas>,
    node: AreaNode,
    day: NaiveDate,
}

impl Area {
    /// Returns the area with this id as it is on `day`, or `None` for an unknown id.
    #[must_use]
    pub(crate) fn find(areas: &Arc<Areas>, id: AreaId, day: NaiveDate) -> Option<Self> {
        areas.get(id).map(|node| Self { areas: Arc::clone(areas), node: node.clone(), day })
    }

    /// Returns the area with this id as it is today, for resolvers of objects that refer to an area.
    pub(crate) async fn today(ctx: &Context<'_>, id: AreaId) -> Result<Option<Self>, ApiError> {
        let book = rules(ctx).await?;
        Ok(Self::find(&book.areas, id, china_day(app(ctx).now())))
    }

    fn like(&self, node: &AreaNode) -> Self {
        Self { areas: Arc::clone(&self.areas), node: node.clone(), day: self.day }
    }
}

/// An area 区域: a node of the tree from province to grid cell, as it is today.
#[Object]
impl Area {
    /// The id of the area, which never changes.
    async fn id(&self) -> AreaId {
        self.node.id
    }

    /// The statistical code: 12 digits, or 15 for a grid cell; a functional zone may have a different one. A code can
    /// change, so clients should store the id instead.
    async fn code(&self) -> &str {
        self.node.code_on(self.day)
    }

    /// The Chinese name.
    async fn name(&self) -> &str {
        &self.node.name
    }

    /// The level of the area in the tree.
    async fn level(&self) -> AreaLevel {
        self.node.level
    }

    /// The parent area; null for a root.
    async fn parent(&self) -> Option<Self> {
        let parent = self.node.parent.and_then(|parent| self.areas.get(parent));
        parent.map(|node| self.like(node))
    }

    /// The path from the root to this area, both included: at most 6 areas.
    #[graphql(complexity = "6 * child_complexity + 1")]
    async fn path(&self) -> Vec<Self> {
        self.areas.chain(self.node.id).into_iter().map(|node| self.like(node)).collect()
    }

    /// The origin of the boundary: `official`, `real` (taken from another source), `partition` (made by dividing the
    /// parent area) or `none`.
    async fn boundary_kind(&self) -> &str {
        &self.node.boundary_kind
    }
}

/// The areas in which a place lies.
#[derive(Debug, SimpleObject)]
pub(crate) struct AreaAt {
    /// The smallest area that contains the place; null if the place lies outside every area of this system.
    area: Option<Area>,
    /// The areas whose border runs within 50 metres of the place, including those that contain it, from the top of the
    /// tree down: at most 20.
    #[graphql(complexity = "20 * child_complexity + 1")]
    near_border: Vec<Area>,
    /// Whether boundaries overlap at the place. If several townships or functional zones 功能区 contain it, `area` lies in
    /// the one with the smallest boundary; within a township, it is the smallest area of the deepest level.
    overlap: bool,
}

/// The maximum number of areas near a border in a response.
const NEAR_SHOWN: usize = 20;

/// The GraphQL queries for areas.
#[derive(Debug, Default)]
pub(crate) struct AreaQuery;

#[Object]
impl AreaQuery {
    /// The areas in which a place lies today, so that a phone can show where a report would go. No login is required.
    ///
    /// Refusals: `INVALID_INPUT` (`input.place.lng`, `input.place.lat`).
    async fn area_at(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The place.")] place: PlaceInput,
    ) -> Result<AreaAt, ApiError> {
        let book = rules(ctx).await?;
        let day = china_day(app(ctx).now());
        let located = book.areas.at(place.pin()?.point(), day);
        let area = |id: AreaId| Area::find(&book.areas, id, day);
        Ok(AreaAt {
            area: located.smallest().and_then(area),
            near_border: located.near_border.iter().take(NEAR_SHOWN).filter_map(|id| area(*id)).collect(),
            overlap: located.overlap,
        })
    }

    /// One area; null if no area has this id.
    async fn area(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the area.")] id: AreaId,
    ) -> Result<Option<Area>, ApiError> {
        Area::today(ctx, id).await
    }

    /// The areas directly below `parent`, or the roots if `parent` is omitted, in the order of their codes. Only areas
    /// that exist today are listed. No login is required.
    ///
    /// Refusals: `INVALID_INPUT` (`first`, `after`).
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn areas(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the parent area.")] parent: Option<AreaId>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<OpaqueCursor<String>, Area>, ApiError> {
        let book = rules(ctx).await?;
        let day = china_day(app(ctx).now());
        let mut children: Vec<&AreaNode> = book.areas.children(parent, day).collect();
        children.sort_by(|one, other| one.code_on(day).cmp(other.code_on(day)));
        let children = children.into_iter().map(|node| (node.code_on(day), node.id));
        page_by_code(children, first, after.as_deref(), |id| Area::find(&book.areas, id, day))
    }
}

/// Returns a page of in-memory items sorted by code. The codes serve as cursors.
///
/// # Errors
/// `INVALID_INPUT` for an invalid `first` or `after`.
pub(crate) fn page_by_code<'a, T, N: OutputType>(
    items: impl Iterator<Item = (&'a str, T)>,
    first: Option<i32>,
    after: Option<&str>,
    node: impl Fn(T) -> Option<N>,
) -> Result<Connection<OpaqueCursor<String>, N>, ApiError> {
    let wanted = match first {
        None => PAGE_DEFAULT,
        Some(first) => u64::try_from(first).ok().filter(|first| (1..=PAGE_MAX).contains(first)).ok_or_else(|| {
            let zh = format!("每页条数请填写1至{PAGE_MAX}。");
            Refusal::invalid("first", zh, format!("The page size must be 1 to {PAGE_MAX}."))
        })?,
    };
    let after = after.map(OpaqueCursor::<String>::decode_cursor).transpose().map_err(|cause| {
        tracing::debug!(%cause, "a cursor cannot be read");
        Refusal::invalid(
            "after",
            "分页位置无效，请从第一页重新查询。",
            "Invalid cursor. Start again from the first page.",
        )
    })?;
    let mut rest =
        items.skip_while(|(code, _)| after.as_ref().is_some_and(|after| *code <= after.0.as_str())).peekable();
    let mut connection = Connection::new(after.is_some(), false);
    for (code, item) in rest.by_ref().take(usize::try_from(wanted).unwrap_or(usize::MAX)) {
        connection.edges.extend(node(item).map(|node| Edge::new(OpaqueCursor(code.to_owned()), node)));
    }
    connection.has_next_page = rest.peek().is_some();
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_one_another_by_code() {
        let codes = ["a", "b", "c", "d", "e"];
        let mut after: Option<String> = None;
        let mut seen = Vec::new();
        loop {
            let items = codes.iter().map(|code| (*code, *code));
            let page = page_by_code(items, Some(2), after.as_deref(), |code| Some(code.to_owned())).unwrap();
            seen.extend(page.edges.iter().map(|edge| edge.node.clone()));
            after = page.edges.last().map(|edge| edge.cursor.encode_cursor());
            if !page.has_next_page {
                break;
            }
        }
        assert_eq!(seen, codes);
        for (first, after, field) in [(Some(0), None, "first"), (Some(101), None, "first"), (None, Some("?"), "after")]
        {
            let page = page_by_code(std::iter::empty::<(&str, &str)>(), first, after, |code| Some(code.to_owned()));
            assert_eq!(page.err().map(|error| error.refusal().field), Some(Some(field)));
        }
    }
}

//! Units and posts in the GraphQL schema. Only officers may list units. An object that refers to a unit decides itself who may
//! read that field.

use async_graphql::connection::{Connection, OpaqueCursor};
use async_graphql::{Context, ID, Object};
use domain::id::{AreaId, UnitId};
use domain::staff::{Role, UnitKind};
use entity::unit;

use super::loader::{PostHolder, UnitById};
use crate::area::graphql::{Area, page_by_code};
use crate::context::{app, caller};
use crate::dataloader::{load, rules};
use crate::error::ApiError;
use crate::page::cost;
use crate::policy::units::is_on;
use domain::time::china_day;

/// The unit row behind the GraphQL object.
#[derive(Debug)]
pub(crate) struct Unit(pub unit::Model);

/// A unit 单位: a township, a village, a department, a utility or a command centre.
#[Object]
impl Unit {
    /// The id of the unit, which never changes.
    async fn id(&self) -> UnitId {
        self.0.id
    }

    /// The code that identifies the unit in imported files.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The Chinese name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The kind of unit.
    async fn kind(&self) -> UnitKind {
        self.0.kind
    }

    /// The id of the area that the unit serves.
    async fn area_id(&self) -> AreaId {
        self.0.area_id
    }

    /// The area that the unit serves.
    async fn area(&self, ctx: &Context<'_>) -> Result<Option<Area>, ApiError> {
        Area::today(ctx, self.0.area_id).await
    }

    /// The unit above it; null at the top.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Self>, ApiError> {
        let Some(parent) = self.0.parent_id else { return Ok(None) };
        Ok(load::<UnitById>(ctx, parent).await?.map(Self))
    }
}

/// The post behind the GraphQL object, with its officer.
#[derive(Debug)]
pub(crate) struct Post(pub PostHolder);

/// A post 岗位 of an officer, as other officers see it.
#[Object]
impl Post {
    /// The id of the post.
    async fn id(&self) -> ID {
        self.0.id.0.into()
    }

    /// The role of the post.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// The unit of the post.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        Ok(load::<UnitById>(ctx, self.0.unit_id).await?.map(Unit))
    }

    /// The name of the officer who holds the post.
    async fn officer_name(&self) -> &str {
        &self.0.name
    }

    /// The staff number of this officer.
    async fn staff_no(&self) -> &str {
        &self.0.staff_no
    }
}

/// The GraphQL queries for units.
#[derive(Debug, Default)]
pub(crate) struct StaffQuery;

#[Object]
impl StaffQuery {
    /// The units that exist today, in the order of their codes. Only officers may read them.
    ///
    /// Refusals: `UNAUTHENTICATED`, `FORBIDDEN`, `INVALID_INPUT` (`first`, `after`).
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list to units of this kind.")] kind: Option<UnitKind>,
        #[graphql(desc = "Restricts the list to units that serve this area or an area below it.")] area_id: Option<
            AreaId,
        >,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<OpaqueCursor<String>, Unit>, ApiError> {
        caller(ctx).officer()?;
        let book = rules(ctx).await?;
        let day = china_day(app(ctx).now());
        let units = book.units.iter().filter(|unit| is_on(unit, day));
        let units = units.filter(|unit| kind.is_none_or(|kind| unit.kind == kind));
        let units = units.filter(|unit| area_id.is_none_or(|area| book.areas.is_within(unit.area_id, area)));
        let units = units.map(|unit| (unit.code.as_str(), unit));
        page_by_code(units, first, after.as_deref(), |unit| Some(Unit(unit.clone())))
    }
}

//! Hazards, whistles and assignments, as the published schema shows them.

pub mod evidence_input;
pub mod input;
pub mod likeness;
pub mod mutation;
pub mod parts;

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::hazard::{CancelReason, HazardStatus, Level};
use domain::id::{AreaId, AssignmentId, HazardId, UnitId};
use entity::hazard;

use self::parts::{Assignment, Subject, Whistle, unit};
use super::loader::{AssignmentsOfHazard, SubjectById, WhistlesOfHazard};
use super::service::reading::{self, Filter};
use crate::context::{app, caller};
use crate::dataloader::load;
use crate::error::ApiError;
use crate::journal::Stream;
use crate::journal::graphql::Event;
use crate::journal::loader::{EventAt, EventsAfter};
use crate::page::{self, Cursor, Page};
use crate::policy::graphql::clock::Clock;
use crate::policy::loader::ClocksOfStream;
use crate::report::graphql::{Place, Report};
use crate::report::loader::{ReportCountOfHazard, ReportsOfHazard};
use crate::reward::graphql::Award;
use crate::reward::loader::AwardOfHazard;
use crate::staff::graphql::Unit;

/// The three independent code lists by which the ledger is cut.
#[derive(Debug, SimpleObject)]
pub struct Axes {
    /// Code of the place 场所.
    place_kind: Option<String>,
    /// Code of the industry 行业领域.
    industry: Option<String>,
    /// Code of the disaster 灾种.
    disaster_kind: Option<String>,
}

/// A hazard.
#[derive(Debug)]
pub struct Hazard(pub hazard::Model);

/// A hazard 隐患: one entry of the ledger 台账 that one or many reports point to.
#[Object]
#[expect(clippy::unused_async, reason = "the library takes resolvers as async functions")]
impl Hazard {
    /// The hazard.
    async fn id(&self) -> HazardId {
        self.0.id
    }

    /// Where it stands, computed from its parts.
    async fn status(&self) -> HazardStatus {
        self.0.status
    }

    /// Counts up with every event; name it as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Counts its lives: 1, and one more for each reopening.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// How grave it is.
    async fn level(&self) -> Level {
        self.0.level
    }

    /// Whether people are in danger now.
    async fn emergency(&self) -> bool {
        self.0.emergency
    }

    /// Code of the category.
    async fn category(&self) -> Option<&str> {
        self.0.category.as_deref()
    }

    /// Place, industry and disaster.
    async fn axes(&self) -> Axes {
        Axes {
            place_kind: self.0.place_kind.clone(),
            industry: self.0.industry.clone(),
            disaster_kind: self.0.disaster_kind.clone(),
        }
    }

    /// Who is responsible for it 责任单位.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<Subject>, ApiError> {
        let Some(id) = self.0.subject_id else { return Ok(None) };
        Ok(load::<SubjectById>(ctx, id).await?.map(Subject))
    }

    /// Where.
    async fn place(&self) -> Result<Place, ApiError> {
        Ok(Place::of(crate::report::rows::point_of(self.0.lng_e7, self.0.lat_e7)?, self.0.address.clone()))
    }

    /// The smallest area that contains it.
    async fn area_id(&self) -> AreaId {
        self.0.area_id
    }

    /// The territorial unit: blows, accepts, closes. The command centre where there is no township or it must stand aside.
    async fn township(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.township_unit).await
    }

    /// When it entered the ledger.
    async fn registered_at(&self) -> DateTime<Utc> {
        self.0.registered_at
    }

    /// When it left the ledger 销号.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at
    }

    /// Why it was cancelled.
    async fn cancel_reason(&self) -> Option<CancelReason> {
        self.0.end_reason
    }

    /// The closed hazard that came back.
    async fn recurrence_of(&self) -> Option<HazardId> {
        self.0.recurrence_of
    }

    /// Its whistles, first blown first.
    async fn whistles(&self, ctx: &Context<'_>) -> Result<Vec<Whistle>, ApiError> {
        let rows = load::<WhistlesOfHazard>(ctx, self.0.id).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Whistle).collect())
    }

    /// Its assignments of all rounds, first dispatched first.
    async fn assignments(&self, ctx: &Context<'_>) -> Result<Vec<Assignment>, ApiError> {
        let rows = load::<AssignmentsOfHazard>(ctx, self.0.id).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Assignment).collect())
    }

    /// The reports that point to it and that you may read, at most a page.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows of the page, 1 to 100; 20 without it.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the page before.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Report>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let rows = load::<ReportsOfHazard>(ctx, (self.0.id, page)).await?;
        Ok(page.connection(rows.unwrap_or_default(), |row| Cursor { at: row.shown_at, id: row.id.0 }, Report))
    }

    /// How many reports that you may read point to it.
    async fn report_count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(load::<ReportCountOfHazard>(ctx, self.0.id).await?.unwrap_or_default())
    }

    /// Its clocks, first due first.
    async fn clocks(&self, ctx: &Context<'_>) -> Result<Vec<Clock>, ApiError> {
        let rows = load::<ClocksOfStream>(ctx, Stream::Hazard(self.0.id)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Clock).collect())
    }

    /// What happened last.
    async fn last_event(&self, ctx: &Context<'_>) -> Result<Option<Event>, ApiError> {
        Ok(load::<EventAt>(ctx, (Stream::Hazard(self.0.id), self.0.version)).await?.map(Event))
    }

    /// What happened to it 全程留痕, oldest first: at most 100 events after version `after`.
    #[graphql(complexity = "100 * child_complexity + 1")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "The version of the last event that you have; 0 for the beginning.")] after: i64,
    ) -> Result<Vec<Event>, ApiError> {
        let rows = load::<EventsAfter>(ctx, (Stream::Hazard(self.0.id), after)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Event).collect())
    }

    /// Its award, for who may read it.
    async fn award(&self, ctx: &Context<'_>) -> Result<Option<Award>, ApiError> {
        Ok(load::<AwardOfHazard>(ctx, self.0.id).await?.map(Award))
    }
}

/// What a list of hazards is narrowed to.
#[derive(Debug, Default, InputObject)]
pub struct HazardFilter {
    /// Only these statuses.
    #[graphql(default, validator(max_items = 10))]
    pub statuses: Vec<HazardStatus>,
    /// Only what lies in this area or below.
    pub area_id: Option<AreaId>,
    /// Only what this unit answers for or was asked to work on.
    pub unit_id: Option<UnitId>,
    /// Only emergencies, or only others.
    pub emergency: Option<bool>,
    /// Only this category.
    pub category: Option<String>,
}

/// Reading the ledger.
#[derive(Debug, Default)]
pub struct HazardQuery;

#[Object]
impl HazardQuery {
    /// The hazards that you may see, newest first. For officers; a worker finds the work in the `assignments` of those
    /// with `filter: { unitId: … }`.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn hazards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those; all without it.")] filter: Option<HazardFilter>,
        #[graphql(desc = "Rows of the page, 1 to 100; 20 without it.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the page before.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Hazard>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = Filter {
            statuses: filter.statuses,
            area: filter.area_id,
            unit: filter.unit_id,
            emergency: filter.emergency,
            category: filter.category,
        };
        let rows = reading::list(app(ctx), caller(ctx), &filter, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.registered_at, id: row.id.0 }, Hazard))
    }

    /// One hazard that you may see. For officers. `NOT_FOUND` if you may not.
    async fn hazard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the hazard.")] id: HazardId,
    ) -> Result<Hazard, ApiError> {
        Ok(Hazard(reading::one(app(ctx), caller(ctx), id).await?))
    }

    /// One assignment of a hazard that you may see. For officers.
    async fn assignment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the assignment.")] id: AssignmentId,
    ) -> Result<Assignment, ApiError> {
        Ok(Assignment(reading::assignment(app(ctx), caller(ctx), id).await?))
    }
}

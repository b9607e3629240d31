//! Hazards, whistles and assignments, as the published schema shows them.

use async_graphql::connection::Connection;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::hazard::{AssignmentStatus, CancelReason, HazardStatus, Level, Measure, Origin, Part, WhistleStatus};
use domain::id::{AreaId, AssignmentId, HazardId, OfficerId, PhotoId, ReportId, SubjectId, UnitId, WhistleId};
use domain::policy::WhistleClass;
use entity::{assignment, hazard, subject, whistle};

use super::loader::{AssignmentsOfHazard, SubjectById, WhistlesOfHazard};
use super::rows;
use super::service::reading::{self, Filter};
use crate::error::ApiError;
use crate::journal::graphql::Event;
use crate::journal::loader::EventAt;
use crate::journal::{Stream, reading as journal_reading};
use crate::page::{self, Cursor, Page};
use crate::photo::graphql::Photo;
use crate::photo::loader::PhotosOfParent;
use crate::policy::clock_graphql::{Clock, ClocksOfStream};
use crate::report::graphql::{Place, Report, ReportFilter};
use crate::report::loader::ReportsOfHazard;
use crate::report::reading as reports;
use crate::reward::graphql::Award;
use crate::reward::loader::AwardOfHazard;
use crate::reward::reading::may_see;
use crate::schema::{app, caller};
use crate::staff::graphql::Unit;
use crate::staff::loader::UnitById;

/// Events of one history that are shown at once.
const HISTORY: u64 = 100;

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

/// A hazard 隐患: one entry of the ledger 台账 that one or many reports point to.
#[derive(Debug)]
pub struct Hazard(pub hazard::Model);

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
        Ok(ctx.data_unchecked::<DataLoader<SubjectById>>().load_one(id).await?.map(Subject))
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
        let rows = ctx.data_unchecked::<DataLoader<WhistlesOfHazard>>().load_one(self.0.id).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Whistle).collect())
    }

    /// Its assignments of all rounds, first dispatched first.
    async fn assignments(&self, ctx: &Context<'_>) -> Result<Vec<Assignment>, ApiError> {
        let rows = ctx.data_unchecked::<DataLoader<AssignmentsOfHazard>>().load_one(self.0.id).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Assignment).collect())
    }

    /// The reports that point to it and that you may read, at most a page.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn reports(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Cursor, Report>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let rows = reports::of_hazard(app(ctx), caller(ctx), self.0.id, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.shown_at, id: row.id.0 }, Report))
    }

    /// How many reports point to it.
    async fn report_count(&self, ctx: &Context<'_>) -> Result<usize, ApiError> {
        let rows = ctx.data_unchecked::<DataLoader<ReportsOfHazard>>().load_one(self.0.id).await?;
        Ok(rows.map_or(0, |rows| rows.len()))
    }

    /// Its clocks, first due first.
    async fn clocks(&self, ctx: &Context<'_>) -> Result<Vec<Clock>, ApiError> {
        let loader = ctx.data_unchecked::<DataLoader<ClocksOfStream>>();
        let rows = loader.load_one(Stream::Hazard(self.0.id).to_string()).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Clock).collect())
    }

    /// What happened last.
    async fn last_event(&self, ctx: &Context<'_>) -> Result<Option<Event>, ApiError> {
        let key = (Stream::Hazard(self.0.id).to_string(), self.0.version);
        Ok(ctx.data_unchecked::<DataLoader<EventAt>>().load_one(key).await?.map(Event))
    }

    /// What happened to it 全程留痕, oldest first: at most 100 events after version `after`.
    #[graphql(complexity = "100 * child_complexity + 1")]
    async fn history(&self, ctx: &Context<'_>, #[graphql(default)] after: i64) -> Result<Vec<Event>, ApiError> {
        let rows = journal_reading::history(app(ctx).db(), Stream::Hazard(self.0.id), (after, HISTORY)).await?;
        Ok(rows.into_iter().map(Event).collect())
    }

    /// Its award, for who may read it.
    async fn award(&self, ctx: &Context<'_>) -> Result<Option<Award>, ApiError> {
        let row = ctx.data_unchecked::<DataLoader<AwardOfHazard>>().load_one(self.0.id).await?;
        let may = |row: &entity::award::Model| may_see(caller(ctx), row.unit_id, &self.0.area_path);
        Ok(row.filter(may).map(Award))
    }
}

async fn unit(ctx: &Context<'_>, id: UnitId) -> Result<Option<Unit>, ApiError> {
    Ok(ctx.data_unchecked::<DataLoader<UnitById>>().load_one(id).await?.map(Unit))
}

/// The subject 责任单位 of a hazard: the enterprise, owner or place responsible for it.
#[derive(Debug)]
pub struct Subject(pub subject::Model);

#[Object]
impl Subject {
    /// The subject.
    async fn id(&self) -> SubjectId {
        self.0.id
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its unified social credit code (GB 32100-2015).
    async fn uscc(&self) -> Option<&str> {
        self.0.uscc.as_deref()
    }
}

/// A whistle 哨: a township's call for departments.
#[derive(Debug)]
pub struct Whistle(pub whistle::Model);

#[Object]
impl Whistle {
    /// The whistle.
    async fn id(&self) -> WhistleId {
        self.0.id
    }

    /// Its type, as in `whistleTypes`.
    async fn type_code(&self) -> &str {
        &self.0.type_code
    }

    /// Its class.
    async fn class(&self) -> WhistleClass {
        self.0.class
    }

    /// Where it stands, computed from its assignments.
    async fn status(&self) -> WhistleStatus {
        self.0.status
    }

    /// The unit that blew it.
    async fn blown_by(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.blown_by_unit).await
    }

    /// When it was blown.
    async fn blown_at(&self) -> DateTime<Utc> {
        self.0.blown_at
    }
}

/// An assignment 交办: one unit's part in a hazard.
#[derive(Debug)]
pub struct Assignment(pub assignment::Model);

#[Object]
#[expect(clippy::unused_async, reason = "the library takes resolvers as async functions")]
impl Assignment {
    /// The assignment.
    async fn id(&self) -> AssignmentId {
        self.0.id
    }

    /// Its hazard.
    async fn hazard_id(&self) -> HazardId {
        self.0.hazard_id
    }

    /// The whistle it came from.
    async fn whistle_id(&self) -> Option<WhistleId> {
        self.0.whistle_id
    }

    /// Whistle, direct dispatch, or self-handling 自办.
    async fn origin(&self) -> Origin {
        self.0.origin
    }

    /// Lead 主责 or support 协办.
    async fn part(&self) -> Part {
        self.0.part
    }

    /// Whose part it is.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit_id).await
    }

    /// Where it stands.
    async fn status(&self) -> AssignmentStatus {
        self.0.status
    }

    /// The round of the hazard.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// The officer who holds it.
    async fn worker_id(&self) -> Option<OfficerId> {
        self.0.worker
    }

    /// When it was dispatched 派单.
    async fn dispatched_at(&self) -> DateTime<Utc> {
        self.0.dispatched_at
    }

    /// When it was signed 签收.
    async fn signed_at(&self) -> Option<DateTime<Utc>> {
        self.0.signed_at
    }

    /// When it was first claimed 认领.
    async fn claimed_at(&self) -> Option<DateTime<Utc>> {
        self.0.claimed_at
    }

    /// When its unit was first on the spot 报到.
    async fn checked_in_at(&self) -> Option<DateTime<Utc>> {
        self.0.checked_in_at
    }

    /// When its work was finished 办结.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// When its work was accepted 验收.
    async fn accepted_at(&self) -> Option<DateTime<Utc>> {
        self.0.accepted_at
    }

    /// What was done 治理方式.
    async fn measure(&self) -> Option<Measure> {
        self.0.measure
    }

    /// How often it went back for rework 返工.
    async fn rework_count(&self) -> i32 {
        self.0.rework_count
    }

    /// The photos that finishing named.
    async fn after_photo_ids(&self) -> Result<Vec<PhotoId>, ApiError> {
        rows::list(&self.0.after_photos)
    }

    /// All its photos.
    async fn photos(&self, ctx: &Context<'_>) -> Result<Vec<Photo>, ApiError> {
        let rows = ctx.data_unchecked::<DataLoader<PhotosOfParent>>().load_one(self.0.id.0).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Photo).collect())
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

/// Reading the ledger and the reports.
#[derive(Debug, Default)]
pub struct HazardQuery;

#[Object]
impl HazardQuery {
    /// The hazards that you may see, newest first. For officers.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn hazards(
        &self,
        ctx: &Context<'_>,
        filter: Option<HazardFilter>,
        first: Option<i32>,
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
    async fn hazard(&self, ctx: &Context<'_>, id: HazardId) -> Result<Hazard, ApiError> {
        Ok(Hazard(reading::one(app(ctx), caller(ctx), id).await?))
    }

    /// One assignment of a hazard that you may see. For officers.
    async fn assignment(&self, ctx: &Context<'_>, id: AssignmentId) -> Result<Assignment, ApiError> {
        Ok(Assignment(reading::assignment(app(ctx), caller(ctx), id).await?))
    }

    /// The reports that you may read, newest first. For officers.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn reports(
        &self,
        ctx: &Context<'_>,
        filter: Option<ReportFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<Cursor, Report>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = reports::Filter { statuses: filter.statuses, area: filter.area_id, emergency: filter.emergency };
        let rows = reports::list(app(ctx), caller(ctx), &filter, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.shown_at, id: row.id.0 }, Report))
    }

    /// One report that you may read. For officers; authors use `myReport`.
    async fn report(&self, ctx: &Context<'_>, id: ReportId) -> Result<Report, ApiError> {
        Ok(Report(reports::one(app(ctx), caller(ctx), id).await?))
    }
}

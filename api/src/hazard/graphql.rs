//! GraphQL types and queries of hazards. Long because a hazard has many fields.

pub(crate) mod enforcing;
pub(crate) mod evidence_input;
mod extending;
pub(crate) mod governing;
mod governing_input;
pub(crate) mod input;
pub(crate) mod likeness;
pub(crate) mod major;
mod merging;
pub(crate) mod merging_hazards;
pub(crate) mod mutation;
pub(crate) mod parts;
pub(crate) mod penalties;
mod rated;
pub(crate) mod rating;
pub(crate) mod records;
mod referring;
mod send_back;
pub(crate) mod sending_back;
pub(crate) mod supervising;
pub(crate) mod suspending;
mod suspension;
mod taking_back;
mod whistle_request;
pub(crate) mod whistles;

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::hazard::{CancelReason, HazardStatus, Level};
use domain::id::{AreaId, AssignmentId, HazardId, UnitId};
use domain::text::unless_blank;
use entity::{event, hazard};
use futures::future::try_join_all;

use self::major::MajorHazard;
use self::parts::{Assignment, Subject, Whistle, unit};
use self::records::{CorrectionOrder, Inspection, Penalty};
use self::send_back::SendBack;
use self::supervising::Supervision;
use self::suspension::{SuspensionInForce, SuspensionRequest};
use self::whistle_request::WhistleRequest;
use super::loader::{AssignmentsOfHazard, HazardById, SubjectById, WhistlesOfHazard};
use super::service::reading::{self, Filter};
use crate::context::{app, caller};
use crate::dataloader::load;
use crate::error::ApiError;
use crate::incident::graphql::{self as incidents, Incident};
use crate::journal::Stream;
use crate::journal::graphql::HistoryEvent;
use crate::journal::loader::{EventAt, EventsAfter};
use crate::page::{self, Cursor, Page};
use crate::policy::graphql::clock::Clock;
use crate::policy::loader::ClocksOfStream;
use crate::report::graphql::{Place, Report};
use crate::report::loader::{ReportCountOfHazard, ReportsOfHazard};
use crate::reward::graphql::Award;
use crate::reward::loader::AwardOfHazard;
use crate::staff::graphql::Unit;

/// The three independent codes by which the ledger 台账 is classified.
#[derive(Debug, SimpleObject)]
pub(crate) struct Axes {
    /// The code of the kind of place 场所.
    place_kind: Option<String>,
    /// The code of the industry 行业领域.
    industry: Option<String>,
    /// The code of the disaster kind 灾种.
    disaster_kind: Option<String>,
}

/// The GraphQL object that wraps a row of table `hazard`.
#[derive(Debug)]
pub(crate) struct Hazard(pub hazard::Model);

/// A hazard 隐患: an entry of the ledger 台账, to which one or more reports point.
#[Object]
#[expect(clippy::unused_async, reason = "the library takes resolvers as async functions")]
impl Hazard {
    /// The id of the hazard.
    async fn id(&self) -> HazardId {
        self.0.id
    }

    /// The status of the hazard, derived from its parts.
    async fn status(&self) -> HazardStatus {
        self.0.status
    }

    /// The version of the hazard. It increases with every event; pass it as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The round of the hazard: 1, plus one for each reopening.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// The severity of the hazard.
    async fn level(&self) -> Level {
        self.0.level
    }

    /// Whether people are in danger now.
    async fn emergency(&self) -> bool {
        self.0.emergency
    }

    /// The code of the category.
    async fn category(&self) -> Option<&str> {
        self.0.category.as_deref()
    }

    /// The codes of the kind of place, the industry and the disaster kind.
    async fn axes(&self) -> Axes {
        Axes {
            place_kind: self.0.place_kind.clone(),
            industry: self.0.industry.clone(),
            disaster_kind: self.0.disaster_kind.clone(),
        }
    }

    /// The party responsible for the hazard 责任单位.
    async fn subject(&self, ctx: &Context<'_>) -> Result<Option<Subject>, ApiError> {
        let Some(id) = self.0.subject_id else { return Ok(None) };
        Ok(load::<SubjectById>(ctx, id).await?.map(Subject))
    }

    /// The place of the hazard.
    async fn place(&self) -> Result<Place, ApiError> {
        Ok(Place::of(crate::report::rows::point_of(self.0.lng_e7, self.0.lat_e7)?, self.0.address.clone()))
    }

    /// The id of the smallest area that contains the hazard.
    async fn area_id(&self) -> AreaId {
        self.0.area_id
    }

    /// The territorial unit, which blows the whistle, accepts the work and closes the hazard. It is the command centre
    /// if the place belongs to no township or the township is recused.
    async fn township(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.township_unit).await
    }

    /// The time at which the hazard was registered in the ledger.
    async fn registered_at(&self) -> DateTime<Utc> {
        self.0.registered_at
    }

    /// The time at which the hazard was removed from the ledger 销号; null until then.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.0.closed_at
    }

    /// The reason for the cancellation; null if the hazard was not cancelled.
    async fn cancel_reason(&self) -> Option<CancelReason> {
        self.0.end_reason
    }

    /// The id of the hazard that stands for this one, if this one was cancelled as its duplicate 重复.
    async fn merged_into(&self) -> Option<HazardId> {
        self.0.merged_into
    }

    /// The id of the closed hazard that has recurred; null for a new hazard.
    async fn recurrence_of(&self) -> Option<HazardId> {
        self.0.recurrence_of
    }

    /// What is known of the hazard as a major one 重大事故隐患; null if it never was suspected to be one.
    async fn major(&self) -> Option<MajorHazard> {
        self.0.major.as_ref().map(|major| MajorHazard(major.0.clone()))
    }

    /// The id of the hazard that was registered because a follow-up 回头看 found too late that this one came back.
    async fn recurred_as(&self) -> Option<HazardId> {
        self.0.recurred_as
    }

    /// The suspension 挂账 in force; null if the hazard is not suspended.
    async fn suspension(&self) -> Option<SuspensionInForce> {
        let in_force = self.0.suspension.as_ref().filter(|_| self.0.end_kind.is_none());
        in_force.map(|suspension| SuspensionInForce(suspension.0))
    }

    /// The request for a suspension, or for its renewal, that awaits its decision.
    async fn suspension_request(&self) -> Option<SuspensionRequest> {
        let asked = self.0.suspension_request.as_ref().filter(|_| self.0.end_kind.is_none());
        asked.map(|asked| SuspensionRequest(asked.0))
    }

    /// How often the hazard was suspended in this round, renewals included. The policy sets the maximum.
    async fn suspended_times(&self) -> i32 {
        self.0.suspended_times
    }

    /// The follow-ups 回头看 that are outstanding, each as the number of days after the closure: at most ten.
    async fn outstanding_follow_ups(&self) -> &[u32] {
        &self.0.follow_ups.0
    }

    /// The whistles of the hazard, in the order in which they were blown.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn whistles(&self, ctx: &Context<'_>) -> Result<Vec<Whistle>, ApiError> {
        let rows = load::<WhistlesOfHazard>(ctx, self.0.id).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Whistle).collect())
    }

    /// The whistles of all rounds that had to be approved 审核 first, or whose units the command centre names 分哨, in order.
    async fn whistle_requests(&self) -> Vec<WhistleRequest> {
        WhistleRequest::of(&self.0)
    }

    /// The assignments of all rounds, in the order in which they were dispatched.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn assignments(&self, ctx: &Context<'_>) -> Result<Vec<Assignment>, ApiError> {
        let rows = load::<AssignmentsOfHazard>(ctx, self.0.id).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Assignment).collect())
    }

    /// How often the work went to another unit because it was sent back 退单, in all rounds.
    async fn hops(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        let rows = load::<AssignmentsOfHazard>(ctx, self.0.id).await?.unwrap_or_default();
        let hops = rows.iter().flat_map(|row| &row.send_backs.0).filter(|one| one.state.is_hop()).count();
        i32::try_from(hops).map_err(ApiError::internal)
    }

    /// The send-backs 退单 of all rounds, in the order of the assignments: at most two for each of them.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn send_backs(&self, ctx: &Context<'_>) -> Result<Vec<SendBack>, ApiError> {
        let rows = load::<AssignmentsOfHazard>(ctx, self.0.id).await?.unwrap_or_default();
        Ok(rows.iter().flat_map(SendBack::of).collect())
    }

    /// The supervisions 督办 of all rounds, in the order in which they were set.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn supervisions(&self, ctx: &Context<'_>) -> Result<Vec<Supervision>, ApiError> {
        supervising::of_hazard(ctx, self.0.id).await
    }

    /// The records of on-site inspections 检查, in order of creation.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn inspections(&self, ctx: &Context<'_>) -> Result<Vec<Inspection>, ApiError> {
        records::inspections(ctx, self.0.id).await
    }

    /// The orders 责令 to the responsible party, in order of creation.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn orders(&self, ctx: &Context<'_>) -> Result<Vec<CorrectionOrder>, ApiError> {
        records::orders(ctx, self.0.id).await
    }

    /// The penalties 行政处罚 of the responsible party, in order of creation.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn penalties(&self, ctx: &Context<'_>) -> Result<Vec<Penalty>, ApiError> {
        records::penalties(ctx, self.0.id).await
    }

    /// The reports that point to the hazard and that the caller may see, one page at a time.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Report>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let rows = load::<ReportsOfHazard>(ctx, (self.0.id, page)).await?;
        Ok(page.connection(rows.unwrap_or_default(), |row| Cursor { at: row.shown_at, id: row.id.0 }, Report))
    }

    /// The number of reports that point to the hazard and that the caller may see.
    async fn report_count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(load::<ReportCountOfHazard>(ctx, self.0.id).await?.unwrap_or_default())
    }

    /// The clocks 时限 of the hazard, in the order in which they are due.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn clocks(&self, ctx: &Context<'_>) -> Result<Vec<Clock>, ApiError> {
        let rows = load::<ClocksOfStream>(ctx, Stream::Hazard(self.0.id)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Clock).collect())
    }

    /// The most recent event.
    async fn last_event(&self, ctx: &Context<'_>) -> Result<Option<HistoryEvent>, ApiError> {
        match load::<EventAt>(ctx, (Stream::Hazard(self.0.id), self.0.version)).await? {
            Some(row) => shown(ctx, row).await.map(Some),
            None => Ok(None),
        }
    }

    /// The history of the hazard 全程留痕, oldest first: at most 100 events after version `after`.
    #[graphql(complexity = "100 * child_complexity + 1")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "The version after which the events begin; 0 means the beginning.")] after: i64,
    ) -> Result<Vec<HistoryEvent>, ApiError> {
        let rows = load::<EventsAfter>(ctx, (Stream::Hazard(self.0.id), after)).await?;
        try_join_all(rows.unwrap_or_default().into_iter().map(|row| shown(ctx, row))).await
    }

    /// The incidents 突发事件 on which units sent situation reports from this hazard, or from one that was merged into it, as far as the
    /// caller may see them, in the order in which they were opened.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn incidents(&self, ctx: &Context<'_>) -> Result<Vec<Incident>, ApiError> {
        incidents::of_hazard(ctx, self.0.id).await
    }

    /// The award for the hazard; null if none exists or the caller may not see it.
    async fn award(&self, ctx: &Context<'_>) -> Result<Option<Award>, ApiError> {
        Ok(load::<AwardOfHazard>(ctx, self.0.id).await?.map(Award))
    }
}

/// Returns an event of the history of a hazard, without what it tells of another hazard that the caller may not see: one that
/// only reports point to which accuse the caller's unit.
async fn shown(ctx: &Context<'_>, row: event::Model) -> Result<HistoryEvent, ApiError> {
    let is_seen = match HistoryEvent::merged(&row) {
        Some(other) => load::<HazardById>(ctx, other).await?.is_some(),
        None => true,
    };
    Ok(if is_seen { HistoryEvent::new(row) } else { HistoryEvent::withheld(row) })
}

/// A filter for hazards.
#[derive(Debug, Default, InputObject)]
pub(crate) struct HazardFilter {
    /// Restricts the list to these statuses; an empty list means all.
    #[graphql(default, validator(max_items = 10))]
    pub statuses: Vec<HazardStatus>,
    /// Restricts the list to this area and the areas below it.
    pub area_id: Option<AreaId>,
    /// Restricts the list to hazards for which this unit is responsible or on which it was asked to work.
    pub unit_id: Option<UnitId>,
    /// Restricts the list to emergencies (`true`) or to all others (`false`).
    pub emergency: Option<bool>,
    /// Restricts the list to this category.
    pub category: Option<String>,
}

/// The query root for the ledger.
#[derive(Debug, Default)]
pub(crate) struct HazardQuery;

#[Object]
impl HazardQuery {
    /// The hazards that the caller may see, newest first. Only officers may read them. A worker finds the work in
    /// `assignments` of the hazards listed with `filter: { unitId: … }`.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn hazards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list; if omitted, it contains all entries that the caller may see.")]
        filter: Option<HazardFilter>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Hazard>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = Filter {
            statuses: filter.statuses,
            area: filter.area_id,
            unit: filter.unit_id,
            emergency: filter.emergency,
            category: unless_blank(filter.category),
        };
        let rows = reading::list(app(ctx), caller(ctx), &filter, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.registered_at, id: row.id.0 }, Hazard))
    }

    /// One hazard that the caller may see. Only officers may read it.
    ///
    /// Refusals: `NOT_FOUND` for a hazard that the caller may not see.
    async fn hazard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the hazard.")] id: HazardId,
    ) -> Result<Hazard, ApiError> {
        Ok(Hazard(reading::one(app(ctx), caller(ctx), id).await?))
    }

    /// One assignment of a hazard that the caller may see. Only officers may read it.
    async fn assignment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the assignment.")] id: AssignmentId,
    ) -> Result<Assignment, ApiError> {
        Ok(Assignment(reading::assignment(app(ctx), caller(ctx), id).await?))
    }
}

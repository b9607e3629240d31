//! GraphQL types and queries of incidents and their situation reports.

mod input;
pub(crate) mod mutation;
mod report;

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object};
use chrono::{DateTime, Utc};
use domain::id::{AreaId, HazardId, IncidentId, UnitId};
use domain::incident::{IncidentGrade, IncidentStatus, IncidentType};
use entity::incident;

use self::report::SituationReport;
use super::loader::{IncidentsOfHazard, ReportsOfIncident};
use super::reading::{self, Filter};
use crate::context::{app, caller};
use crate::dataloader::load;
use crate::error::ApiError;
use crate::hazard::graphql::Hazard;
use crate::hazard::loader::HazardById;
use crate::journal::Stream;
use crate::journal::graphql::HistoryEvent;
use crate::journal::loader::EventsAfter;
use crate::page::{self, Cursor, Page};
use crate::policy::graphql::clock::Clock;
use crate::policy::loader::ClocksOfStream;
use crate::staff::graphql::Unit;
use crate::staff::loader::UnitById;

/// The GraphQL object that wraps a row of table `incident`.
#[derive(Debug)]
pub(crate) struct Incident(pub incident::Model);

/// An incident 突发事件 with the situation reports 信息报告 that a unit sends about it to a unit above: the initial report 初报, updates
/// 续报 and the final report 终报.
#[Object]
impl Incident {
    /// The id of the incident.
    async fn id(&self) -> IncidentId {
        self.0.id
    }

    /// The version of the incident, starting at 1. It increases with every change; pass it as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The status.
    async fn status(&self) -> IncidentStatus {
        self.0.status
    }

    /// The hazard from which the incident came, even if it was merged since; null if the incident stands alone, or if the
    /// caller may not see the hazard.
    async fn hazard(&self, ctx: &Context<'_>) -> Result<Option<Hazard>, ApiError> {
        let Some(id) = self.0.hazard_id else { return Ok(None) };
        Ok(load::<HazardById>(ctx, id).await?.map(Hazard))
    }

    /// The unit that sends the reports.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        Ok(load::<UnitById>(ctx, self.0.unit_id).await?.map(Unit))
    }

    /// The unit that receives and acknowledges them.
    async fn receiver(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        Ok(load::<UnitById>(ctx, self.0.receiver_unit).await?.map(Unit))
    }

    /// The id of the area: that of the hazard, or of the unit that sends.
    async fn area_id(&self) -> AreaId {
        self.0.area_id
    }

    /// The type, as the latest report says it.
    async fn incident_type(&self) -> IncidentType {
        self.0.incident_type
    }

    /// The grade, as the latest report says it.
    async fn grade(&self) -> IncidentGrade {
        self.0.grade
    }

    /// Whether any of its reports was late 迟报. A correction never changes that.
    async fn late(&self) -> bool {
        self.0.late
    }

    /// Whether a report awaits its acknowledgement 签收.
    async fn unreceived(&self) -> bool {
        self.0.unreceived
    }

    /// The time at which the initial report was sent.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.0.opened_at
    }

    /// The time at which the final report was sent; null before.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// The situation reports with their corrections, in the order in which they were sent.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn reports(&self, ctx: &Context<'_>) -> Result<Vec<SituationReport>, ApiError> {
        let rows = load::<ReportsOfIncident>(ctx, self.0.id).await?;
        Ok(rows.unwrap_or_default().into_iter().map(SituationReport).collect())
    }

    /// The clocks 时限 of the incident, in the order in which they are due.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn clocks(&self, ctx: &Context<'_>) -> Result<Vec<Clock>, ApiError> {
        let rows = load::<ClocksOfStream>(ctx, Stream::Incident(self.0.id)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Clock).collect())
    }

    /// The history of the incident 全程留痕, oldest first: at most 100 events after version `after`.
    #[graphql(complexity = "100 * child_complexity + 1")]
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "The version after which the events begin; 0 means the beginning.")] after: i64,
    ) -> Result<Vec<HistoryEvent>, ApiError> {
        let rows = load::<EventsAfter>(ctx, (Stream::Incident(self.0.id), after)).await?;
        Ok(rows.unwrap_or_default().into_iter().map(HistoryEvent::new).collect())
    }
}

/// Returns the incidents of a hazard, and of those that were merged into it, in the order in which they were opened.
pub(crate) async fn of_hazard(ctx: &Context<'_>, id: HazardId) -> Result<Vec<Incident>, ApiError> {
    let rows = load::<IncidentsOfHazard>(ctx, id).await?;
    Ok(rows.unwrap_or_default().into_iter().map(Incident).collect())
}

/// A filter for incidents.
#[derive(Debug, Default, InputObject)]
pub(crate) struct IncidentFilter {
    /// Restricts the list to this status.
    pub status: Option<IncidentStatus>,
    /// Restricts the list to these grades; an empty list means all.
    #[graphql(default, validator(max_items = 10))]
    pub grades: Vec<IncidentGrade>,
    /// Restricts the list to incidents that this unit reports.
    pub unit_id: Option<UnitId>,
    /// Restricts the list to incidents whose reports this unit receives.
    pub receiver_unit_id: Option<UnitId>,
    /// Restricts the list to incidents in this area and the areas below it.
    pub area_id: Option<AreaId>,
    /// Restricts the list to incidents that came from this hazard.
    pub hazard_id: Option<HazardId>,
    /// Restricts the list to incidents of which a report was late (`true`), or to all others (`false`).
    pub late: Option<bool>,
    /// Restricts the list to incidents of which a report awaits its acknowledgement (`true`), or to all others (`false`).
    pub unreceived: Option<bool>,
}

/// The query root for incidents.
#[derive(Debug, Default)]
pub(crate) struct IncidentQuery;

#[Object]
impl IncidentQuery {
    /// The incidents 突发事件 that the unit of the caller reports or receives, and for command centres, supervisors and auditors
    /// those in their area, newest first. Only officers may read them.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn incidents(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list; if omitted, it contains all entries that the caller may see.")]
        filter: Option<IncidentFilter>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Incident>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = Filter {
            status: filter.status,
            grades: filter.grades,
            unit: filter.unit_id,
            receiver: filter.receiver_unit_id,
            area: filter.area_id,
            hazard: filter.hazard_id,
            late: filter.late,
            unreceived: filter.unreceived,
        };
        let rows = reading::list(app(ctx), caller(ctx), &filter, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.opened_at, id: row.id.0 }, Incident))
    }

    /// One incident that the caller may see. Only officers may read it.
    ///
    /// Refusals: `NOT_FOUND` for an incident that the caller may not see.
    async fn incident(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the incident.")] id: IncidentId,
    ) -> Result<Incident, ApiError> {
        Ok(Incident(reading::one(app(ctx), caller(ctx), id).await?))
    }
}

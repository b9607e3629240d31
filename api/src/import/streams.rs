//! Writes an event of the system to a report, a hazard, an award or an incident: locks and loads it, saves what the event changes,
//! and appends the event. The callers decide on the locked state, at the time that they are given: an event of something
//! that still is behind the time veil tells the boundary, because its exact time would tell what had arrived before it.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::award::{self, Award};
use domain::hazard::{self, Case};
use domain::id::{AreaId, AwardId, HazardId, IncidentId, ReportId};
use domain::incident::{self, Incident};
use domain::policy::RuleVersion;
use domain::report::{self, Report};
use domain::time::Moment;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use crate::error::ApiResult;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append};
use crate::policy::clocks;
use crate::reward::rows::Writing;
use crate::{hazard as hazards, incident as incidents, report as reports, reward as awards};

/// When the events are recorded, and under which rules.
#[derive(Debug, Clone, Copy)]
pub(super) struct Recording {
    /// When the events are recorded.
    pub(super) at: DateTime<Utc>,
    /// The version of the rules in force.
    pub(super) rules: RuleVersion,
}

impl Recording {
    fn context(self, stream: Stream, after: i64, at: DateTime<Utc>) -> AppendContext {
        AppendContext { stream, after, author: Author::default(), at, rules: self.rules }
    }

    /// Returns the time to tell of an event of something that is shown from this time on.
    fn told(self, shown_at: DateTime<Utc>) -> DateTime<Utc> {
        Moment::exact(self.at).not_before(shown_at).told
    }

    /// Writes the event that `decide` returns for the report. Returns whether it returned one.
    pub(super) async fn report(
        self,
        txn: &DatabaseTransaction,
        id: ReportId,
        decide: impl FnOnce(&Report, &entity::report::Model, DateTime<Utc>) -> ApiResult<Option<report::Event>>,
    ) -> ApiResult<bool> {
        let Some(loaded) = reports::rows::load_locked(txn, id).await? else { return Ok(false) };
        let (before, at) = (loaded.report, self.told(loaded.row.shown_at));
        let Some(event) = decide(&before, &loaded.row, at)? else { return Ok(false) };
        let mut after = before.clone();
        report::apply(&mut after, &event);
        let row = entity::report::ActiveModel {
            version: Set(after.version),
            review_unit: Set(after.review_unit),
            ..entity::report::ActiveModel::default()
        };
        let written = entity::report::Entity::update_many()
            .set(row)
            .filter(entity::report::COLUMN.id.eq(id))
            .filter(entity::report::COLUMN.version.eq(before.version))
            .exec(txn)
            .await?;
        if written.rows_affected != 1 {
            return Err(Code::ChangedMeanwhile.into());
        }
        clocks::save(txn, Stream::Report(id), &before.clocks, &after.clocks).await?;
        reports::todos::save(txn, &after).await?;
        append(txn, self.context(Stream::Report(id), before.version, at), vec![NewEvent::from_domain(&event)?]).await?;
        Ok(true)
    }

    /// Writes the event that `decide` returns for the hazard. Returns whether it returned one.
    pub(super) async fn case(
        self,
        txn: &DatabaseTransaction,
        id: HazardId,
        decide: impl FnOnce(&Case, DateTime<Utc>) -> ApiResult<Option<hazard::Event>>,
    ) -> ApiResult<bool> {
        let Some(loaded) = hazards::rows::load_locked(txn, id).await? else { return Ok(false) };
        let at = self.told(loaded.case.last_at);
        let before = loaded.case;
        let Some(event) = decide(&before, at)? else { return Ok(false) };
        let mut after = before.clone();
        hazard::apply(&mut after, &event);
        hazards::rows::save(txn, &before, &after).await?;
        append(txn, self.context(Stream::Hazard(id), before.version, at), vec![NewEvent::from_domain(&event)?]).await?;
        Ok(true)
    }

    /// Writes the event that `decide` returns for the award. Returns whether it returned one.
    pub(super) async fn award(
        self,
        txn: &DatabaseTransaction,
        id: AwardId,
        decide: impl FnOnce(&Award, AreaId, DateTime<Utc>) -> ApiResult<Option<award::Event>>,
    ) -> ApiResult<bool> {
        let Some(loaded) = awards::rows::load_locked(txn, id).await? else { return Ok(false) };
        let at = self.told(loaded.award.last_at);
        let Some(event) = decide(&loaded.award, loaded.site.area, at)? else { return Ok(false) };
        let writing = Writing { at, rules: self.rules };
        awards::rows::save(txn, &loaded.award, &[(Author::default(), event)], writing).await?;
        Ok(true)
    }

    /// Writes the event that `decide` returns for the incident. Returns whether it returned one.
    pub(super) async fn incident(
        self,
        txn: &DatabaseTransaction,
        id: IncidentId,
        decide: impl FnOnce(&Incident, DateTime<Utc>) -> ApiResult<Option<incident::Event>>,
    ) -> ApiResult<bool> {
        let Some(loaded) = incidents::rows::load_locked(txn, id).await? else { return Ok(false) };
        let at = self.told(loaded.incident.last_at);
        let Some(event) = decide(&loaded.incident, at)? else { return Ok(false) };
        incidents::rows::save(txn, &loaded, &[event], Author::default(), self.rules).await?;
        Ok(true)
    }
}

//! The GraphQL type of a situation report.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::id::{NoteId, PostId, SituationReportId, UnitId};
use domain::incident::{
    DeliveryChannel, IncidentGrade, IncidentType, InformationSource, LateMark, SituationReportKind,
};
use entity::situation_report;

use crate::dataloader::load;
use crate::error::ApiError;
use crate::journal::loader::NoteById;
use crate::staff::graphql::{Post, Unit};
use crate::staff::loader::{PostById, UnitById};

/// The GraphQL object that wraps a row of table `situation_report`.
#[derive(Debug)]
pub(crate) struct SituationReport(pub situation_report::Model);

/// A situation report 信息报告 of an incident. What was sent never changes: a correction 更正 is a report of its own.
#[Object]
impl SituationReport {
    /// The id of the report.
    async fn id(&self) -> SituationReportId {
        self.0.id
    }

    /// The number of the report within the incident, starting at 1.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// Its place in the course of the incident. A correction has that of the report that it corrects.
    async fn kind(&self) -> SituationReportKind {
        self.0.kind
    }

    /// The type of the incident.
    async fn incident_type(&self) -> IncidentType {
        self.0.incident_type
    }

    /// The grade of the incident, as far as the sender could judge it.
    async fn grade(&self) -> IncidentGrade {
        self.0.grade
    }

    /// The kind of source 信息来源. It never tells who reported.
    async fn source(&self) -> InformationSource {
        self.0.source
    }

    /// The channel by which the report went out.
    async fn channel(&self) -> DeliveryChannel {
        self.0.channel
    }

    /// The time at which the incident happened 发生时间, as far as it is known.
    async fn happened_at(&self) -> DateTime<Utc> {
        self.0.happened_at
    }

    /// The time at which the unit learned of the incident 获知时间, or of the news.
    async fn learned_at(&self) -> DateTime<Utc> {
        self.0.learned_at
    }

    /// The time at which the receiver was told by telephone before; null without such a call.
    async fn phoned_at(&self) -> Option<DateTime<Utc>> {
        self.0.phoned_at
    }

    /// The time at which the report was sent 报出时间, by the clock of the server.
    async fn sent_at(&self) -> DateTime<Utc> {
        self.0.sent_at
    }

    /// The time until which the policy wanted the written report; null if it sets no time.
    async fn due(&self) -> Option<DateTime<Utc>> {
        self.0.due
    }

    /// Whether the report was late 迟报.
    async fn late(&self) -> bool {
        !self.0.late.0.is_empty()
    }

    /// The limits of the policy that the report missed. A correction keeps those of the report that it corrects.
    async fn late_marks(&self) -> &[LateMark] {
        &self.0.late.0
    }

    /// The number of dead persons; null while it is not known.
    async fn dead(&self) -> Option<i32> {
        self.0.dead
    }

    /// The number of missing persons; null while it is not known.
    async fn missing(&self) -> Option<i32> {
        self.0.missing
    }

    /// The number of injured persons; null while it is not known.
    async fn injured(&self) -> Option<i32> {
        self.0.injured
    }

    /// The place 地点.
    async fn place(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        text(ctx, self.0.place_note).await
    }

    /// The nature, the cause and the course of the incident 性质、起因、经过.
    async fn facts(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        text(ctx, self.0.facts_note).await
    }

    /// The consequences and the extent 后果和影响范围.
    async fn impact(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        text(ctx, self.0.impact_note).await
    }

    /// The measures taken and the next steps 已采取的措施和下一步工作.
    async fn measures(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        text(ctx, self.0.measures_note).await
    }

    /// The unit that sent it.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit_id).await
    }

    /// The unit to which it was sent.
    async fn receiver(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.receiver_unit).await
    }

    /// The post of the officer who wrote it.
    async fn writer(&self, ctx: &Context<'_>) -> Result<Option<Post>, ApiError> {
        post(ctx, self.0.post_id).await
    }

    /// The post of the officer who signed it 签发人, as the writer named it.
    async fn signer(&self, ctx: &Context<'_>) -> Result<Option<Post>, ApiError> {
        post(ctx, self.0.signer_post).await
    }

    /// The id of the report that it corrects; null for a report that is no correction.
    async fn corrects_id(&self) -> Option<SituationReportId> {
        self.0.corrects
    }

    /// The reason for the correction 更正说明; null for a report that is no correction.
    async fn correction_reason(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        match self.0.correction_note {
            Some(note) => text(ctx, note).await.map(Some),
            None => Ok(None),
        }
    }

    /// The id of the report that corrects it; null while it stands.
    async fn corrected_by_id(&self) -> Option<SituationReportId> {
        self.0.corrected_by
    }

    /// The time at which the receiving unit acknowledged it 签收; null before.
    async fn acknowledged_at(&self) -> Option<DateTime<Utc>> {
        self.0.acknowledged.as_ref().map(|done| done.0.at)
    }

    /// The post of the officer who acknowledged it; null before.
    async fn acknowledged_by(&self, ctx: &Context<'_>) -> Result<Option<Post>, ApiError> {
        match &self.0.acknowledged {
            Some(done) => post(ctx, done.0.post).await,
            None => Ok(None),
        }
    }
}

async fn unit(ctx: &Context<'_>, id: UnitId) -> Result<Option<Unit>, ApiError> {
    Ok(load::<UnitById>(ctx, id).await?.map(Unit))
}

async fn post(ctx: &Context<'_>, id: PostId) -> Result<Option<Post>, ApiError> {
    Ok(load::<PostById>(ctx, id).await?.map(Post))
}

async fn text(ctx: &Context<'_>, id: NoteId) -> Result<String, ApiError> {
    let note = load::<NoteById>(ctx, id).await?;
    note.map(|note| note.text).ok_or_else(|| ApiError::internal("a situation report names a text that is not stored"))
}

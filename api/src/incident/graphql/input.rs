//! GraphQL inputs of the mutations of incidents, and their conversion into values of the service.

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use domain::id::{HazardId, IncidentId, PostId, SituationReportId, UnitId};
use domain::incident::{DeliveryChannel, IncidentGrade, IncidentType, InformationSource, SituationReportKind};
use uuid::Uuid;

use crate::incident::service::IncidentStep;
use crate::incident::written::Written;

/// A situation report 信息报告 with its six items: time, place, source, nature and facts, consequences, measures and next steps. No
/// text may name or describe a person who reported: units that may not know them read the report.
#[derive(Debug, InputObject)]
pub(crate) struct SituationReportInput {
    /// The type of the incident.
    pub incident_type: IncidentType,
    /// The grade of the incident, as far as it can be judged.
    pub grade: IncidentGrade,
    /// The kind of source 信息来源. It never tells who reported.
    pub source: InformationSource,
    /// The channel by which the report goes out; this system alone if omitted. A report by telephone names `phonedAt`.
    pub channel: Option<DeliveryChannel>,
    /// The time at which the incident happened 发生时间, as far as it is known. An initial report names it; a later one may leave it
    /// out. Only a correction of the initial report changes it.
    pub happened_at: Option<DateTime<Utc>>,
    /// The time at which the unit learned of the incident 获知时间, or of the news.
    pub learned_at: DateTime<Utc>,
    /// The time at which the receiver was told by telephone before 电话报告时间.
    pub phoned_at: Option<DateTime<Utc>>,
    /// The place 地点, 1 to 200 characters.
    pub place: String,
    /// The nature, the cause and the course of the incident 性质、起因、经过, 2 to 2,000 characters. They must not tell who reported.
    pub facts: String,
    /// The number of dead persons, at most 1,000,000; omitted while it is not known.
    pub dead: Option<i32>,
    /// The number of missing persons, at most 1,000,000; omitted while it is not known.
    pub missing: Option<i32>,
    /// The number of injured persons, at most 1,000,000; omitted while it is not known.
    pub injured: Option<i32>,
    /// The consequences and the extent 后果和影响范围, 1 to 2,000 characters.
    pub impact: String,
    /// The measures taken and the next steps 已采取的措施和下一步工作, 1 to 2,000 characters.
    pub measures: String,
    /// The id of the post of the officer who signs the report 签发人, in the unit that sends it.
    pub signer_post_id: PostId,
}

impl From<SituationReportInput> for Written {
    fn from(input: SituationReportInput) -> Self {
        Self {
            grade: input.grade,
            incident_type: input.incident_type,
            source: input.source,
            channel: input.channel.unwrap_or(DeliveryChannel::System),
            happened_at: input.happened_at,
            learned_at: input.learned_at,
            phoned_at: input.phoned_at,
            dead: input.dead,
            missing: input.missing,
            injured: input.injured,
            place: input.place,
            facts: input.facts,
            impact: input.impact,
            measures: input.measures,
            signer: input.signer_post_id,
        }
    }
}

/// The input of `openIncident` 初报.
#[derive(Debug, InputObject)]
pub(crate) struct OpenIncidentInput {
    /// The id of the hazard from which the incident comes; omitted if it stands alone.
    pub hazard_id: Option<HazardId>,
    /// The id of the unit that receives the reports: a unit above, or a command centre of the area. If omitted, it is the nearest
    /// command centre.
    pub receiver_unit_id: Option<UnitId>,
    /// The initial report.
    pub report: SituationReportInput,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    pub request_id: Uuid,
    /// The id of the post 岗位 under which the caller acts. If omitted, the server uses the caller's first post that may act.
    pub as_post: Option<PostId>,
}

/// The input of `sendSituationReport` 续报、终报.
#[derive(Debug, InputObject)]
pub(crate) struct SendSituationReportInput {
    /// The id of the incident.
    pub incident_id: IncidentId,
    /// `UPDATE` or `FINAL`.
    pub kind: SituationReportKind,
    /// The report.
    pub report: SituationReportInput,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    pub request_id: Uuid,
    /// The id of the post 岗位 under which the caller acts. If omitted, the server uses the caller's first post that may act.
    pub as_post: Option<PostId>,
    /// The version of the incident that the caller last saw. If it is no longer current, the request is refused with
    /// `CHANGED_MEANWHILE`.
    pub expected_version: Option<i64>,
}

/// The input of `correctSituationReport` 更正.
#[derive(Debug, InputObject)]
pub(crate) struct CorrectSituationReportInput {
    /// The id of the report to correct, from `reports` of its incident.
    pub situation_report_id: SituationReportId,
    /// The reason for the correction 更正说明, 2 to 500 characters.
    pub reason: String,
    /// The whole report that takes its place.
    pub report: SituationReportInput,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    pub request_id: Uuid,
    /// The id of the post 岗位 under which the caller acts. If omitted, the server uses the caller's first post that may act.
    pub as_post: Option<PostId>,
    /// The version of the incident that the caller last saw. If it is no longer current, the request is refused with
    /// `CHANGED_MEANWHILE`.
    pub expected_version: Option<i64>,
}

/// The input of `acknowledgeSituationReport` 签收.
#[derive(Debug, InputObject)]
pub(crate) struct AcknowledgeSituationReportInput {
    /// The id of the report, from `reports` of its incident.
    pub situation_report_id: SituationReportId,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    pub request_id: Uuid,
    /// The id of the post 岗位 under which the caller acts. If omitted, the server uses the caller's first post that may act.
    pub as_post: Option<PostId>,
    /// The version of the incident that the caller last saw. If it is no longer current, the request is refused with
    /// `CHANGED_MEANWHILE`.
    pub expected_version: Option<i64>,
}

/// Returns the metadata that all these inputs share.
pub(super) const fn step(request_id: Uuid, as_post: Option<PostId>, expected_version: Option<i64>) -> IncidentStep {
    IncidentStep { request_id, as_post, expected_version }
}

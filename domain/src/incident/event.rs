//! The events of an incident. They contain ids, codes, numbers and times, and never free text.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{DeliveryChannel, IncidentGrade, IncidentType, InformationSource, LateMark, SituationReportKind};
use crate::clock::ClockChange;
use crate::id::{AreaId, HazardId, IncidentId, NoteId, OfficerId, PostId, SituationReportId, UnitId};
use crate::policy::RuleVersion;

/// An event of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the fields say what the same words say in the incident and its commands")]
pub enum Event {
    /// The incident was opened with its initial report 初报.
    IncidentOpened(IncidentOpened),
    /// An update 续报 or the final report 终报 was sent.
    SituationReportSent {
        #[serde(flatten)]
        sent: Sent,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// A report was corrected 更正 by another one.
    SituationReportCorrected {
        corrects: SituationReportId,
        note: NoteId,
        #[serde(flatten)]
        sent: Sent,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The receiving unit acknowledged a report 签收.
    SituationReportAcknowledged {
        report: SituationReportId,
        unit: UnitId,
        officer: OfficerId,
        post: PostId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// A unit ended, and its successor sends or receives instead.
    Inherited { from: UnitId, to: UnitId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
}

/// The first event of an incident, which contains everything that the incident starts with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentOpened {
    /// The id of the incident.
    pub incident: IncidentId,
    /// The hazard from which it came.
    pub hazard: Option<HazardId>,
    /// The area of the hazard, or of the sending unit.
    pub area: AreaId,
    /// The rule version in force.
    pub rule_version: RuleVersion,
    /// The initial report.
    #[serde(flatten)]
    pub sent: Sent,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// The clocks that it started.
    pub clocks: Vec<ClockChange>,
}

/// A situation report as it was sent. Its texts are notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The id of the report.
    pub report: SituationReportId,
    /// Its place in the course of the incident.
    pub report_kind: SituationReportKind,
    /// The grade of the incident.
    pub grade: IncidentGrade,
    /// The type of the incident.
    pub incident_type: IncidentType,
    /// The kind of source from which the unit learned of it.
    pub source: InformationSource,
    /// The channel.
    pub channel: DeliveryChannel,
    /// When the incident happened 发生时间, as far as it is known.
    pub happened_at: DateTime<Utc>,
    /// When the unit learned of it 获知时间, or of the news.
    pub learned_at: DateTime<Utc>,
    /// When the receiver was told by telephone before 电话报告时间.
    pub phoned_at: Option<DateTime<Utc>>,
    /// Until when the policy wanted the written report; `None` if it sets no time.
    pub due: Option<DateTime<Utc>>,
    /// The limits that it missed.
    pub late: Vec<LateMark>,
    /// The number of dead persons; `None` while it is not known.
    pub dead: Option<u32>,
    /// The number of missing persons.
    pub missing: Option<u32>,
    /// The number of injured persons.
    pub injured: Option<u32>,
    /// The place 地点.
    pub place_note: NoteId,
    /// The nature, the cause and the course 性质、起因、经过.
    pub facts_note: NoteId,
    /// The consequences and the extent 后果和影响范围.
    pub impact_note: NoteId,
    /// The measures taken and the next steps 已采取的措施和下一步工作.
    pub measures_note: NoteId,
    /// The unit that sent it.
    pub unit: UnitId,
    /// The unit to which it was sent.
    pub receiver: UnitId,
    /// The officer who wrote it.
    pub officer: OfficerId,
    /// The post of the writer.
    pub post: PostId,
    /// The officer who signed it 签发人.
    pub signer: OfficerId,
    /// The post of the signer.
    pub signer_post: PostId,
}

domain_event! { Event {
    first { IncidentOpened = "INCIDENT_OPENED" }
    with_clocks {
        SituationReportSent = "SITUATION_REPORT_SENT",
        SituationReportCorrected = "SITUATION_REPORT_CORRECTED",
        SituationReportAcknowledged = "SITUATION_REPORT_ACKNOWLEDGED",
        Inherited = "INHERITED",
    }
    without_clocks {}
} }

//! The commands to an incident, and the context in which they are decided.

use chrono::{DateTime, Utc};

use super::{DeliveryChannel, IncidentGrade, IncidentType, InformationSource, SituationReportKind};
use crate::access::By;
use crate::clock::Timing;
use crate::id::{NoteId, OfficerId, PostId, SituationReportId, UnitId};
use crate::policy::InformationPolicy;
use crate::staff::Role;

/// A command to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Sends an update 续报 or the final report 终报.
    Send(SituationReportKind, Draft),
    /// Corrects a report 更正: sends another one that takes its place.
    Correct {
        /// The report to correct.
        corrects: SituationReportId,
        /// The reason for the correction.
        note: NoteId,
        /// The report that takes its place.
        draft: Draft,
    },
    /// Acknowledges a report 签收 for the receiving unit.
    Acknowledge(SituationReportId),
}

/// A situation report as its writer sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draft {
    /// The id of the report.
    pub report: SituationReportId,
    /// The grade of the incident.
    pub grade: IncidentGrade,
    /// The type of the incident.
    pub incident_type: IncidentType,
    /// The kind of source from which the unit learned of it.
    pub source: InformationSource,
    /// The channel.
    pub channel: DeliveryChannel,
    /// When the incident happened. An update may leave it out, because it does not change.
    pub happened_at: Option<DateTime<Utc>>,
    /// When the unit learned of it, or of the news.
    pub learned_at: DateTime<Utc>,
    /// When the receiver was told by telephone before.
    pub phoned_at: Option<DateTime<Utc>>,
    /// The number of dead persons.
    pub dead: Option<u32>,
    /// The number of missing persons.
    pub missing: Option<u32>,
    /// The number of injured persons.
    pub injured: Option<u32>,
    /// The place.
    pub place_note: NoteId,
    /// The nature, the cause and the course.
    pub facts_note: NoteId,
    /// The consequences and the extent.
    pub impact_note: NoteId,
    /// The measures taken and the next steps.
    pub measures_note: NoteId,
}

/// The officer who signs a report 签发人.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signer {
    /// The officer.
    pub officer: OfficerId,
    /// The post in which the officer signs.
    pub post: PostId,
    /// The role of that post.
    pub role: Role,
    /// The unit of that post.
    pub unit: UnitId,
}

/// The unit that receives a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receiver {
    /// The unit.
    pub unit: UnitId,
    /// Whether it exists today and is above the sending unit: one of the units above it, or a command centre of its area.
    pub is_above: bool,
    /// Whether the unit is recused from the hazard 回避, as far as the writer may know of it.
    pub is_barred: bool,
}

/// The context of a command: everything outside the incident on which the decision depends.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time of the server, at which a report is sent 报出时间.
    pub now: DateTime<Utc>,
    /// The party that issues the command.
    pub by: By,
    /// The signer; `None` if no active officer holds the post that the writer named.
    pub signer: Option<Signer>,
    /// The receiver of a report.
    pub receiver: Option<Receiver>,
    /// The policy in force.
    pub policy: &'a InformationPolicy,
    /// The calendar and the rules that determine due times.
    pub timing: Timing<'a>,
}

//! A situation report 信息报告 of an incident. What was sent never changes.

use domain::id::{IncidentId, NoteId, OfficerId, PostId, SituationReportId, UnitId};
use domain::incident::{
    Acknowledged, DeliveryChannel, IncidentGrade, IncidentType, InformationSource, LateMark, SituationReportKind,
};
use sea_orm::entity::prelude::*;

use crate::JsonList;

/// A situation report 信息报告 of an incident. What was sent never changes.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "situation_report")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SituationReportId,
    /// The incident.
    pub incident_id: IncidentId,
    /// The number within the incident, counted from 1.
    pub number: i32,
    /// Its place in the course of the incident.
    pub kind: SituationReportKind,
    /// The grade of the incident.
    pub grade: IncidentGrade,
    /// The type of the incident.
    pub incident_type: IncidentType,
    /// The kind of source.
    pub source: InformationSource,
    /// The channel.
    pub channel: DeliveryChannel,
    /// When the incident happened.
    pub happened_at: DateTimeUtc,
    /// When the unit learned of it, or of the news.
    pub learned_at: DateTimeUtc,
    /// When the receiver was phoned before.
    pub phoned_at: Option<DateTimeUtc>,
    /// When the server received the report.
    pub sent_at: DateTimeUtc,
    /// Until when the policy wanted the written report.
    pub due: Option<DateTimeUtc>,
    /// The limits that it missed.
    pub late: JsonList<Vec<LateMark>>,
    /// The number of dead persons; NULL while it is not known.
    pub dead: Option<i32>,
    /// The number of missing persons.
    pub missing: Option<i32>,
    /// The number of injured persons.
    pub injured: Option<i32>,
    /// The place.
    pub place_note: NoteId,
    /// The nature, the cause and the course.
    pub facts_note: NoteId,
    /// The consequences and the extent.
    pub impact_note: NoteId,
    /// The measures taken and the next steps.
    pub measures_note: NoteId,
    /// The unit that sent it.
    pub unit_id: UnitId,
    /// The unit to which it was sent.
    pub receiver_unit: UnitId,
    /// The writer.
    pub officer_id: OfficerId,
    /// The post of the writer.
    pub post_id: PostId,
    /// The signer.
    pub signer_id: OfficerId,
    /// The post of the signer.
    pub signer_post: PostId,
    /// The report that it corrects.
    pub corrects: Option<SituationReportId>,
    /// Why it corrects that one.
    pub correction_note: Option<NoteId>,
    /// The report that corrects it.
    pub corrected_by: Option<SituationReportId>,
    /// Who acknowledged it, and when.
    pub acknowledged: Option<JsonList<Acknowledged>>,
}

impl ActiveModelBehavior for ActiveModel {}

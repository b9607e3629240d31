//! Loads an incident under a row lock, and saves what a step changed together with its events and todos.

use domain::Code;
use domain::event::DomainEvent;
use domain::id::{IncidentId, NoteId};
use domain::incident::{Event, Incident, IncidentGrade, IncidentType, Sent, SituationReport, apply};
use domain::policy::RuleVersion;
use domain::todo::of_incident;
use entity::todo::Matter;
use entity::{JsonList, incident, situation_report};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::database::locked;
use crate::error::ApiResult;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append};
use crate::policy::{clocks, todos};

/// A locked incident with the path of its area.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The incident built from its rows and clocks.
    pub incident: Incident,
    /// The path of its area.
    pub area_path: String,
}

/// Locks the incident row and loads its reports and clocks. Returns `None` if the incident does not exist.
pub(crate) async fn load_locked<C: ConnectionTrait>(txn: &C, id: IncidentId) -> ApiResult<Option<Loaded>> {
    let Some(row) = locked(incident::Entity::find_by_id(id)).one(txn).await? else { return Ok(None) };
    let reports = situation_report::Entity::find()
        .filter(situation_report::COLUMN.incident_id.eq(id))
        .order_by_asc(situation_report::COLUMN.number)
        .all(txn)
        .await?;
    let incident = Incident {
        id,
        version: row.version,
        hazard: row.hazard_id,
        unit: row.unit_id,
        receiver: row.receiver_unit,
        area: row.area_id,
        last_at: row.last_at,
        ended_at: row.ended_at,
        rule_version: row.rule_version,
        reports: reports.iter().map(report_of).collect(),
        clocks: clocks::load(txn, Stream::Incident(id)).await?,
    };
    Ok(Some(Loaded { incident, area_path: row.area_path }))
}

fn report_of(row: &situation_report::Model) -> SituationReport {
    let count = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let sent = Sent {
        report: row.id,
        report_kind: row.kind,
        grade: row.grade,
        incident_type: row.incident_type,
        source: row.source,
        channel: row.channel,
        happened_at: row.happened_at,
        learned_at: row.learned_at,
        phoned_at: row.phoned_at,
        due: row.due,
        late: row.late.0.clone(),
        dead: count(row.dead),
        missing: count(row.missing),
        injured: count(row.injured),
        place_note: row.place_note,
        facts_note: row.facts_note,
        impact_note: row.impact_note,
        measures_note: row.measures_note,
        unit: row.unit_id,
        receiver: row.receiver_unit,
        officer: row.officer_id,
        post: row.post_id,
        signer: row.signer_id,
        signer_post: row.signer_post,
    };
    SituationReport {
        sent,
        number: row.number,
        sent_at: row.sent_at,
        corrects: row.corrects,
        corrected_by: row.corrected_by,
        acknowledged: row.acknowledged.as_ref().map(|done| done.0),
    }
}

/// Inserts a new incident with its initial report, its clocks, its todos and its first event.
pub(super) async fn insert<C: ConnectionTrait>(
    txn: &C,
    incident: &Incident,
    area_path: &str,
    first: &Event,
    author: Author,
) -> ApiResult<()> {
    let row = incident::ActiveModel {
        id: Set(incident.id),
        hazard_id: Set(incident.hazard),
        area_id: Set(incident.area),
        area_path: Set(area_path.to_owned()),
        opened_at: Set(first.at()),
        rule_version: Set(incident.rule_version),
        ..changing(incident)
    };
    incident::Entity::insert(row).exec_without_returning(txn).await?;
    let reports = incident.reports.iter().map(|report| row_of(incident.id, report, first));
    situation_report::Entity::insert_many(reports).exec_without_returning(txn).await?;
    clocks::save(txn, Stream::Incident(incident.id), &[], &incident.clocks).await?;
    keep_todos(txn, incident, area_path).await?;
    let context = AppendContext {
        stream: Stream::Incident(incident.id),
        after: 0,
        author,
        at: first.at(),
        rules: incident.rule_version,
    };
    append(txn, context, vec![NewEvent::from_domain(first)?]).await?;
    Ok(())
}

/// Applies the events to the incident, saves what changed, appends the events and returns the new incident.
///
/// # Errors
/// `CHANGED_MEANWHILE` if a concurrent writer changed the incident, which the row lock should rule out.
pub(crate) async fn save<C: ConnectionTrait>(
    txn: &C,
    before: &Loaded,
    events: &[Event],
    author: Author,
    rules: RuleVersion,
) -> ApiResult<Incident> {
    let Loaded { incident: before, area_path } = before;
    let mut after = before.clone();
    for event in events {
        apply(&mut after, event);
        save_reports(txn, before, &after, event).await?;
    }
    let done = incident::Entity::update_many()
        .set(changing(&after))
        .filter(incident::COLUMN.id.eq(after.id))
        .filter(incident::COLUMN.version.eq(before.version))
        .exec(txn)
        .await?;
    if done.rows_affected != 1 {
        return Err(Code::ChangedMeanwhile.into());
    }
    let stream = Stream::Incident(after.id);
    clocks::save(txn, stream, &before.clocks, &after.clocks).await?;
    keep_todos(txn, &after, area_path).await?;
    let at = events.last().map_or(after.last_at, Event::at);
    let context = AppendContext { stream, after: before.version, author, at, rules };
    append(txn, context, events.iter().map(NewEvent::from_domain).collect::<ApiResult<_>>()?).await?;
    Ok(after)
}

/// Inserts the report that the event sent, and saves the links of those before it.
async fn save_reports<C: ConnectionTrait>(
    txn: &C,
    before: &Incident,
    after: &Incident,
    event: &Event,
) -> ApiResult<()> {
    for report in &after.reports {
        match before.report(report.sent.report) {
            None => {
                situation_report::Entity::insert(row_of(after.id, report, event)).exec_without_returning(txn).await?;
            }
            Some(seen) if seen != report => {
                let row = situation_report::ActiveModel { id: Set(report.sent.report), ..links(report) };
                situation_report::Entity::update(row).exec_without_returning(txn).await?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Writes what the incident waits for 待办.
async fn keep_todos<C: ConnectionTrait>(txn: &C, incident: &Incident, area_path: &str) -> ApiResult<()> {
    todos::save(txn, Matter::Incident(incident.id), area_path, &of_incident(incident)).await
}

/// Returns the columns of the incident row that can change.
fn changing(incident: &Incident) -> incident::ActiveModel {
    let latest = incident.latest().map(|one| (one.sent.incident_type, one.sent.grade));
    let (incident_type, grade) = latest.unwrap_or((IncidentType::Accident, IncidentGrade::Ungraded));
    incident::ActiveModel {
        version: Set(incident.version),
        unit_id: Set(incident.unit),
        receiver_unit: Set(incident.receiver),
        status: Set(incident.status()),
        incident_type: Set(incident_type),
        grade: Set(grade),
        late: Set(incident.is_late()),
        unreceived: Set(incident.reports.iter().any(SituationReport::awaits)),
        last_at: Set(incident.last_at),
        ended_at: Set(incident.ended_at),
        ..incident::ActiveModel::default()
    }
}

fn row_of(incident: IncidentId, report: &SituationReport, event: &Event) -> situation_report::ActiveModel {
    let sent = &report.sent;
    let count = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
    situation_report::ActiveModel {
        id: Set(sent.report),
        incident_id: Set(incident),
        number: Set(report.number),
        kind: Set(sent.report_kind),
        grade: Set(sent.grade),
        incident_type: Set(sent.incident_type),
        source: Set(sent.source),
        channel: Set(sent.channel),
        happened_at: Set(sent.happened_at),
        learned_at: Set(sent.learned_at),
        phoned_at: Set(sent.phoned_at),
        sent_at: Set(report.sent_at),
        due: Set(sent.due),
        late: Set(JsonList(sent.late.clone())),
        dead: Set(count(sent.dead)),
        missing: Set(count(sent.missing)),
        injured: Set(count(sent.injured)),
        place_note: Set(sent.place_note),
        facts_note: Set(sent.facts_note),
        impact_note: Set(sent.impact_note),
        measures_note: Set(sent.measures_note),
        unit_id: Set(sent.unit),
        receiver_unit: Set(sent.receiver),
        officer_id: Set(sent.officer),
        post_id: Set(sent.post),
        signer_id: Set(sent.signer),
        signer_post: Set(sent.signer_post),
        corrects: Set(report.corrects),
        correction_note: Set(correction(event)),
        ..links(report)
    }
}

/// Returns why the report corrects another one.
const fn correction(event: &Event) -> Option<NoteId> {
    match event {
        Event::SituationReportCorrected { note, .. } => Some(*note),
        Event::IncidentOpened(_)
        | Event::SituationReportSent { .. }
        | Event::SituationReportAcknowledged { .. }
        | Event::Inherited { .. } => None,
    }
}

/// Returns the columns of a report that later steps set.
fn links(report: &SituationReport) -> situation_report::ActiveModel {
    situation_report::ActiveModel {
        corrected_by: Set(report.corrected_by),
        acknowledged: Set(report.acknowledged.map(JsonList)),
        ..situation_report::ActiveModel::default()
    }
}

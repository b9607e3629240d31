//! The rows, as the events of their streams tell them.

use std::collections::BTreeMap;

use domain::award::{self, Award, postings};
use domain::clock::{Clock, ClockKey, ClockState};
use domain::event::DomainEvent;
use domain::hazard::{self, Case};
use domain::id::ReportId;
use domain::incident::{self, Incident};
use domain::report::{self, Report};
use entity::{
    JsonList, assignment, award as award_row, callback, clock, correction_order, hazard as hazard_row,
    incident as incident_row, inspection, ledger_entry, penalty, report as report_row, situation_report, supervision,
    whistle,
};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};
use serde::de::DeserializeOwned;

use super::Streams;

/// Compares every report; answers how many there are.
pub(crate) async fn reports_are_their_events(db: &DatabaseConnection, streams: &Streams) -> usize {
    let rows = report_row::Entity::find().all(db).await.unwrap();
    for row in &rows {
        let stream = format!("report:{}", row.id);
        let events: Vec<report::Event> = events(streams, &stream);
        let replayed = Report::replay(&events).unwrap();
        let told = report_row::Model {
            id: replayed.id,
            version: replayed.version,
            status: replayed.status,
            source: replayed.source,
            emergency: replayed.emergency,
            hazard_id: replayed.hazard,
            review_unit: replayed.review_unit,
            shown_at: replayed.shown_at,
            reviewed_by: replayed.reviewed_by,
            ..row.clone()
        };
        assert_eq!(row, &told);
        clocks_are(db, &stream, &replayed.clocks).await;
    }
    rows.len()
}

/// Compares every hazard with its whistles, assignments and clocks; answers how many there are.
pub(crate) async fn hazards_are_their_events(db: &DatabaseConnection, streams: &Streams) -> usize {
    let rows = hazard_row::Entity::find().all(db).await.unwrap();
    for row in &rows {
        let stream = format!("hazard:{}", row.id);
        let events: Vec<hazard::Event> = events(streams, &stream);
        let case = Case::replay(&events).unwrap();
        let told = hazard_row::Model {
            id: case.id,
            version: case.version,
            status: case.status(),
            round: case.round,
            level: case.level,
            category: case.category.clone(),
            place_kind: case.axes.place_kind.clone(),
            industry: case.axes.industry.clone(),
            disaster_kind: case.axes.disaster_kind.clone(),
            subject_id: case.subject,
            emergency: case.emergency,
            area_id: case.area,
            township_unit: case.township,
            registered_at: events[0].at(),
            closed_at: case.closed_at,
            end_kind: case.end,
            end_reason: case.cancel_reason,
            merged_into: case.merged_into,
            recurrence_of: case.recurrence_of,
            past_workers: JsonList(case.past_workers.clone()),
            whistle_requests: JsonList(case.whistle_requests.clone()),
            rule_version: streams[&stream][0].rule_version,
            ..resting(row, &case)
        };
        assert_eq!(row, &told);
        whistles_are(db, &case).await;
        assignments_are(db, &case).await;
        supervisions_are(db, &case).await;
        records_are(db, &case).await;
        clocks_are(db, &stream, &case.clocks).await;
    }
    rows.len()
}

/// The row, with what the case says of its suspension 挂账 and its follow-ups 回头看.
fn resting(row: &hazard_row::Model, case: &Case) -> hazard_row::Model {
    hazard_row::Model {
        recurred_as: case.recurred_as,
        suspension_request: case.suspension_request.map(JsonList),
        suspension: case.suspension.map(JsonList),
        suspended_times: case.suspended_times,
        resumes_at: case.suspension.filter(|_| case.end.is_none()).map(|suspension| suspension.resumes_at),
        follow_ups: JsonList(case.follow_ups.clone()),
        ..row.clone()
    }
}

async fn whistles_are(db: &DatabaseConnection, case: &Case) {
    let rows = whistle::Entity::find().filter(whistle::COLUMN.hazard_id.eq(case.id)).all(db).await.unwrap();
    let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let told = case.whistles.iter().map(|one| whistle::Model {
        id: one.id,
        hazard_id: case.id,
        type_code: one.type_code.clone(),
        class: one.class,
        status: case.whistle_status(one),
        round: one.round,
        blown_by_post: one.blown_by_post,
        blown_by_unit: one.blown_by_unit,
        blown_at: one.blown_at,
        end_kind: one.end,
        judgement: one.judgement.map(JsonList),
    });
    assert_eq!(rows, told.map(|row| (row.id, row)).collect());
}

async fn assignments_are(db: &DatabaseConnection, case: &Case) {
    let rows = assignment::Entity::find().filter(assignment::COLUMN.hazard_id.eq(case.id)).all(db).await.unwrap();
    let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let told = case.assignments.iter().map(|one| assignment::Model {
        id: one.id,
        hazard_id: case.id,
        whistle_id: one.whistle,
        origin: one.origin,
        unit_id: one.unit,
        given_by: one.given_by,
        given_by_post: one.given_by_post,
        part: one.part,
        status: one.status,
        round: one.round,
        worker: one.worker,
        worker_post: one.worker_post,
        workers: JsonList(one.workers.clone()),
        dispatched_at: one.dispatched_at,
        last_step_at: one.last_step_at,
        reworked_at: one.reworked_at,
        signed_at: one.signed_at,
        claimed_at: one.claimed_at,
        checked_in_at: one.checked_in_at,
        finished_at: one.finished_at,
        accepted_at: one.accepted_at,
        accepted_by: one.accepted_by,
        measure: one.measure,
        after_photos: JsonList(one.after_photos.clone()),
        rework_count: one.rework_count,
        extension: one.extension.map(JsonList),
        send_backs: JsonList(one.send_backs.clone()),
        rating: one.rating.map(JsonList),
    });
    assert_eq!(rows, told.map(|row| (row.id, row)).collect());
}

async fn supervisions_are(db: &DatabaseConnection, case: &Case) {
    let rows = supervision::Entity::find().filter(supervision::COLUMN.hazard_id.eq(case.id)).all(db).await.unwrap();
    let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let told = case.supervisions.iter().map(|one| supervision::Model {
        id: one.id,
        hazard_id: case.id,
        area_path: rows[&one.id].area_path.clone(),
        rung: one.rung,
        trigger: one.trigger,
        addressee: one.to,
        unit_id: one.unit,
        roles: JsonList(one.roles.clone()),
        assignment_id: one.assignment,
        round: one.round,
        deadline: one.deadline.map(JsonList),
        count: one.count,
        by_post: one.by_post,
        note_id: one.note,
        at: one.at,
        due: case.supervision_clock(one.id).unwrap().due,
        state: case.supervision_state(one),
        acknowledged: one.acknowledged.map(JsonList),
    });
    assert_eq!(rows, told.map(|row| (row.id, row)).collect());
}

#[expect(clippy::too_many_lines, reason = "one row after the other")]
async fn records_are(db: &DatabaseConnection, case: &Case) {
    let rows = inspection::Entity::find().filter(inspection::COLUMN.hazard_id.eq(case.id)).all(db).await.unwrap();
    let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let told = case.enforcement.inspections.iter().map(|one| inspection::Model {
        id: one.id,
        hazard_id: case.id,
        unit_id: one.unit,
        officer_id: one.officer,
        post_id: one.post,
        second_officer: one.second_officer.as_ref().map(ToString::to_string),
        subject_id: one.subject,
        inspected_at: one.inspected_at,
        distance_metres: one.distance_metres.into(),
        photos: JsonList(one.photos.clone()),
        corrects: one.corrects,
        note_id: one.note,
        at: one.at,
    });
    assert_eq!(rows, told.map(|row| (row.id, row)).collect());
    let of_case = correction_order::COLUMN.hazard_id.eq(case.id);
    let rows = correction_order::Entity::find().filter(of_case).all(db).await.unwrap();
    let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let told = case.enforcement.orders.iter().map(|one| correction_order::Model {
        id: one.id,
        hazard_id: case.id,
        inspection_id: one.inspection,
        kind: one.kind,
        unit_id: one.unit,
        officer_id: one.officer,
        until: one.until,
        holds: one.holds,
        note_id: one.note,
        at: one.at,
        reinspections: JsonList(one.reinspections.clone()),
        state: one.state,
        ended_at: one.ended_at,
    });
    assert_eq!(rows, told.map(|row| (row.id, row)).collect());
    let rows = penalty::Entity::find().filter(penalty::COLUMN.hazard_id.eq(case.id)).all(db).await.unwrap();
    let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let told = case.enforcement.penalties.iter().map(|one| penalty::Model {
        id: one.id,
        hazard_id: case.id,
        area_path: rows[&one.id].area_path.clone(),
        inspection_id: one.inspection,
        order_id: one.order,
        subject_id: one.subject,
        unit_id: one.unit,
        officer_id: one.officer,
        document: one.document.to_string(),
        fine_fen: one.fine,
        decided_on: one.decided_on,
        note_id: one.note,
        at: one.at,
        paid_on: one.paid_on,
        voided: one.voided,
        state: one.state(),
    });
    assert_eq!(rows, told.map(|row| (row.id, row)).collect());
}

/// Compares every incident with its situation reports and clocks; answers how many there are.
pub(crate) async fn incidents_are_their_events(db: &DatabaseConnection, streams: &Streams) -> usize {
    let rows = incident_row::Entity::find().all(db).await.unwrap();
    for row in &rows {
        let stream = format!("incident:{}", row.id);
        let events: Vec<incident::Event> = events(streams, &stream);
        let replayed = Incident::replay(&events).unwrap();
        let latest = &replayed.latest().unwrap().sent;
        let told = incident_row::Model {
            id: replayed.id,
            version: replayed.version,
            hazard_id: replayed.hazard,
            unit_id: replayed.unit,
            receiver_unit: replayed.receiver,
            area_id: replayed.area,
            area_path: row.area_path.clone(),
            status: replayed.status(),
            incident_type: latest.incident_type,
            grade: latest.grade,
            late: replayed.is_late(),
            unreceived: replayed.reports.iter().any(incident::SituationReport::awaits),
            opened_at: events[0].at(),
            last_at: replayed.last_at,
            ended_at: replayed.ended_at,
            rule_version: replayed.rule_version,
        };
        assert_eq!(row, &told);
        situation_reports_are(db, &replayed).await;
        clocks_are(db, &stream, &replayed.clocks).await;
    }
    rows.len()
}

async fn situation_reports_are(db: &DatabaseConnection, incident: &Incident) {
    let of = situation_report::COLUMN.incident_id.eq(incident.id);
    let rows = situation_report::Entity::find().filter(of).all(db).await.unwrap();
    let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.number, row)).collect();
    let count = |number: Option<u32>| number.map(|number| i32::try_from(number).unwrap());
    let told = incident.reports.iter().map(|one| situation_report::Model {
        id: one.sent.report,
        incident_id: incident.id,
        number: one.number,
        kind: one.sent.report_kind,
        grade: one.sent.grade,
        incident_type: one.sent.incident_type,
        source: one.sent.source,
        channel: one.sent.channel,
        happened_at: one.sent.happened_at,
        learned_at: one.sent.learned_at,
        phoned_at: one.sent.phoned_at,
        sent_at: one.sent_at,
        due: one.sent.due,
        late: JsonList(one.sent.late.clone()),
        dead: count(one.sent.dead),
        missing: count(one.sent.missing),
        injured: count(one.sent.injured),
        place_note: one.sent.place_note,
        facts_note: one.sent.facts_note,
        impact_note: one.sent.impact_note,
        measures_note: one.sent.measures_note,
        unit_id: one.sent.unit,
        receiver_unit: one.sent.receiver,
        officer_id: one.sent.officer,
        post_id: one.sent.post,
        signer_id: one.sent.signer,
        signer_post: one.sent.signer_post,
        corrects: one.corrects,
        correction_note: rows[&one.number].correction_note.filter(|_| one.corrects.is_some()),
        corrected_by: one.corrected_by,
        acknowledged: one.acknowledged.map(JsonList),
    });
    assert_eq!(rows, told.map(|row| (row.number, row)).collect());
}

/// Compares every answered callback with the one event of its report; answers how many there are.
pub(crate) async fn answers_are_their_events(db: &DatabaseConnection, streams: &Streams) -> usize {
    let rows = callback::Entity::find().filter(callback::COLUMN.answered_at.is_not_null()).all(db).await.unwrap();
    let mut told: Vec<(ReportId, report::Event)> = Vec::new();
    for (stream, _) in streams.range("report:".to_owned().."report;".to_owned()) {
        let id = ReportId(stream.split_once(':').unwrap().1.parse().unwrap());
        let answers = events::<report::Event>(streams, stream).into_iter();
        told.extend(answers.filter(|event| event.kind() == "CALLBACK_ANSWERED").map(|event| (id, event)));
    }
    for row in &rows {
        let of_row = |(id, event): &(ReportId, report::Event)| {
            *id == row.report_id
                && *event
                    == report::Event::CallbackAnswered {
                        hazard: row.hazard_id,
                        round: row.round,
                        contacted: row.contacted,
                        solved: row.solved.unwrap(),
                        satisfaction: row.satisfaction,
                        reopened: row.reopened,
                        at: event.at(),
                    }
        };
        assert_eq!(told.iter().filter(|one| of_row(one)).count(), 1, "{row:?}");
        assert_eq!(row.publish_at, None);
    }
    assert_eq!(told.len(), rows.len());
    rows.len()
}

/// Compares every award with its clocks, and the ledger line by line; answers how many awards there are.
pub(crate) async fn awards_are_their_events(db: &DatabaseConnection, streams: &Streams) -> usize {
    let rows = award_row::Entity::find().all(db).await.unwrap();
    let mut lines = Vec::new();
    for row in &rows {
        let stream = format!("award:{}", row.id);
        let events: Vec<award::Event> = events(streams, &stream);
        let replayed = Award::replay(&events).unwrap();
        assert_eq!(row, &award_of(row, &replayed, &events));
        clocks_are(db, &stream, &replayed.clocks).await;
        for (stored, event) in streams[&stream].iter().zip(&events) {
            let moved = postings(event, replayed.amount);
            assert_eq!(moved.iter().map(|line| line.amount.0).sum::<i64>(), 0);
            lines.extend(moved.iter().map(|line| (row.id, stored.id, line.account, line.amount, event.at())));
        }
    }
    the_ledger_is(db, lines).await;
    rows.len()
}

fn award_of(row: &award_row::Model, award: &Award, events: &[award::Event]) -> award_row::Model {
    let paid = events.iter().find(|event| matches!(event, award::Event::Paid { .. }));
    award_row::Model {
        id: award.id,
        hazard_id: award.hazard,
        report_id: award.report,
        unit_id: award.unit,
        status: award.status,
        version: award.version,
        amount_fen: award.amount,
        voided: award.voided,
        last_at: Some(award.last_at),
        held_from: award.held_from,
        held_at: award.held_at,
        double_of: award.double_of,
        proposed_by: award.proposed_by,
        reviewed_by: award.reviewed_by,
        approved_by: award.approved_by,
        paid_by: award.paid_by,
        verifiers: JsonList(award.verifiers.clone()),
        attempt: award.attempt,
        proposed_at: events[0].at(),
        collect_due: award.collect_due,
        paid_at: paid.map(award::Event::at),
        basis: row.basis.clone(),
        rule_version: award.rule_version,
    }
}

/// What a line of the ledger says, but for its own id.
type Line =
    (domain::id::AwardId, domain::id::EventId, award::Account, domain::money::Fen, chrono::DateTime<chrono::Utc>);

/// The ledger holds these lines and no others, those of each event sum to zero, and so does the whole.
async fn the_ledger_is(db: &DatabaseConnection, mut told: Vec<Line>) {
    let rows = ledger_entry::Entity::find().all(db).await.unwrap();
    let mut lines: Vec<Line> =
        rows.iter().map(|row| (row.award_id, row.event_id, row.account, row.amount_fen, row.at)).collect();
    lines.sort();
    told.sort();
    assert_eq!(lines, told);
    let mut sums: BTreeMap<_, i64> = BTreeMap::new();
    for (_, event, _, amount, _) in lines {
        *sums.entry(event).or_default() += amount.0;
    }
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
}

/// The events of a stream, read from their stored form, which tells the kind and the time that the columns tell.
fn events<E: DomainEvent + DeserializeOwned>(streams: &Streams, stream: &str) -> Vec<E> {
    let read = |row: &entity::event::Model| {
        let event: E = serde_json::from_str(&row.payload).unwrap();
        assert_eq!((row.kind.as_str(), row.occurred_at), (event.kind(), event.at()));
        event
    };
    streams[stream].iter().map(read).collect()
}

async fn clocks_are(db: &DatabaseConnection, stream: &str, told: &[Clock]) {
    let rows = clock::Entity::find().filter(clock::COLUMN.stream.eq(stream)).all(db).await.unwrap();
    let of_row = |row: clock::Model| Clock {
        key: row.key(),
        owner_post: row.owner_post,
        start: row.start,
        due: row.due,
        warn_at: row.warn_at,
        state: row.state,
        stopped_at: row.stopped_at,
        rule_version: row.rule_version,
        counted_from: row.counted_from,
        span: row.span.map(|span| span.parse().unwrap()),
        original_due: row.original_due,
        extensions: row.extensions.0,
        pauses: row.pauses.0,
    };
    assert!(rows.iter().all(|row| row.paused_by.is_some() == (row.state == ClockState::Paused)));
    let rows: BTreeMap<ClockKey, Clock> = rows.into_iter().map(of_row).map(|one| (one.key, one)).collect();
    assert_eq!(rows, told.iter().map(|one| (one.key, one.clone())).collect(), "{stream}");
}

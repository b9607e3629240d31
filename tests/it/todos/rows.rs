//! The table of todos, computed again from the events of every report, hazard and award. Any test can ask for it in the end.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::award::{self, Award};
use domain::hazard::{self, Case};
use domain::id::{AwardId, HazardId, IncidentId, ReportId};
use domain::incident::{self, Incident};
use domain::report::{self, Report};
use domain::todo::{Review, Todo, of_award, of_case, of_incident, of_report};
use entity::{
    award as award_row, hazard as hazard_row, incident as incident_row, report as report_row, todo, todo_fill,
    unassigned_report,
};
use sea_orm::{DatabaseConnection, EntityTrait, PaginatorTrait};
use serde::de::DeserializeOwned;
use tests::app::TestApp;
use tests::waiting::until;
use uuid::Uuid;

use crate::journal::{Streams, streams};

/// Waits until the table holds the todos that follow from the events, and no others. It may take a moment, because jobs
/// assign reports that wait.
pub(crate) async fn todos_follow_from_events(app: &TestApp) {
    let db = app.rows().await;
    until("the todos that follow from the events", async || {
        let (told, stored) = (told(&db).await, stored(&db).await);
        let missing: Vec<_> = told.difference(&stored).collect();
        let wrong: Vec<_> = stored.difference(&told).collect();
        let fills = todo_fill::Entity::find().count(&db).await.unwrap();
        if missing.is_empty() && wrong.is_empty() && fills == 0 {
            return Ok(());
        }
        Err(format!("missing: {missing:#?}\nwrong: {wrong:#?}\nnot filled: {fills}"))
    })
    .await;
}

/// The rows, without their ids.
async fn stored(db: &DatabaseConnection) -> BTreeSet<String> {
    let rows = todo::Entity::find().all(db).await.unwrap();
    let count = rows.len();
    let rows: BTreeSet<_> =
        rows.into_iter().map(|row| format!("{:?}", todo::Model { id: Uuid::nil(), look_at: None, ..row })).collect();
    assert_eq!(rows.len(), count, "no todo is there twice");
    rows
}

async fn told(db: &DatabaseConnection) -> BTreeSet<String> {
    let streams = streams(db).await;
    let waiting = unassigned_report::Entity::find().all(db).await.unwrap();
    let waiting: BTreeSet<ReportId> = waiting.into_iter().map(|row| row.report_id).collect();
    let hazards = hazard_row::Entity::find().all(db).await.unwrap();
    let paths: BTreeMap<HazardId, &str> = hazards.iter().map(|row| (row.id, row.area_path.as_str())).collect();
    let mut told = BTreeSet::new();
    for row in report_row::Entity::find().all(db).await.unwrap() {
        let report = Report::replay(&events::<report::Event>(&streams, &format!("report:{}", row.id))).unwrap();
        let review = Review { visible_from: row.visible_from, is_unassigned: waiting.contains(&row.id) };
        add(&mut told, Of { report: Some(row.id), ..Of::default() }, &row.area_path, &of_report(&report, review));
    }
    for row in &hazards {
        let mut case = Case::replay(&events::<hazard::Event>(&streams, &format!("hazard:{}", row.id))).unwrap();
        case.last_at = row.last_at.unwrap_or(row.registered_at); // an earlier build did not keep it
        add(&mut told, Of { hazard: Some(row.id), ..Of::default() }, &row.area_path, &of_case(&case));
    }
    for row in award_row::Entity::find().all(db).await.unwrap() {
        let mut award = Award::replay(&events::<award::Event>(&streams, &format!("award:{}", row.id))).unwrap();
        award.last_at = row.last_at.unwrap_or(row.proposed_at);
        add(&mut told, Of { award: Some(row.id), ..Of::default() }, paths[&row.hazard_id], &of_award(&award));
    }
    for row in incident_row::Entity::find().all(db).await.unwrap() {
        let events = events::<incident::Event>(&streams, &format!("incident:{}", row.id));
        let incident = Incident::replay(&events).unwrap();
        add(&mut told, Of { incident: Some(row.id), ..Of::default() }, &row.area_path, &of_incident(&incident));
    }
    told
}

/// The report, hazard, award or incident of a todo.
#[derive(Clone, Copy, Default)]
struct Of {
    report: Option<ReportId>,
    hazard: Option<HazardId>,
    award: Option<AwardId>,
    incident: Option<IncidentId>,
}

fn add(told: &mut BTreeSet<String>, of: Of, area_path: &str, todos: &[Todo]) {
    let never: DateTime<Utc> = "9999-12-31T00:00:00Z".parse().unwrap();
    for one in todos {
        let row = todo::Model {
            id: Uuid::nil(),
            report_id: of.report,
            hazard_id: of.hazard,
            award_id: of.award,
            incident_id: of.incident,
            kind: one.kind,
            assignment_id: one.assignment,
            supervision_id: one.supervision,
            order_id: one.order,
            owner_unit: one.owner_unit,
            owner_post: one.owner_post,
            area_path: area_path.to_owned(),
            clock: one.deadline.map(|deadline| deadline.clock),
            due: one.deadline.map_or(never, |deadline| deadline.due),
            warn_at: one.deadline.map_or(never, |deadline| deadline.warn_at),
            urgent: one.urgent,
            visible_from: one.visible_from.unwrap_or_default(),
            since: one.since,
            look_at: None,
        };
        told.insert(format!("{row:?}"));
    }
}

fn events<E: DeserializeOwned>(streams: &Streams, stream: &str) -> Vec<E> {
    streams[stream].iter().map(|row| serde_json::from_str(&row.payload).unwrap()).collect()
}

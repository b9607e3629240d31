//! Writes todos 待办: what reports, hazards, awards and incidents wait for. One table holds those of all of them.

use chrono::{DateTime, Utc};
use domain::todo::Todo;
use entity::todo::{self, Matter, never};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use crate::error::ApiResult;

/// Brings the rows of a report, hazard or award to these todos. It compares them with the rows that there are, so it also
/// writes what an earlier build left out. The caller has locked the report, hazard or award.
pub(crate) async fn save<C: ConnectionTrait>(txn: &C, of: Matter, area_path: &str, todos: &[Todo]) -> ApiResult<()> {
    let mut left = todo::Entity::find().filter(of.todos()).all(txn).await?;
    let mut new = Vec::new();
    for todo in todos {
        let Some(place) = left.iter().position(|row| is_of(todo, row)) else {
            new.push(row(Uuid::new_v4(), of, area_path, todo).into_active_model());
            continue;
        };
        let before = left.swap_remove(place);
        let mut after = row(before.id, of, area_path, todo);
        if (after.clock, after.due, after.warn_at) == (before.clock, before.due, before.warn_at) {
            after.look_at = before.look_at; // the ladder has looked at this deadline, or will
        }
        if after != before {
            todo::Entity::update(after.into_active_model().reset_all()).exec_without_returning(txn).await?;
        }
    }
    if !left.is_empty() {
        let gone = todo::Column::Id.is_in(left.iter().map(|row| row.id));
        todo::Entity::delete_many().filter(gone).exec(txn).await?;
    }
    if !new.is_empty() {
        todo::Entity::insert_many(new).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// Returns whether this row is that of the todo.
#[must_use]
pub(crate) fn is_of(todo: &Todo, row: &todo::Model) -> bool {
    let parts = (row.assignment_id, row.supervision_id, row.order_id);
    row.kind == todo.kind && parts == (todo.assignment, todo.supervision, todo.order)
}

/// Builds the rows of something new, which has no todos yet.
#[must_use]
pub(crate) fn new_rows(of: Matter, area_path: &str, todos: &[Todo]) -> Vec<todo::ActiveModel> {
    todos.iter().map(|todo| row(Uuid::new_v4(), of, area_path, todo).into_active_model()).collect()
}

fn row(id: Uuid, of: Matter, area_path: &str, todo: &Todo) -> todo::Model {
    let (mut report_id, mut hazard_id, mut award_id, mut incident_id) = (None, None, None, None);
    match of {
        Matter::Report(id) => report_id = Some(id),
        Matter::Hazard(id) => hazard_id = Some(id),
        Matter::Award(id) => award_id = Some(id),
        Matter::Incident(id) => incident_id = Some(id),
    }
    todo::Model {
        id,
        report_id,
        hazard_id,
        award_id,
        incident_id,
        kind: todo.kind,
        assignment_id: todo.assignment,
        supervision_id: todo.supervision,
        order_id: todo.order,
        owner_unit: todo.owner_unit,
        owner_post: todo.owner_post,
        area_path: area_path.to_owned(),
        clock: todo.deadline.map(|deadline| deadline.clock),
        due: todo.deadline.map_or_else(never, |deadline| deadline.due),
        warn_at: todo.deadline.map_or_else(never, |deadline| deadline.warn_at),
        urgent: todo.urgent,
        visible_from: todo.visible_from.unwrap_or(DateTime::<Utc>::UNIX_EPOCH),
        since: todo.since,
        look_at: first_look(of, todo),
    }
}

/// Returns when the supervision ladder 督办 looks at a deadline first: when its owner is warned. Only the steps of hazards climb.
fn first_look(of: Matter, todo: &Todo) -> Option<DateTime<Utc>> {
    match of {
        Matter::Hazard(_) if todo.supervision.is_none() => todo.deadline.map(|deadline| deadline.warn_at),
        Matter::Hazard(_) | Matter::Report(_) | Matter::Award(_) | Matter::Incident(_) => None,
    }
}

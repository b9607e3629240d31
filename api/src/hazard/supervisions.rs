//! The rows of the supervisions 督办 of a case.

use domain::hazard::{Case, Supervision, Work};
use domain::id::HazardId;
use entity::{JsonList, hazard, supervision};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::error::{ApiError, ApiResult};

/// Loads the supervisions of a hazard, in the order in which they were set.
pub(super) async fn load<C: ConnectionTrait>(txn: &C, id: HazardId) -> ApiResult<Vec<Supervision>> {
    let rows = supervision::Entity::find()
        .filter(supervision::COLUMN.hazard_id.eq(id))
        .order_by_asc(supervision::COLUMN.at)
        .order_by_asc(supervision::COLUMN.id)
        .all(txn)
        .await?;
    Ok(rows.iter().map(of_row).collect())
}

fn of_row(row: &supervision::Model) -> Supervision {
    Supervision {
        id: row.id,
        rung: row.rung,
        trigger: row.trigger,
        to: row.addressee,
        unit: row.unit_id,
        roles: row.roles.0.clone(),
        assignment: row.assignment_id,
        round: row.round,
        deadline: row.deadline.as_ref().map(|deadline| deadline.0),
        count: row.count,
        by_post: row.by_post,
        note: row.note_id,
        at: row.at,
        acknowledged: row.acknowledged.as_ref().map(|done| done.0),
    }
}

/// Saves the supervisions that are new or that have changed. The key of the table refuses a rung that another process has set.
pub(super) async fn save<C: ConnectionTrait>(txn: &C, before: &Case, after: &Case) -> ApiResult<()> {
    let mut new = Vec::new();
    for one in &after.supervisions {
        match before.supervision(one.id) {
            None => new.push(one),
            Some(seen) if changing(before, seen) != changing(after, one) => {
                let row = supervision::ActiveModel { id: Set(one.id), ..changing(after, one) };
                supervision::Entity::update(row).exec_without_returning(txn).await?;
            }
            Some(_) => {}
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let path = area_path(txn, after.id).await?;
    let rows = new.into_iter().map(|one| row(after, one, &path));
    supervision::Entity::insert_many(rows).exec_without_returning(txn).await?;
    Ok(())
}

/// Moves the rows of the supervisions that come to this hazard with its work.
pub(super) async fn take_in<C: ConnectionTrait>(txn: &C, into: &Case, work: &Work) -> ApiResult<()> {
    if work.supervisions.is_empty() {
        return Ok(());
    }
    let moved = supervision::ActiveModel {
        hazard_id: Set(into.id),
        round: Set(into.round),
        area_path: Set(area_path(txn, into.id).await?),
        ..Default::default()
    };
    let ids = work.supervisions.iter().map(|one| one.id);
    supervision::Entity::update_many().set(moved).filter(supervision::COLUMN.id.is_in(ids)).exec(txn).await?;
    Ok(())
}

async fn area_path<C: ConnectionTrait>(txn: &C, id: HazardId) -> ApiResult<String> {
    let path = hazard::Entity::find_by_id(id).select_only().column(hazard::Column::AreaPath);
    let path: Option<String> = path.into_tuple().one(txn).await?;
    path.ok_or_else(|| ApiError::internal("a hazard that was saved has no row"))
}

fn row(case: &Case, one: &Supervision, area_path: &str) -> supervision::ActiveModel {
    supervision::ActiveModel {
        id: Set(one.id),
        hazard_id: Set(case.id),
        area_path: Set(area_path.to_owned()),
        rung: Set(one.rung),
        trigger: Set(one.trigger),
        addressee: Set(one.to),
        roles: Set(JsonList(one.roles.clone())),
        assignment_id: Set(one.assignment),
        deadline: Set(one.deadline.map(JsonList)),
        count: Set(one.count),
        by_post: Set(one.by_post),
        note_id: Set(one.note),
        at: Set(one.at),
        ..changing(case, one)
    }
}

/// Returns the columns that can change.
fn changing(case: &Case, one: &Supervision) -> supervision::ActiveModel {
    supervision::ActiveModel {
        unit_id: Set(one.unit),
        round: Set(one.round),
        due: Set(case.supervision_clock(one.id).map_or(one.at, |clock| clock.due)),
        state: Set(case.supervision_state(one)),
        acknowledged: Set(one.acknowledged.map(JsonList)),
        ..supervision::ActiveModel::default()
    }
}

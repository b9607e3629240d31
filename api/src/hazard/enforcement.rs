//! The rows of the inspections, orders and penalties 行政执法 of a case.

use domain::hazard::Case;
use domain::hazard::enforcement::{Certificate, CorrectionOrder, DocumentNumber, Enforcement, Inspection, Penalty};
use domain::id::HazardId;
use entity::{JsonList, correction_order, hazard, inspection, penalty};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::error::{ApiError, ApiResult};

/// Loads the records of a hazard, each list in order of creation.
pub(super) async fn load<C: ConnectionTrait>(txn: &C, id: HazardId) -> ApiResult<Enforcement> {
    let inspections = inspection::Entity::find()
        .filter(inspection::COLUMN.hazard_id.eq(id))
        .order_by_asc(inspection::COLUMN.at)
        .order_by_asc(inspection::COLUMN.id);
    let orders = correction_order::Entity::find()
        .filter(correction_order::COLUMN.hazard_id.eq(id))
        .order_by_asc(correction_order::COLUMN.at)
        .order_by_asc(correction_order::COLUMN.id);
    let penalties = penalty::Entity::find()
        .filter(penalty::COLUMN.hazard_id.eq(id))
        .order_by_asc(penalty::COLUMN.at)
        .order_by_asc(penalty::COLUMN.id);
    Ok(Enforcement {
        inspections: inspections.all(txn).await?.into_iter().map(inspected).collect::<ApiResult<_>>()?,
        orders: orders.all(txn).await?.into_iter().map(ordered).collect(),
        penalties: penalties.all(txn).await?.into_iter().map(penalised).collect::<ApiResult<_>>()?,
    })
}

fn inspected(row: inspection::Model) -> ApiResult<Inspection> {
    Ok(Inspection {
        id: row.id,
        unit: row.unit_id,
        officer: row.officer_id,
        post: row.post_id,
        second_officer: row.second_officer.map(Certificate::try_from).transpose().map_err(ApiError::internal)?,
        subject: row.subject_id,
        inspected_at: row.inspected_at,
        distance_metres: u32::try_from(row.distance_metres).map_err(ApiError::internal)?,
        photos: row.photos.0,
        corrects: row.corrects,
        note: row.note_id,
        at: row.at,
    })
}

fn ordered(row: correction_order::Model) -> CorrectionOrder {
    CorrectionOrder {
        id: row.id,
        inspection: row.inspection_id,
        kind: row.kind,
        unit: row.unit_id,
        officer: row.officer_id,
        until: row.until,
        holds: row.holds,
        note: row.note_id,
        at: row.at,
        reinspections: row.reinspections.0,
        state: row.state,
        ended_at: row.ended_at,
    }
}

fn penalised(row: penalty::Model) -> ApiResult<Penalty> {
    Ok(Penalty {
        id: row.id,
        inspection: row.inspection_id,
        order: row.order_id,
        subject: row.subject_id,
        unit: row.unit_id,
        officer: row.officer_id,
        document: DocumentNumber::try_from(row.document).map_err(ApiError::internal)?,
        fine: row.fine_fen,
        decided_on: row.decided_on,
        note: row.note_id,
        at: row.at,
        paid_on: row.paid_on,
        voided: row.voided,
    })
}

/// Saves the records that are new or that have changed.
pub(super) async fn save<C: ConnectionTrait>(txn: &C, before: &Case, after: &Case) -> ApiResult<()> {
    let (old, new) = (&before.enforcement, &after.enforcement);
    for one in new.inspections.iter().filter(|one| old.inspection(one.id).is_none()) {
        inspection::Entity::insert(inspection_row(after.id, one)).exec_without_returning(txn).await?;
    }
    for one in &new.orders {
        match old.order(one.id) {
            None => {
                let row = order_row(after.id, one);
                correction_order::Entity::insert(row).exec_without_returning(txn).await?;
            }
            Some(seen) if seen != one => {
                correction_order::Entity::update(order_row(after.id, one)).exec_without_returning(txn).await?;
            }
            Some(_) => {}
        }
    }
    for one in &new.penalties {
        match old.penalty(one.id) {
            None => {
                let row = penalty_row(after.id, one, &area_path(txn, after.id).await?);
                penalty::Entity::insert(row).exec_without_returning(txn).await?;
            }
            Some(seen) if seen != one => {
                let row = penalty::ActiveModel { id: Set(one.id), ..changing(one) };
                penalty::Entity::update(row).exec_without_returning(txn).await?;
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Moves the rows of the records that come to this hazard with a merge or its undoing, and adds them to the stored case.
pub(super) async fn take_in<C: ConnectionTrait>(txn: &C, stored: &mut Case, arriving: &Enforcement) -> ApiResult<()> {
    let id = stored.id;
    if !arriving.inspections.is_empty() {
        let ids = arriving.inspections.iter().map(|one| one.id);
        let moved = inspection::ActiveModel { hazard_id: Set(id), ..Default::default() };
        inspection::Entity::update_many().set(moved).filter(inspection::COLUMN.id.is_in(ids)).exec(txn).await?;
    }
    // The merge may have given an order to another unit, which has it no longer when the merge is undone.
    for one in &arriving.orders {
        correction_order::Entity::update(order_row(id, one)).exec_without_returning(txn).await?;
    }
    if !arriving.penalties.is_empty() {
        let ids = arriving.penalties.iter().map(|one| one.id);
        let area_path = Set(area_path(txn, id).await?);
        let moved = penalty::ActiveModel { hazard_id: Set(id), area_path, ..Default::default() };
        penalty::Entity::update_many().set(moved).filter(penalty::COLUMN.id.is_in(ids)).exec(txn).await?;
    }
    stored.enforcement.inspections.extend(arriving.inspections.iter().cloned());
    stored.enforcement.orders.extend(arriving.orders.iter().cloned());
    stored.enforcement.penalties.extend(arriving.penalties.iter().cloned());
    Ok(())
}

async fn area_path<C: ConnectionTrait>(txn: &C, id: HazardId) -> ApiResult<String> {
    let path = hazard::Entity::find_by_id(id).select_only().column(hazard::Column::AreaPath);
    let path: Option<String> = path.into_tuple().one(txn).await?;
    path.ok_or_else(|| ApiError::internal("a hazard that was saved has no row"))
}

fn inspection_row(hazard: HazardId, one: &Inspection) -> inspection::ActiveModel {
    inspection::ActiveModel {
        id: Set(one.id),
        hazard_id: Set(hazard),
        unit_id: Set(one.unit),
        officer_id: Set(one.officer),
        post_id: Set(one.post),
        second_officer: Set(one.second_officer.as_ref().map(ToString::to_string)),
        subject_id: Set(one.subject),
        inspected_at: Set(one.inspected_at),
        distance_metres: Set(one.distance_metres.into()),
        photos: Set(JsonList(one.photos.clone())),
        corrects: Set(one.corrects),
        note_id: Set(one.note),
        at: Set(one.at),
    }
}

fn order_row(hazard: HazardId, one: &CorrectionOrder) -> correction_order::ActiveModel {
    correction_order::ActiveModel {
        id: Set(one.id),
        hazard_id: Set(hazard),
        inspection_id: Set(one.inspection),
        kind: Set(one.kind),
        unit_id: Set(one.unit),
        officer_id: Set(one.officer),
        until: Set(one.until),
        holds: Set(one.holds),
        note_id: Set(one.note),
        at: Set(one.at),
        reinspections: Set(JsonList(one.reinspections.clone())),
        state: Set(one.state),
        ended_at: Set(one.ended_at),
    }
}

fn penalty_row(hazard: HazardId, one: &Penalty, area_path: &str) -> penalty::ActiveModel {
    penalty::ActiveModel {
        id: Set(one.id),
        hazard_id: Set(hazard),
        area_path: Set(area_path.to_owned()),
        inspection_id: Set(one.inspection),
        order_id: Set(one.order),
        subject_id: Set(one.subject),
        unit_id: Set(one.unit),
        officer_id: Set(one.officer),
        document: Set(one.document.to_string()),
        fine_fen: Set(one.fine),
        decided_on: Set(one.decided_on),
        note_id: Set(one.note),
        at: Set(one.at),
        ..changing(one)
    }
}

/// Returns the columns of a penalty that can change.
fn changing(one: &Penalty) -> penalty::ActiveModel {
    penalty::ActiveModel {
        paid_on: Set(one.paid_on),
        voided: Set(one.voided),
        state: Set(one.state()),
        ..penalty::ActiveModel::default()
    }
}

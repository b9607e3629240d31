//! Finds, locks and loads the case to which a step applies.

use domain::Code;
use domain::id::{AssignmentId, HazardId, InspectionId, OrderId, PenaltyId, SupervisionId};
use entity::{assignment, correction_order, inspection, penalty, supervision};
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::reading;
use crate::app::App;
use crate::caller::OfficerCaller;
use crate::error::ApiResult;
use crate::hazard::rows::{self, Loaded};

/// The aggregate to which a step applies, by the id of the hazard, or of a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// The hazard with this id.
    Hazard(HazardId),
    /// The hazard to which this assignment belongs.
    Assignment(AssignmentId),
    /// The hazard to which this supervision belongs.
    Supervision(SupervisionId),
    /// The hazard to which the record of this inspection belongs.
    Inspection(InspectionId),
    /// The hazard to which this order belongs.
    Order(OrderId),
    /// The hazard to which this penalty belongs.
    Penalty(PenaltyId),
}

/// Locks and loads the case of a target, and checks that one of the officer's posts may see it.
///
/// # Errors
/// `NOT_FOUND` if the hazard or assignment does not exist or the officer may not see it.
pub(in crate::hazard) async fn load_visible(
    app: &App,
    txn: &DatabaseTransaction,
    officer: &OfficerCaller,
    target: Target,
) -> ApiResult<Loaded> {
    let mut id = hazard_of(txn, target).await?;
    let loaded = loop {
        let loaded = rows::load_locked(txn, id).await?.ok_or(Code::NotFound)?;
        // While we waited for the lock, a merge may have carried the assignment on to another hazard.
        let now = hazard_of(txn, target).await?;
        if now == id {
            break loaded;
        }
        id = now;
    };
    reading::sees(app, txn, officer, id).await?;
    Ok(loaded)
}

async fn hazard_of(txn: &DatabaseTransaction, target: Target) -> ApiResult<HazardId> {
    match target {
        Target::Hazard(id) => Ok(id),
        Target::Assignment(id) => {
            let row = assignment::Entity::find_by_id(id).one(txn).await?;
            Ok(row.map(|row| row.hazard_id).ok_or(Code::NotFound)?)
        }
        Target::Supervision(id) => {
            let row = supervision::Entity::find_by_id(id).one(txn).await?;
            Ok(row.map(|row| row.hazard_id).ok_or(Code::NotFound)?)
        }
        Target::Inspection(id) => {
            let row = inspection::Entity::find_by_id(id).one(txn).await?;
            Ok(row.map(|row| row.hazard_id).ok_or(Code::NotFound)?)
        }
        Target::Order(id) => {
            let row = correction_order::Entity::find_by_id(id).one(txn).await?;
            Ok(row.map(|row| row.hazard_id).ok_or(Code::NotFound)?)
        }
        Target::Penalty(id) => {
            let row = penalty::Entity::find_by_id(id).one(txn).await?;
            Ok(row.map(|row| row.hazard_id).ok_or(Code::NotFound)?)
        }
    }
}

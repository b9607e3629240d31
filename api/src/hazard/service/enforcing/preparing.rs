//! What has to be known of other hazards before a step of enforcement is decided on.

use domain::hazard::Command;
use domain::hazard::enforcement::{DocumentNumber, Enforce, PenaltyState};
use domain::refusal::Refusal;
use entity::penalty;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use crate::app::App;
use crate::error::ApiResult;
use crate::hazard::subjects::{self, NewSubject};

/// Finds or writes the subject that an inspection names, and checks that no other hazard has a penalty with the same number.
///
/// # Errors
/// `INVALID_INPUT` for a subject that is not valid, `ILLEGAL_MOVE` for a number that is taken.
pub(in crate::hazard::service) async fn prepare(
    app: &App,
    txn: &DatabaseTransaction,
    command: &mut Command,
    subject: Option<&NewSubject>,
) -> ApiResult<()> {
    if let (Command::Enforce(Enforce::Inspect(said)), Some(new)) = (&mut *command, subject) {
        said.subject = Some(subjects::find_or_write(app, txn, new).await?);
    }
    if let Command::Enforce(Enforce::Penalise(said)) = command {
        once(txn, &said.document).await?;
    }
    Ok(())
}

/// A decision with its fine counts for one hazard only.
async fn once(txn: &DatabaseTransaction, document: &DocumentNumber) -> ApiResult<()> {
    let rows = penalty::Entity::find().filter(penalty::COLUMN.document.eq(document.as_str()));
    let taken = rows.filter(penalty::COLUMN.state.ne(PenaltyState::Voided)).one(txn).await?;
    if taken.is_some() { Err(Refusal::illegal("penalty.document_once").into()) } else { Ok(()) }
}

//! The side effects of a case step on other aggregates, in the same transaction.

use domain::hazard::{Case, End};
use domain::policy::ProposeAt;
use domain::time::Moment;
use sea_orm::DatabaseTransaction;

use super::registering::settle_award;
use crate::app::App;
use crate::error::ApiResult;
use crate::policy::rulebook::RuleBook;
use crate::report::callbacks;
use crate::reward;

/// A case before and after a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'a> {
    /// The case before the step.
    pub(super) before: &'a Case,
    /// The case after the step.
    pub(super) after: &'a Case,
}

/// Applies the side effects of a step on callbacks and on the award. Closing creates the callbacks of the reporters;
/// closing and cancelling both resume the award and then settle it; reopening puts the award on hold; a fine that was paid or voided settles it. Every time that
/// they write is the told time of the step.
pub(super) async fn consequences(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    change: Change<'_>,
    moment: Moment,
) -> ApiResult<()> {
    let Change { before, after } = change;
    if before.end.is_none() && after.end.is_some() {
        if after.end == Some(End::Closed) {
            callbacks::ask(txn, after.id, after.round, moment.told).await?;
        }
        // The award must resume first, because settling does not update an award on hold.
        reward::service::resume(txn, rules, after.id, moment).await?;
        return settle_award(app, txn, rules, after, ProposeAt::Closed, moment).await;
    }
    if after.round > before.round {
        return reward::service::hold(txn, rules, after.id, moment).await;
    }
    if before.enforcement.fines_paid() != after.enforcement.fines_paid() {
        return settle_award(app, txn, rules, after, ProposeAt::Verified, moment).await;
    }
    Ok(())
}

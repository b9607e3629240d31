//! The side effects of a case step on other aggregates, in the same transaction.

use domain::hazard::{Case, End};
use domain::policy::ProposeAt;
use sea_orm::DatabaseTransaction;

use super::registering::settle_award;
use crate::app::App;
use crate::error::ApiResult;
use crate::policy::rulebook::RuleBook;
use crate::report::callbacks;
use crate::reward;

/// Applies the side effects of a step on callbacks and on the award. Closing creates the callbacks of the reporters;
/// closing and cancelling both resume the award and then settle it; reopening puts the award on hold.
pub(super) async fn consequences(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    before: &Case,
    after: &Case,
) -> ApiResult<()> {
    if before.end.is_none() && after.end.is_some() {
        if after.end == Some(End::Closed) {
            callbacks::ask(txn, after.id, after.round, app.now()).await?;
        }
        // The award must resume first, because settling does not update an award on hold.
        reward::service::resume(app, txn, rules, after.id).await?;
        return settle_award(app, txn, rules, after, ProposeAt::Closed).await;
    }
    if after.round > before.round {
        return reward::service::hold(app, txn, rules, after.id).await;
    }
    Ok(())
}

//! What a step of a case brings with it in other aggregates, in the same transaction.

use domain::hazard::{Case, End};
use domain::policy::ProposeAt;
use sea_orm::DatabaseTransaction;

use super::registering::settle_award;
use crate::app::App;
use crate::error::ApiResult;
use crate::policy::rulebook::RuleBook;
use crate::report::callbacks;
use crate::reward;

/// What a step of a case brings with it: closing asks the reporters, reopening holds the award; closed or struck, it goes
/// on as far as a report earns it.
///
/// # Errors
/// When the database is not answering.
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
        // First: a held award follows nobody.
        reward::service::resume(app, txn, rules, after.id).await?;
        return settle_award(app, txn, rules, after, ProposeAt::Closed).await;
    }
    if after.round > before.round {
        return reward::service::hold(app, txn, rules, after.id).await;
    }
    Ok(())
}

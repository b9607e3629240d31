//! The effects that a step of a case has on other aggregates, in the same transaction.

use domain::hazard::{Case, End};
use domain::policy::ProposeAt;
use sea_orm::DatabaseTransaction;

use super::registering::settle_award;
use crate::app::App;
use crate::error::ApiResult;
use crate::policy::rulebook::RuleBook;
use crate::report::callbacks;
use crate::reward;

/// Applies the effects of a step on reports and on the award. Closing asks the reporters for their opinion, and
/// reopening puts the award on hold. When the hazard is closed or cancelled, the award resumes and is settled.
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
        // The award must resume first, because an award on hold does not follow the first true report.
        reward::service::resume(app, txn, rules, after.id).await?;
        return settle_award(app, txn, rules, after, ProposeAt::Closed).await;
    }
    if after.round > before.round {
        return reward::service::hold(app, txn, rules, after.id).await;
    }
    Ok(())
}

//! Parting: a hazard was cancelled by somebody who may not know of all its reports, or together with a report that does not
//! speak for them. Reports that accuse a unit 回避 stand nevertheless, and get a hazard of their own
//! ([decision 0029](../../../../docs/decisions/0029-outcomes-do-not-tell-of-hidden-reports.md)).

use domain::Code;
use domain::access::By;
use domain::hazard::{Case, End};
use domain::id::{HazardId, ReportId};
use domain::policy::ProposeAt;
use domain::time::Moment;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::consequences::{Change, consequences};
use super::findings::classification_of;
use super::registering::{HazardOrigin, enter_at, settle_award};
use crate::app::App;
use crate::caller::OfficerCaller;
use crate::error::ApiResult;
use crate::identity::bars;
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;
use crate::report::following::{Following, follow};
use crate::report::rows;

/// Applies the consequences of an officer's step ([`consequences`]). If it cancelled the hazard, it parts the reports that
/// are hidden from the officer, who has not judged them.
pub(super) async fn consequences_for(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    officer: &OfficerCaller,
    change: Change<'_>,
    moment: Moment,
) -> ApiResult<()> {
    consequences(app, txn, rules, change, moment).await?;
    if change.before.end.is_some() || change.after.end != Some(End::Cancelled) {
        return Ok(());
    }
    let hidden = rows::hidden_from(txn, &app.keys, officer, change.before.id).await?;
    part(app, txn, rules, change.before, &hidden, moment).await
}

/// Registers a hazard for reports that stand although `cancelled` was, and moves them there. Reports that accuse different
/// units get different ones, so that nobody learns of one from another. The review unit of the earliest report holds the
/// hazard, with the classification of the cancelled one; the work begins there again.
///
/// The system takes these steps, at the time that the step before them may tell. The reports are locked after their hazard,
/// so a review of one of them at the same moment may have to be retried.
pub(crate) async fn part(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    cancelled: &Case,
    reports: &[ReportId],
    moment: Moment,
) -> ApiResult<()> {
    if reports.is_empty() {
        return Ok(());
    }
    for group in bars::grouped_by_accused(txn, reports).await? {
        let mut parted = Vec::new();
        for id in group {
            parted.push(rows::load_locked(txn, id).await?.ok_or(Code::NotFound)?);
        }
        let Some(first) = parted.iter().min_by_key(|one| (one.row.received_at, one.row.id)) else { continue };
        let row = entity::report::Model { emergency: cancelled.emergency || first.row.emergency, ..first.row.clone() };
        let origin = HazardOrigin { report: &row, filed: classification_of(cancelled), for_duty: false };
        let id = HazardId(Uuid::new_v4());
        let case = enter_at(txn, rules, origin, id, Author::default(), moment.told).await?;
        let following = Following { hazard: id, back: false, by: By::System, at: moment.told };
        for one in &parted {
            follow(app, txn, rules, one, following).await?;
        }
        settle_award(app, txn, rules, &case, ProposeAt::Verified, moment).await?;
    }
    Ok(())
}

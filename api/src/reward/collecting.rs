//! Collection 领取 and forfeiture 视为放弃: the reporter collects an award by its deadline, or the committed amount
//! returns to the budget.

use domain::Code;
use domain::access::By;
use domain::award::{Award, AwardStatus, Command};
use domain::id::{AwardId, ReportId};
use domain::refusal::Refusal;
use domain::time::{Moment, china_day};
use entity::{award, report};
use futures::FutureExt;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::deciding::{self, Asker, DecisionContext};
use super::reading;
use super::rows::{self, Loaded, Writing};
use crate::app::App;
use crate::caller::Caller;
use crate::database::locked;
use crate::error::{ApiError, ApiResult};
use crate::identity::payee::{self, AnonymousAward, MayCollect};
use crate::journal::idempotency::IdempotencyKey;
use crate::policy::rulebook::RuleBook;
use crate::retry::retry;

/// The maximum number of awards forfeited per run of the background worker.
const FORFEIT_BATCH: u64 = 100;

/// Collects the award of a report 领取 on behalf of its author or the holder of its follow-up code.
///
/// # Errors
/// `NOT_FOUND` if the caller is not the author or the report has no award; `EVIDENCE_MISSING` if the identity must be
/// given first; `DUTY_EXCLUDED` if reporting was the author's or payee's duty, and `NOT_YOUR_OWN` if one of them took
/// part in the decisions on the award; `ILLEGAL_MOVE` before the notice, after the deadline, or if the award can never be collected;
/// `REQUEST_ID_TAKEN`.
pub(crate) async fn collect(app: &App, caller: &Caller, report: ReportId, request_id: Uuid) -> ApiResult<award::Model> {
    let request = IdempotencyKey::new(app, &caller.request_name(), request_id, "collectAward", &report)?;
    let id = retry(|| attempt(app, caller, &request, report).boxed()).await?;
    reading::row(app, id).await
}

async fn attempt(app: &App, caller: &Caller, request: &IdempotencyKey, report: ReportId) -> ApiResult<AwardId> {
    let txn = app.begin_write().await?;
    if !payee::wrote(&txn, &app.keys, caller, report).await? {
        return Err(Code::NotFound.into());
    }
    let loaded = of_report(&txn, report).await?;
    if let Some(id) = request.previous_result(&txn).await? {
        return Ok(AwardId(id));
    }
    let rules = app.rules(&txn).await?;
    take(app, &txn, &rules, &loaded).await?;
    request.record(&txn, loaded.award.id.0, app.now()).await?;
    app.commit(txn).await?;
    Ok(loaded.award.id)
}

/// Locks and loads the award of a report. If the report has several awards, because it later joined another hazard,
/// this is the collectable one, or else the latest.
async fn of_report(txn: &DatabaseTransaction, report: ReportId) -> ApiResult<Loaded> {
    let rows = award::Entity::find()
        .filter(award::COLUMN.report_id.eq(report))
        .order_by_desc(award::COLUMN.proposed_at)
        .all(txn)
        .await?;
    let notified = rows.iter().find(|row| row.status == AwardStatus::Notified);
    let id = notified.or(rows.first()).map(|row| row.id).ok_or(Code::NotFound)?;
    let loaded = rows::load_locked(txn, id).await?;
    Ok(loaded.filter(|loaded| loaded.award.report == report).ok_or(Code::NotFound)?)
}

async fn take(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, loaded: &Loaded) -> ApiResult<()> {
    let now = app.now();
    // Officers see the collection time, so it is a boundary of the time veil. The deadline is judged by the exact time, and
    // ends with a day in China, which is a boundary too.
    let veil = rules.handling(Some(loaded.site.area), china_day(now))?.veil(false);
    let moment = Moment::of_reporter(now, veil);
    let context = DecisionContext { rules, area: loaded.site.area, moment };
    let anonymous =
        if context.policy()?.anonymous_may_collect { AnonymousAward::MayCollect } else { AnonymousAward::NotPaid };
    let payee_verified = match payee::may_collect(txn, &app.keys, loaded.award.report, anonymous).await? {
        MayCollect::Yes => true,
        MayCollect::AfterIdentity => false,
        MayCollect::No(rule) => return Err(Refusal::illegal(rule).into()),
    };
    let asker = Asker { by: By::Reporter, in_area: false, own_report: false, payee_verified };
    let steps = context.decide(loaded, Command::Collect, asker)?;
    not_excluded(app, txn, rules, &loaded.award).await?;
    rows::save(txn, &loaded.award, &steps, Writing { at: moment.told, rules: rules.version }).await?;
    Ok(())
}

/// Checks that neither the author nor the payee is excluded: by a duty to report on the day of the report, or because
/// they took part in the decisions on this award. Only the collector learns of it. The award stays as it is and is
/// forfeited on its day, like any award that was not collected, so that officers learn nothing about the author.
async fn not_excluded(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, award: &Award) -> ApiResult<()> {
    let report = report::Entity::find_by_id(award.report).one(txn).await?.ok_or(Code::NotFound)?;
    let (keys, day) = (&app.keys, china_day(report.received_at));
    if payee::is_one_of(txn, keys, &award.deciders(), report.id).await? {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("award.decided_by_collector").into());
    }
    let is_on_duty = rules.award(report.area_id, day)?.exclude_own_duty
        && payee::own_duty_excluded(txn, keys, report.id, &report.area_path, day).await?;
    if is_on_duty {
        let zh = "按照奖励规定，因履行本职工作报告的隐患不予奖励。";
        let en = "Under the award rules, a report that was made as part of a duty earns no award.";
        return Err(Refusal::new(Code::DutyExcluded).with_rule("award.own_duty").with_text(zh, en).into());
    }
    Ok(())
}

/// Locks the awards of a report and checks whether one of them has been collected: from then on its payee is frozen,
/// because the payment goes to the person who collected it.
pub(crate) async fn is_payee_frozen(txn: &DatabaseTransaction, report: ReportId) -> ApiResult<bool> {
    let awards = locked(award::Entity::find().filter(award::COLUMN.report_id.eq(report)));
    let rows = awards.order_by_asc(award::COLUMN.id).all(txn).await?;
    Ok(rows.iter().any(|row| row.held_from.unwrap_or(row.status).is_collected()))
}

/// Forfeits awards that were not collected by their deadline 视为放弃, each in its own transaction, and returns their
/// number. The background worker polls this, possibly in several processes concurrently.
pub(crate) async fn forfeit_overdue(app: &App) -> ApiResult<u64> {
    let overdue = award::Entity::find()
        .filter(award::COLUMN.status.eq(AwardStatus::Notified))
        .filter(award::COLUMN.collect_due.lt(app.now()))
        .order_by_asc(award::COLUMN.collect_due)
        .limit(FORFEIT_BATCH)
        .all(app.db())
        .await?;
    let mut forfeited = 0;
    for row in overdue {
        match retry(|| forfeit(app, row.id).boxed()).await {
            Ok(()) => forfeited += 1,
            // A concurrent transaction collected, held or forfeited the award after the query.
            Err(ApiError::Refused(refusal)) if refusal.code == Code::IllegalMove => {}
            Err(error) => tracing::warn!(cause = ?error, award = %row.id, "an award could not be forfeited"),
        }
    }
    Ok(forfeited)
}

async fn forfeit(app: &App, id: AwardId) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    let loaded = rows::load_locked(&txn, id).await?.ok_or(Code::NotFound)?;
    let rules = app.rules(&txn).await?;
    deciding::follow(&txn, &rules, &loaded, Command::Forfeit, Moment::exact(app.now())).await?;
    app.commit(txn).await
}

//! Use cases of an award: what officers do to it, what its reporter does, and what time does.

use domain::Code;
use domain::access::By;
use domain::award::{AwardStatus, Command};
use domain::id::{AwardId, NoteId, PostId, ReportId};
use domain::time::ceil_to_hour;
use entity::award;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use uuid::Uuid;

use super::people::People;
use super::rows::{self, Loaded, Writing};
use super::walk::{self, Asker, Ground};
use super::{payment, reading};
use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::{ApiError, ApiResult};
use crate::journal::requests::Asked;
use crate::journal::{Stream, notes};
use crate::retry::retry;

/// Awards that one round of the worker forfeits, at most.
const FORFEIT_BATCH: u64 = 100;

/// What comes with every step of an officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The award.
    pub award: AwardId,
    /// The same id twice has one effect.
    #[serde(skip)]
    pub request_id: Uuid,
    /// The post that acts, where the officer has several and says which.
    pub as_post: Option<PostId>,
    /// The version of the award that the officer saw, where the form names it.
    #[serde(skip)]
    pub expected_version: Option<i64>,
}

/// 审核: the facts and the amount are right.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`, `NOT_YOUR_OWN`, `ILLEGAL_MOVE`, `CHANGED_MEANWHILE`, `REQUEST_ID_TAKEN`.
pub async fn review(app: &App, caller: &Caller, people: &dyn People, step: Step) -> ApiResult<award::Model> {
    let id = take(app, caller, people, ("reviewAward", step), None, || Command::Review).await?;
    reading::row(app, id).await
}

/// 审批: the budget is committed, and the reporter is told.
///
/// # Errors
/// As [`review`].
pub async fn approve(app: &App, caller: &Caller, people: &dyn People, step: Step) -> ApiResult<award::Model> {
    let id = take(app, caller, people, ("approveAward", step), None, || Command::Approve).await?;
    reading::row(app, id).await
}

/// 不予奖励, with a reason of 2 to 500 characters.
///
/// # Errors
/// As [`review`], and `INVALID_INPUT` for the reason.
pub async fn reject(
    app: &App,
    caller: &Caller,
    people: &dyn People,
    step: Step,
    reason: &str,
) -> ApiResult<award::Model> {
    caller.officer()?;
    let reason = notes::reason(reason, "input.reason")?;
    let note = NoteId(Uuid::new_v4());
    let id = take(app, caller, people, ("rejectAward", step), Some((note, reason)), || Command::Reject { note }).await?;
    reading::row(app, id).await
}

/// 发放: writes the order to pay, then asks the payer, then writes down what came of it. If nobody knows, or the program
/// ends in between, the order stays open and [`payment::settle_open`] asks again under the same key.
///
/// # Errors
/// As [`review`].
pub async fn pay(app: &App, caller: &Caller, people: &dyn People, step: Step) -> ApiResult<award::Model> {
    let id = take(app, caller, people, ("payAward", step), None, || Command::StartPayment).await?;
    if let Err(error) = payment::settle(app, id).await {
        tracing::warn!(cause = ?error, award = %id, "a payment stays open and will be asked for again");
    }
    reading::row(app, id).await
}

/// One step of an officer: see the award, lock it, decide on fresh state, save, commit.
async fn take(
    app: &App,
    caller: &Caller,
    people: &dyn People,
    (operation, step): (&'static str, Step),
    note: Option<(NoteId, String)>,
    command: impl Fn() -> Command,
) -> ApiResult<AwardId> {
    let officer = caller.officer()?;
    let reason = note.as_ref().map(|(_, text)| text);
    let asked = Asked::new(&caller.request_name(), step.request_id, operation, &(step, reason))?;
    retry(async || {
        let txn = app.begin_write().await?;
        let loaded = seen_locked(app, &txn, officer, step.award).await?;
        // Asked under the lock: of two same requests at once, the second finds what the first has done.
        if let Some(id) = asked.served(&txn).await? {
            return Ok(AwardId(id));
        }
        if step.expected_version.is_some_and(|version| version != loaded.award.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        decide_and_save(app, &txn, (officer, step.as_post), people, &loaded, &note, command()).await?;
        asked.note(&txn, step.award.0, app.now()).await?;
        app.commit(txn).await?;
        Ok(step.award)
    })
    .await
}

async fn seen_locked(
    app: &App,
    txn: &DatabaseTransaction,
    officer: &OfficerCaller,
    id: AwardId,
) -> ApiResult<Loaded> {
    let visible = award::Entity::find_by_id(id).filter(reading::visible(app, officer)).one(txn).await?;
    visible.ok_or(Code::NotFound)?;
    Ok(rows::load_locked(txn, id).await?.ok_or(Code::NotFound)?)
}

async fn decide_and_save(
    app: &App,
    txn: &DatabaseTransaction,
    (officer, as_post): (&OfficerCaller, Option<PostId>),
    people: &dyn People,
    loaded: &Loaded,
    note: &Option<(NoteId, String)>,
    command: Command,
) -> ApiResult<()> {
    let rules = app.rules(txn).await?;
    let ground = Ground { rules: &rules, site: &loaded.site, now: app.now() };
    let own_report = people.wrote(txn, officer.id, loaded.award.report).await?;
    let (post, steps) = officer.choose(as_post, |post| {
        let by = By::Officer(post.actor(officer.id));
        let in_area = post.covers(&loaded.site.path);
        ground.decide(&loaded.award, command.clone(), Asker { by, in_area, own_report, payee_verified: false })
    })?;
    if let Some((id, text)) = note.clone() {
        let stream = Stream::Award(loaded.award.id);
        let note = notes::Note { id, stream, kind: "award.rejected", text, author: post.id };
        notes::write(txn, note, ground.now).await?;
    }
    rows::save(txn, &loaded.award, &steps, Writing { at: ground.now, rules: rules.version }).await?;
    Ok(())
}

/// 领取: the author of the report takes its award, with a verified identity, before it is forfeited.
///
/// # Errors
/// `NOT_FOUND` for whoever is not the author, or where there is no award; `EVIDENCE_MISSING` without a verified identity;
/// `ILLEGAL_MOVE` before the notice and after the last day; `REQUEST_ID_TAKEN`.
pub async fn collect(
    app: &App,
    caller: &Caller,
    people: &dyn People,
    report: ReportId,
    request_id: Uuid,
) -> ApiResult<award::Model> {
    let asked = Asked::new(&caller.request_name(), request_id, "collectAward", &report)?;
    let id = retry(async || {
        let txn = app.begin_write().await?;
        if !people.is_author(&txn, caller, report).await? {
            return Err(Code::NotFound.into());
        }
        let loaded = of_report(&txn, report).await?;
        if let Some(id) = asked.served(&txn).await? {
            return Ok(AwardId(id));
        }
        collect_locked(app, &txn, people, &loaded).await?;
        asked.note(&txn, loaded.award.id.0, app.now()).await?;
        app.commit(txn).await?;
        Ok(loaded.award.id)
    })
    .await?;
    reading::row(app, id).await
}

/// The award of a report, locked: the one that can be collected, where a report of long ago has several.
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

async fn collect_locked(
    app: &App,
    txn: &DatabaseTransaction,
    people: &dyn People,
    loaded: &Loaded,
) -> ApiResult<()> {
    let now = app.now();
    let rules = app.rules(txn).await?;
    let policy = rules.award(Some(loaded.site.area), crate::policy::china_day(now))?;
    let payee_verified = people.may_be_paid(txn, loaded.award.report, policy.anonymous_may_collect).await?;
    // Officers see when it was collected: not to the minute at which its reporter held the phone.
    let in_time = loaded.award.collect_due.filter(|due| now <= *due);
    let shown = in_time.map_or(now, |due| ceil_to_hour(now).min(due));
    let ground = Ground { rules: &rules, site: &loaded.site, now: shown };
    let asker = Asker { by: By::Reporter, in_area: false, own_report: false, payee_verified };
    let steps = ground.decide(&loaded.award, Command::Collect, asker)?;
    rows::save(txn, &loaded.award, &steps, Writing { at: now, rules: rules.version }).await?;
    Ok(())
}

/// 视为放弃: forfeits awards that were not collected in time, each in a transaction of its own; answers how many. For the
/// worker, which may run in several processes at once.
///
/// # Errors
/// When the database is not answering.
pub async fn forfeit_overdue(app: &App) -> ApiResult<u64> {
    let overdue = award::Entity::find()
        .filter(award::COLUMN.status.eq(AwardStatus::Notified))
        .filter(award::COLUMN.collect_due.lt(app.now()))
        .order_by_asc(award::COLUMN.collect_due)
        .limit(FORFEIT_BATCH)
        .all(app.db())
        .await?;
    let mut forfeited = 0;
    for row in overdue {
        match retry(async || forfeit(app, row.id).await).await {
            Ok(()) => forfeited += 1,
            // Collected or held since it was found.
            Err(ApiError::Refused(refusal)) if refusal.code == Code::IllegalMove => {}
            Err(error) => tracing::warn!(cause = ?error, award = %row.id, "an award was not forfeited"),
        }
    }
    Ok(forfeited)
}

async fn forfeit(app: &App, id: AwardId) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    let loaded = rows::load_locked(&txn, id).await?.ok_or(Code::NotFound)?;
    let rules = app.rules(&txn).await?;
    walk::follow(&txn, &rules, &loaded, Command::Forfeit, app.now()).await?;
    app.commit(txn).await
}

//! The author's steps after submission: amend 补充 and withdraw 撤回.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::Code;
use domain::access::By;
use domain::hazard::{CancelReason, Command as CaseCommand};
use domain::id::{AmendmentId, ReportId};
use domain::limits::{REPORT_TEXT_MAX, REPORT_TEXT_MIN};
use domain::report::{Command, Context, Effect, Event, HazardFacts, Outcome, Receiver, Report, decide, effect};
use domain::text;
use entity::{amendment, report};
use futures::FutureExt;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::app::App;
use crate::caller::Caller;
use crate::error::{ApiError, ApiResult};
use crate::hazard::service::command_handler::follow_reporter;
use crate::hazard::service::own_hazard::LockedHazards;
use crate::hazard::service::parting;
use crate::journal::Author;
use crate::journal::idempotency::IdempotencyKey;
use crate::policy::rulebook::RuleBook;
use crate::report::deadlines::Deadlines;
use crate::report::reading;
use crate::report::rows;
use crate::retry::retry;
use domain::time::{Moment, Veiled};

/// The maximum number of amendments published per round of the background worker.
const PUBLISH_BATCH: u64 = 100;

/// Amends a report 补充 with an additional text; the original content is immutable. Officers see the amendment, and the
/// history of the report contains it, from the boundary of the time veil on ([`publish`]).
///
/// # Errors
/// `NOT_FOUND` for everyone except the author, `INVALID_INPUT` for a blank text or one of more than 2,000 characters,
/// `ILLEGAL_MOVE` if the report was withdrawn or has 20 amendments.
pub(crate) async fn amend(
    app: &App,
    caller: &Caller,
    request_id: Uuid,
    report: ReportId,
    text: String,
) -> ApiResult<ReportId> {
    reading::author(app, caller, report).await?;
    text::check(&text, REPORT_TEXT_MIN, REPORT_TEXT_MAX).map_err(|flaw| flaw.of("input.text"))?;
    let request = IdempotencyKey::new(app, &caller.request_name(), request_id, "amendReport", &(report, &text))?;
    let act = Act::Amend(AmendmentId(Uuid::new_v4()), text);
    retry(|| attempt(app, &request, report, &act).boxed()).await
}

/// Withdraws a report 撤回 and cancels the hazard that an emergency registered with it, unless other reports joined it. This is
/// possible until the report is reviewed or its hazard is dispatched.
///
/// # Errors
/// `NOT_FOUND` for everyone except the author, `ILLEGAL_MOVE` once the report is reviewed or its hazard is dispatched.
pub(crate) async fn withdraw(app: &App, caller: &Caller, request_id: Uuid, report: ReportId) -> ApiResult<ReportId> {
    reading::author(app, caller, report).await?;
    let request = IdempotencyKey::new(app, &caller.request_name(), request_id, "withdrawReport", &report)?;
    retry(|| attempt(app, &request, report, &Act::Withdraw).boxed()).await
}

enum Act {
    Amend(AmendmentId, String),
    Withdraw,
}

/// When an act of the author takes place.
struct ActTimes {
    /// The moment of an act on what officers see already.
    moment: Moment,
    /// The times of something new, which comes out from behind the time veil.
    veiled: Veiled,
}

impl ActTimes {
    /// Nothing is told, and nothing comes out, before the report itself does.
    fn of(rules: &RuleBook, report: &report::Model, now: DateTime<Utc>) -> ApiResult<Self> {
        let veil = rules.veil_of(report, now)?;
        let veiled = veil.over(now, 0);
        let shown_at = veiled.shown_at.max(report.shown_at);
        let moment = Moment::of_reporter(now, veil).not_before(report.shown_at);
        Ok(Self { moment, veiled: Veiled { shown_at, ..veiled } })
    }

    /// Returns the time that the event of an act tells.
    const fn told(&self, act: &Act) -> DateTime<Utc> {
        match act {
            Act::Amend(..) => self.veiled.shown_at,
            Act::Withdraw => self.moment.told,
        }
    }

    /// Whether officers see at once what is new.
    fn at_once(&self) -> bool {
        self.veiled.visible_from <= self.moment.exact
    }
}

async fn attempt(app: &App, request: &IdempotencyKey, id: ReportId, act: &Act) -> ApiResult<ReportId> {
    let txn = app.begin_write().await?;
    let loaded = rows::load_locked(&txn, id).await?.ok_or(Code::NotFound)?;
    if request.previous_result(&txn).await?.is_some() {
        return Ok(id);
    }
    let rules = app.rules(&txn).await?;
    let hazards = LockedHazards::own(&txn, &loaded.report).await?;
    let deadlines = Deadlines::of(&rules, &loaded.row, app.now())?;
    let facts = hazards.facts(&txn, &loaded.report, deadlines.policy, app.now()).await?;
    let times = ActTimes::of(&rules, &loaded.row, app.now())?;
    let mut report = loaded.report.clone();
    if let Act::Amend(..) = act {
        report.amendments = report.amendments.saturating_add(waiting_amendments(&txn, id).await?);
    }
    let events = decide_act(&report, act, facts, &times, deadlines)?;
    if let Act::Amend(amendment, text) = act {
        write_amendment(&txn, id, *amendment, text, &times).await?;
    }
    if matches!(act, Act::Withdraw) || times.at_once() {
        rows::carry_out(app, &txn, &rules, &loaded.report, &events, Author::default()).await?;
    }
    if let (Act::Withdraw, Some(own)) = (act, &hazards.own)
        && effect(Outcome::Withdraw, facts.own, facts.sharing)? == Effect::Strike
    {
        let cancel = CaseCommand::Cancel { reason: CancelReason::Withdrawn, note: None, into: None };
        follow_reporter(app, &txn, &rules, own, cancel, times.moment).await?;
        let left = rows::standing(&txn, own.id).await?;
        parting::part(app, &txn, &rules, own, &left, times.moment).await?;
    }
    request.record(&txn, id.0, app.now()).await?;
    app.commit(txn).await?;
    Ok(id)
}

/// Counts the amendments of a report that are not published yet, so that its aggregate does not know them.
async fn waiting_amendments(txn: &DatabaseTransaction, report: ReportId) -> ApiResult<u32> {
    let of_report = amendment::Entity::find().filter(amendment::COLUMN.report_id.eq(report));
    let waiting = of_report.filter(amendment::COLUMN.published.eq(false)).count(txn).await?;
    u32::try_from(waiting).map_err(ApiError::internal)
}

fn decide_act(
    report: &Report,
    act: &Act,
    hazards: HazardFacts,
    times: &ActTimes,
    deadlines: Deadlines<'_>,
) -> ApiResult<Vec<Event>> {
    let command = match act {
        Act::Amend(amendment, _) => Command::Amend { amendment: *amendment },
        Act::Withdraw => Command::Withdraw,
    };
    let context = Context {
        now: times.told(act),
        by: By::Reporter,
        in_area: false,
        own_report: true,
        barred: &BTreeSet::new(),
        hazards,
        receiver: Receiver::Unknown,
        policy: deadlines.policy,
        timing: deadlines.timing,
    };
    Ok(decide(report, command, &context)?)
}

async fn write_amendment(
    txn: &DatabaseTransaction,
    report: ReportId,
    id: AmendmentId,
    text: &str,
    times: &ActTimes,
) -> ApiResult<()> {
    let row = amendment::ActiveModel {
        id: Set(id),
        report_id: Set(report),
        text: Set(text.to_owned()),
        received_at: Set(times.moment.exact),
        shown_at: Set(times.veiled.shown_at),
        published: Set(times.at_once()),
    };
    amendment::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// Publishes the amendments whose boundary has passed: adds their events to the history of their reports, each in its own
/// transaction, and returns their number. The background worker polls this, possibly in several processes concurrently.
pub(crate) async fn publish(app: &App) -> ApiResult<u64> {
    let due = amendment::Entity::find()
        .filter(amendment::COLUMN.published.eq(false))
        .filter(amendment::COLUMN.shown_at.lte(app.now()))
        .order_by_asc(amendment::COLUMN.shown_at)
        .order_by_asc(amendment::COLUMN.received_at)
        .limit(PUBLISH_BATCH)
        .all(app.db())
        .await?;
    let mut published = 0;
    for row in due {
        match retry(|| publish_one(app, &row).boxed()).await {
            Ok(one) => published += one,
            Err(error) => tracing::warn!(cause = ?error, amendment = %row.id.0, "an amendment could not be published"),
        }
    }
    Ok(published)
}

async fn publish_one(app: &App, row: &amendment::Model) -> ApiResult<u64> {
    let txn = app.begin_write().await?;
    let loaded = rows::load_locked(&txn, row.report_id).await?.ok_or(Code::NotFound)?;
    let mark = amendment::ActiveModel { published: Set(true), ..amendment::ActiveModel::default() };
    let waiting = amendment::Entity::update_many().set(mark).filter(amendment::COLUMN.id.eq(row.id));
    let marked = waiting.filter(amendment::COLUMN.published.eq(false)).exec(&txn).await?.rows_affected;
    if marked == 0 {
        return Ok(0); // another process has published it
    }
    let rules = app.rules(&txn).await?;
    let event = Event::Amended { amendment: row.id, at: row.shown_at };
    rows::carry_out(app, &txn, &rules, &loaded.report, &[event], Author::default()).await?;
    app.commit(txn).await?;
    Ok(marked)
}

//! Loads an award under a row lock, and saves the changed columns together with its ledger lines, payment orders and
//! events.

use chrono::{DateTime, Utc};
use domain::award::{Award, Event, HazardNow, PayeeDigest, apply, postings};
use domain::clock::Clock;
use domain::event::DomainEvent;
use domain::id::{AreaId, AwardId, EventId, HazardId};
use domain::policy::RuleVersion;
use entity::{JsonList, award, hazard, ledger_entry, payment};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use uuid::Uuid;

use super::todos;
use crate::database::locked;
use crate::error::{ApiError, ApiResult};
use crate::journal::{AppendContext, Author, NewEvent, Stream, append_all};
use crate::policy::clocks;

/// The hazard columns on which an award depends: its area, for policy and access, and its current state. They are read
/// after the award row is locked, because reopening the hazard takes the same lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwardSite {
    /// The smallest area that contains the hazard.
    pub area: AreaId,
    /// The materialized path of that area; empty for a place outside every area.
    pub path: String,
    /// Whether the hazard, or the one into which it was merged, has been reopened and not closed again.
    pub now: HazardNow,
}

/// A locked award with the columns of its hazard.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The award built from its row and its clocks.
    pub award: Award,
    /// The columns of its hazard.
    pub site: AwardSite,
}

/// The metadata of the events to append.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writing {
    /// When the events are recorded.
    pub at: DateTime<Utc>,
    /// The version of the rule book under which the step was decided.
    pub rules: RuleVersion,
}

/// Locks the award row and loads its clocks and its hazard columns. Returns `None` if the award does not exist.
pub(crate) async fn load_locked<C: ConnectionTrait>(txn: &C, id: AwardId) -> ApiResult<Option<Loaded>> {
    load(txn, award::Entity::find_by_id(id)).await
}

/// Locks and loads the awards of several hazards, by ascending id, which prevents deadlocks.
pub(crate) async fn load_of_hazards<C: ConnectionTrait>(txn: &C, hazards: &[HazardId]) -> ApiResult<Vec<Loaded>> {
    let of_hazards = award::Entity::find().filter(award::COLUMN.hazard_id.is_in(hazards.iter().copied()));
    let mut loaded = Vec::new();
    for row in locked(of_hazards.order_by_asc(award::COLUMN.id)).all(txn).await? {
        let clocks = clocks::load(txn, Stream::Award(row.id)).await?;
        let site = site(txn, row.hazard_id).await?;
        loaded.push(Loaded { award: award_of(&row, clocks), site });
    }
    Ok(loaded)
}

/// Locks and loads the award of a hazard. Returns `None` if the hazard has no award.
pub(crate) async fn load_by_hazard<C: ConnectionTrait>(txn: &C, hazard: HazardId) -> ApiResult<Option<Loaded>> {
    load(txn, award::Entity::find().filter(award::COLUMN.hazard_id.eq(hazard))).await
}

async fn load<C: ConnectionTrait>(txn: &C, select: Select<award::Entity>) -> ApiResult<Option<Loaded>> {
    let Some(row) = locked(select).one(txn).await? else { return Ok(None) };
    let clocks = clocks::load(txn, Stream::Award(row.id)).await?;
    let site = site(txn, row.hazard_id).await?;
    Ok(Some(Loaded { award: award_of(&row, clocks), site }))
}

/// Reads the hazard columns on which the award depends. A missing hazard is an internal error.
async fn site<C: ConnectionTrait>(db: &C, hazard: HazardId) -> ApiResult<AwardSite> {
    let row = hazard::Entity::find_by_id(hazard).one(db).await?;
    let row = row.ok_or_else(|| ApiError::internal("an award refers to a hazard that does not exist"))?;
    let (area, path) = (row.area_id, row.area_path.clone());
    let mut standing = row;
    while let Some(next) = standing.merged_into {
        let row = hazard::Entity::find_by_id(next).one(db).await?;
        standing = row.ok_or_else(|| ApiError::internal("a hazard was merged into one that does not exist"))?;
    }
    Ok(AwardSite { area, path, now: HazardNow::of(standing.round, standing.end_kind) })
}

/// Builds an award from its row and its clocks.
#[must_use]
pub(crate) fn award_of(row: &award::Model, clocks: Vec<Clock>) -> Award {
    Award {
        id: row.id,
        version: row.version,
        hazard: row.hazard_id,
        report: row.report_id,
        unit: row.unit_id,
        amount: row.amount_fen,
        status: row.status,
        voided: row.voided,
        last_at: row.last_at.unwrap_or(row.proposed_at),
        held_from: row.held_from,
        held_at: row.held_at,
        double_of: row.double_of,
        proposed_by: row.proposed_by,
        reviewed_by: row.reviewed_by,
        approved_by: row.approved_by,
        paid_by: row.paid_by,
        verifiers: row.verifiers.0.clone(),
        attempt: row.attempt,
        collect_due: row.collect_due,
        rule_version: row.rule_version,
        clocks,
    }
}

/// Returns the mutable columns of the award row.
fn changing(award: &Award) -> award::ActiveModel {
    award::ActiveModel {
        report_id: Set(award.report),
        unit_id: Set(award.unit),
        amount_fen: Set(award.amount),
        status: Set(award.status),
        voided: Set(award.voided),
        last_at: Set(Some(award.last_at)),
        version: Set(award.version),
        held_from: Set(award.held_from),
        held_at: Set(award.held_at),
        double_of: Set(award.double_of),
        proposed_by: Set(award.proposed_by),
        reviewed_by: Set(award.reviewed_by),
        approved_by: Set(award.approved_by),
        paid_by: Set(award.paid_by),
        verifiers: Set(JsonList(award.verifiers.clone())),
        attempt: Set(award.attempt),
        collect_due: Set(award.collect_due),
        ..award::ActiveModel::default()
    }
}

/// Inserts a new award with its initial clocks and its first event. `basis` cites the regulation on which the award is
/// based.
///
/// # Errors
/// A unique violation if the hazard already has an award.
pub(crate) async fn insert<C: ConnectionTrait>(
    txn: &C,
    award: &Award,
    first: &Event,
    basis: &str,
    author: Author,
    writing: Writing,
) -> ApiResult<()> {
    let row = award::ActiveModel {
        id: Set(award.id),
        hazard_id: Set(award.hazard),
        proposed_at: Set(first.at()),
        paid_at: Set(None),
        basis: Set(basis.to_owned()),
        rule_version: Set(award.rule_version),
        ..changing(award)
    };
    award::Entity::insert(row).exec_without_returning(txn).await?;
    clocks::save(txn, Stream::Award(award.id), &[], &award.clocks).await?;
    todos::save(txn, award).await?;
    let context = append_context(award.id, award.version - 1, author, writing);
    append_all(txn, vec![(context, vec![NewEvent::from_domain(first)?])]).await?;
    Ok(())
}

/// Applies the events to the award, saves the changed columns and clocks, inserts the ledger lines and the order of a
/// started payment, appends the events and returns the new award.
///
/// # Errors
/// `CHANGED_MEANWHILE` if a concurrent writer changed the award, which the row lock should rule out.
pub(crate) async fn save<C: ConnectionTrait>(
    txn: &C,
    before: &Award,
    steps: &[(Author, Event)],
    writing: Writing,
) -> ApiResult<Award> {
    let mut after = before.clone();
    let (mut streams, mut lines, mut paid_at) = (Vec::new(), Vec::new(), None);
    for (author, event) in steps {
        let context = append_context(before.id, after.version, *author, writing);
        apply(&mut after, event);
        let new = NewEvent::from_domain(event)?;
        lines.extend(ledger_lines(&after, new.id, event));
        streams.push((context, vec![new]));
        if let Event::Paid { at, .. } = event {
            paid_at = Some(*at);
        }
        if let Event::PaymentStarted { attempt, payee, .. } = event {
            begin_payment(txn, &after, *attempt, *payee, writing.at).await?;
        }
    }
    save_row(txn, before, &after, paid_at).await?;
    clocks::save(txn, Stream::Award(after.id), &before.clocks, &after.clocks).await?;
    todos::save(txn, &after).await?;
    append_all(txn, streams).await?;
    if !lines.is_empty() {
        ledger_entry::Entity::insert_many(lines).exec_without_returning(txn).await?;
    }
    Ok(after)
}

/// Stores the citation of the regulation on which an award is based, after the award was reassigned.
pub(crate) async fn set_basis<C: ConnectionTrait>(txn: &C, award: AwardId, basis: String) -> ApiResult<()> {
    let row = award::ActiveModel { basis: Set(basis), ..award::ActiveModel::default() };
    award::Entity::update_many().set(row).filter(award::COLUMN.id.eq(award)).exec(txn).await?;
    Ok(())
}

async fn save_row<C: ConnectionTrait>(
    txn: &C,
    before: &Award,
    after: &Award,
    paid_at: Option<DateTime<Utc>>,
) -> ApiResult<()> {
    let mut row = changing(after);
    if paid_at.is_some() {
        row.paid_at = Set(paid_at);
    }
    let done = award::Entity::update_many()
        .set(row)
        .filter(award::COLUMN.id.eq(after.id))
        .filter(award::COLUMN.version.eq(before.version))
        .exec(txn)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(domain::Code::ChangedMeanwhile.into()) }
}

fn append_context(award: AwardId, after: i64, author: Author, writing: Writing) -> AppendContext {
    AppendContext { stream: Stream::Award(award), after, author, at: writing.at, rules: writing.rules }
}

fn ledger_lines(award: &Award, event_id: EventId, event: &Event) -> Vec<ledger_entry::ActiveModel> {
    let lines = postings(event, award.amount).into_iter().map(|line| ledger_entry::ActiveModel {
        id: Set(Uuid::new_v4()),
        award_id: Set(award.id),
        event_id: Set(event_id),
        stream_version: Set(award.version),
        account: Set(line.account),
        amount_fen: Set(line.amount),
        at: Set(event.at()),
    });
    lines.collect()
}

/// Inserts a payment order whose id is the idempotency key for the provider. It is committed before the provider is
/// called, so that a lost response can be retried under the same key.
async fn begin_payment<C: ConnectionTrait>(
    txn: &C,
    award: &Award,
    attempt: i32,
    payee: Option<PayeeDigest>,
    asked_at: DateTime<Utc>,
) -> ApiResult<()> {
    let row = payment::ActiveModel {
        id: Set(Uuid::new_v4()),
        award_id: Set(award.id),
        attempt: Set(attempt),
        payee_digest: Set(payee.map(|digest| digest.0.to_vec())),
        status: Set(payment::ASKED.to_owned()),
        reference: Set(None),
        asked_at: Set(asked_at),
        answered_at: Set(None),
    };
    payment::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

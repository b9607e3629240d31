//! Writes the changes of an import: the rows, one revision and one event.

use chrono::{DateTime, Utc};
use domain::policy::RuleVersion;
use entity::revision;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, IntoActiveModel, ModelTrait,
};
use serde::Serialize;

use super::difference::Difference;
use super::settle::{ImportPlan, ImportRow};
use crate::error::{ApiError, ApiResult, is_taken};
use crate::journal::{AppendContext, Author, NewEvent, Stream, append};

/// The number of rows that one statement writes. Their values stay below the 32,766 that SQLite accepts.
const CHUNK: usize = 500;
/// The number of rows from which on progress is shown.
const LARGE: usize = 2_000;

/// Inserts rows with few statements, and shows progress on standard error if there are many.
pub(crate) async fn insert_all<M, A, C>(txn: &C, rows: Vec<M>) -> ApiResult<()>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
    C: ConnectionTrait,
{
    let (total, mut written) = (rows.len(), 0);
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all()).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<A> = rows.by_ref().take(CHUNK).collect();
        written += chunk.len();
        <M::Entity as EntityTrait>::insert_many(chunk).exec_without_returning(txn).await?;
        if total >= LARGE {
            eprintln!("written {written} of {total}");
        }
    }
    Ok(())
}

/// Writes every column of a row that is stored under the same key.
pub(crate) async fn replace<M, A, C>(txn: &C, row: M) -> ApiResult<()>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
    C: ConnectionTrait,
{
    <M::Entity as EntityTrait>::update(row.into_active_model().reset_all())
        .validate()?
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Writes the rows of a plan.
pub(crate) async fn rows<R: ImportRow, C: ConnectionTrait>(txn: &C, add: Vec<R>, change: Vec<R>) -> ApiResult<()> {
    R::insert(txn, add).await?;
    for row in change {
        R::update(txn, row).await?;
    }
    Ok(())
}

/// The facts of the event of an import: counts and the hash of the file, without free text.
#[derive(Serialize)]
struct Imported<'a> {
    kind: &'a str,
    added: usize,
    changed: usize,
    unchanged: usize,
    sha256: &'a str,
    revision: i64,
}

/// Writes the revision and its event, and sets the number of the revision in `difference`.
///
/// # Errors
/// `CHANGED_MEANWHILE` if another import is written at the same time.
pub(crate) async fn record<C: ConnectionTrait>(
    txn: &C,
    difference: &mut Difference,
    now: DateTime<Utc>,
) -> ApiResult<RuleVersion> {
    let before = revision::Entity::newest(txn).await?;
    let version = RuleVersion(before + 1);
    difference.revision = Some(version);
    let row = revision::ActiveModel {
        number: Set(version.0),
        kind: Set(difference.kind.clone()),
        summary: Set(serde_json::to_string(difference).map_err(ApiError::internal)?),
        at: Set(now),
    };
    if let Err(error) = revision::Entity::insert(row).exec_without_returning(txn).await {
        return Err(if is_taken(&error) { domain::Code::ChangedMeanwhile.into() } else { error.into() });
    }
    let event = Imported {
        kind: &difference.kind,
        added: difference.added.len(),
        changed: difference.changed.len(),
        unchanged: difference.unchanged,
        sha256: &difference.sha256,
        revision: version.0,
    };
    let context =
        AppendContext { stream: Stream::Rules, after: before, author: Author::default(), at: now, rules: version };
    append(txn, context, vec![NewEvent::encode("RULES_IMPORTED", &event)?]).await?;
    Ok(version)
}

/// Writes a whole plan with its revision, if it has changes.
///
/// # Errors
/// `CHANGED_MEANWHILE` if another import is written at the same time.
pub(crate) async fn plan<R: ImportRow, C: ConnectionTrait>(
    txn: &C,
    plan: ImportPlan<R>,
    now: DateTime<Utc>,
) -> ApiResult<Difference> {
    let mut difference = plan.difference;
    if !difference.is_empty() {
        record(txn, &mut difference, now).await?;
        rows(txn, plan.add, plan.change).await?;
    }
    Ok(difference)
}

//! Writes the changes of an import: the rows, one revision and one journal event.

use chrono::{DateTime, Utc};
use domain::policy::RuleVersion;
use entity::revision;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, ModelTrait,
};
use serde::Serialize;

use super::difference::Difference;
use super::progress::Progress;
use super::settle::{ImportPlan, ImportRow};
use crate::error::{ApiError, ApiResult, is_taken};
use crate::journal::{AppendContext, Author, NewEvent, Stream, append};

/// The batch size in rows per INSERT statement. It keeps the bind parameters below SQLite's limit of 32,766.
const CHUNK: usize = 500;

/// Inserts rows in batches, with a progress display on standard error if there are many.
pub(crate) async fn insert_all<M, A, C>(txn: &C, rows: Vec<M>) -> ApiResult<()>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity> + ActiveModelBehavior + Send,
    C: ConnectionTrait,
{
    let progress = Progress::of("rows written", rows.len());
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all()).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<A> = rows.by_ref().take(CHUNK).collect();
        let many = chunk.len();
        <M::Entity as EntityTrait>::insert_many(chunk).exec_without_returning(txn).await?;
        progress.add(many);
    }
    Ok(())
}

/// Updates every column of the stored row with the same primary key.
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

/// Writes the rows of a plan: inserts first, then updates.
pub(crate) async fn rows<R: ImportRow, C: ConnectionTrait>(txn: &C, add: Vec<R>, change: Vec<R>) -> ApiResult<()> {
    R::insert(txn, add).await?;
    for row in change {
        R::update(txn, row).await?;
    }
    Ok(())
}

/// The payload of the import event: counts and the file hash, but no free text.
#[derive(Serialize)]
struct Imported<'a> {
    kind: &'a str,
    added: usize,
    changed: usize,
    unchanged: usize,
    sha256: &'a str,
    revision: i64,
}

/// Inserts a revision, by which running servers notice that the rules have changed.
///
/// # Errors
/// A unique violation if another revision with this number commits first.
pub(crate) async fn revise<C: ConnectionTrait>(txn: &C, row: revision::Model) -> Result<(), DbErr> {
    revision::Entity::insert(row.into_active_model()).exec_without_returning(txn).await.map(|_| ())
}

/// Inserts the revision and its journal event, and stores the revision number in `difference`.
///
/// # Errors
/// `CHANGED_MEANWHILE` if a concurrent import commits first.
pub(crate) async fn record<C: ConnectionTrait>(
    txn: &C,
    difference: &mut Difference,
    now: DateTime<Utc>,
) -> ApiResult<RuleVersion> {
    let before = revision::Entity::newest(txn).await?;
    let version = RuleVersion(before + 1);
    difference.revision = Some(version);
    let summary = serde_json::to_string(difference).map_err(ApiError::internal)?;
    let row = revision::Model { number: version.0, kind: difference.kind.clone(), summary, at: now };
    if let Err(error) = revise(txn, row).await {
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

/// Writes a whole plan with its revision, unless it has no changes.
///
/// # Errors
/// `CHANGED_MEANWHILE` if a concurrent import commits first.
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

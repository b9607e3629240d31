//! Reads notices and marks them as read. Only the author of a report may do so, authenticated by login or by follow-up
//! code. [`entries`] does not check access; its callers must have authorized the author.

use std::collections::HashMap;

use domain::id::{NoteId, ReportId};
use domain::limits::LIST_MAX;
use domain::refusal::Refusal;
use entity::{inbox_entry, note};
use futures::FutureExt;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::kind::{NoticeFacts, NoticeKind};
use crate::app::App;
use crate::caller::Caller;
use crate::error::{ApiError, ApiResult};
use crate::journal::idempotency::IdempotencyKey;
use crate::page::Page;
use crate::report::reading;
use crate::retry::retry;

/// A notice row with its parsed kind and facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InboxEntry {
    /// The row of table `inbox_entry`.
    pub row: inbox_entry::Model,
    /// The kind, parsed from the row.
    pub kind: NoticeKind,
    /// The facts, deserialized from the JSON of the row.
    pub facts: NoticeFacts,
    /// The text of the note that an officer wrote for the author, if the facts reference one.
    pub said: Option<String>,
}

/// Returns one page of notices per report, newest first, plus one extra row per report that tells whether a next page
/// exists.
pub(crate) async fn entries(app: &App, reports: &[ReportId], page: &Page) -> ApiResult<Vec<InboxEntry>> {
    let rows = inbox_entry::Entity::find().filter(inbox_entry::COLUMN.report_id.is_in(reports.iter().copied()));
    let rows = page.of_each(rows, inbox_entry::Column::ReportId, inbox_entry::Column::At, inbox_entry::Column::Id);
    let rows = app.db().get_database_backend().build(&rows);
    let rows = inbox_entry::Entity::find().from_raw_sql(rows).all(app.db()).await?;
    let mut entries = rows.into_iter().map(entry).collect::<ApiResult<Vec<_>>>()?;
    let notes = entries.iter().filter_map(|entry| entry.facts.note).collect();
    let texts = texts(app.db(), notes).await?;
    for entry in &mut entries {
        entry.said = entry.facts.note.and_then(|note| texts.get(&note).cloned());
    }
    Ok(entries)
}

fn entry(row: inbox_entry::Model) -> ApiResult<InboxEntry> {
    let kind = NoticeKind::from_code(&row.kind).ok_or_else(|| ApiError::internal("a notice of an unknown kind"))?;
    let facts = serde_json::from_str(&row.facts).map_err(ApiError::internal)?;
    Ok(InboxEntry { row, kind, facts, said: None })
}

async fn texts<C: ConnectionTrait>(db: &C, notes: Vec<NoteId>) -> ApiResult<HashMap<NoteId, String>> {
    if notes.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = note::Entity::find().filter(note::COLUMN.id.is_in(notes)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.text)).collect())
}

/// Marks notices of a report as read and returns how many changed; 0 for a repeated `request_id`. Ids that do not
/// belong to the report are ignored.
///
/// # Errors
/// `UNAUTHENTICATED` without a login, `NOT_FOUND` for everyone except the author, `INVALID_INPUT` for more than 100
/// ids, `REQUEST_ID_TAKEN` for a `request_id` already used with another input.
pub(crate) async fn mark_read(
    app: &App,
    caller: &Caller,
    report: ReportId,
    notices: &[Uuid],
    request_id: Option<Uuid>,
) -> ApiResult<u64> {
    reading::author(app, caller, report).await?;
    if notices.len() > LIST_MAX {
        let zh = format!("每次最多标记{LIST_MAX}条通知。");
        return Err(Refusal::invalid(
            "input.noticeIds",
            zh,
            format!("At most {LIST_MAX} notices can be marked at once."),
        )
        .into());
    }
    let asked = |id| IdempotencyKey::new(app, &caller.request_name(), id, "markNoticesRead", &(report, notices));
    let asked = request_id.map(asked).transpose()?;
    retry(|| attempt(app, asked.as_ref(), report, notices).boxed()).await
}

async fn attempt(app: &App, request: Option<&IdempotencyKey>, report: ReportId, notices: &[Uuid]) -> ApiResult<u64> {
    let txn = app.begin_write().await?;
    if let Some(request) = request {
        if request.previous_result(&txn).await?.is_some() {
            return Ok(0);
        }
        request.record(&txn, report.0, app.now()).await?;
    }
    let done = inbox_entry::Entity::update_many()
        .set(inbox_entry::ActiveModel { read_at: Set(Some(app.now())), ..inbox_entry::ActiveModel::default() })
        .filter(inbox_entry::COLUMN.report_id.eq(report))
        .filter(inbox_entry::COLUMN.id.is_in(notices.iter().copied()))
        .filter(inbox_entry::COLUMN.read_at.is_null())
        .exec(&txn)
        .await?;
    txn.commit().await?;
    Ok(done.rows_affected)
}

//! The rows of a report: loads them under a lock and saves what has changed.

use domain::Code;
use domain::id::{HazardId, ReportId};
use domain::place::Point;
use domain::report::{Event, Report, ReportStatus, apply};
use entity::report;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::app::App;
use crate::database::locked;
use crate::error::{ApiError, ApiResult};
use crate::journal::{AppendContext, Author, NewEvent, Stream, append};
use crate::policy::clocks;
use crate::policy::rulebook::RuleBook;

/// A report with the row that holds its content.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The row as it was read.
    pub row: report::Model,
    /// The report as it was read.
    pub report: Report,
}

/// Locks the row of a report and reads it for a decision. Returns `None` if the report does not exist.
pub(crate) async fn load_locked<C: ConnectionTrait>(txn: &C, id: ReportId) -> ApiResult<Option<Loaded>> {
    let Some(row) = locked(report::Entity::find_by_id(id)).one(txn).await? else { return Ok(None) };
    let clocks = clocks::load(txn, Stream::Report(id)).await?;
    let report = Report {
        id: row.id,
        version: row.version,
        status: row.status,
        source: row.source,
        emergency: row.emergency,
        hazard: row.hazard_id,
        review_unit: row.review_unit,
        shown_at: row.shown_at,
        reviewed_by: row.reviewed_by,
        clocks,
    };
    Ok(Some(Loaded { row, report }))
}

/// Writes events and the rows that they change. Returns the report after the events.
///
/// # Errors
/// `CHANGED_MEANWHILE` if another writer changed the report in between, which the lock should make impossible.
pub(crate) async fn carry_out<C: ConnectionTrait>(
    app: &App,
    txn: &C,
    rules: &RuleBook,
    before: &Report,
    events: &[Event],
    author: Author,
) -> ApiResult<Report> {
    let mut after = before.clone();
    for event in events {
        apply(&mut after, event);
    }
    let new = events.iter().map(NewEvent::from_domain).collect::<ApiResult<_>>()?;
    let written = report::Entity::update_many()
        .set(report::ActiveModel {
            version: Set(after.version),
            status: Set(after.status),
            hazard_id: Set(after.hazard),
            reviewed_by: Set(after.reviewed_by),
            ..report::ActiveModel::default()
        })
        .filter(report::COLUMN.id.eq(after.id))
        .filter(report::COLUMN.version.eq(before.version))
        .exec(txn)
        .await?;
    if written.rows_affected != 1 {
        return Err(Code::ChangedMeanwhile.into());
    }
    clocks::save(txn, Stream::Report(after.id), &before.clocks, &after.clocks).await?;
    let context = AppendContext {
        stream: Stream::Report(after.id),
        after: before.version,
        author,
        at: recorded_at(app, &after, events),
        rules: rules.version,
    };
    append(txn, context, new).await?;
    Ok(after)
}

/// Returns the time at which the journal says that the events were written. For an act of the author it is rounded up,
/// like the time of the event itself, because the exact time could reveal who the author is.
fn recorded_at(app: &App, report: &Report, events: &[Event]) -> chrono::DateTime<chrono::Utc> {
    if events.iter().any(is_by_author) { domain::report::shown_at(app.now(), report.emergency) } else { app.now() }
}

/// Checks whether the author caused an event. The match names every event, so that each new one must be decided on.
const fn is_by_author(event: &Event) -> bool {
    match event {
        Event::Received(_) | Event::Amended { .. } | Event::Withdrawn { .. } => true,
        Event::Confirmed { .. }
        | Event::Merged { .. }
        | Event::Unfounded { .. }
        | Event::Referred { .. }
        | Event::OutOfScope { .. } => false,
    }
}

/// Returns the reports of a hazard that were found to be true, first received first.
pub(crate) async fn true_reports<C: ConnectionTrait>(db: &C, hazard: HazardId) -> ApiResult<Vec<report::Model>> {
    Ok(report::Entity::find()
        .filter(report::COLUMN.hazard_id.eq(hazard))
        .filter(report::COLUMN.status.is_in([ReportStatus::Confirmed, ReportStatus::Merged]))
        .order_by_asc(report::COLUMN.received_at)
        .order_by_asc(report::COLUMN.id)
        .all(db)
        .await?)
}

/// Returns the place of a row. An invalid place is an internal error, because only checked places are written.
pub(crate) fn point_of(lng_e7: i64, lat_e7: i64) -> ApiResult<Point> {
    let e7 = |value: i64| i32::try_from(value).ok();
    e7(lng_e7)
        .zip(e7(lat_e7))
        .and_then(|(lng, lat)| Point::from_e7(lng, lat))
        .ok_or_else(|| ApiError::internal("a row contains an invalid place"))
}

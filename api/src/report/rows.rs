//! A report as rows: loading it under its lock, writing what differs.

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

/// Reads a report for a decision, its row locked.
///
/// # Errors
/// When the database is not answering.
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

/// Writes events and what they change; the report after them.
///
/// # Errors
/// `CHANGED_MEANWHILE` when somebody wrote in between, which the lock should make impossible.
pub(crate) async fn carry_out<C: ConnectionTrait>(
    app: &App,
    txn: &C,
    rules: &RuleBook,
    before: &Report,
    (events, author): (&[Event], Author),
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
    let heading = AppendContext {
        stream: Stream::Report(after.id),
        after: before.version,
        author,
        at: recorded_at(app, &after, events),
        rules: rules.version,
    };
    append(txn, heading, new).await?;
    Ok(after)
}

/// When an event is said to be written: of an author's act, the end of its hour, like its time.
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

/// The reports of a hazard that were found to be true, first received first.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn true_reports<C: ConnectionTrait>(db: &C, hazard: HazardId) -> ApiResult<Vec<report::Model>> {
    Ok(report::Entity::find()
        .filter(report::COLUMN.hazard_id.eq(hazard))
        .filter(report::COLUMN.status.is_in([ReportStatus::Confirmed, ReportStatus::Merged]))
        .order_by_asc(report::COLUMN.received_at)
        .order_by_asc(report::COLUMN.id)
        .all(db)
        .await?)
}

/// The place of a row.
///
/// # Errors
/// An internal error: only checked places are written.
pub(crate) fn point_of(lng_e7: i64, lat_e7: i64) -> ApiResult<Point> {
    let e7 = |value: i64| i32::try_from(value).ok();
    e7(lng_e7)
        .zip(e7(lat_e7))
        .and_then(|(lng, lat)| Point::from_e7(lng, lat))
        .ok_or_else(|| ApiError::internal("a row contains an invalid place"))
}

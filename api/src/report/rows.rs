//! Loads a report under a row lock, and saves the changed columns.

use std::collections::BTreeSet;

use domain::Code;
use domain::event::DomainEvent;
use domain::id::{HazardId, ReportId};
use domain::place::Point;
use domain::report::{Event, Report, ReportStatus, apply};
use entity::{batch, moved_report, report};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::todos;
use crate::app::App;
use crate::caller::OfficerCaller;
use crate::database::locked;
use crate::error::{ApiError, ApiResult};
use crate::identity::bars;
use crate::identity::keys::Keys;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append};
use crate::policy::clocks;
use crate::policy::rulebook::RuleBook;

/// The report aggregate together with its row, which also holds the content.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The row of table `report` as loaded.
    pub row: report::Model,
    /// The aggregate built from that row and its clocks.
    pub report: Report,
}

/// Locks the report row and loads its clocks. Returns `None` if the report does not exist.
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
        amendments: u32::try_from(row.amendments).map_err(ApiError::internal)?,
        clocks,
    };
    Ok(Some(Loaded { row, report }))
}

/// Applies the events to the report, saves the changed columns and clocks, appends the events and returns the new
/// report.
///
/// # Errors
/// `CHANGED_MEANWHILE` if a concurrent writer changed the report, which the row lock should rule out.
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
            review_unit: Set(after.review_unit),
            reviewed_by: Set(after.reviewed_by),
            amendments: Set(i32::try_from(after.amendments).map_err(ApiError::internal)?),
            ..report::ActiveModel::default()
        })
        .filter(report::COLUMN.id.eq(after.id))
        .filter(report::COLUMN.version.eq(before.version))
        .exec(txn)
        .await?;
    if written.rows_affected != 1 {
        return Err(Code::ChangedMeanwhile.into());
    }
    if let Some(left) = before.hazard.filter(|left| after.hazard.is_some_and(|now| now != *left)) {
        moves(txn, left, &after).await?;
    }
    clocks::save(txn, Stream::Report(after.id), &before.clocks, &after.clocks).await?;
    todos::save(txn, &after).await?;
    let context = AppendContext {
        stream: Stream::Report(after.id),
        after: before.version,
        author,
        at: recorded_at(app, author, events),
        rules: rules.version,
    };
    append(txn, context, new).await?;
    Ok(after)
}

/// Notes to which hazard the report pointed before. A report that moves back was never gone.
async fn moves<C: ConnectionTrait>(txn: &C, left: HazardId, after: &Report) -> ApiResult<()> {
    if let Some(hazard) = after.hazard {
        let back = moved_report::Entity::delete_by_id((hazard, after.id)).exec(txn).await?;
        if back.rows_affected > 0 {
            return Ok(());
        }
    }
    let row = moved_report::ActiveModel { hazard_id: Set(left), report_id: Set(after.id) };
    let key = [moved_report::Column::HazardId, moved_report::Column::ReportId];
    let there = OnConflict::columns(key).do_nothing().to_owned();
    moved_report::Entity::insert(row).on_conflict(there).exec_without_returning(txn).await?;
    Ok(())
}

/// Lets a hazard derive from another one: whoever may not know of the reports that point to that one, or pointed to it
/// before, may not know of this one either.
pub(crate) async fn derive<C: ConnectionTrait>(txn: &C, from: HazardId, to: HazardId) -> ApiResult<()> {
    let pointing = report::Entity::find().filter(report::COLUMN.hazard_id.eq(from)).select_only();
    let pointing: Vec<ReportId> = pointing.column(report::Column::Id).into_tuple().all(txn).await?;
    let all: BTreeSet<ReportId> = pointing.into_iter().chain(moved_from(txn, from).await?).collect();
    let rows = all.into_iter().map(|report| moved_report::ActiveModel { hazard_id: Set(to), report_id: Set(report) });
    batch::insert(txn, rows.collect()).await?;
    Ok(())
}

/// Returns the reports that moved away from a hazard, by id.
pub(crate) async fn moved_from<C: ConnectionTrait>(db: &C, hazard: HazardId) -> ApiResult<Vec<ReportId>> {
    let rows = moved_report::Entity::find().filter(moved_report::COLUMN.hazard_id.eq(hazard));
    let rows = rows.order_by_asc(moved_report::COLUMN.report_id).select_only();
    Ok(rows.column(moved_report::Column::ReportId).into_tuple().all(db).await?)
}

/// Returns the `recorded_at` timestamp of the events. For a step by the author, and for what follows from it, it is the
/// event's own time, a boundary of the time veil, because the exact time could identify the author.
fn recorded_at(app: &App, author: Author, events: &[Event]) -> chrono::DateTime<chrono::Utc> {
    let follows = |event: &&Event| author.officer.is_none() || is_by_author(event);
    events.iter().rev().find(follows).map_or_else(|| app.now(), DomainEvent::at)
}

/// Checks whether an event is a step by the author. The match is exhaustive, so that a new variant requires a decision.
const fn is_by_author(event: &Event) -> bool {
    match event {
        Event::Received(_) | Event::Amended { .. } | Event::Withdrawn { .. } | Event::CallbackAnswered { .. } => true,
        Event::Assigned { .. }
        | Event::Confirmed { .. }
        | Event::Merged { .. }
        | Event::Forwarded { .. }
        | Event::Moved { .. }
        | Event::Unfounded { .. }
        | Event::Referred { .. }
        | Event::OutOfScope { .. }
        | Event::Inherited { .. }
        | Event::Recounted { .. } => false,
    }
}

/// The statuses in which a report stands: it awaits its review, or was found to be true.
pub(crate) const STANDS: [ReportStatus; 3] = [ReportStatus::Received, ReportStatus::Confirmed, ReportStatus::Merged];

/// Returns the reports that point to a hazard and stand, by id.
pub(crate) async fn standing<C: ConnectionTrait>(db: &C, hazard: HazardId) -> ApiResult<Vec<ReportId>> {
    let rows = report::Entity::find().filter(report::COLUMN.hazard_id.eq(hazard));
    let rows = rows.filter(report::COLUMN.status.is_in(STANDS)).order_by_asc(report::COLUMN.id);
    Ok(rows.select_only().column(report::Column::Id).into_tuple().all(db).await?)
}

/// Checks whether another report than this one points to a hazard and stands. A report that is hidden from somebody who may
/// read this one does not count: they would learn of it from what becomes of the hazard.
pub(crate) async fn is_joined<C: ConnectionTrait>(db: &C, hazard: HazardId, but: ReportId) -> ApiResult<bool> {
    let others = report::Entity::find().filter(report::COLUMN.hazard_id.eq(hazard)).filter(report::COLUMN.id.ne(but));
    let others = others.filter(report::COLUMN.status.is_in(STANDS)).filter(bars::shown_with(but));
    let others = others.select_only().column(report::Column::Id).limit(1);
    Ok(others.into_tuple::<ReportId>().one(db).await?.is_some())
}

/// Returns the reports that point to a hazard, stand and are hidden from an officer because they accuse the unit of one of
/// their posts, or a unit above it.
pub(crate) async fn hidden_from<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    officer: &OfficerCaller,
    hazard: HazardId,
) -> ApiResult<Vec<ReportId>> {
    let rows = report::Entity::find().filter(report::COLUMN.hazard_id.eq(hazard));
    let rows = rows.filter(report::COLUMN.status.is_in(STANDS));
    let rows = rows.filter(bars::not_barred(keys, &officer.lines()).not()).order_by_asc(report::COLUMN.id);
    Ok(rows.select_only().column(report::Column::Id).into_tuple().all(db).await?)
}

/// Returns the ids of the true reports (confirmed or merged) of a hazard. It loads no texts, because a storm merges
/// thousands of reports into one hazard.
pub(crate) async fn true_report_ids<C: ConnectionTrait>(db: &C, hazard: HazardId) -> ApiResult<Vec<ReportId>> {
    Ok(true_reports(hazard).select_only().column(report::Column::Id).into_tuple().all(db).await?)
}

/// Returns the first true report (confirmed or merged) of a hazard, in order of receipt.
pub(crate) async fn first_true_report<C: ConnectionTrait>(
    db: &C,
    hazard: HazardId,
) -> ApiResult<Option<report::Model>> {
    let in_order = true_reports(hazard).order_by_asc(report::COLUMN.received_at).order_by_asc(report::COLUMN.id);
    Ok(in_order.one(db).await?)
}

fn true_reports(hazard: HazardId) -> Select<report::Entity> {
    report::Entity::find()
        .filter(report::COLUMN.hazard_id.eq(hazard))
        .filter(report::COLUMN.status.is_in([ReportStatus::Confirmed, ReportStatus::Merged]))
}

/// Converts the coordinate columns of a row, in units of 10⁻⁷ degrees, into a point. Invalid coordinates are an
/// internal error, because only validated points are stored.
pub(crate) fn point_of(lng_e7: i64, lat_e7: i64) -> ApiResult<Point> {
    let e7 = |value: i64| i32::try_from(value).ok();
    e7(lng_e7)
        .zip(e7(lat_e7))
        .and_then(|(lng, lat)| Point::from_e7(lng, lat))
        .ok_or_else(|| ApiError::internal("a row contains an invalid place"))
}

//! Referrals 转办 as their events tell them. Whoever referred a report may not read it any more, but may always learn again
//! that it was referred.

use domain::Code;
use domain::id::{ReportId, UnitId};
use domain::report::{Event, ReportStatus};
use entity::event;
use sea_orm::{EntityTrait, QueryFilter};

use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::journal::Stream;

/// A report right after it was referred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Referral {
    /// The status of the report.
    pub status: ReportStatus,
    /// The version of the report.
    pub version: i64,
}

/// Finds the referral to this unit, or to a channel outside if `to` is `None`. A report is referred once at most to each.
///
/// # Errors
/// `NOT_FOUND` if the report was not referred there.
pub(crate) async fn of(app: &App, report: ReportId, to: Option<UnitId>) -> ApiResult<Referral> {
    let rows = event::Entity::find().filter(event::COLUMN.stream.eq(Stream::Report(report).to_string()));
    let rows = rows.filter(event::COLUMN.kind.is_in(["FORWARDED", "REFERRED"])).all(app.db()).await?;
    for row in rows {
        let event: Event = serde_json::from_str(&row.payload).map_err(ApiError::internal)?;
        if let Some(status) = referred(&event, to) {
            return Ok(Referral { status, version: row.stream_version });
        }
    }
    Err(Code::NotFound.into())
}

/// Returns the status after the event, if it is the referral to this unit or channel.
fn referred(event: &Event, unit: Option<UnitId>) -> Option<ReportStatus> {
    match event {
        Event::Forwarded { to, .. } => (unit == Some(*to)).then_some(ReportStatus::Received),
        // In the first builds, a referral to a unit ended the report as well.
        Event::Referred { to, .. } => (unit == *to).then_some(ReportStatus::Referred),
        Event::Received(_)
        | Event::Assigned { .. }
        | Event::Amended { .. }
        | Event::Withdrawn { .. }
        | Event::Confirmed { .. }
        | Event::Merged { .. }
        | Event::Moved { .. }
        | Event::Unfounded { .. }
        | Event::OutOfScope { .. }
        | Event::Inherited { .. }
        | Event::Recounted { .. }
        | Event::CallbackAnswered { .. } => None,
    }
}

//! Maps journal events to notices: which events notify the author of a report, and with which kind.

use chrono::{DateTime, Utc};
use domain::award;
use domain::hazard;
use domain::id::{AwardId, HazardId, ReportId};
use domain::money::Fen;
use domain::report::{self, ReportSource, ReportStatus};
use entity::{callback, event};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::kind::{NoticeFacts, NoticeKind};
use crate::error::ApiResult;

/// The notice that one event sends to the authors of the listed reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NoticeFor {
    /// The reports whose authors receive the notice.
    pub(super) reports: Vec<ReportId>,
    /// The notice kind.
    pub(super) kind: NoticeKind,
    /// The facts from which the text is rendered.
    pub(super) facts: NoticeFacts,
}

/// Derives the notice of an event; `None` for most events. An event that cannot be deserialized is logged and yields
/// `None`, because it must not block the events after it.
pub(super) async fn notice_for<C: ConnectionTrait>(db: &C, event: &event::Model) -> ApiResult<Option<NoticeFor>> {
    let Some((word, id)) = event.stream.split_once(':') else { return Ok(None) };
    let Ok(id) = id.parse::<Uuid>() else { return Ok(None) };
    let (reports, told) = match word {
        "report" => {
            let Some(told) = of_report(event) else { return Ok(None) };
            (authors_of(db, Some(ReportId(id))).await?, Some(told))
        }
        "hazard" => {
            let Some(told) = of_hazard(db, event).await? else { return Ok(None) };
            // Whoever awaits a review is told its finding, and not that an entry of the ledger was cancelled before.
            let cancelled = told.0 == NoticeKind::HazardCancelled;
            let mut reports = authors_at(db, HazardId(id), !cancelled).await?;
            if told.0 == NoticeKind::HazardClosed {
                // Whoever joined after the closure was told so, and asked, when they joined.
                let later = asked_after(db, HazardId(id), event.occurred_at).await?;
                reports.retain(|report| !later.contains(report));
            }
            (reports, Some(told))
        }
        "award" => {
            let Some(told) = of_award(db, event).await? else { return Ok(None) };
            let row = entity::award::Entity::find_by_id(AwardId(id)).one(db).await?;
            (authors_of(db, row.map(|row| row.report_id)).await?, Some(told))
        }
        _ => return Ok(None),
    };
    Ok(told.filter(|_| !reports.is_empty()).map(|(kind, facts)| NoticeFor { reports, kind, facts }))
}

fn of_report(event: &event::Model) -> Option<(NoticeKind, NoticeFacts)> {
    let bare = NoticeFacts::default();
    Some(match read(event)? {
        report::Event::Confirmed { asked: true, .. } | report::Event::Merged { asked: true, .. } => {
            (NoticeKind::ReportAsked, bare)
        }
        report::Event::Confirmed { asked: false, .. } => (NoticeKind::ReportConfirmed, bare),
        report::Event::Merged { asked: false, .. } => (NoticeKind::ReportMerged, bare),
        report::Event::Forwarded { .. } => (NoticeKind::ReportForwarded, bare),
        report::Event::Moved { back: false, .. } => (NoticeKind::ReportMoved, bare),
        report::Event::Moved { back: true, .. } => (NoticeKind::ReportParted, bare),
        report::Event::Unfounded { .. } => (NoticeKind::ReportUnfounded, bare),
        report::Event::Referred { channel, .. } => (NoticeKind::ReportReferred, NoticeFacts { channel, ..bare }),
        report::Event::OutOfScope { channel, note, .. } => {
            (NoticeKind::ReportOutOfScope, NoticeFacts { channel: Some(channel), note: Some(note), ..bare })
        }
        // Which unit has the report and by when is no news for the author, nor is what the author did.
        report::Event::Received(_)
        | report::Event::Assigned { .. }
        | report::Event::Amended { .. }
        | report::Event::Withdrawn { .. }
        | report::Event::CallbackAnswered { .. }
        | report::Event::Inherited { .. }
        | report::Event::Recounted { .. } => return None,
    })
}

async fn of_hazard<C: ConnectionTrait>(db: &C, event: &event::Model) -> ApiResult<Option<(NoticeKind, NoticeFacts)>> {
    let asked = ["DISPATCHED", "BLOWN"];
    let Some(happened) = read(event) else { return Ok(None) };
    let Some(kind) = kind_of(&happened) else { return Ok(None) };
    if asked.contains(&event.kind.as_str()) {
        // Only the first of these events in a round produces a notice.
        let before = last_before(db, event, &["DISPATCHED", "BLOWN", "REOPENED"]).await?;
        if before.is_some_and(|kind| asked.contains(&kind.as_str())) {
            return Ok(None);
        }
    }
    // Neither the reason nor the terms: only that it takes longer, and until when.
    let review = if let hazard::Event::Suspended { resumes_at, .. } = happened { Some(resumes_at) } else { None };
    Ok(Some((kind, NoticeFacts { review, ..NoticeFacts::default() })))
}

/// Returns the notice to the authors of a hazard's reports; `None` for a step of which they are not told.
#[expect(clippy::too_many_lines, reason = "one arm for each event")]
const fn kind_of(happened: &hazard::Event) -> Option<NoticeKind> {
    Some(match happened {
        hazard::Event::Dispatched { .. } => NoticeKind::HazardDispatched,
        hazard::Event::Blown { .. } => NoticeKind::HazardBlown,
        hazard::Event::Extended { .. } => NoticeKind::HazardExtended,
        hazard::Event::Suspended { .. } => NoticeKind::HazardSuspended,
        hazard::Event::Resumed { .. } => NoticeKind::HazardResumed,
        hazard::Event::Closed { .. } => NoticeKind::HazardClosed,
        hazard::Event::Reopened { .. } => NoticeKind::HazardReopened,
        hazard::Event::Cancelled { into: None, .. } => NoticeKind::HazardCancelled,
        // The reports of a duplicate moved to the hazard that stands, and their authors were told so. The others are internal
        // steps of officers: the author is notified of the outcome only.
        hazard::Event::Cancelled { into: Some(_), .. }
        | hazard::Event::Registered(_)
        | hazard::Event::Classified { .. }
        | hazard::Event::WhistleAsked { .. }
        | hazard::Event::WhistleApproved { .. }
        | hazard::Event::WhistleRefused { .. }
        | hazard::Event::WhistleWithdrawn { .. }
        | hazard::Event::Rated { .. }
        | hazard::Event::RatingObjected { .. }
        | hazard::Event::RatingRuled { .. }
        | hazard::Event::WhistleJudged { .. }
        | hazard::Event::TakenBack { .. }
        | hazard::Event::SendBackAsked { .. }
        | hazard::Event::SendBackWithdrawn { .. }
        | hazard::Event::SendBackAccepted { .. }
        | hazard::Event::SendBackRefused { .. }
        | hazard::Event::Ruled { .. }
        | hazard::Event::SentBack { .. }
        | hazard::Event::Signed { .. }
        | hazard::Event::Claimed { .. }
        | hazard::Event::Released { .. }
        | hazard::Event::HandedOver { .. }
        | hazard::Event::CheckedIn { .. }
        | hazard::Event::Finished { .. }
        | hazard::Event::ExtensionAsked { .. }
        | hazard::Event::ExtensionRefused { .. }
        | hazard::Event::SuspensionAsked { .. }
        | hazard::Event::SuspensionRefused { .. }
        | hazard::Event::FollowedUp { .. }
        | hazard::Event::Supervised { .. }
        | hazard::Event::SupervisionAcknowledged { .. }
        | hazard::Event::Inspected { .. }
        | hazard::Event::Ordered { .. }
        | hazard::Event::Reinspected { .. }
        | hazard::Event::OrderRevoked { .. }
        | hazard::Event::Penalised { .. }
        | hazard::Event::PenaltyPaid { .. }
        | hazard::Event::PenaltyVoided { .. }
        | hazard::Event::Major { .. }
        | hazard::Event::Accepted { .. }
        | hazard::Event::Inherited { .. }
        | hazard::Event::Recounted { .. }
        | hazard::Event::Transferred { .. }
        | hazard::Event::Joined { .. }
        | hazard::Event::Parted { .. }
        | hazard::Event::Reinstated { .. }
        | hazard::Event::Reworked { .. } => return None,
    })
}

async fn of_award<C: ConnectionTrait>(db: &C, event: &event::Model) -> ApiResult<Option<(NoticeKind, NoticeFacts)>> {
    let Some(happened) = read(event) else { return Ok(None) };
    let (kind, until) = match happened {
        award::Event::Notified { collect_due, .. } => (NoticeKind::AwardNotified, Some(collect_due)),
        award::Event::Resumed { collect_due: Some(until), .. }
        | award::Event::ClearedDouble { resumed: true, collect_due: Some(until), .. } => {
            (NoticeKind::AwardResumed, Some(until))
        }
        award::Event::Rejected { released: Some(_), .. } => (NoticeKind::AwardWithdrawn, None),
        award::Event::Paid { .. } => (NoticeKind::AwardPaid, None),
        award::Event::Forfeited { .. } => (NoticeKind::AwardForfeited, None),
        // The author learns of the award only from the `AwardNotified` notice.
        award::Event::Held { .. } | award::Event::MarkedDouble { held: true, .. } => {
            if last_before(db, event, &["NOTIFIED"]).await?.is_none() {
                return Ok(None);
            }
            let double = matches!(happened, award::Event::MarkedDouble { .. });
            (if double { NoticeKind::AwardDoubted } else { NoticeKind::AwardHeld }, None)
        }
        // Officers' internal steps, and steps of an award of which the author has not been notified.
        award::Event::Proposed(_)
        | award::Event::Reviewed { .. }
        | award::Event::Approved { .. }
        | award::Event::Rejected { released: None, .. }
        | award::Event::MarkedDouble { held: false, .. }
        | award::Event::ClearedDouble { .. }
        | award::Event::Collected { .. }
        | award::Event::PaymentStarted { .. }
        | award::Event::PaymentFailed { .. }
        | award::Event::PaymentUnknown { .. }
        | award::Event::Resumed { collect_due: None, .. }
        | award::Event::Reassigned { .. }
        | award::Event::Rebased { .. } // a new `AwardNotified` tells the amount
        | award::Event::Inherited { .. }
        | award::Event::Recounted { .. }
        | award::Event::Voided { .. } => return Ok(None),
    };
    let amount = amount_of(db, event).await?;
    Ok(Some((kind, NoticeFacts { amount, until, ..NoticeFacts::default() })))
}

/// Returns the amount of the award to which an event belongs.
async fn amount_of<C: ConnectionTrait>(db: &C, event: &event::Model) -> ApiResult<Option<Fen>> {
    let id = event.stream.split_once(':').and_then(|(_, id)| id.parse().ok()).map(AwardId);
    let Some(id) = id else { return Ok(None) };
    Ok(entity::award::Entity::find_by_id(id).one(db).await?.map(|row| row.amount_fen))
}

/// Deserializes the event payload; logs an error and returns `None` if that fails. The callers match exhaustively, so
/// that a new event variant does not compile until someone decides whether it produces a notice.
fn read<E: DeserializeOwned>(event: &event::Model) -> Option<E> {
    serde_json::from_str(&event.payload)
        .inspect_err(
            |cause| tracing::error!(%cause, event = %event.id, "an event cannot be read, so no notice follows"),
        )
        .ok()
}

/// Returns the kind of the latest earlier event in the same stream whose kind is among `kinds`.
async fn last_before<C: ConnectionTrait>(db: &C, event: &event::Model, kinds: &[&str]) -> ApiResult<Option<String>> {
    Ok(event::Entity::find()
        .filter(event::COLUMN.stream.eq(event.stream.as_str()))
        .filter(event::COLUMN.stream_version.lt(event.stream_version))
        .filter(event::COLUMN.kind.is_in(kinds.iter().copied()))
        .order_by_desc(event::COLUMN.stream_version)
        .limit(1)
        .one(db)
        .await?
        .map(|row| row.kind))
}

/// Returns the report if it is a public report; the report of an officer on patrol has no inbox.
async fn authors_of<C: ConnectionTrait>(db: &C, report: Option<ReportId>) -> ApiResult<Vec<ReportId>> {
    let Some(report) = report else { return Ok(Vec::new()) };
    public(db, Condition::all().add(entity::report::COLUMN.id.eq(report))).await
}

/// Returns the public reports that reference a hazard and are confirmed, merged or, if `waiting`, received.
async fn authors_at<C: ConnectionTrait>(db: &C, hazard: HazardId, waiting: bool) -> ApiResult<Vec<ReportId>> {
    let stands = [ReportStatus::Confirmed, ReportStatus::Merged];
    let stands = stands.into_iter().chain(waiting.then_some(ReportStatus::Received));
    let at_hazard = Condition::all().add(entity::report::COLUMN.hazard_id.eq(hazard));
    public(db, at_hazard.add(entity::report::COLUMN.status.is_in(stands))).await
}

/// Returns the reports whose authors were asked about this hazard after that time.
async fn asked_after<C: ConnectionTrait>(db: &C, hazard: HazardId, at: DateTime<Utc>) -> ApiResult<Vec<ReportId>> {
    Ok(callback::Entity::find()
        .select_only()
        .column(callback::Column::ReportId)
        .filter(callback::COLUMN.hazard_id.eq(hazard))
        .filter(callback::COLUMN.asked_at.gt(at))
        .into_tuple()
        .all(db)
        .await?)
}

async fn public<C: ConnectionTrait>(db: &C, which: Condition) -> ApiResult<Vec<ReportId>> {
    Ok(entity::report::Entity::find()
        .select_only()
        .column(entity::report::Column::Id)
        .filter(which)
        .filter(entity::report::COLUMN.source.eq(ReportSource::Public))
        .into_tuple()
        .all(db)
        .await?)
}

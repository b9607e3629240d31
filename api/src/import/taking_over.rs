//! Lets a successor 承接单位 take over one piece of open work, with an event.

use domain::hazard::Case;
use domain::id::{AssignmentId, AwardId, HazardId, IncidentId, PostId, ReportId, UnitId};
use domain::incident::Incident;
use domain::inheritance::Inheritance;
use entity::post;
use sea_orm::ActiveValue::Set;
use sea_orm::{DatabaseTransaction, EntityTrait};
use serde::Serialize;

use super::open_work::{OpenItem, WorkKind};
use super::streams::Recording;
use crate::error::ApiResult;
use crate::journal::{AppendContext, Author, NewEvent, Stream, append, last_version};
use crate::report::unassigned;

/// The event of a post whose unit has a successor.
#[derive(Serialize)]
struct PostInherited {
    post: PostId,
    from: UnitId,
    to: UnitId,
}

/// Lets the unit take over the piece of work, if its present unit still has it.
#[expect(clippy::too_many_lines, reason = "one arm for each kind of work")]
pub(super) async fn take_over(
    txn: &DatabaseTransaction,
    recording: Recording,
    item: OpenItem,
    to: UnitId,
) -> ApiResult<()> {
    let from = item.unit;
    let inheritance = |at| Inheritance { from, to, at };
    match item.kind {
        WorkKind::Report => {
            let report = ReportId(item.id);
            if recording.report(txn, report, |report, _, at| Ok(inheritance(at).of_report(report))).await? {
                unassigned::end(txn, report).await?; // it has found a unit
            }
        }
        WorkKind::Hazard => {
            let decide = |case: &Case, at| Ok(inheritance(at).of_case(case, true, &[]));
            recording.case(txn, HazardId(item.id), decide).await?;
        }
        WorkKind::Assignment => {
            let assignment = [AssignmentId(item.id)];
            let decide = |case: &Case, at| Ok(inheritance(at).of_case(case, false, &assignment));
            recording.case(txn, HazardId(item.on), decide).await?;
        }
        WorkKind::Decision => {
            let decide = |case: &Case, at| Ok(inheritance(at).of_decision(case, AssignmentId(item.id)));
            recording.case(txn, HazardId(item.on), decide).await?;
        }
        WorkKind::Whistle => {
            let decide = |case: &Case, at| Ok(inheritance(at).of_whistle(case));
            recording.case(txn, HazardId(item.id), decide).await?;
        }
        WorkKind::Major => {
            let decide = |case: &Case, at| Ok(inheritance(at).of_major(case));
            recording.case(txn, HazardId(item.id), decide).await?;
        }
        WorkKind::Suspension => {
            let decide = |case: &Case, at| Ok(inheritance(at).of_suspension(case));
            recording.case(txn, HazardId(item.id), decide).await?;
        }
        WorkKind::Award => {
            recording.award(txn, AwardId(item.id), |award, _, at| Ok(inheritance(at).of_award(award))).await?;
        }
        WorkKind::Incident | WorkKind::Reception => {
            let decide = |incident: &Incident, at| Ok(inheritance(at).of_incident(incident));
            recording.incident(txn, IncidentId(item.id), decide).await?;
        }
        WorkKind::Post => move_post(txn, recording, PostId(item.id), inheritance(recording.at)).await?,
    }
    Ok(())
}

async fn move_post(
    txn: &DatabaseTransaction,
    recording: Recording,
    id: PostId,
    inheritance: Inheritance,
) -> ApiResult<()> {
    let Inheritance { from, to, at } = inheritance;
    let row = post::ActiveModel { id: Set(id), unit_id: Set(to), ..Default::default() };
    post::Entity::update(row).exec_without_returning(txn).await?;
    let stream = Stream::Staff(id.0);
    let after = last_version(txn, stream).await?;
    let context = AppendContext { stream, after, author: Author::default(), at, rules: recording.rules };
    let inherited = PostInherited { post: id, from, to };
    append(txn, context, vec![NewEvent::encode("POST_INHERITED", &inherited)?]).await?;
    Ok(())
}

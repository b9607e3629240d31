//! Records refused dispatches and whistles in the journal of the officer. A refusal changes no row of the hazard, so
//! without this event nobody could see that an officer probes which units can be asked.

use domain::Code;
use domain::id::{HazardId, UnitId};
use domain::policy::RuleVersion;
use domain::refusal::Refusal;
use entity::{event, revision};
use futures::FutureExt;
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;

use super::step_input::{AskedUnits, StepInput};
use crate::app::App;
use crate::caller::OfficerCaller;
use crate::error::{ApiError, ApiResult};
use crate::journal::{AppendContext, Author, NewEvent, Stream, append};
use crate::retry::retry;

/// The payload of the event: what was asked of which units, and the answer.
#[derive(Debug, Serialize)]
struct DispatchRefused<'a> {
    operation: &'a str,
    hazard: HazardId,
    lead: UnitId,
    supports: &'a [UnitId],
    code: &'a str,
    rule: Option<&'a str>,
}

/// Appends `DISPATCH_REFUSED` to the stream of the officer if the step is a dispatch or a whistle that was refused. The
/// hazard and its version stay as they are. A failure is only logged, because the caller waits for the refusal.
pub(super) async fn record(
    app: &App,
    officer: &OfficerCaller,
    operation: &'static str,
    input: &StepInput<'_>,
    error: &ApiError,
) {
    let (Some(asked), ApiError::Refused(refusal)) = (Asked::of(input), error) else { return };
    if matches!(refusal.code, Code::ChangedMeanwhile | Code::RequestIdTaken | Code::TryLater) {
        return; // no decision was made
    }
    let written = retry(|| write(app, officer, operation, &asked, refusal).boxed()).await;
    if let Err(cause) = written {
        tracing::error!(?cause, operation, "a refused dispatch could not be recorded");
    }
}

/// The hazard and the units that a step names.
struct Asked<'a> {
    hazard: HazardId,
    units: &'a AskedUnits,
}

impl<'a> Asked<'a> {
    const fn of(input: &StepInput<'a>) -> Option<Self> {
        match input {
            StepInput::Dispatch(hazard, units)
            | StepInput::Blow(hazard, _, units, _)
            | StepInput::NameUnits(hazard, _, units) => Some(Self { hazard: *hazard, units }),
            StepInput::Assignment(_)
            | StepInput::ReasonedAssignment(..)
            | StepInput::HandOver(..)
            | StepInput::CheckIn(..)
            | StepInput::Finish(..)
            | StepInput::TakeBack(..)
            | StepInput::AskExtension(..)
            | StepInput::SendBack(..)
            | StepInput::AcceptSendBack(..)
            | StepInput::Rule(..)
            | StepInput::SuspectMajor(..)
            | StepInput::ConfirmMajor(..)
            | StepInput::PlanMajor(..)
            | StepInput::ListMajor(..)
            | StepInput::DelistMajor(..)
            | StepInput::AcceptMajor(..)
            | StepInput::OrderMeasure(..)
            | StepInput::Measure(..)
            | StepInput::AskSuspension(..)
            | StepInput::ReasonedHazard(..)
            | StepInput::Resume(..)
            | StepInput::FollowUp(..)
            | StepInput::End(..)
            | StepInput::Merge(..)
            | StepInput::MergeHazards(..)
            | StepInput::Supervise(..)
            | StepInput::Supervision(_)
            | StepInput::BlowThroughCentre(..)
            | StepInput::DecideWhistle(..)
            | StepInput::RefuseWhistle(..)
            | StepInput::WithdrawWhistle(..)
            | StepInput::Rate(..)
            | StepInput::RuleOnRating(..)
            | StepInput::Enforce(_)
            | StepInput::Unmerge(..) => None,
        }
    }
}

async fn write(
    app: &App,
    officer: &OfficerCaller,
    operation: &'static str,
    asked: &Asked<'_>,
    refusal: &Refusal,
) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    let stream = Stream::Staff(officer.id.0);
    let payload = DispatchRefused {
        operation,
        hazard: asked.hazard,
        lead: asked.units.lead,
        supports: &asked.units.supports,
        code: refusal.code.as_str(),
        rule: refusal.rule,
    };
    let author = Author { officer: Some(officer.id), post: None };
    let rules = RuleVersion(revision::Entity::newest(&txn).await?);
    let context = AppendContext { stream, after: newest_version(&txn, stream).await?, author, at: app.now(), rules };
    append(&txn, context, vec![NewEvent::encode("DISPATCH_REFUSED", &payload)?]).await?;
    app.commit(txn).await
}

async fn newest_version<C: ConnectionTrait>(db: &C, stream: Stream) -> ApiResult<i64> {
    let newest = event::Entity::find()
        .filter(event::COLUMN.stream.eq(stream.to_string()))
        .order_by_desc(event::COLUMN.stream_version)
        .one(db)
        .await?;
    Ok(newest.map_or(0, |event| event.stream_version))
}

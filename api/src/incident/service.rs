//! The later steps of an incident: updates, the final report, corrections and acknowledgements.

use domain::Code;
use domain::access::By;
use domain::id::{IncidentId, NoteId, PostId, SituationReportId};
use domain::incident::{Command, Context, Draft, Event, SituationReportKind, decide};
use domain::note::NoteKind;
use domain::time::china_day;
use entity::{incident, situation_report};
use futures::FutureExt;
use sea_orm::{DatabaseTransaction, EntityTrait, QueryFilter};
use serde::Serialize;
use uuid::Uuid;

use super::facts::Facts;
use super::reading::visible;
use super::rows::{self, Loaded};
use super::written::Written;
use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{Author, Stream, notes};
use crate::retry::retry;

/// What all steps of an incident have in common. The idempotency key hashes `as_post` with the input.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct IncidentStep {
    /// The idempotency key from the client.
    #[serde(skip)]
    pub request_id: Uuid,
    /// The post under which the officer acts. With `None`, it is the officer's first post that may act.
    pub as_post: Option<PostId>,
    /// The version of the incident that the officer last saw. `None` skips the check.
    #[serde(skip)]
    pub expected_version: Option<i64>,
}

/// The constant parts of one request.
pub(super) struct Request<'a> {
    pub(super) app: &'a App,
    pub(super) officer: &'a OfficerCaller,
    pub(super) step: IncidentStep,
    pub(super) key: IdempotencyKey,
}

impl<'a> Request<'a> {
    pub(super) fn new<I: Serialize>(
        app: &'a App,
        caller: &'a Caller,
        step: IncidentStep,
        operation: &'static str,
        input: &I,
    ) -> ApiResult<Self> {
        let officer = caller.officer()?;
        let key = IdempotencyKey::new(app, &caller.request_name(), step.request_id, operation, &(input, step))?;
        Ok(Self { app, officer, step, key })
    }
}

/// What an officer asks for.
#[derive(Debug)]
enum Asked {
    Send { kind: SituationReportKind, report: Written },
    Correct { corrects: SituationReportId, reason: String, report: Written },
    Acknowledge(SituationReportId),
}

impl Asked {
    const fn report(&self) -> Option<&Written> {
        match self {
            Self::Send { report, .. } | Self::Correct { report, .. } => Some(report),
            Self::Acknowledge(_) => None,
        }
    }

    /// Returns the command, with the report that it sends, and the id of the report that it sends or acknowledges.
    fn command(&self, note: NoteId) -> (Command, Option<Draft>, SituationReportId) {
        match self {
            Self::Send { kind, report } => {
                let draft = report.draft();
                (Command::Send(*kind, draft), Some(draft), draft.report)
            }
            Self::Correct { corrects, report, .. } => {
                let draft = report.draft();
                (Command::Correct { corrects: *corrects, note, draft }, Some(draft), draft.report)
            }
            Self::Acknowledge(id) => (Command::Acknowledge(*id), None, *id),
        }
    }
}

/// Sends an update 续报 or the final report 终报, and returns its id.
///
/// # Errors
/// `NOT_FOUND` for an incident that the officer may not see, `CHANGED_MEANWHILE`, `REQUEST_ID_TAKEN`, and the refusals of
/// [`domain::incident::decide`].
pub(crate) async fn send(
    app: &App,
    caller: &Caller,
    step: IncidentStep,
    id: IncidentId,
    kind: SituationReportKind,
    report: Written,
) -> ApiResult<SituationReportId> {
    caller.officer()?;
    let report = report.checked()?;
    let request = Request::new(app, caller, step, "sendSituationReport", &(id, kind, &report))?;
    take(&request, id, &Asked::Send { kind, report }).await
}

/// Corrects a report 更正 with a whole report that takes its place, and returns the id of that one. The errors are those of
/// [`send`].
pub(crate) async fn correct(
    app: &App,
    caller: &Caller,
    step: IncidentStep,
    corrects: SituationReportId,
    reason: &str,
    report: Written,
) -> ApiResult<SituationReportId> {
    caller.officer()?;
    let (report, reason) = (report.checked()?, notes::reason(reason, "input.reason")?);
    let request = Request::new(app, caller, step, "correctSituationReport", &(corrects, &reason, &report))?;
    let id = incident_of(app, corrects).await?;
    take(&request, id, &Asked::Correct { corrects, reason, report }).await
}

/// Acknowledges a report 签收 for the receiving unit. The errors are those of [`send`].
pub(crate) async fn acknowledge(
    app: &App,
    caller: &Caller,
    step: IncidentStep,
    report: SituationReportId,
) -> ApiResult<SituationReportId> {
    let request = Request::new(app, caller, step, "acknowledgeSituationReport", &report)?;
    let id = incident_of(app, report).await?;
    take(&request, id, &Asked::Acknowledge(report)).await
}

async fn incident_of(app: &App, report: SituationReportId) -> ApiResult<IncidentId> {
    let row = situation_report::Entity::find_by_id(report).one(app.db()).await?;
    Ok(row.map(|row| row.incident_id).ok_or(Code::NotFound)?)
}

async fn take(request: &Request<'_>, id: IncidentId, asked: &Asked) -> ApiResult<SituationReportId> {
    retry(|| attempt(request, id, asked).boxed()).await
}

async fn attempt(request: &Request<'_>, id: IncidentId, asked: &Asked) -> ApiResult<SituationReportId> {
    let txn = request.app.begin_write().await?;
    let loaded = load_visible(request, &txn, id).await?;
    // We look up an earlier result only while holding the row lock, so that the second of two concurrent duplicates finds the
    // result of the first.
    if let Some(done) = request.key.previous_result(&txn).await? {
        return Ok(SituationReportId(done));
    }
    if request.step.expected_version.is_some_and(|version| version != loaded.incident.version) {
        return Err(Code::ChangedMeanwhile.into());
    }
    let done = decide_and_save(request, &txn, &loaded, asked).await?;
    request.key.record(&txn, done.0, request.app.now()).await?;
    request.app.commit(txn).await?;
    Ok(done)
}

async fn load_visible(request: &Request<'_>, txn: &DatabaseTransaction, id: IncidentId) -> ApiResult<Loaded> {
    let loaded = rows::load_locked(txn, id).await?.ok_or(Code::NotFound)?;
    let seen = incident::Entity::find_by_id(id).filter(visible(request.app, request.officer));
    seen.one(txn).await?.ok_or(Code::NotFound)?;
    Ok(loaded)
}

async fn decide_and_save(
    request: &Request<'_>,
    txn: &DatabaseTransaction,
    loaded: &Loaded,
    asked: &Asked,
) -> ApiResult<SituationReportId> {
    let (app, officer, incident) = (request.app, request.officer, &loaded.incident);
    let (rules, now) = (app.rules(txn).await?, app.now());
    let facts = Facts { app, txn, rules: &rules, officer, day: china_day(now) };
    let (signer, receiver) = match asked.report() {
        Some(report) => (
            facts.signer(report.signer).await?,
            facts.later_receiver(incident.unit, incident.hazard, incident.receiver).await?,
        ),
        None => (None, None),
    };
    let note = NoteId(Uuid::new_v4());
    let (command, draft, done) = asked.command(note);
    let policy = &rules.handling(Some(incident.area), china_day(now))?.information;
    let timing = rules.timing(incident.area, now)?;
    let (post, events): (_, Vec<Event>) = officer.choose(request.step.as_post, |post| {
        let by = By::Officer(post.actor(officer.id));
        let context = Context { now, by, signer, receiver, policy, timing };
        Ok(decide(incident, command, &context)?)
    })?;
    let stream = Stream::Incident(incident.id);
    if let (Some(report), Some(draft)) = (asked.report(), &draft) {
        report.keep(txn, draft, stream, post.id, now).await?;
    }
    if let Asked::Correct { reason, .. } = asked {
        let (kind, text) = (NoteKind::SituationReportCorrection, reason.clone());
        notes::write(txn, notes::Note { id: note, stream, kind, text, author: post.id }, now).await?;
    }
    let author = Author::from(By::Officer(post.actor(officer.id)));
    rows::save(txn, loaded, &events, author, rules.version).await?;
    Ok(done)
}

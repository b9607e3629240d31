//! Opens an incident with its initial report 初报.

use domain::Code;
use domain::access::{Action, By, Relation, may};
use domain::id::{AreaId, HazardId, IncidentId, SituationReportId, UnitId};
use domain::incident::{self, Context, Opening};
use domain::time::china_day;
use entity::hazard;
use futures::FutureExt;
use serde::Serialize;
use uuid::Uuid;

use super::facts::Facts;
use super::rows;
use super::service::{IncidentStep, Request};
use super::written::Written;
use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld};
use crate::error::{ApiError, ApiResult};
use crate::journal::{Author, Stream};
use crate::policy::rulebook::RuleBook;
use crate::retry::retry;

/// What an officer opens an incident with. Its stored hash never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Wanted {
    /// The hazard from which it comes.
    pub hazard: Option<HazardId>,
    /// The unit that receives the reports; the nearest command centre if it is `None`.
    pub receiver: Option<UnitId>,
    /// The initial report.
    pub report: Written,
}

/// Opens an incident, and returns the id of its initial report.
///
/// # Errors
/// `NOT_FOUND` for a hazard that the officer may not see and for a receiver that does not exist, and the refusals of
/// [`domain::incident::open`].
pub(crate) async fn open(
    app: &App,
    caller: &Caller,
    step: IncidentStep,
    wanted: Wanted,
) -> ApiResult<SituationReportId> {
    caller.officer()?;
    let wanted = Wanted { report: wanted.report.checked()?, ..wanted };
    let request = Request::new(app, caller, step, "openIncident", &wanted)?;
    retry(|| open_once(&request, &wanted).boxed()).await
}

async fn open_once(request: &Request<'_>, wanted: &Wanted) -> ApiResult<SituationReportId> {
    let (app, officer) = (request.app, request.officer);
    let txn = app.begin_write().await?;
    let (rules, now) = (app.rules(&txn).await?, app.now());
    let facts = Facts { app, txn: &txn, rules: &rules, officer, day: china_day(now) };
    let row = match wanted.hazard {
        Some(id) => Some(facts.hazard(id).await?),
        None => None,
    };
    if let Some(done) = request.key.previous_result(&txn).await? {
        return Ok(SituationReportId(done));
    }
    let post = sender(&facts, request, row.as_ref()).await?;
    let (area, path) = place(&rules, post.unit, row.as_ref())?;
    let hazard = match &row {
        Some(row) => Some(facts.hazard_facts(post, row).await?),
        None => None,
    };
    let draft = wanted.report.draft();
    let opening = Opening { id: IncidentId(Uuid::new_v4()), unit: post.unit, area, hazard, draft };
    let by = By::Officer(post.actor(officer.id));
    let context = Context {
        now,
        by,
        signer: facts.signer(wanted.report.signer).await?,
        receiver: facts.receiver(post.unit, wanted.hazard, wanted.receiver).await?,
        policy: &rules.handling(Some(area), china_day(now))?.information,
        timing: rules.timing(area, now)?,
    };
    let (incident, first) = incident::open(opening, &context)?;
    wanted.report.keep(&txn, &draft, Stream::Incident(incident.id), post.id, now).await?;
    rows::insert(&txn, &incident, &path, &first, Author::from(by)).await?;
    request.key.record(&txn, draft.report.0, now).await?;
    app.commit(txn).await?;
    Ok(draft.report)
}

/// Returns the area of the incident with its path: that of its hazard, or of the unit that sends.
fn place(rules: &RuleBook, unit: UnitId, row: Option<&hazard::Model>) -> ApiResult<(AreaId, String)> {
    if let Some(row) = row {
        return Ok((row.area_id, row.area_path.clone()));
    }
    let area = rules.unit(unit).and_then(|unit| rules.areas.get(unit.area_id));
    let area = area.ok_or_else(|| ApiError::internal("a unit has no area"))?;
    Ok((area.id, area.path.clone()))
}

/// Returns the post that sends: the first one that may, and that handles the hazard if there is one.
async fn sender<'a>(facts: &Facts<'_>, request: &Request<'a>, row: Option<&hazard::Model>) -> ApiResult<&'a PostHeld> {
    let officer: &'a OfficerCaller = request.officer;
    let as_post = request.step.as_post;
    let may_send = |post: &&PostHeld| {
        as_post.is_none_or(|wanted| wanted == post.id) && may(post.role, Action::SendSituationReport, Relation::OwnUnit)
    };
    let posts: Vec<&PostHeld> = officer.posts.iter().filter(may_send).collect();
    if let Some(row) = row {
        for post in &posts {
            if facts.handles(post, row).await? {
                return Ok(post);
            }
        }
    }
    posts.first().copied().ok_or_else(|| Code::Forbidden.into())
}

//! Supervision 督办 by officers: a rung is set by hand, and the addressed unit acknowledges it. Long lists of supervisions are read
//! here too.

use domain::access::Action;
use domain::hazard::{Command, SupervisionState};
use domain::id::{AreaId, AssignmentId, HazardId, SupervisionId, UnitId};
use domain::note::NoteKind;
use domain::policy::Rung;
use entity::supervision;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::step_input::StepInput;
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;
use crate::hazard::scope::visible;
use crate::page::Page;
use crate::report::reading::area_path;

/// What an officer puts under supervision, and on which rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Supervised {
    /// The hazard.
    pub hazard: HazardId,
    /// The assignment of it; `None` for the hazard as a whole.
    pub assignment: Option<AssignmentId>,
    /// The rung.
    pub rung: Rung,
}

/// Returns the id of the supervision that a request sets.
#[must_use]
pub(crate) const fn id_of(step: StepMeta) -> SupervisionId {
    SupervisionId(step.request_id)
}

/// Sets a rung by hand 人工督办.
pub(crate) async fn supervise(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    subject: Supervised,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Supervision, reason, "input.reason")?;
    let Supervised { hazard, assignment, rung } = subject;
    let input = StepInput::Supervise(hazard, assignment, rung, &note.text);
    CommandHandler { app, caller, step, operation: "superviseHazard", input }
        .execute(Target::Hazard(hazard), |_| {
            let command = Command::Supervise { supervision: id_of(step), assignment, rung, note: note.id };
            Ok(Proposal::explained(command, &note))
        })
        .await
}

/// Acknowledges a supervision 签收督办.
pub(crate) async fn acknowledge(app: &App, caller: &Caller, step: StepMeta, id: SupervisionId) -> ApiResult<HazardId> {
    let input = StepInput::Supervision(id);
    CommandHandler { app, caller, step, operation: "acknowledgeSupervision", input }
        .execute(Target::Supervision(id), |_| Ok(Proposal::of(Command::AcknowledgeSupervision { supervision: id })))
        .await
}

/// The filter of a list of supervisions; an absent condition does not restrict it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// The states; an empty list means all.
    pub states: Vec<SupervisionState>,
    /// The rungs; an empty list means all.
    pub rungs: Vec<Rung>,
    /// The addressed unit.
    pub unit: Option<UnitId>,
    /// The area, which includes all its descendants.
    pub area: Option<AreaId>,
}

/// Returns one page of the supervisions of hazards that an officer may see, newest first, plus one extra row that tells
/// whether a next page exists.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for a caller who is not an officer, `OUTSIDE_AREA` for an area that no post of the
/// officer covers.
pub(crate) async fn list(
    app: &App,
    caller: &Caller,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Vec<supervision::Model>> {
    let officer = caller.officer()?;
    let shown = supervision::of_hazards(visible(app, officer, Action::ReadHazard));
    let mut rows = supervision::Entity::find().filter(shown);
    if !filter.states.is_empty() {
        rows = rows.filter(supervision::COLUMN.state.is_in(filter.states.iter().copied()));
    }
    if !filter.rungs.is_empty() {
        rows = rows.filter(supervision::COLUMN.rung.is_in(filter.rungs.iter().copied()));
    }
    if let Some(unit) = filter.unit {
        rows = rows.filter(supervision::COLUMN.unit_id.eq(unit));
    }
    if let Some(area) = filter.area {
        rows = rows.filter(supervision::below(&area_path(app, officer, area).await?));
    }
    Ok(page.newest_first(rows, supervision::Column::At, supervision::Column::Id).all(app.db()).await?)
}

//! The steps of enforcement 行政执法: inspections 检查, orders 责令 and penalties 行政处罚; and the list of penalties.

pub(crate) mod input;
pub(super) mod preparing;

use domain::access::Action;
use domain::hazard::Command;
use domain::hazard::enforcement::{
    Certificate, DocumentNumber, Enforce, Inspect, IssueOrder, Penalise, PenaltyState, Reinspect,
};
use domain::id::{AreaId, HazardId, InspectionId, OrderId, PenaltyId, UnitId};
use domain::note::NoteKind;
use domain::place::{Pin, distance_metres};
use domain::subject::Uscc;
use entity::penalty;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use self::input::{EnforceInput, NewInspection, NewOrder, NewPenalty};
use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::step_input::StepInput;
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;
use crate::hazard::scope::visible;
use crate::page::Page;
use crate::report::reading::area_path;

/// Records an on-site inspection 检查记录, or the correction of one. The request gives the record its id.
pub(crate) async fn inspect(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    pin: Pin,
    new: &NewInspection,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Inspection, &new.findings, "input.findings")?;
    let second_officer = new.second_officer.as_deref().map(Certificate::parse).transpose()?;
    let input = StepInput::Enforce(EnforceInput::Inspect(hazard, pin.lng_e7(), pin.lat_e7(), new));
    CommandHandler { app, caller, step, operation: "recordInspection", input }
        .execute(Target::Hazard(hazard), |loaded| {
            let site = crate::report::rows::point_of(loaded.row.lng_e7, loaded.row.lat_e7)?;
            let said = Inspect {
                inspection: InspectionId(step.request_id),
                inspected_at: new.inspected_at,
                distance_metres: distance_metres(site, pin.point()),
                second_officer: second_officer.clone(),
                subject: None,
                photos: new.photos.clone(),
                corrects: new.corrects,
                note: note.id,
            };
            let command = Command::Enforce(Enforce::Inspect(said));
            Ok(Proposal { subject: new.subject.clone(), ..Proposal::explained(command, &note) })
        })
        .await
}

/// Issues an order 责令. The request gives it its id.
pub(crate) async fn order(app: &App, caller: &Caller, step: StepMeta, new: &NewOrder) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Order, &new.text, "input.text")?;
    let input = StepInput::Enforce(EnforceInput::Order(new));
    CommandHandler { app, caller, step, operation: "issueOrder", input }
        .execute(Target::Inspection(new.inspection), |_| {
            let NewOrder { inspection, kind, until, text: _ } = *new;
            let order = OrderId(step.request_id);
            let said = IssueOrder { order, inspection, kind, until, note: note.id };
            Ok(Proposal::explained(Command::Enforce(Enforce::Order(said)), &note))
        })
        .await
}

/// Records the result of a re-inspection 复查.
pub(crate) async fn reinspect(app: &App, caller: &Caller, step: StepMeta, said: Reinspect) -> ApiResult<HazardId> {
    let input = StepInput::Enforce(EnforceInput::Reinspect(said.order, said.inspection, said.met));
    CommandHandler { app, caller, step, operation: "reinspectOrder", input }
        .execute(Target::Order(said.order), |_| Ok(Proposal::of(Command::Enforce(Enforce::Reinspect(said)))))
        .await
}

/// Revokes an order 撤销责令.
pub(crate) async fn revoke(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    order: OrderId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::OrderRevocation, reason, "input.reason")?;
    let input = StepInput::Enforce(EnforceInput::Revoke(order, &note.text));
    CommandHandler { app, caller, step, operation: "revokeOrder", input }
        .execute(Target::Order(order), |_| {
            Ok(Proposal::explained(Command::Enforce(Enforce::Revoke { order, note: note.id }), &note))
        })
        .await
}

/// Records a penalty 行政处罚. The request gives it its id.
pub(crate) async fn penalise(app: &App, caller: &Caller, step: StepMeta, new: &NewPenalty) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Penalty, &new.basis, "input.basis")?;
    let document = DocumentNumber::parse(&new.document)?;
    let input = StepInput::Enforce(EnforceInput::Penalise(new));
    CommandHandler { app, caller, step, operation: "recordPenalty", input }
        .execute(Target::Inspection(new.inspection), |_| {
            let said = Penalise {
                penalty: PenaltyId(step.request_id),
                inspection: new.inspection,
                order: new.order,
                document: document.clone(),
                fine: new.fine,
                decided_on: new.decided_on,
                note: note.id,
            };
            Ok(Proposal::explained(Command::Enforce(Enforce::Penalise(said)), &note))
        })
        .await
}

/// Records that a fine was paid 缴纳罚款. An award that follows fines is settled again.
pub(crate) async fn pay(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    penalty: PenaltyId,
    paid_on: chrono::NaiveDate,
) -> ApiResult<HazardId> {
    let input = StepInput::Enforce(EnforceInput::Pay(penalty, paid_on));
    CommandHandler { app, caller, step, operation: "recordFinePayment", input }
        .execute(Target::Penalty(penalty), |_| Ok(Proposal::of(Command::Enforce(Enforce::Pay { penalty, paid_on }))))
        .await
}

/// Voids a penalty 撤销处罚. An award that follows fines is settled again.
pub(crate) async fn void(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    penalty: PenaltyId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::PenaltyVoiding, reason, "input.reason")?;
    let input = StepInput::Enforce(EnforceInput::Void(penalty, &note.text));
    CommandHandler { app, caller, step, operation: "voidPenalty", input }
        .execute(Target::Penalty(penalty), |_| {
            Ok(Proposal::explained(Command::Enforce(Enforce::Void { penalty, note: note.id }), &note))
        })
        .await
}

/// The filter of a list of penalties; an absent condition does not restrict it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// The states; an empty list means all.
    pub states: Vec<PenaltyState>,
    /// The unit that imposed the penalty.
    pub unit: Option<UnitId>,
    /// The area, which includes all its descendants.
    pub area: Option<AreaId>,
    /// The unified social credit code of the subject.
    pub uscc: Option<String>,
}

/// Returns one page of the penalties of hazards that an officer may see, newest first, plus one extra row that tells whether
/// a next page exists.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for a caller who is not an officer, `OUTSIDE_AREA` for an area that no post of the officer
/// covers, `INVALID_INPUT` for a code that is none.
pub(crate) async fn penalties(
    app: &App,
    caller: &Caller,
    filter: &Filter,
    page: &Page,
) -> ApiResult<Vec<penalty::Model>> {
    let officer = caller.officer()?;
    let mut rows = penalty::Entity::find().filter(penalty::of_hazards(visible(app, officer, Action::ReadHazard)));
    if !filter.states.is_empty() {
        rows = rows.filter(penalty::COLUMN.state.is_in(filter.states.iter().copied()));
    }
    if let Some(unit) = filter.unit {
        rows = rows.filter(penalty::COLUMN.unit_id.eq(unit));
    }
    if let Some(area) = filter.area {
        rows = rows.filter(penalty::below(&area_path(app, officer, area).await?));
    }
    if let Some(uscc) = &filter.uscc {
        let code = Uscc::parse(uscc).map_err(|refusal| refusal.with_field("filter.uscc"))?;
        rows = rows.filter(penalty::of_code(code.as_str()));
    }
    Ok(page.newest_first(rows, penalty::Column::At, penalty::Column::Id).all(app.db()).await?)
}

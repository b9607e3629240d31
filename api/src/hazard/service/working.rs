//! The worker's walk: sign 签收, claim 认领, release, hand over, check in 报到, finish 办结; then accept 验收 or rework 返工.

use chrono::{DateTime, Utc};
use domain::access::Actor;
use domain::hazard::{Command, Measure};
use domain::id::{AssignmentId, HazardId, NoteId, PhotoId, PostId};
use domain::limits::PHOTOS_MAX;
use domain::note::NoteKind;
use domain::place::{Pin, distance_metres};
use domain::refusal::{Code, Refusal};
use entity::{photo, post};
use sea_orm::{EntityTrait, QueryFilter};
use serde::Serialize;

use super::command_handler::{CommandHandler, Proposal, StepMeta, Target, note_id};
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;
use crate::hazard::rows::Loaded;
use crate::journal::notes;
use domain::time::china_day;

/// A step on one assignment that needs no words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plain {
    /// 签收.
    Sign,
    /// 认领.
    Claim,
}

/// Signs for an assignment, or claims it.
///
/// # Errors
/// Why it may not be; `ALREADY_CLAIMED` for whoever claims after one has it.
pub(crate) async fn plain(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    plain: Plain,
) -> ApiResult<HazardId> {
    let operation = match plain {
        Plain::Sign => "signAssignment",
        Plain::Claim => "claimAssignment",
    };
    let command = match plain {
        Plain::Sign => Command::Sign { assignment: id },
        Plain::Claim => Command::Claim { assignment: id },
    };
    CommandHandler { app, caller, step, operation, input: &id }
        .execute(Target::Assignment(id), |_| Ok(Proposal::of(command.clone())))
        .await
}

/// A step on one assignment that needs a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reasoned {
    /// Gives it back to the unit.
    Release,
    /// 验收.
    Accept,
    /// 返工.
    Rework,
}

impl Reasoned {
    const fn words(self) -> (&'static str, NoteKind) {
        match self {
            Self::Release => ("releaseAssignment", NoteKind::Release),
            Self::Accept => ("acceptWork", NoteKind::Acceptance),
            Self::Rework => ("sendToRework", NoteKind::Rework),
        }
    }

    const fn command(self, assignment: AssignmentId, note: NoteId) -> Command {
        match self {
            Self::Release => Command::Release { assignment, note },
            Self::Accept => Command::Accept { assignment, note },
            Self::Rework => Command::Rework { assignment, note },
        }
    }
}

/// Releases an assignment, accepts its work, or sends it to rework.
///
/// # Errors
/// Why it may not be; `NOT_YOUR_OWN` for whoever did the work, `EVIDENCE_MISSING` while a named photo is unverified.
pub(crate) async fn reasoned(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    (what, reason): (Reasoned, String),
) -> ApiResult<HazardId> {
    let reason = notes::reason(&reason, "input.reason")?;
    let (operation, kind) = what.words();
    let note = note_id();
    CommandHandler { app, caller, step, operation, input: &(id, &reason) }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal { command: what.command(id, note), notes: vec![(note, kind, reason.clone())] })
        })
        .await
}

/// Hands a claimed assignment to another post of the same unit.
///
/// # Errors
/// Why it may not be; `INVALID_INPUT` for a post that nobody holds today.
pub(crate) async fn hand_over(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    (to, reason): (PostId, String),
) -> ApiResult<HazardId> {
    let reason = notes::reason(&reason, "input.reason")?;
    let day = china_day(app.now());
    let nobody = || Refusal::invalid("input.to", "该岗位目前无人任职。", "No officer holds this post today.");
    let held = post::Entity::find_by_id(to).one(app.db()).await?.ok_or_else(nobody)?;
    if held.valid_from > day || held.valid_to.is_some_and(|end| end <= day) {
        return Err(nobody().into());
    }
    let actor = Actor { officer: held.officer_id, post: held.id, role: held.role, unit: held.unit_id };
    let note = note_id();
    CommandHandler { app, caller, step, operation: "handOverAssignment", input: &(id, to, &reason) }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal {
                command: Command::HandOver { assignment: id, to: actor, note },
                notes: vec![(note, NoteKind::HandOver, reason.clone())],
            })
        })
        .await
}

/// Where and when a worker took a step.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct OnTheSpot {
    /// Where the worker is.
    #[serde(skip)]
    pub pin: Pin,
    /// When the step was taken, if the phone had no network then.
    pub occurred_at: Option<DateTime<Utc>>,
}

fn distance(loaded: &Loaded, pin: &Pin) -> ApiResult<f64> {
    let row = &loaded.row;
    let site = crate::report::rows::point_of(row.lng_e7, row.lat_e7)?;
    Ok(distance_metres(site, pin.point()))
}

/// Checks in on the spot 报到.
///
/// # Errors
/// `TOO_FAR` without a reason; else why it may not be.
pub(crate) async fn check_in(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    (spot, far_reason): (OnTheSpot, Option<String>),
) -> ApiResult<HazardId> {
    let far_reason = far_reason.map(|text| notes::reason(&text, "input.farReason")).transpose()?;
    let note = far_reason.as_ref().map(|_| note_id());
    let input = (id, spot.pin.lng_e7(), spot.pin.lat_e7(), spot.occurred_at, &far_reason);
    CommandHandler { app, caller, step, operation: "checkIn", input: &input }
        .execute(Target::Assignment(id), |loaded| {
            let command = Command::CheckIn {
                assignment: id,
                distance_metres: distance(loaded, &spot.pin)?,
                far_reason: note,
                occurred_at: spot.occurred_at,
            };
            let notes = note.zip(far_reason.clone()).map(|(id, text)| (id, NoteKind::FarReason, text));
            Ok(Proposal { command, notes: notes.into_iter().collect() })
        })
        .await
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Done {
    /// 治理方式.
    pub measure: Measure,
    /// The photos after the work: those that were announced for this assignment.
    pub photos: Vec<PhotoId>,
    /// What else is to be said.
    pub remark: Option<String>,
}

/// Finishes an assignment 办结.
///
/// # Errors
/// `EVIDENCE_MISSING` without after-photos or with photos of something else, `TOO_FAR`; else why it may not be.
pub(crate) async fn finish(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    (spot, done): (OnTheSpot, Done),
) -> ApiResult<HazardId> {
    if done.photos.len() > PHOTOS_MAX {
        return Err(Refusal::new(Code::TooLarge).with_field("input.photos").into());
    }
    let remark = done.remark.as_ref().map(|text| notes::reason(text, "input.remark")).transpose()?;
    let note = remark.as_ref().map(|_| note_id());
    let announced = photo::Entity::find().filter(photo::COLUMN.parent_id.eq(id.0)).all(app.db()).await?;
    if !done.photos.iter().all(|photo| announced.iter().any(|row| row.id == *photo)) {
        return Err(Refusal::new(Code::EvidenceMissing)
            .with_field("input.photos")
            .with_rule("finish.own_photos")
            .into());
    }
    let input = (id, spot.pin.lng_e7(), spot.pin.lat_e7(), spot.occurred_at, &done);
    CommandHandler { app, caller, step, operation: "finishAssignment", input: &input }
        .execute(Target::Assignment(id), |loaded| {
            let command = Command::Finish {
                assignment: id,
                distance_metres: distance(loaded, &spot.pin)?,
                measure: done.measure,
                photos: done.photos.clone(),
                note,
                occurred_at: spot.occurred_at,
            };
            let notes = note.zip(remark.clone()).map(|(id, text)| (id, NoteKind::Remark, text));
            Ok(Proposal { command, notes: notes.into_iter().collect() })
        })
        .await
}

//! Changes of the duty roster by a leader of the unit or by the command centre: a shift is entered, changed or taken back.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::access::By;
use domain::id::{PostId, ShiftId, UnitId};
use domain::roster::{self, Shift};
use entity::shift;
use futures::FutureExt;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde::Serialize;
use uuid::Uuid;

use super::turn::{Turn, earlier};
use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld};
use crate::error::ApiResult;
use crate::journal::Author;
use crate::journal::idempotency::IdempotencyKey;
use crate::retry::retry;

/// What all changes of the roster have in common. The idempotency key hashes `as_post` with the input.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct RosterStep {
    /// The idempotency key from the client.
    #[serde(skip)]
    pub(super) request_id: Uuid,
    /// The post under which the officer acts. With `None`, it is the officer's first post that may act.
    pub(super) as_post: Option<PostId>,
    /// The version of the shift that the officer last saw. `None` skips the check.
    #[serde(skip)]
    pub(super) expected_version: Option<i64>,
}

impl RosterStep {
    /// Checks that the shift has the version that the officer last saw.
    fn check(&self, row: &shift::Model) -> ApiResult<()> {
        match self.expected_version {
            Some(version) if version != row.version => Err(Code::ChangedMeanwhile.into()),
            Some(_) | None => Ok(()),
        }
    }
}

/// The span and the posts of a shift, as the officer wants them. Its stored hash never changes.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Wanted {
    /// The first moment.
    pub(super) start: DateTime<Utc>,
    /// The first moment after it.
    pub(super) end: DateTime<Utc>,
    /// The post on duty.
    pub(super) post: PostId,
    /// The deputy.
    pub(super) deputy: Option<PostId>,
}

impl Wanted {
    const fn of(self, id: ShiftId, unit: UnitId) -> Shift {
        Shift { id, unit, start: self.start, end: self.end, post: self.post, deputy: self.deputy }
    }
}

/// The constant parts of one request.
struct Request<'a> {
    app: &'a App,
    officer: &'a OfficerCaller,
    step: RosterStep,
    key: IdempotencyKey,
}

impl<'a> Request<'a> {
    fn new<I: Serialize>(
        app: &'a App,
        caller: &'a Caller,
        step: RosterStep,
        operation: &'static str,
        input: &I,
    ) -> ApiResult<Self> {
        let officer = caller.officer()?;
        let key = IdempotencyKey::new(app, &caller.request_name(), step.request_id, operation, &(input, step))?;
        Ok(Self { app, officer, step, key })
    }

    fn permit(&self, turn: &Turn<'_>, unit: UnitId) -> ApiResult<Author> {
        let post: &PostHeld = turn.permit(self.officer, self.step.as_post, unit)?;
        Ok(Author::from(By::Officer(post.actor(self.officer.id))))
    }
}

/// Enters a shift 排班.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`, and the refusals of [`roster::may_enter`] and [`roster::judge`].
pub(super) async fn enter(
    app: &App,
    caller: &Caller,
    step: RosterStep,
    unit: UnitId,
    wanted: Wanted,
) -> ApiResult<shift::Model> {
    let request = Request::new(app, caller, step, "enterShift", &(unit, wanted))?;
    retry(|| enter_once(&request, unit, wanted).boxed()).await
}

async fn enter_once(request: &Request<'_>, unit: UnitId, wanted: Wanted) -> ApiResult<shift::Model> {
    let txn = request.app.begin_write().await?;
    if let Some(done) = earlier(&txn, &request.key).await? {
        return Ok(done);
    }
    let turn = Turn::take(request.app, &txn).await?;
    let author = request.permit(&turn, unit)?;
    let shift = wanted.of(ShiftId(Uuid::new_v4()), unit);
    roster::may_enter(&shift, turn.now)?;
    turn.judge(&shift).await?;
    let row = row_of(&shift, 1);
    shift::Entity::insert(row.clone().into_active_model()).exec_without_returning(&txn).await?;
    turn.record("SHIFT_ENTERED", &row, author, &request.key).await?;
    request.app.commit(txn).await?;
    Ok(row)
}

/// Changes a shift 调班.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`, `CHANGED_MEANWHILE`, and the refusals of [`roster::may_change`] and [`roster::judge`].
pub(super) async fn change(
    app: &App,
    caller: &Caller,
    step: RosterStep,
    id: ShiftId,
    wanted: Wanted,
) -> ApiResult<shift::Model> {
    let request = Request::new(app, caller, step, "changeShift", &(id, wanted))?;
    retry(|| change_once(&request, id, wanted).boxed()).await
}

async fn change_once(request: &Request<'_>, id: ShiftId, wanted: Wanted) -> ApiResult<shift::Model> {
    let txn = request.app.begin_write().await?;
    if let Some(done) = earlier(&txn, &request.key).await? {
        return Ok(done);
    }
    let turn = Turn::take(request.app, &txn).await?;
    let before = turn.row(id).await?;
    let author = request.permit(&turn, before.unit_id)?;
    request.step.check(&before)?;
    let shift = wanted.of(id, before.unit_id);
    roster::may_change(&before.shift(), &shift, turn.now)?;
    if !roster::shortens(&before.shift(), &shift) {
        turn.judge(&shift).await?;
    }
    let row = row_of(&shift, before.version + 1);
    shift::Entity::update(row.clone().into_active_model().reset_all()).exec_without_returning(&txn).await?;
    turn.record("SHIFT_CHANGED", &row, author, &request.key).await?;
    request.app.commit(txn).await?;
    Ok(row)
}

/// Takes back a shift 撤班 that has not begun.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`, `CHANGED_MEANWHILE`, and the refusals of [`roster::may_take_back`].
pub(super) async fn take_back(app: &App, caller: &Caller, step: RosterStep, id: ShiftId) -> ApiResult<shift::Model> {
    let request = Request::new(app, caller, step, "takeBackShift", &id)?;
    retry(|| take_back_once(&request, id).boxed()).await
}

async fn take_back_once(request: &Request<'_>, id: ShiftId) -> ApiResult<shift::Model> {
    let txn = request.app.begin_write().await?;
    if let Some(done) = earlier(&txn, &request.key).await? {
        return Ok(done);
    }
    let turn = Turn::take(request.app, &txn).await?;
    let before = turn.row(id).await?;
    let author = request.permit(&turn, before.unit_id)?;
    request.step.check(&before)?;
    roster::may_take_back(&before.shift(), turn.now)?;
    let row = shift::Model { taken_back_at: Some(turn.now), version: before.version + 1, ..before };
    shift::Entity::update(row.clone().into_active_model().reset_all()).exec_without_returning(&txn).await?;
    turn.record("SHIFT_TAKEN_BACK", &row, author, &request.key).await?;
    request.app.commit(txn).await?;
    Ok(row)
}

const fn row_of(shift: &Shift, version: i64) -> shift::Model {
    shift::Model {
        id: shift.id,
        unit_id: shift.unit,
        starts_at: shift.start,
        ends_at: shift.end,
        post_id: shift.post,
        deputy_id: shift.deputy,
        version,
        taken_back_at: None,
    }
}

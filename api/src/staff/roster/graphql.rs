//! The duty roster in the GraphQL schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::UnitId;
use domain::roster::OnDuty;
use entity::shift;

use super::input::{ChangeShiftInput, EnterShiftInput, TakeBackShiftInput};
use super::reading::{self, Filter};
use super::service;
use crate::context::{app, caller};
use crate::dataloader::{load, rules};
use crate::error::ApiError;
use crate::page::{self, Cursor, Page};
use crate::staff::graphql::{Post, Unit};
use crate::staff::loader::{PostById, UnitById};

/// The shift row behind the GraphQL object.
#[derive(Debug)]
pub(crate) struct Shift(pub shift::Model);

/// A shift 班次 of the duty roster 值班: the post that is on duty in a unit, and its deputy.
#[Object]
impl Shift {
    /// The id of the shift.
    async fn id(&self) -> ID {
        self.0.id.0.into()
    }

    /// The unit for which the post is on duty.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        Ok(load::<UnitById>(ctx, self.0.unit_id).await?.map(Unit))
    }

    /// The first moment of the shift.
    async fn starts_at(&self) -> DateTime<Utc> {
        self.0.starts_at
    }

    /// The first moment after the shift.
    async fn ends_at(&self) -> DateTime<Utc> {
        self.0.ends_at
    }

    /// The post on duty A岗.
    async fn post(&self, ctx: &Context<'_>) -> Result<Option<Post>, ApiError> {
        Ok(load::<PostById>(ctx, self.0.post_id).await?.map(Post))
    }

    /// The deputy's post B岗; null if nobody stands in.
    async fn deputy(&self, ctx: &Context<'_>) -> Result<Option<Post>, ApiError> {
        let Some(deputy) = self.0.deputy_id else { return Ok(None) };
        Ok(load::<PostById>(ctx, deputy).await?.map(Post))
    }

    /// The version, which each change raises by one.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The time at which the shift was taken back; null while it stands in the roster.
    async fn taken_back_at(&self) -> Option<DateTime<Utc>> {
        self.0.taken_back_at
    }
}

/// The unit and who is on duty in it now.
#[derive(Debug)]
pub(crate) struct UnitDuty {
    unit: UnitId,
    duty: OnDuty,
}

/// Who is on duty 值班 in a unit at this moment.
#[Object]
impl UnitDuty {
    /// The unit.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        Ok(load::<UnitById>(ctx, self.unit).await?.map(Unit))
    }

    /// The post on duty: that of the shift, or its deputy.
    async fn post(&self, ctx: &Context<'_>) -> Result<Option<Post>, ApiError> {
        Ok(load::<PostById>(ctx, self.duty.post).await?.map(Post))
    }

    /// Whether the deputy stands in, because the post of the shift is not in force.
    async fn is_deputy(&self) -> bool {
        self.duty.stands_in
    }

    /// The id of the shift.
    async fn shift_id(&self) -> ID {
        self.duty.shift.id.0.into()
    }

    /// The first moment after the shift.
    async fn ends_at(&self) -> DateTime<Utc> {
        self.duty.shift.end
    }
}

/// The query root for the duty roster.
#[derive(Debug, Default)]
pub(crate) struct RosterQuery;

#[Object]
impl RosterQuery {
    /// The duty roster 值班表 of a unit, in the order of the shifts. Officers of the unit, of the units above it and of the command
    /// centres of its place may read it.
    ///
    /// Refusals: `UNAUTHENTICATED`, `FORBIDDEN`; `NOT_FOUND` for a unit whose roster the caller may not read;
    /// `INVALID_INPUT` (`first`, `after`).
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn duty_roster(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the unit. If omitted, the list contains the units of the caller's posts.")]
        unit_id: Option<UnitId>,
        #[graphql(desc = "Restricts the list to shifts that end after this time.")] from: Option<DateTime<Utc>>,
        #[graphql(desc = "Restricts the list to shifts that begin before this time.")] to: Option<DateTime<Utc>>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Shift>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let filter = Filter { unit: unit_id, from, to };
        let units = reading::units(rules(ctx).await?, caller(ctx), filter.unit, app(ctx).now())?;
        let rows = reading::list(app(ctx), &units, &filter, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.starts_at, id: row.id.0 }, Shift))
    }

    /// Who is on duty 当前值班 at this moment: in the unit, or in each unit of the caller's posts. A unit in which nobody is on
    /// duty is left out. Readers are those of `dutyRoster`.
    ///
    /// Refusals: `UNAUTHENTICATED`, `FORBIDDEN`; `NOT_FOUND` for a unit whose roster the caller may not read.
    async fn on_duty(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the unit. If omitted, the answer contains the units of the caller's posts.")]
        unit_id: Option<UnitId>,
    ) -> Result<Vec<UnitDuty>, ApiError> {
        let (book, now) = (rules(ctx).await?, app(ctx).now());
        let units = reading::units(book, caller(ctx), unit_id, now)?;
        let duty = |unit: UnitId| Some(UnitDuty { unit, duty: book.roster.on_duty(unit, now)? });
        Ok(units.into_iter().filter_map(duty).collect())
    }
}

/// The result of `enterShift`.
#[derive(SimpleObject)]
pub(crate) struct EnterShiftPayload {
    /// The new shift.
    shift: Option<Shift>,
}

/// The result of `changeShift`.
#[derive(SimpleObject)]
pub(crate) struct ChangeShiftPayload {
    /// The shift after the change.
    shift: Option<Shift>,
}

/// The result of `takeBackShift`.
#[derive(SimpleObject)]
pub(crate) struct TakeBackShiftPayload {
    /// The shift, which no longer stands in the roster.
    shift: Option<Shift>,
}

/// The mutations of the duty roster.
#[derive(Debug, Default)]
pub(crate) struct RosterMutation;

#[Object]
impl RosterMutation {
    /// Enters a shift 排班 in the duty roster of a unit. A leader of the unit, an officer of a village, or the command centre may
    /// do so. A unit has one shift at a time.
    ///
    /// Refusals: `NOT_FOUND` for a unit whose roster the caller may not read, and for a post that does not exist;
    /// `ILLEGAL_MOVE` with the rules `roster.…`. With `roster.one_shift`, `extensions.shiftId` is the shift that overlaps.
    async fn enter_shift(&self, ctx: &Context<'_>, input: EnterShiftInput) -> Result<EnterShiftPayload, ApiError> {
        let (step, wanted) = (input.step(), input.wanted());
        let row = service::enter(app(ctx), caller(ctx), step, input.unit_id, wanted).await?;
        Ok(EnterShiftPayload { shift: Some(Shift(row)) })
    }

    /// Changes a shift 调班. Of a shift that has begun only the end may change: enter another shift for the person who takes over. The
    /// same callers as for `enterShift` may do so.
    ///
    /// Refusals: those of `enterShift`, and `CHANGED_MEANWHILE`.
    async fn change_shift(&self, ctx: &Context<'_>, input: ChangeShiftInput) -> Result<ChangeShiftPayload, ApiError> {
        let (step, wanted) = (input.step(), input.wanted());
        let row = service::change(app(ctx), caller(ctx), step, input.shift_id, wanted).await?;
        Ok(ChangeShiftPayload { shift: Some(Shift(row)) })
    }

    /// Takes back a shift 撤班 that has not begun. The same callers as for `enterShift` may do so.
    ///
    /// Refusals: `NOT_FOUND`, `FORBIDDEN`, `CHANGED_MEANWHILE`; `ILLEGAL_MOVE` (`roster.begun`, `roster.over`).
    async fn take_back_shift(
        &self,
        ctx: &Context<'_>,
        input: TakeBackShiftInput,
    ) -> Result<TakeBackShiftPayload, ApiError> {
        let row = service::take_back(app(ctx), caller(ctx), input.step(), input.shift_id).await?;
        Ok(TakeBackShiftPayload { shift: Some(Shift(row)) })
    }
}

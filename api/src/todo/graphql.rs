//! GraphQL type and query of todos, for officers.

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::clock::ClockKind;
use domain::id::{OrderId, SupervisionId};
use domain::todo::TodoKind;
use entity::todo;

use super::loader::{AssignmentById, ReportById};
use super::reading::{self, Count, Filter};
use crate::context::{app, caller};
use crate::dataloader::{load, rules};
use crate::error::ApiError;
use crate::hazard::graphql::Hazard;
use crate::hazard::graphql::parts::Assignment;
use crate::hazard::loader::HazardById;
use crate::incident::graphql::Incident;
use crate::incident::loader::IncidentById;
use crate::page::{self, Cursor, Page};
use crate::report::graphql::Report;
use crate::reward::graphql::Award;
use crate::reward::loader::AwardById;
use crate::staff::graphql::{Post, Unit};
use crate::staff::loader::{PostById, UnitById};
use crate::staff::roster::reading::may_read;

/// The GraphQL object that wraps a row of table `todo`.
#[derive(Debug)]
pub(crate) struct Todo(pub todo::Model);

/// A todo 待办: a step that a unit has to take next. It belongs to one report, hazard, award or incident, and disappears when
/// the step is taken or no longer needed.
#[Object]
#[expect(clippy::unused_async, reason = "the library takes resolvers as async functions")]
impl Todo {
    /// The id of the todo. It stays the same as long as the same step waits.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The step.
    async fn kind(&self) -> TodoKind {
        self.0.kind
    }

    /// The report that awaits its review; null for other todos.
    async fn report(&self, ctx: &Context<'_>) -> Result<Option<Report>, ApiError> {
        let Some(id) = self.0.report_id else { return Ok(None) };
        Ok(load::<ReportById>(ctx, id).await?.map(Report))
    }

    /// The hazard that waits; null for todos of a report or an award.
    async fn hazard(&self, ctx: &Context<'_>) -> Result<Option<Hazard>, ApiError> {
        let Some(id) = self.0.hazard_id else { return Ok(None) };
        Ok(load::<HazardById>(ctx, id).await?.map(Hazard))
    }

    /// The assignment of the hazard to which the step belongs; null for a step of the whole hazard, a report or an award.
    async fn assignment(&self, ctx: &Context<'_>) -> Result<Option<Assignment>, ApiError> {
        let Some(id) = self.0.assignment_id else { return Ok(None) };
        Ok(load::<AssignmentById>(ctx, id).await?.map(Assignment))
    }

    /// The id of the supervision that the unit has to acknowledge; null for other todos.
    async fn supervision_id(&self) -> Option<SupervisionId> {
        self.0.supervision_id
    }

    /// The id of the order that the unit has to re-inspect; null for other todos.
    async fn order_id(&self) -> Option<OrderId> {
        self.0.order_id
    }

    /// The award that waits; null for other todos.
    async fn award(&self, ctx: &Context<'_>) -> Result<Option<Award>, ApiError> {
        let Some(id) = self.0.award_id else { return Ok(None) };
        Ok(load::<AwardById>(ctx, id).await?.map(Award))
    }

    /// The incident of which a situation report has to be acknowledged or sent; null for other todos.
    async fn incident(&self, ctx: &Context<'_>) -> Result<Option<Incident>, ApiError> {
        let Some(id) = self.0.incident_id else { return Ok(None) };
        Ok(load::<IncidentById>(ctx, id).await?.map(Incident))
    }

    /// The unit that has to take the step.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        Ok(load::<UnitById>(ctx, self.0.owner_unit).await?.map(Unit))
    }

    /// Whether a post of the caller is expected to take the step, such as that of the worker who holds the assignment, or the one
    /// that was on duty when the clock of an emergency started. If
    /// it is `false`, another post is expected to, or any post that may.
    async fn is_expected_of_me(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        let posts = &caller(ctx).officer()?.posts;
        Ok(posts.iter().any(|post| Some(post.id) == self.0.owner_post))
    }

    /// The post that is on duty 值班 in the unit at this moment; null if nobody is, or if the caller may not read the roster of
    /// the unit.
    async fn duty_post(&self, ctx: &Context<'_>) -> Result<Option<Post>, ApiError> {
        let (book, now) = (rules(ctx).await?, app(ctx).now());
        if !may_read(book, caller(ctx).officer()?, self.0.owner_unit, now) {
            return Ok(None);
        }
        let Some(duty) = book.roster.on_duty(self.0.owner_unit, now) else { return Ok(None) };
        Ok(load::<PostById>(ctx, duty.post).await?.map(Post))
    }

    /// Whether the todo falls to the caller's duty: it is urgent, and a post of the caller is on duty 值班 in the unit at this
    /// moment.
    async fn on_duty(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(reading::is_on_duty(rules(ctx).await?, caller(ctx).officer()?, &self.0, app(ctx).now()))
    }

    /// The kind of the clock 时限 that says when the step is due; null if no clock times it.
    async fn clock(&self) -> Option<ClockKind> {
        self.0.clock
    }

    /// When the step is due; null if no clock times it. If several clocks of an assignment run, this is the first due time.
    async fn due(&self) -> Option<DateTime<Utc>> {
        self.0.clock.map(|_| self.0.due)
    }

    /// When the owner is warned; null if no clock times the step.
    async fn warn_at(&self) -> Option<DateTime<Utc>> {
        self.0.clock.map(|_| self.0.warn_at)
    }

    /// Whether people are in danger now, or a whistle for an emergency called the unit.
    async fn urgent(&self) -> bool {
        self.0.urgent
    }

    /// Since when the step waits.
    async fn since(&self) -> DateTime<Utc> {
        self.0.since
    }
}

/// The number of todos of one kind.
#[derive(Debug, SimpleObject)]
pub(crate) struct TodoCount {
    /// The kind.
    kind: TodoKind,
    /// The number of todos of this kind.
    open: i64,
    /// The number of those that are past their due time.
    overdue: i64,
}

/// The query root for todos.
#[derive(Debug, Default)]
pub(crate) struct TodoQuery;

#[Object]
impl TodoQuery {
    /// The todos 待办 of the caller, soonest due first: the steps that the units of the caller's posts have to take and that
    /// the roles of these posts may take; for reward officers and finance officers also the steps of awards in their area; and
    /// what is urgent in units in which one of these posts is on duty 值班 at this moment, as far as its role may take the step.
    /// Only officers may read them.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn todos(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
        #[graphql(default, desc = "Whether the list contains only todos that are past their due time.")] overdue: bool,
        #[graphql(
            default,
            desc = "Restricts the list to these kinds; an empty list means all.",
            validator(max_items = 20)
        )]
        kinds: Vec<TodoKind>,
        #[graphql(default, desc = "Whether the list contains only todos that fall to the caller's duty (`onDuty`).")]
        on_duty: bool,
    ) -> Result<Connection<Cursor, Todo>, ApiError> {
        let (page, filter) = (Page::of(first, after.as_deref())?, Filter { overdue, kinds, on_duty });
        let rows = reading::list(app(ctx), rules(ctx).await?, caller(ctx), &filter, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.due, id: row.id }, Todo))
    }

    /// The numbers of the todos that `todos` lists for the caller, by kind. A kind without todos is left out. Only officers
    /// may read them.
    async fn todo_counts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default, desc = "Whether only todos are counted that fall to the caller's duty (`onDuty`).")]
        on_duty: bool,
    ) -> Result<Vec<TodoCount>, ApiError> {
        let counts = reading::counts(app(ctx), rules(ctx).await?, caller(ctx), on_duty).await?;
        let count = |Count { kind, open, overdue }| TodoCount { kind, open, overdue };
        Ok(counts.into_iter().map(count).collect())
    }
}

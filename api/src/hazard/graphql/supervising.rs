//! The supervision ladder 督办 in the schema.

use async_graphql::connection::Connection;
use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::clock::ClockKind;
use domain::hazard::SupervisionState;
use domain::id::{AreaId, AssignmentId, HazardId, PostId, SupervisionId, UnitId};
use domain::policy::{Rung, SupervisionTrigger};
use domain::staff::Role;
use entity::supervision;
use uuid::Uuid;

use super::Hazard;
use super::input::step_input;
use super::mutation::stepped;
use super::parts::unit;
use crate::context::{app, caller};
use crate::dataloader::load;
use crate::error::ApiError;
use crate::hazard::loader::{HazardById, SupervisionsOfHazard};
use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::supervising::{self, Filter, Supervised};
use crate::journal::graphql::Note;
use crate::journal::loader::NoteById;
use crate::page::{self, Cursor, Page};
use crate::staff::graphql::Unit;

/// The GraphQL object that wraps a row of table `supervision`.
#[derive(Debug)]
pub(crate) struct Supervision(pub supervision::Model);

/// A supervision 督办: a rung of the ladder from a reminder to a formal talk. The timer of the server sets it, a step that counts
/// something up, or an officer. The addressed unit acknowledges it 签收.
#[Object]
impl Supervision {
    /// The id of the supervision.
    async fn id(&self) -> SupervisionId {
        self.0.id
    }

    /// The rung.
    async fn rung(&self) -> Rung {
        self.0.rung
    }

    /// Why it was set.
    async fn trigger(&self) -> SupervisionTrigger {
        self.0.trigger
    }

    /// The state.
    async fn state(&self) -> SupervisionState {
        self.0.state
    }

    /// The hazard.
    async fn hazard(&self, ctx: &Context<'_>) -> Result<Option<Hazard>, ApiError> {
        Ok(load::<HazardById>(ctx, self.0.hazard_id).await?.map(Hazard))
    }

    /// The id of the assignment that it is about; null if it is about the hazard as a whole.
    async fn assignment_id(&self) -> Option<AssignmentId> {
        self.0.assignment_id
    }

    /// The round of the hazard in which it was set.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// The unit to which it is addressed.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit_id).await
    }

    /// The roles of that unit that acknowledge it; an empty list means all that may.
    async fn roles(&self) -> &[Role] {
        &self.0.roles.0
    }

    /// The time at which it was set.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Until when it has to be acknowledged.
    async fn due(&self) -> DateTime<Utc> {
        self.0.due
    }

    /// The time at which the addressed unit acknowledged it; null until then.
    async fn acknowledged_at(&self) -> Option<DateTime<Utc>> {
        self.0.acknowledged.as_ref().map(|done| done.0.at)
    }

    /// The kind of the deadline that it is about; null if it is about no deadline.
    async fn clock(&self) -> Option<ClockKind> {
        self.0.deadline.as_ref().map(|deadline| deadline.0.clock)
    }

    /// The due time of that deadline, as it was then.
    async fn step_due(&self) -> Option<DateTime<Utc>> {
        self.0.deadline.as_ref().map(|deadline| deadline.0.due)
    }

    /// Whether an officer set it by hand.
    async fn by_hand(&self) -> bool {
        self.0.trigger == SupervisionTrigger::ByHand
    }

    /// The reason 督办理由, if an officer set it.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        let Some(id) = self.0.note_id else { return Ok(None) };
        Ok(load::<NoteById>(ctx, id).await?.map(Note))
    }
}

/// Returns the supervisions of a hazard, in the order in which they were set.
pub(super) async fn of_hazard(ctx: &Context<'_>, id: HazardId) -> Result<Vec<Supervision>, ApiError> {
    let rows = load::<SupervisionsOfHazard>(ctx, id).await?;
    Ok(rows.unwrap_or_default().into_iter().map(Supervision).collect())
}

/// A filter for supervisions.
#[derive(Debug, Default, InputObject)]
pub(crate) struct SupervisionFilter {
    /// Restricts the list to these states; an empty list means all.
    #[graphql(default, validator(max_items = 10))]
    pub states: Vec<SupervisionState>,
    /// Restricts the list to these rungs; an empty list means all.
    #[graphql(default, validator(max_items = 10))]
    pub rungs: Vec<Rung>,
    /// Restricts the list to supervisions that are addressed to this unit.
    pub unit_id: Option<UnitId>,
    /// Restricts the list to hazards in this area and the areas below it.
    pub area_id: Option<AreaId>,
}

/// The query root for supervisions.
#[derive(Debug, Default)]
pub(crate) struct SupervisionQuery;

#[Object]
impl SupervisionQuery {
    /// The supervisions 督办 of the hazards that the caller may see, newest first. Only officers may read them.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn supervisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list; if omitted, it contains all entries that the caller may see.")]
        filter: Option<SupervisionFilter>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, Supervision>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let SupervisionFilter { states, rungs, unit_id, area_id } = filter.unwrap_or_default();
        let filter = Filter { states, rungs, unit: unit_id, area: area_id };
        let rows = supervising::list(app(ctx), caller(ctx), &filter, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.at, id: row.id.0 }, Supervision))
    }
}

step_input! {
    /// The input of `superviseHazard` 人工督办.
    SuperviseHazardInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The id of the assignment, from `assignments` of the hazard; the hazard as a whole if omitted.
        assignment_id: Option<AssignmentId>,
        /// The rung.
        rung: Rung,
        /// The reason 督办理由, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `acknowledgeSupervision` 签收督办.
    AcknowledgeSupervisionInput {
        /// The id of the supervision, from `supervisions` of its hazard.
        supervision_id: SupervisionId,
    }
}

/// The result of `superviseHazard`.
#[derive(SimpleObject)]
pub(crate) struct SuperviseHazardPayload {
    /// The supervision.
    supervision: Option<Supervision>,
    /// The hazard, with all its supervisions.
    hazard: Option<Hazard>,
}

/// The result of `acknowledgeSupervision`.
#[derive(SimpleObject)]
pub(crate) struct AcknowledgeSupervisionPayload {
    /// The supervision.
    supervision: Option<Supervision>,
    /// The hazard, with all its supervisions.
    hazard: Option<Hazard>,
}

async fn one(ctx: &Context<'_>, hazard: HazardId, id: SupervisionId) -> Result<Option<Supervision>, ApiError> {
    Ok(of_hazard(ctx, hazard).await?.into_iter().find(|one| one.0.id == id))
}

/// The mutation root for supervisions.
#[derive(Debug, Default)]
pub(crate) struct SupervisionMutation;

#[Object]
impl SupervisionMutation {
    /// Sets a rung of the supervision ladder by hand 人工督办, with a reason. It is addressed to the unit whose turn it is, which
    /// has to acknowledge it. Only supervisors and the command centre may do this, and the command centre not for its own
    /// work (`NOT_YOUR_OWN`, `supervision.another_unit`).
    ///
    /// Refusals: `ILLEGAL_MOVE` (`supervision.not_lower`, `supervision.awaits`, `supervision.waits`).
    async fn supervise_hazard(
        &self,
        ctx: &Context<'_>,
        input: SuperviseHazardInput,
    ) -> Result<SuperviseHazardPayload, ApiError> {
        let (step, id) = (input.step(), supervising::id_of(input.step()));
        let subject = Supervised { hazard: input.hazard_id, assignment: input.assignment_id, rung: input.rung };
        let hazard = supervising::supervise(app(ctx), caller(ctx), step, subject, &input.reason).await?;
        Ok(SuperviseHazardPayload {
            supervision: one(ctx, hazard, id).await?,
            hazard: Some(stepped(ctx, hazard).await?),
        })
    }

    /// Acknowledges a supervision 签收督办. It does not take the step for which the supervision was set. Only officers of the
    /// addressed unit may do this, in a role that the policy names (`FORBIDDEN`, `supervision.addressed`).
    ///
    /// Refusals: `ILLEGAL_MOVE` (`supervision.acknowledged`, `supervision.settled`).
    async fn acknowledge_supervision(
        &self,
        ctx: &Context<'_>,
        input: AcknowledgeSupervisionInput,
    ) -> Result<AcknowledgeSupervisionPayload, ApiError> {
        let id = input.supervision_id;
        let hazard = supervising::acknowledge(app(ctx), caller(ctx), input.step(), id).await?;
        Ok(AcknowledgeSupervisionPayload {
            supervision: one(ctx, hazard, id).await?,
            hazard: Some(stepped(ctx, hazard).await?),
        })
    }
}

//! Ratings 评哨 of the answers to whistles in the schema.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::hazard::{Grades, ObjectionOutcome, RatingGrade, WhistleFault};
use domain::id::{AssignmentId, HazardId, PostId, WhistleId};
use domain::text::unless_blank;
use uuid::Uuid;

use super::Hazard;
use super::input::{ReasonedAssignmentInput, step_input};
use super::mutation::{assigned, stepped};
use super::parts::{Assignment, Whistle};
use crate::context::{app, caller};
use crate::dataloader::load;
use crate::error::ApiError;
use crate::hazard::loader::WhistlesOfHazard;
use crate::hazard::service::approving::Waiting;
use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::rating;

step_input! {
    /// The input of `rateAnswer` 评哨.
    RateAnswerInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// Whether the unit came on time 到场及时.
        on_time: RatingGrade,
        /// Whether those came who were needed 到岗到位.
        in_place: RatingGrade,
        /// Whether the work was effective 处置有效.
        effective: RatingGrade,
        /// The reason, 2 to 500 characters. It is required if a grade is `POOR`.
        reason: Option<String>,
    }
}

step_input! {
    /// The input of `ruleOnRating` 评哨裁定.
    RuleOnRatingInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// Whether the rating stands.
        outcome: ObjectionOutcome,
        /// The reason of the ruling, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `judgeWhistle` 认定乱吹哨.
    JudgeWhistleInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The id of the whistle, from `whistles` of the hazard.
        whistle_id: WhistleId,
        /// Why it was without need, as a code.
        cause: WhistleFault,
        /// The reason in words, 2 to 500 characters.
        reason: String,
    }
}

/// Defines the payload of a mutation: the assignment and its hazard.
macro_rules! payload {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            /// The assignment, with its rating.
            assignment: Option<Assignment>,
            /// The hazard.
            hazard: Option<Hazard>,
        }

        impl $name {
            async fn of(ctx: &Context<'_>, assignment: AssignmentId, hazard: HazardId) -> Result<Self, ApiError> {
                let assignment = Some(assigned(ctx, assignment).await?);
                Ok(Self { assignment, hazard: Some(stepped(ctx, hazard).await?) })
            }
        }
    };
}

payload! {
    /// The result of `rateAnswer`.
    RateAnswerPayload
}
payload! {
    /// The result of `objectToRating`.
    ObjectToRatingPayload
}
payload! {
    /// The result of `ruleOnRating`.
    RuleOnRatingPayload
}

/// The result of `judgeWhistle`.
#[derive(SimpleObject)]
pub(crate) struct JudgeWhistlePayload {
    /// The whistle, with its judgement.
    whistle: Option<Whistle>,
    /// The hazard.
    hazard: Option<Hazard>,
}

/// The mutation root for ratings.
#[derive(Debug, Default)]
pub(crate) struct RatingMutation;

#[Object]
impl RatingMutation {
    /// Rates the answer of a unit to a whistle 评哨, once its work is accepted; also after the closure. Only the clerk and the
    /// leader of the unit that blew the whistle may do this, but not somebody who did the work (`NOT_YOUR_OWN`). A rating after
    /// its deadline counts all the same.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`rating.of_a_whistle`, `rating.accepted`, `rating.once`), `INVALID_INPUT`
    /// (`rating.reason`).
    async fn rate_answer(&self, ctx: &Context<'_>, input: RateAnswerInput) -> Result<RateAnswerPayload, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let grades = Grades { on_time: input.on_time, in_place: input.in_place, effective: input.effective };
        let reason = unless_blank(input.reason);
        let hazard = rating::rate(app(ctx), caller(ctx), step, id, grades, reason.as_deref()).await?;
        RateAnswerPayload::of(ctx, id, hazard).await
    }

    /// Objects to the rating of an assignment 评哨异议, once and within the window of the policy. Only the clerk and the leader of
    /// the rated unit may do this.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`rating.rated`, `rating.objected_once`, `rating.window`).
    async fn object_to_rating(
        &self,
        ctx: &Context<'_>,
        input: ReasonedAssignmentInput,
    ) -> Result<ObjectToRatingPayload, ApiError> {
        let id = input.assignment_id;
        let hazard = rating::object(app(ctx), caller(ctx), input.step(), id, &input.reason).await?;
        ObjectToRatingPayload::of(ctx, id, hazard).await
    }

    /// Rules on an objection to a rating 评哨裁定: it stands, or it does not count. Only the roles that the policy names may do
    /// this, and no party (`NOT_YOUR_OWN`).
    ///
    /// Refusals: `ILLEGAL_MOVE` (`rating.objected`).
    async fn rule_on_rating(
        &self,
        ctx: &Context<'_>,
        input: RuleOnRatingInput,
    ) -> Result<RuleOnRatingPayload, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let hazard = rating::rule(app(ctx), caller(ctx), step, id, input.outcome, &input.reason).await?;
        RuleOnRatingPayload::of(ctx, id, hazard).await
    }

    /// Judges that a whistle was without need 认定乱吹哨, which counts in the evaluation. The work that it called for stays as it
    /// is. Only the command centre may do this, and not for a whistle of its own (`NOT_YOUR_OWN`).
    ///
    /// Refusals: `ILLEGAL_MOVE` (`whistle.judged_once`).
    async fn judge_whistle(
        &self,
        ctx: &Context<'_>,
        input: JudgeWhistleInput,
    ) -> Result<JudgeWhistlePayload, ApiError> {
        let of = Waiting { hazard: input.hazard_id, whistle: input.whistle_id };
        rating::judge_whistle(app(ctx), caller(ctx), input.step(), of, input.cause, &input.reason).await?;
        let rows = load::<WhistlesOfHazard>(ctx, of.hazard).await?.unwrap_or_default();
        let whistle = rows.into_iter().find(|row| row.id == of.whistle).map(Whistle);
        Ok(JudgeWhistlePayload { whistle, hazard: Some(stepped(ctx, of.hazard).await?) })
    }
}

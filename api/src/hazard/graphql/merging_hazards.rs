//! GraphQL mutations that merge two hazards and undo such a merge.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::hazard::OpenWork;
use domain::id::{HazardId, PostId};
use uuid::Uuid;

use super::Hazard;
use super::input::step_input;
use super::mutation::stepped;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::merging_hazards::{Pair, merge_hazards};
use crate::hazard::service::unmerging::undo_hazard_merge;

step_input! {
    /// The input of `mergeHazards` 合并. `expectedVersion` is the version of the hazard `hazardId`.
    MergeHazardsInput {
        /// The id of the hazard that is the duplicate, which is cancelled.
        hazard_id: HazardId,
        /// The id of the hazard that stands and takes everything in.
        into: HazardId,
        /// What becomes of the open work of the duplicate.
        open_work: OpenWork,
        /// The reason why both are the same matter, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `undoHazardMerge` 撤回合并. `expectedVersion` is the version of the hazard `hazardId`.
    UndoHazardMergeInput {
        /// The id of the hazard that was merged into another one.
        hazard_id: HazardId,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

/// The result of `mergeHazards`.
#[derive(SimpleObject)]
pub(crate) struct MergeHazardsPayload {
    /// The duplicate, which is cancelled.
    hazard: Option<Hazard>,
    /// The hazard that stands, with the work and the reports of both.
    into: Option<Hazard>,
}

/// The result of `undoHazardMerge`.
#[derive(SimpleObject)]
pub(crate) struct UndoHazardMergePayload {
    /// The hazard that is open again.
    hazard: Option<Hazard>,
    /// The hazard into which it had been merged.
    from: Option<Hazard>,
}

/// The mutation root for merges of hazards.
#[derive(Debug, Default)]
pub(crate) struct MergingMutation;

#[Object]
impl MergingMutation {
    /// Merges two entries of one matter 合并. The hazard `hazardId` is cancelled as a duplicate 重复 of the hazard `into`, which
    /// must be open and in the same county. Its reports move there. Its open work continues there, each whistle with its lead,
    /// or is cancelled. Of two awards, the one of the earliest true report stands: another one is voided or, if it is
    /// approved, put on hold until it is rejected or the merge is undone. Money on its way or paid out stands; such an award
    /// is marked as double (`doubleOf`). Only the township of the duplicate and the command centre may do this.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`case.ended`, `merging.target_open`, `merging.one_county`), `INVALID_INPUT` (`into`),
    /// `UNIT_BARRED`.
    async fn merge_hazards(
        &self,
        ctx: &Context<'_>,
        input: MergeHazardsInput,
    ) -> Result<MergeHazardsPayload, ApiError> {
        let (step, pair) = (input.step(), Pair { from: input.hazard_id, into: input.into });
        let done = merge_hazards(app(ctx), caller(ctx), step, pair, input.open_work, &input.reason).await?;
        Ok(MergeHazardsPayload {
            hazard: Some(stepped(ctx, done.from).await?),
            into: Some(stepped(ctx, done.into).await?),
        })
    }

    /// Undoes a merge of hazards 撤回合并: work, reports and awards are where they were before. This is possible until the next
    /// event of either hazard. The same officers as for `mergeHazards` may do this. An award that is not approved is reviewed
    /// again.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`merging.undo`; `merging.award_stands` if an award was approved since).
    async fn undo_hazard_merge(
        &self,
        ctx: &Context<'_>,
        input: UndoHazardMergeInput,
    ) -> Result<UndoHazardMergePayload, ApiError> {
        let step = input.step();
        let done = undo_hazard_merge(app(ctx), caller(ctx), step, input.hazard_id, &input.reason).await?;
        Ok(UndoHazardMergePayload {
            hazard: Some(stepped(ctx, done.from).await?),
            from: Some(stepped(ctx, done.into).await?),
        })
    }
}

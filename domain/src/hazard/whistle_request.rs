//! Whistles 哨 that have to be approved 审核 before they call anybody, or whose units the command centre names 分哨. The model, and
//! what follows from it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Case, End, NewAssignment, WhistleFault, WhistleRequestState};
use crate::clock::{Clock, ClockKind};
use crate::id::{NoteId, OfficerId, PostId, UnitId, WhistleId};
use crate::policy::WhistleClass;
use crate::staff::Role;

/// A whistle that was asked for 申请吹哨. Once it is blown, the case has a whistle with the same id. Rows store it, so a new field
/// needs a serde default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhistleRequest {
    /// The id of the whistle.
    pub whistle: WhistleId,
    /// The code of the whistle type, as the policy lists it.
    pub type_code: String,
    /// The class of this type when the whistle was asked for.
    pub class: WhistleClass,
    /// The round in which it was asked for.
    pub round: i32,
    /// The unit that asked for it.
    pub unit: UnitId,
    /// The post that asked for it.
    pub post: PostId,
    /// The officer who asked for it, who does not approve it.
    pub officer: OfficerId,
    /// The reason 吹哨理由.
    pub note: NoteId,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// The units that it calls; empty if the command centre names them.
    pub asked: Vec<NewAssignment>,
    /// The state, as far as steps of the whistle set it. [`WhistleRequest::state_in`] also knows what else ended it.
    pub state: WhistleRequestState,
    /// Why it was refused; `None` if it was not.
    pub reason: Option<WhistleFault>,
    /// The last decision; `None` if there is none.
    pub decided: Option<WhistleDecision>,
}

/// A decision on a whistle: its approval, or its refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhistleDecision {
    /// The unit that decided.
    pub unit: UnitId,
    /// The role in which the officer decided.
    pub role: Role,
    /// The officer who decided.
    pub officer: OfficerId,
    /// The opinion or the reason.
    pub note: NoteId,
    /// When it was decided.
    pub at: DateTime<Utc>,
}

impl WhistleRequestState {
    /// Returns the kind of the clock and of the step for which a whistle in this state waits; `None` if it waits for none.
    #[must_use]
    pub const fn awaits(self) -> Option<ClockKind> {
        match self {
            Self::AwaitsApproval => Some(ClockKind::ApproveWhistle),
            Self::AwaitsUnits => Some(ClockKind::NameUnits),
            Self::Blown | Self::Refused | Self::Withdrawn | Self::Lapsed => None,
        }
    }
}

impl WhistleRequest {
    /// Returns the state of the whistle in a hazard with this round and end. It lapses with its hazard, and with the round. If a
    /// merge 合并 is undone, it waits again, as everything is as it was before.
    #[must_use]
    pub fn state_in(&self, round: i32, end: Option<End>) -> WhistleRequestState {
        let is_over = end.is_some() || self.round != round;
        if self.state.awaits().is_some() && is_over { WhistleRequestState::Lapsed } else { self.state }
    }
}

impl Case {
    /// Returns the state of a whistle that was asked for.
    #[must_use]
    pub fn whistle_request_state(&self, request: &WhistleRequest) -> WhistleRequestState {
        request.state_in(self.round, self.end)
    }

    /// Returns the whistle that waits for a decision or for its units; `None` if none does. There is at most one at a time.
    #[must_use]
    pub fn pending_whistle(&self) -> Option<&WhistleRequest> {
        self.whistle_requests.iter().find(|one| self.whistle_request_state(one).awaits().is_some())
    }

    /// Returns whether a dispatch is not awaited, because a whistle has been asked for and somebody else has to act. Danger
    /// never waits for that.
    #[must_use]
    pub fn is_whistle_awaited(&self) -> bool {
        !self.emergency && self.pending_whistle().is_some()
    }

    /// Returns the open clock of the whistle that waits.
    #[must_use]
    pub fn whistle_clock(&self) -> Option<&Clock> {
        let is_it = |kind| matches!(kind, ClockKind::ApproveWhistle | ClockKind::NameUnits);
        self.clocks.iter().find(|clock| clock.is_open() && is_it(clock.key.kind))
    }
}

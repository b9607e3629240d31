//! What an outcome of a report does to the hazard to which the report points 自己的事项: usually the one that an emergency
//! brought. `domain/tests/data/outcome_table.txt` shows every cell, and tests play it.

use super::Command;
use crate::hazard::Stage;
use crate::refusal::Refusal;

/// What becomes of a report: one of the findings of its review, or a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// 属实: the report is confirmed.
    Confirm,
    /// 合并: the report joins another hazard.
    Merge,
    /// 不属实: the report is unfounded.
    Unfounded,
    /// 转办: another unit of this system goes on with the review.
    ReferToUnit,
    /// 转办: a channel outside this system takes the matter.
    ReferToChannel,
    /// 不予受理: the matter is out of scope.
    OutOfScope,
    /// 撤回: the author withdraws the report.
    Withdraw,
}

/// What an outcome does to the own hazard of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: the hazard stays as it is, open or ended.
    Keep,
    /// A new hazard is registered 登记, because there is none, or the own one has been cancelled.
    Register,
    /// The hazard is cancelled 撤销 together with its open work.
    Strike,
    /// The hazard moves to the unit that goes on with the review 随转.
    Move,
}

/// Whether the own hazard is this report's alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sharing {
    /// It is this report's alone.
    #[default]
    Alone,
    /// No other report points to it, but another unit than the reviewing one holds it.
    HeldElsewhere,
    /// Another report that stands points to it. A report that is hidden from somebody who may read this one does not count,
    /// because the outcome would tell them of it 回避; if the hazard ends, the server registers another one for it.
    Joined,
}

impl Command {
    /// Returns the outcome to which the command leads; `None` if the report stays as it is.
    #[must_use]
    pub const fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Confirm { .. } => Some(Outcome::Confirm),
            Self::Merge { .. } => Some(Outcome::Merge),
            Self::Unfounded { .. } => Some(Outcome::Unfounded),
            Self::Forward { .. } => Some(Outcome::ReferToUnit),
            Self::Refer { .. } => Some(Outcome::ReferToChannel),
            Self::OutOfScope { .. } => Some(Outcome::OutOfScope),
            Self::Withdraw => Some(Outcome::Withdraw),
            Self::Amend { .. } | Self::Follow { .. } => None,
        }
    }
}

/// Decides what an outcome does to the own hazard. `own` is its stage (`None` if the report points to no hazard).
///
/// A shared hazard never changes with one of its reports, and an ended one never ends again. A hazard that another unit
/// holds does not change with a finding of a unit that has no say in it; a withdrawal takes the matter back, whoever holds
/// it, or is refused once units work on it.
///
/// # Errors
/// [`crate::Code::IllegalMove`] (`review.not_dispatched`, `withdrawal.not_dispatched`) for an outcome that would take a
/// hazard away from units that work on it.
pub fn effect(outcome: Outcome, own: Option<Stage>, sharing: Sharing) -> Result<Effect, Refusal> {
    let is_new = outcome == Outcome::Confirm;
    let stays = match sharing {
        Sharing::Alone => false,
        Sharing::HeldElsewhere => outcome != Outcome::Withdraw,
        Sharing::Joined => true,
    };
    let open = match own {
        None | Some(Stage::Cancelled) => return Ok(if is_new { Effect::Register } else { Effect::Keep }),
        Some(Stage::Closed) => return Ok(Effect::Keep),
        Some(Stage::Open | Stage::Dispatched | Stage::Accepted) if stays => return Ok(Effect::Keep),
        Some(Stage::Open) => true,
        Some(Stage::Dispatched | Stage::Accepted) => false,
    };
    match outcome {
        Outcome::Confirm => Ok(Effect::Keep),
        Outcome::Unfounded => Ok(Effect::Strike),
        Outcome::ReferToUnit => Ok(if open { Effect::Move } else { Effect::Keep }),
        Outcome::Merge | Outcome::ReferToChannel | Outcome::OutOfScope | Outcome::Withdraw if open => {
            Ok(Effect::Strike)
        }
        Outcome::Merge | Outcome::ReferToChannel | Outcome::OutOfScope => {
            Err(Refusal::illegal("review.not_dispatched"))
        }
        Outcome::Withdraw => Err(Refusal::illegal("withdrawal.not_dispatched")),
    }
}

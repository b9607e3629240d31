//! What an award waits for: the steps of officers, from the review to the payment.

use super::{Todo, TodoKind};
use crate::award::{Award, AwardStatus};

/// Returns what the award waits for. Collecting it is the reporter's step, and no todo of a unit; an award that is on hold
/// waits for its hazard, unless it is double 重复.
#[must_use]
pub fn of_award(award: &Award) -> Vec<Todo> {
    let kind = match award.status {
        AwardStatus::Proposed => TodoKind::ReviewAward,
        AwardStatus::Reviewed => TodoKind::ApproveAward,
        AwardStatus::Approved => TodoKind::Notify,
        AwardStatus::Collected | AwardStatus::Failed => TodoKind::Pay,
        AwardStatus::Paying | AwardStatus::Unknown => TodoKind::Settle,
        AwardStatus::Held if award.double_of.is_some() => TodoKind::DecideDouble,
        AwardStatus::Held
        | AwardStatus::Notified
        | AwardStatus::Paid
        | AwardStatus::Rejected
        | AwardStatus::Forfeited => return Vec::new(),
    };
    let todo = Todo {
        kind,
        assignment: None,
        supervision: None,
        order: None,
        owner_unit: award.unit,
        owner_post: None,
        deadline: None,
        since: award.last_at,
        urgent: false,
        visible_from: None,
    };
    let since = todo.nearest(&award.clocks).map_or(award.last_at, |clock| clock.start);
    vec![Todo { since, ..todo }.timed(&award.clocks)]
}

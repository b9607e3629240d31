//! The bounds of the rules of suspensions 挂账 and follow-ups 回头看.

use domain::policy::{FollowUpPolicy, HandlingPolicy, SuspensionPolicy};

/// Checks these rules, and returns what is wrong with them.
pub(super) fn check_resting(policy: &HandlingPolicy) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    let deciders = &policy.suspension.decided_by;
    must(
        !deciders.is_empty() && deciders.iter().all(|role| SuspensionPolicy::DECIDERS.contains(role)),
        "suspension.decided_by must name COMMAND_CENTRE or SUPERVISOR, and no other role",
    );
    must(policy.suspension.times <= 10, "suspension.times must be at most 10");
    let FollowUpPolicy { general, suspected_major, major, .. } = &policy.follow_up;
    let sound = |days: &Vec<u32>| {
        days.len() <= 10
            && days.iter().all(|day| (1..=3_650).contains(day))
            && days.is_sorted_by(|one, next| one < next)
    };
    must(
        [general, suspected_major, major].into_iter().all(sound),
        "the lists of follow_up must have at most 10 days between 1 and 3650, in ascending order",
    );
    wrong
}

//! Checks the supervision ladder 督办 of a policy that is imported.

use domain::access::{Action, Relation, may};
use domain::policy::{SupervisionPolicy, SupervisionRule, SupervisionTrigger};
use domain::staff::Role;
use domain::todo::TodoKind;

/// Returns what is wrong with the rows.
pub(super) fn check(policy: &SupervisionPolicy) -> Vec<String> {
    let mut wrong = Vec::new();
    for rule in &policy.rules {
        let SupervisionRule { trigger, rung, .. } = rule;
        let acknowledges = |role: &Role| may(*role, Action::AcknowledgeSupervision, Relation::OwnUnit);
        let climbs = |step: &TodoKind| step.is_supervised();
        let checks = [
            (*trigger != SupervisionTrigger::ByHand, "BY_HAND is for officers, and no row can have it"),
            (rule.roles.iter().all(acknowledges), "a role cannot acknowledge supervisions"),
            (rule.steps.is_empty() || trigger.is_of_time(), "only triggers of time can be restricted to steps"),
            (rule.steps.iter().all(climbs), "acknowledgements and ratings do not climb themselves"),
        ];
        let row = format!("supervision.rules, {} → {}", trigger.code(), rung.code());
        wrong.extend(checks.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| format!("{row}: {what}")));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(change: impl Fn(&mut SupervisionRule)) -> Vec<String> {
        let mut policy = SupervisionPolicy::default();
        policy.rules.iter_mut().for_each(change);
        check(&policy)
    }

    #[test]
    fn rows_that_could_never_be_followed_are_refused() {
        assert_eq!(wrong(|_| {}), [""; 0]);
        let rows = SupervisionPolicy::default().rules.len();
        assert_eq!(wrong(|rule| rule.trigger = SupervisionTrigger::ByHand).len(), rows);
        assert_eq!(wrong(|rule| rule.roles = vec![Role::Worker]).len(), rows);
        assert_eq!(wrong(|rule| rule.steps = vec![TodoKind::Finish]).len(), 3, "triggers that are no time");
        let of_itself = wrong(|rule| rule.steps = vec![TodoKind::AcknowledgeSupervision]);
        assert!(of_itself[0].contains("WARNED → REMINDER"), "{of_itself:?}");
    }
}

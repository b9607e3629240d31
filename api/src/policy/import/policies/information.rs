//! Checks the rules of situation reports 信息报告 of a policy that is imported.

use domain::access::{Action, Relation, may};
use domain::policy::{InformationPolicy, ReportingRow};
use domain::staff::Role;
use domain::time::{Span, SpanUnit};

/// Returns what is wrong with the rules.
pub(super) fn check(policy: &InformationPolicy) -> Vec<String> {
    let InformationPolicy { signed_by, sign_own, acknowledged_by, acknowledge, rows } = policy;
    let acknowledges = |role: &Role| may(*role, Action::AcknowledgeSituationReport, Relation::OwnUnit);
    let mut spans = vec![*acknowledge];
    for ReportingRow { phone, written, since_happening, update_every, .. } in rows {
        spans.push(*written);
        spans.extend([phone, since_happening, update_every].into_iter().flatten());
    }
    let checks = [
        (!signed_by.is_empty(), "information.signed_by must name at least one role, or nobody could sign a report"),
        (sign_own.iter().all(|role| signed_by.contains(role)), "information.sign_own names a role that does not sign"),
        (acknowledged_by.iter().all(acknowledges), "information.acknowledged_by names a role that cannot acknowledge"),
        (
            spans.iter().all(|span| is_of_the_wall_clock(*span)),
            "the times of information are counted in min, h or d, because an incident does not wait for office hours",
        ),
    ];
    checks.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what.to_owned()).collect()
}

const fn is_of_the_wall_clock(span: Span) -> bool {
    match span.unit {
        SpanUnit::Minutes | SpanUnit::Hours | SpanUnit::Days => true,
        SpanUnit::WorkingHours | SpanUnit::WorkingDays => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_that_nobody_could_keep_are_refused() {
        assert_eq!(check(&InformationPolicy::default()), [""; 0]);
        let wrong = |change: fn(&mut InformationPolicy)| {
            let mut policy = InformationPolicy::default();
            change(&mut policy);
            check(&policy).len()
        };
        assert_eq!(wrong(|policy| policy.signed_by.clear()), 2, "and the village officer signs nothing either");
        assert_eq!(wrong(|policy| policy.sign_own = vec![Role::GridWorker]), 1);
        assert_eq!(wrong(|policy| policy.acknowledged_by = vec![Role::Worker]), 1);
        assert_eq!(wrong(|policy| policy.acknowledge.unit = SpanUnit::WorkingHours), 1);
        assert_eq!(wrong(|policy| policy.rows[0].written.unit = SpanUnit::WorkingDays), 1);
    }
}

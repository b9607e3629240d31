//! Checks the rules of major hazards 重大事故隐患 of a policy that is imported.

use std::collections::BTreeSet;

use domain::policy::MajorPolicy;

use super::super::values::is_code;

/// Returns what is wrong with them.
pub(super) fn check(policy: &MajorPolicy) -> Vec<String> {
    let judges = &policy.judged_by;
    let codes: BTreeSet<&str> = policy.standards.iter().map(|standard| standard.code.as_str()).collect();
    let checks = [
        (
            judges.iter().all(|role| MajorPolicy::JUDGES.contains(role)),
            "major.judged_by must name DEPARTMENT_LEADER or DEPARTMENT_CLERK, and no other role",
        ),
        (
            policy.listed_by.contains(&domain::staff::Role::CommandCentre)
                && policy.listed_by.iter().all(|role| MajorPolicy::LISTERS.contains(role)),
            "major.listed_by must name COMMAND_CENTRE, and can name DEPARTMENT_LEADER",
        ),
        (
            policy.accepted_by.contains(&domain::staff::Role::CommandCentre)
                && policy.accepted_by.iter().all(|role| MajorPolicy::ACCEPTORS.contains(role)),
            "major.accepted_by must name COMMAND_CENTRE, and only roles that accept on the spot",
        ),
        (!codes.is_empty() && codes.len() == policy.standards.len(), "major.standards needs codes that differ"),
        (codes.iter().all(|code| is_code(code)), "the code of a standard has 1 to 64 letters, digits, `_`, `-` or `.`"),
    ];
    checks.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use domain::staff::Role;

    use super::*;

    fn wrong(change: impl Fn(&mut MajorPolicy)) -> usize {
        let mut policy = MajorPolicy::default();
        change(&mut policy);
        check(&policy).len()
    }

    #[test]
    fn rules_under_which_nobody_could_go_on_are_refused() {
        assert_eq!(wrong(|_| {}), 0);
        assert_eq!(wrong(|policy| policy.judged_by = vec![Role::Worker]), 1);
        assert_eq!(wrong(|policy| policy.judged_by.clear()), 0, "the command centre judges");
        assert_eq!(wrong(|policy| policy.listed_by = vec![Role::DepartmentLeader]), 1);
        assert_eq!(wrong(|policy| policy.accepted_by = vec![Role::TownshipLeader]), 1);
        assert_eq!(wrong(|policy| policy.standards.clear()), 1);
        assert_eq!(wrong(|policy| policy.standards[0].code = "a b".to_owned()), 1);
    }
}

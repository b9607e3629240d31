//! Checks the whistle types 哨 of a policy that is imported, and the rules of ratings 评哨.

use std::collections::BTreeSet;

use domain::policy::{HandlingPolicy, SendBackPolicy, WhistleApproval, WhistleClass, WhistleType};

use super::super::values::is_code;

/// Returns what is wrong with them.
pub(super) fn check(policy: &HandlingPolicy) -> Vec<String> {
    let all = |holds: fn(&WhistleType) -> bool| policy.whistles.iter().all(holds);
    let codes: BTreeSet<&str> = policy.whistles.iter().map(|whistle| whistle.code.as_str()).collect();
    let rulers = &policy.rating.ruled_by;
    let checks = [
        (codes.len() == policy.whistles.len(), "two whistles have the same code"),
        (codes.iter().all(|code| is_code(code)), "the code of a whistle has 1 to 64 letters, digits, `_`, `-` or `.`"),
        (all(|whistle| !whistle.may_blow.is_empty()), "a whistle must name at least one role in may_blow"),
        (
            all(|whistle| whistle.approval.as_ref().is_none_or(is_decided)),
            "approval.by of a whistle must name TOWNSHIP_LEADER or COMMAND_CENTRE, and no other role",
        ),
        (
            all(|whistle| whistle.approval.as_ref().is_none_or(|approval| is_asked(whistle, approval))),
            "approval.of of a whistle must name at least one of the roles in may_blow, and no other role",
        ),
        (
            all(|whistle| !waits(whistle) || whistle.class != WhistleClass::Emergency),
            "a whistle of the class EMERGENCY waits neither for an approval nor for the command centre",
        ),
        (
            !rulers.is_empty() && rulers.iter().all(|role| SendBackPolicy::RULERS.contains(role)),
            "rating.ruled_by must name COMMAND_CENTRE or SUPERVISOR, and no other role",
        ),
    ];
    checks.into_iter().filter(|(holds, _)| !holds).map(|(_, what)| what.to_owned()).collect()
}

fn is_decided(approval: &WhistleApproval) -> bool {
    !approval.by.is_empty() && approval.by.iter().all(|role| WhistleApproval::APPROVERS.contains(role))
}

fn is_asked(whistle: &WhistleType, approval: &WhistleApproval) -> bool {
    !approval.of.is_empty() && approval.of.iter().all(|role| whistle.may_blow.contains(role))
}

const fn waits(whistle: &WhistleType) -> bool {
    whistle.approval.is_some() || whistle.through_centre.is_some()
}

#[cfg(test)]
mod tests {
    use domain::staff::Role;

    use super::*;

    /// The shipped policy, of which the last whistle type asks for an approval.
    fn shipped() -> HandlingPolicy {
        let file: toml::Table = toml::from_str(include_str!("../../../../data/policies.toml")).unwrap();
        let policies = file["policy"].as_array().unwrap();
        let handling = policies.iter().find(|policy| policy["kind"].as_str() == Some("handling")).unwrap();
        handling["body"].clone().try_into().unwrap()
    }

    fn wrong(change: impl Fn(&mut HandlingPolicy)) -> String {
        let mut policy = shipped();
        change(&mut policy);
        check(&policy).join("; ")
    }

    fn approval(policy: &mut HandlingPolicy) -> &mut WhistleApproval {
        policy.whistles.iter_mut().find_map(|whistle| whistle.approval.as_mut()).unwrap()
    }

    #[test]
    fn whistles_that_nobody_could_decide_on_are_refused() {
        assert_eq!(wrong(|_| {}), "");
        assert!(wrong(|policy| approval(policy).by = vec![Role::Supervisor]).contains("approval.by"));
        assert!(wrong(|policy| approval(policy).by.clear()).contains("approval.by"));
        assert!(wrong(|policy| approval(policy).of = vec![Role::Worker]).contains("approval.of"));
        assert!(wrong(|policy| approval(policy).of.clear()).contains("approval.of"));
        assert!(
            wrong(|policy| policy.whistles[0].through_centre = policy.whistles[2].through_centre).contains("EMERGENCY")
        );
        assert!(wrong(|policy| policy.whistles[1].code = policy.whistles[0].code.clone()).contains("same code"));
        assert!(wrong(|policy| policy.rating.ruled_by = vec![Role::TownshipLeader]).contains("rating.ruled_by"));
    }
}

//! The access table, compared with a second one that was written by hand.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{Action, Relation, may};
use domain::staff::Role;

/// The line of each action: the roles that may do it in their own unit, and those that may do it in their own area.
fn table() -> BTreeMap<&'static str, (BTreeSet<&'static str>, BTreeSet<&'static str>)> {
    let lines = include_str!("../data/access_table.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut parts = line.split('|').map(str::trim);
            let action = parts.next().unwrap();
            let mut roles = || parts.next().unwrap().split_whitespace().collect();
            (action, (roles(), roles()))
        })
        .collect()
}

/// A post of the unit that holds an object is never worse off than a post of a superior unit.
#[test]
fn whoever_may_in_the_area_may_also_in_the_own_unit() {
    for action in Action::ALL {
        for role in Role::ALL {
            let (unit, area) = (may(*role, *action, Relation::OwnUnit), may(*role, *action, Relation::OwnArea));
            assert!(unit || !area, "{} {} only in the area", role.code(), action.code());
        }
    }
}

#[test]
fn every_cell_of_the_access_table_holds() {
    let table = table();
    let actions: BTreeSet<_> = Action::ALL.iter().map(|action| action.code()).collect();
    assert_eq!(table.keys().copied().collect::<BTreeSet<_>>(), actions);
    let known: BTreeSet<_> = Role::ALL.iter().map(|role| role.code()).collect();
    for (action, (unit, area)) in table {
        assert!(unit.is_subset(&known) && area.is_subset(&known), "{action}: a role that is none");
        let action = Action::from_code(action).unwrap();
        for role in Role::ALL {
            let code = role.code();
            assert_eq!(may(*role, action, Relation::OwnUnit), unit.contains(code), "{code} {action:?} own unit");
            assert_eq!(may(*role, action, Relation::OwnArea), area.contains(code), "{code} {action:?} own area");
            assert!(!may(*role, action, Relation::Elsewhere), "{code} {action:?} elsewhere");
        }
    }
}

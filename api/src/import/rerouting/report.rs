//! What a dry run of a change of the duty lists says.

use std::collections::BTreeSet;
use std::fmt;

use chrono::NaiveDate;

/// How many days back the matters are that a dry run judges by the new lists.
pub(super) const DAYS: i64 = 90;

/// How many changes of the lead are printed.
const SHOWN: usize = 50;

/// What a change of the lists would have meant for the hazards.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// The day by whose lists the hazards are judged.
    pub(super) day: NaiveDate,
    /// How many hazards were registered.
    pub(super) hazards: i64,
    /// Those that would have had another lead, by the units.
    pub(super) moved: Vec<Moved>,
    /// How many a township leads that might lead and may not any more.
    pub(super) excluded: i64,
}

/// Hazards whose lead would have changed from one unit to another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) categories: BTreeSet<String>,
    pub(super) hazards: i64,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { day, hazards, moved, excluded } = self;
        let other: i64 = moved.iter().map(|one| one.hazards).sum();
        write!(
            f,
            "of {hazards} hazards of the last {DAYS} days, {other} would have had another lead by the lists of {day}"
        )?;
        for Moved { from, to, categories, hazards } in moved.iter().take(SHOWN) {
            let categories: Vec<&str> = categories.iter().map(String::as_str).collect();
            write!(f, "\n  {from} → {to}: {hazards} ({})", categories.join(", "))?;
        }
        if moved.len() > SHOWN {
            write!(f, "\n  … and {} more changes", moved.len() - SHOWN)?;
        }
        write!(f, "\nof these {hazards} hazards, {excluded} are led by a township that may no longer lead them")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_without_effect_says_so_and_others_are_listed_by_units() {
        let day = "2027-01-01".parse().unwrap();
        let without = Outcome { day, hazards: 7, moved: Vec::new(), excluded: 0 };
        let nothing = "of 7 hazards of the last 90 days, 0 would have had another lead by the lists of 2027-01-01\n\
                       of these 7 hazards, 0 are led by a township that may no longer lead them";
        assert_eq!(without.to_string(), nothing);
        let categories = ["bridge", "road"].map(str::to_owned).into();
        let moved = vec![Moved { from: "a".into(), to: "b".into(), categories, hazards: 3 }];
        let said = Outcome { moved, ..without }.to_string();
        assert!(said.contains(", 3 would have") && said.contains("\n  a → b: 3 (bridge, road)\n"), "{said}");
    }
}

//! Every status of one hazard × every status of the other, and the same for their awards, compared with a table that was
//! written by hand.

use std::collections::BTreeMap;

use domain::award::{self, Award, AwardStatus, Command, Fate, Rival, Slot, fates, postings, slot};
use domain::hazard::{Case, HazardStatus, OpenWork};
use domain::id::{AwardId, HazardId, ReportId};
use uuid::Uuid;

use crate::merging::{as_before, merged, other};
use crate::scene::*;
use crate::status_table::{award_asker, award_in, hazard_in};
use crate::turns::everybody_has_a_deadline;

const SOURCE: HazardId = HazardId(Uuid::from_u128(1));
const TARGET: HazardId = HazardId(Uuid::from_u128(2));

/// One section of the table: for each row, for each column, the cell.
fn section(name: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let lines = include_str!("../data/merging_table.txt").lines();
    let mut lines = lines.skip_while(|line| *line != format!("[{name}]")).skip(1);
    let columns: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    let rows = lines.take_while(|line| !line.is_empty());
    rows.map(|row| {
        let mut cells = row.split_whitespace().map(str::to_owned);
        let word = cells.next().unwrap();
        let cells: BTreeMap<_, _> = columns.iter().map(|column| (*column).to_owned()).zip(cells).collect();
        assert_eq!(cells.len(), columns.len(), "{name}: {word}");
        (word, cells)
    })
    .collect()
}

fn case_in(word: &str) -> Case {
    hazard_in(HazardStatus::from_code(word).unwrap())
}

#[test]
fn every_cell_of_the_hazards_holds_and_can_be_undone() {
    let mut cells = 0;
    for (name, work) in [("carry", OpenWork::Carry), ("cancel", OpenWork::Cancel)] {
        for (source, row) in section(name) {
            for (target, cell) in row {
                cells += 1;
                let (from, into) = (case_in(&source), other(case_in(&target)));
                let got = merged(&from, &into, work);
                let what = format!("{name}: {source} × {target}");
                let after = match got {
                    Ok(after) => after,
                    Err(refusal) => {
                        assert_eq!(refusal.rule, Some(cell.as_str()), "{what}");
                        continue;
                    }
                };
                assert_eq!(after.into.status().code(), cell, "{what}");
                assert_eq!((after.from.status(), after.from.merged_into), (HazardStatus::Cancelled, Some(TARGET)));
                for case in [&after.from, &after.into] {
                    everybody_has_a_deadline(case).unwrap_or_else(|error| panic!("{what}: {error}"));
                }
                let back = after.undone().unwrap();
                assert_eq!(as_before(&back.from), as_before(&from), "{what}");
                assert_eq!(as_before(&back.into), as_before(&into), "{what}");
            }
        }
    }
    assert_eq!(cells, 2 * 7 * 7);
}

/// The awards of one class of the table. Each is for report 1.
fn awards_of(class: &str) -> Vec<Option<Award>> {
    use AwardStatus as Is;
    let world = World::new();
    let then = |status, command: Command| {
        let mut award = award_in(status);
        let events = world.ask_award(&award, 20, award_asker(&command), command).unwrap();
        for event in &events {
            award::apply(&mut award, event);
        }
        Some(award)
    };
    let all = |statuses: &[Is]| statuses.iter().map(|status| Some(award_in(*status))).collect::<Vec<_>>();
    match class {
        "NONE" => vec![None],
        "VOIDED" => vec![then(Is::Proposed, Command::Void)],
        "OPEN" => all(&[Is::Proposed, Is::Reviewed, Is::Held]),
        "FROZEN" => {
            let held = then(Is::Notified, Command::Hold);
            all(&[Is::Approved, Is::Notified, Is::Collected, Is::Failed]).into_iter().chain([held]).collect()
        }
        "OUT" => all(&[Is::Paying, Is::Unknown, Is::Paid]),
        "OVER" => all(&[Is::Rejected, Is::Forfeited]),
        other => panic!("no class `{other}`"),
    }
}

/// Which award stands, and what becomes of the other one, in the words of the table.
fn outcome(source: Option<&Award>, target: Option<&Award>, source_earlier: bool) -> String {
    let received = |first: bool| at(i64::from(!first));
    let rivals: Vec<Rival<'_>> = source
        .map(|award| Rival { award, received_at: received(source_earlier) })
        .into_iter()
        .chain(target.map(|award| Rival { award, received_at: received(!source_earlier) }))
        .collect();
    let fates = fates(TARGET, &rivals);
    let other = rivals.iter().zip(&fates).find_map(|(rival, fate)| match fate {
        Fate::Stands => None,
        Fate::Void => Some("void"),
        Fate::Double(_) if is_out(rival.award) => Some("double"),
        Fate::Double(_) => Some("held"),
    });
    let stands = |hazard| {
        rivals
            .iter()
            .zip(&fates)
            .any(|(rival, fate)| rival.award.hazard == hazard && !rival.award.voided && *fate == Fate::Stands)
    };
    let earlier = if source_earlier { SOURCE } else { TARGET };
    let both = stands(SOURCE) && stands(TARGET); // one of them is over
    let word = match slot(TARGET, &rivals) {
        Slot::Of(SOURCE) => "source",
        Slot::Of(_) if !stands(TARGET) => "new",
        Slot::Of(_) => "target",
        Slot::Decided if both && earlier == TARGET => "target",
        Slot::Decided => "source",
    };
    format!("{word}/{}", other.unwrap_or("-"))
}

fn is_out(award: &Award) -> bool {
    matches!(award.status, AwardStatus::Paying | AwardStatus::Unknown | AwardStatus::Paid)
}

/// Gives the award to a hazard and to a report of its own.
fn at_hazard(award: Option<Award>, hazard: HazardId) -> Option<Award> {
    award.map(|award| Award { id: AwardId(hazard.0), hazard, report: ReportId(hazard.0), ..award })
}

#[test]
fn every_cell_of_the_awards_holds() {
    let mut cells = 0;
    for (name, source_earlier) in [("source earlier", true), ("target earlier", false)] {
        for (source_class, row) in section(name) {
            for (target_class, cell) in row {
                for source in awards_of(&source_class) {
                    for target in awards_of(&target_class) {
                        let source = at_hazard(source.clone(), SOURCE);
                        let target = at_hazard(target, TARGET);
                        let statuses = [&source, &target].map(|award| award.as_ref().map(|award| award.status));
                        let got = outcome(source.as_ref(), target.as_ref(), source_earlier);
                        assert_eq!(got, cell, "{name}: {source_class} × {target_class}: {statuses:?}");
                    }
                }
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 2 * 6 * 6);
}

/// The mark puts on hold what can wait, leaves alone what cannot, and goes away without a trace. Rejecting gives the money
/// back.
#[test]
fn a_double_award_is_held_until_it_is_rejected_or_the_mark_is_cleared() {
    let world = World::new();
    let take = |award: &Award, command: Command| {
        let mut after = award.clone();
        let events = world.ask_award(award, 30, award_asker(&command), command)?;
        for event in &events {
            award::apply(&mut after, event);
        }
        Ok::<_, domain::Refusal>((after, events))
    };
    for class in ["FROZEN", "OUT"] {
        for before in awards_of(class).into_iter().flatten() {
            let (marked, _) = take(&before, Command::MarkDouble { of: AwardId(Uuid::nil()) }).unwrap();
            let held = marked.status == AwardStatus::Held;
            assert_eq!(held, class == "FROZEN", "{:?}", before.status);
            assert_eq!(
                take(&marked, Command::Resume).unwrap_err().rule,
                Some(if held { "award.double" } else { "award.held" })
            );
            let (cleared, _) = take(&marked, Command::ClearDouble).unwrap();
            assert_eq!((cleared.status, cleared.double_of), (before.status_beneath(), None));
            let Ok((rejected, events)) = take(&marked, Command::Reject { note: NOTE }) else {
                assert!(!held, "{:?}", before.status);
                continue;
            };
            assert!(held && rejected.status == AwardStatus::Rejected && rejected.held_from.is_none());
            let lines: Vec<_> = events.iter().flat_map(|event| postings(event, rejected.amount)).collect();
            let place = match before.status_beneath() {
                AwardStatus::Approved | AwardStatus::Notified => award::Account::Committed,
                _ => award::Account::Payable,
            };
            assert_eq!(lines.iter().map(|line| line.account).collect::<Vec<_>>(), [place, award::Account::Budget]);
            assert_eq!(lines.iter().map(|line| line.amount.0).sum::<i64>(), 0);
        }
    }
}

/// The page for people shows the table that is tested.
#[test]
fn the_page_shows_the_table() {
    let table = include_str!("../data/merging_table.txt");
    let sections = table[table.find("[carry]").unwrap()..].trim_end();
    assert!(include_str!("../../../docs/merging-outcomes.md").contains(sections));
}

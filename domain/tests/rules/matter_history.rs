//! Random histories of a whole matter: reports, their hazards and the awards together. Whatever happens, no report that
//! awaits its review is stuck, no hazard ends with one of several reports, and an award is paid to whoever collected it.
//! Long because the choice of steps stands with the rules that each of them must keep.

mod enforcing;
mod matter;
mod money;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use domain::award::{self, Award, AwardStatus};
use domain::hazard::{Case, End, FollowUpResult, Level, OpenWork, Stage, WhistleRequest, WhistleRequestState};
use domain::id::HazardId;
use domain::report::{Channel, Command, Effect, ReportStatus};
use proptest::prelude::*;

use self::matter::{Matter, NEW_FIRE, NEW_TOWN, Step};
use self::money::{EXCLUSIONS, money_rules, note_payee};
use crate::history::{Dice, Tally, dice, run_until};
use crate::major;
use crate::scene::*;
use crate::todos;
use crate::turns::{a_report_has_a_deadline, an_award_has_a_deadline, everybody_has_a_deadline};

#[test]
fn no_report_is_ever_stuck_whatever_happens() {
    let tally = RefCell::new(Tally::default());
    let words = words();
    run_until(dice(60), |dice| play(&dice, &tally), || tally.borrow().has(&words));
    tally.into_inner().check(words.into_iter());
}

/// What the histories have to reach.
fn words() -> BTreeSet<String> {
    let reports = ReportStatus::ALL.iter().map(|status| format!("report {}", status.code()));
    let effects = ["KEEP", "REGISTER", "STRIKE", "MOVE"].iter().map(|effect| format!("effect {effect}"));
    let waiting = ["OPEN", "DISPATCHED", "ACCEPTED", "CLOSED", "CANCELLED", "NONE"];
    let waiting = waiting.iter().map(|stage| format!("waiting {stage}"));
    let matters = [
        "a hazard of two",
        "a moved report",
        "a major hazard",
        "a merge",
        "a merge undone",
        "a held double award",
        "a double award",
        "a send-back that moved",
        "a whistle that waits",
        "a whistle that lapsed",
        "a whistle that waits again",
        "a supervision",
        "a supervision that moved",
        "an order",
        "records that moved",
        "a fine",
        "an award that follows a fine",
        "a promised award that follows a fine",
        "a township that ended",
        "a department that ended",
        "a suspended hazard",
        "a merge into a suspended hazard",
        "a suspended hazard with a successor",
        "a follow-up",
        "a recurrence",
        "a payee replaced",
        "a payee frozen",
        "a payee who decided",
        "a payee on duty",
        "a payee paid again",
    ];
    let matters = matters.iter().map(|what| format!("matter {what}"));
    reports.chain(effects).chain(waiting).chain(matters).collect()
}

fn play(dice: &[Dice], tally: &RefCell<Tally>) -> Result<(), TestCaseError> {
    let mut matter = Matter::new();
    for die in dice {
        matter.minute += i64::from(die.minutes);
        let Some(step) = choose(&matter, die) else { continue };
        let before = matter.clone();
        let done = matter.take(&step);
        tally.borrow_mut().asked(done.is_ok());
        if let Ok(effect) = done {
            step_rules(&before, &matter, &step, effect)?;
            merge_rules(&before, &matter, &step, tally)?;
            enforcing::rules(&before, &matter, &step, tally)?;
            if let Some(effect) = effect {
                tally.borrow_mut().seen("effect", effect_word(effect));
            }
        } else {
            prop_assert!(matter == before, "a refusal changed something");
        }
        note_payee(&step, done.err().and_then(|refusal| refusal.rule), tally);
        state_rules(&matter, tally)?;
    }
    // Bringing everything to its end costs more than the history itself.
    if dice.len().is_multiple_of(4) { leads_on(matter) } else { Ok(()) }
}

/// Checks that every hazard that is open can be brought to its closure, and then every award to its end. Cancelling a
/// hazard or rejecting the award of one does not count, but a double award ends by its rejection.
fn leads_on(mut matter: Matter) -> Result<(), TestCaseError> {
    let open: Vec<HazardId> = matter.hazards.values().filter(|case| case.end.is_none()).map(|case| case.id).collect();
    for hazard in open {
        while matter.take(&Step::EndOrder { hazard }).is_ok() {}
        let taken = matter.take(&Step::TakeBack { hazard });
        prop_assert!(taken.is_ok(), "work stays with a unit that has ended: {taken:?}");
        if !matter.hazards[&hazard].is_dispatched() {
            let asked = matter.take(&Step::Dispatch { hazard });
            prop_assert!(asked.is_ok(), "nobody can be asked to act: {asked:?}");
        }
        governs(&mut matter, hazard)?;
        let worked = matter.take(&Step::Work { hazard });
        prop_assert!(worked.is_ok(), "{worked:?}");
        governs(&mut matter, hazard)?;
        let closed = matter.take(&Step::Close { hazard, accused: true });
        prop_assert!(closed.is_ok(), "{closed:?}");
    }
    let awards: Vec<HazardId> = matter.awards.keys().copied().collect();
    for hazard in awards {
        for _ in 0..8 {
            let award = &matter.awards[&hazard];
            let Some(command) = next(award, 1) else { break };
            let late = award.status == AwardStatus::Notified;
            let mut done = matter.take(&Step::Award { hazard, command: command.clone() });
            if done.is_err() && late {
                let rule = done.err().and_then(|refusal| refusal.rule);
                if rule.is_some_and(|rule| EXCLUSIONS.contains(&rule)) {
                    matter.minute += 62 * 24 * 60; // nobody else collects it, and its time passes
                }
                done = matter.take(&Step::Award { hazard, command: award::Command::Forfeit });
            }
            prop_assert!(done.is_ok(), "{command:?} of an award: {done:?}");
        }
        let end = &matter.awards[&hazard];
        let ended = matches!(end.status, AwardStatus::Paid | AwardStatus::Rejected | AwardStatus::Forfeited);
        prop_assert!(ended, "an award stays {:?}", end.status);
    }
    Ok(())
}

/// The number of the first of the two acts of enforcement 行政执法; two more numbers lead awards on, because fines set them back.
const ENFORCING: u8 = 48;
/// The number of acts of which the histories choose.
const ACTS: u8 = ENFORCING + 4;

/// Takes the steps that a major hazard waits for.
fn governs(matter: &mut Matter, hazard: HazardId) -> Result<(), TestCaseError> {
    for _ in 0..6 {
        if major::next(&matter.hazards[&hazard], matter.minute).is_none() {
            return Ok(());
        }
        let done = matter.take(&Step::Govern { hazard });
        prop_assert!(done.is_ok(), "a major hazard does not go on: {done:?}");
    }
    Ok(())
}

#[expect(clippy::too_many_lines, reason = "one arm for each step")]
fn choose(matter: &Matter, die: &Dice) -> Option<Step> {
    let hazards: Vec<_> = matter.hazards.keys().copied().collect();
    let (report, hazard) = (usize::from(die.who) % matter.reports.len().max(1), die.of(&hazards).copied());
    let other = hazards.get(usize::from(die.who / 7) % hazards.len().max(1)).copied();
    let review = |command| (!matter.reports.is_empty()).then_some(Step::Report { report, command });
    match die.bold % ACTS {
        0..=3 => (matter.reports.len() < 5).then_some(Step::Receive { emergency: die.bold.is_multiple_of(2) }),
        4 | 5 => review(Command::Confirm { hazard: matter.next_hazard(), note: NOTE }),
        6 | 7 => review(Command::Merge { hazard: hazard?, note: NOTE }),
        8 => review(Command::Unfounded { note: NOTE }),
        9 | 10 => review(Command::Forward { to: matter.holder(*die.of(&[TOWN, CENTRE, GAS])?), note: NOTE }),
        11 => review(Command::Refer { channel: Channel::Call119, note: NOTE }),
        12 => review(Command::OutOfScope { channel: Channel::Call110, note: NOTE }),
        13 => review(Command::Withdraw),
        14 | 15 => Some(Step::Dispatch { hazard: hazard? }),
        16 | 17 => Some(Step::Work { hazard: hazard? }),
        18 | 19 => Some(Step::Close { hazard: hazard?, accused: die.who.is_multiple_of(2) }),
        20 => Some(Step::Reopen {
            hazard: awarded(matter).find(|case| case.end.is_some()).map(|case| case.id).or(hazard)?,
        }),
        21 => Some(Step::Cancel { hazard: hazard? }),
        22..=24 => {
            let work = if die.who.is_multiple_of(3) { OpenWork::Cancel } else { OpenWork::Carry };
            let (hazard, into) =
                awarded_twice(matter).or(into_resting(matter)).or(whistled_first(matter, die)).or(hazard.zip(other))?;
            Some(Step::Merge { hazard, into, work })
        }
        28 | 40 | 41 => {
            let calm: Vec<HazardId> = open(matter).filter(|case| !case.emergency).map(|case| case.id).collect();
            Some(Step::Suspend { hazard: die.of(&calm).copied().or(hazard)? })
        }
        42 | 43 => {
            let results = [FollowUpResult::Holds, FollowUpResult::CameBack, FollowUpResult::CameBack];
            let closed: Vec<HazardId> = closed(matter).map(|case| case.id).collect();
            Some(Step::FollowUp {
                hazard: die.of(&closed).copied().or(hazard)?,
                result: results[usize::from(die.who) % 3],
            })
        }
        44 | 45 => Some(Step::AskWhistle { hazard: hazard? }),
        46 | 47 => Some(Step::DecideWhistle { hazard: hazard? }),
        27 if die.who.is_multiple_of(2) => Some(Step::Govern { hazard: hazard? }),
        34 | 35 => Some(Step::Climb { hazard: hazard? }),
        36 | 37 => Some(Step::SendBack { hazard: hazard? }),
        38 | 39 => {
            let person = u8::try_from(die.pick % 8).unwrap();
            (!matter.reports.is_empty()).then_some(Step::Identity { report, person })
        }
        25 | 27 => {
            let merged = |id: &&HazardId| matter.hazards[*id].merged_into.is_some();
            let merged: Vec<HazardId> = hazards.iter().filter(merged).copied().collect();
            Some(Step::Undo { hazard: *die.of(&merged)? })
        }
        26 if die.who.is_multiple_of(4) => {
            let (from, to) = *die.of(&[(TOWN, NEW_TOWN), (FIRE, NEW_FIRE), (GAS, NEW_FIRE), (FIRE, GAS)])?;
            Some(Step::Succeed { from, to })
        }
        n if n == ENFORCING || n == ENFORCING + 1 => Some(enforcing::step(die, hazard?)),
        _ => onward(matter, die),
    }
}

/// An open hazard, and one that is suspended.
fn into_resting(matter: &Matter) -> Option<(HazardId, HazardId)> {
    let from = open(matter).find(|case| case.suspension.is_none() && !case.emergency)?;
    Some((from.id, open(matter).find(|case| case.suspension.is_some())?.id))
}

/// Two open hazards that have an award each, one of which a merge makes a double one.
fn awarded_twice(matter: &Matter) -> Option<(HazardId, HazardId)> {
    let mut open = awarded(matter).filter(|case| case.end.is_none());
    Some((open.next()?.id, open.next()?.id))
}

/// The hazards with an award that is approved already.
fn awarded(matter: &Matter) -> impl Iterator<Item = &Case> {
    matter.hazards.values().filter(|case| matter.awards.get(&case.id).is_some_and(Award::is_frozen))
}

/// At times an open hazard whose whistle waits, and another open one.
fn whistled_first(matter: &Matter, die: &Dice) -> Option<(HazardId, HazardId)> {
    let from = open(matter).find(|case| case.pending_whistle().is_some() && die.who.is_multiple_of(2))?;
    Some((from.id, open(matter).find(|case| case.id != from.id)?.id))
}

/// The hazards that are closed.
fn closed(matter: &Matter) -> impl Iterator<Item = &Case> {
    matter.hazards.values().filter(|case| case.end == Some(End::Closed))
}

/// The hazards that haven't ended.
fn open(matter: &Matter) -> impl Iterator<Item = &Case> {
    matter.hazards.values().filter(|case| case.end.is_none())
}

/// Moves an award on.
fn onward(matter: &Matter, die: &Dice) -> Option<Step> {
    let awards: Vec<_> = matter.awards.values().collect();
    let award = die.of(&awards)?;
    Some(Step::Award { hazard: award.hazard, command: next(award, die.who)? })
}

/// The command that leads an award on; `None` if it has ended, or waits for its hazard. Some numbers give the worse of two
/// ways.
fn next(award: &Award, who: u16) -> Option<award::Command> {
    use award::Command as C;
    let attempt = award.attempt;
    Some(match award.status {
        AwardStatus::Proposed if who.is_multiple_of(9) => C::Reject { note: NOTE },
        AwardStatus::Proposed => C::Review,
        AwardStatus::Reviewed => C::Approve,
        AwardStatus::Approved => C::Notify,
        AwardStatus::Notified => C::Collect,
        AwardStatus::Collected | AwardStatus::Failed => C::StartPayment { payee: PAYEE },
        AwardStatus::Paying if who.is_multiple_of(3) => C::PaymentFailed { attempt },
        AwardStatus::Paying | AwardStatus::Unknown => C::PaymentSucceeded { attempt },
        AwardStatus::Held if award.double_of.is_some() => C::Reject { note: NOTE },
        AwardStatus::Held | AwardStatus::Paid | AwardStatus::Rejected | AwardStatus::Forfeited => return None,
    })
}

const fn effect_word(effect: Effect) -> &'static str {
    match effect {
        Effect::Keep => "KEEP",
        Effect::Register => "REGISTER",
        Effect::Strike => "STRIKE",
        Effect::Move => "MOVE",
    }
}

const fn stage_word(stage: Option<Stage>) -> &'static str {
    match stage {
        None => "NONE",
        Some(Stage::Open) => "OPEN",
        Some(Stage::Dispatched) => "DISPATCHED",
        Some(Stage::Accepted) => "ACCEPTED",
        Some(Stage::Closed) => "CLOSED",
        Some(Stage::Cancelled) => "CANCELLED",
    }
}

/// Checks what one outcome of a report may do: to its own hazard only, never to a shared or an ended one.
fn step_rules(before: &Matter, after: &Matter, step: &Step, effect: Option<Effect>) -> Result<(), TestCaseError> {
    let (Step::Report { report, .. }, Some(effect)) = (step, effect) else { return Ok(()) };
    let report = &before.reports[*report];
    for (id, case) in &before.hazards {
        let changed = after.hazards[id] != *case;
        let own = report.hazard == Some(*id);
        prop_assert_eq!(changed, own && matches!(effect, Effect::Strike | Effect::Move), "{:?}", effect);
        if changed {
            prop_assert!(case.end.is_none(), "an ended hazard changed with its report");
            let others = before.pointing(*id).filter(|other| other.id != report.id).count();
            prop_assert_eq!(others, 0, "a hazard of several changed with one of them");
        }
    }
    Ok(())
}

/// Checks that a merge that carries work loses no supervision 督办.
fn supervisions_move(
    before: &Matter,
    after: &Matter,
    into: HazardId,
    tally: &RefCell<Tally>,
) -> Result<(), TestCaseError> {
    let count = |matter: &Matter| matter.hazards.values().map(|case| case.supervisions.len()).sum::<usize>();
    prop_assert_eq!(count(before), count(after), "a supervision was lost");
    if after.hazards[&into].supervisions.len() > before.hazards[&into].supervisions.len() {
        tally.borrow_mut().seen("matter", "a supervision that moved");
    }
    Ok(())
}

fn see_major(after: &Matter, hazard: HazardId, what: &'static str, tally: &RefCell<Tally>) {
    if after.hazards[&hazard].level == Level::Major {
        tally.borrow_mut().seen("matter", what);
    }
}

/// Checks that a merge loses no work and no report, and that its undoing gives everything back.
#[expect(clippy::too_many_lines, reason = "one arm for each step")]
fn merge_rules(before: &Matter, after: &Matter, step: &Step, tally: &RefCell<Tally>) -> Result<(), TestCaseError> {
    let work = |matter: &Matter| {
        let cases = matter.hazards.values();
        let live = cases.filter(|case| case.end.is_none()).flat_map(Case::live).map(|one| (one.id, one.status));
        live.collect::<BTreeMap<_, _>>()
    };
    match step {
        Step::Merge { work: OpenWork::Carry, into, .. } => {
            prop_assert_eq!(work(before), work(after), "work was lost");
            tally.borrow_mut().seen("matter", "a merge");
            if after.hazards[into].suspension.is_some() {
                tally.borrow_mut().seen("matter", "a merge into a suspended hazard");
            }
            if after.hazards[into].live().any(|one| one.pending_send_back().is_some()) {
                tally.borrow_mut().seen("matter", "a send-back that moved");
            }
            supervisions_move(before, after, *into, tally)?;
        }
        Step::Merge { hazard, into, .. } => {
            prop_assert_eq!(after.pointing(*hazard).count(), 0);
            let both = before.pointing(*hazard).count() + before.pointing(*into).count();
            prop_assert_eq!(after.pointing(*into).count(), both);
        }
        Step::Undo { hazard } => {
            tally.borrow_mut().seen("matter", "a merge undone");
            if after.hazards[hazard].pending_whistle().is_some() {
                tally.borrow_mut().seen("matter", "a whistle that waits again");
            }
        }
        Step::Suspend { .. } if after.hazards.values().any(|case| case.suspension.is_some()) => {
            tally.borrow_mut().seen("matter", "a suspended hazard");
        }
        Step::FollowUp { .. } => {
            tally.borrow_mut().seen("matter", "a follow-up");
            if after.hazards.len() > before.hazards.len() {
                tally.borrow_mut().seen("matter", "a recurrence");
            }
        }
        Step::Climb { hazard } if !after.hazards[hazard].supervisions.is_empty() => {
            tally.borrow_mut().seen("matter", "a supervision");
        }
        Step::Succeed { from, .. } if *from == TOWN => tally.borrow_mut().seen("matter", "a township that ended"),
        Step::Succeed { .. } => tally.borrow_mut().seen("matter", "a department that ended"),
        Step::Govern { hazard } => see_major(after, *hazard, "a major hazard", tally),
        Step::Close { .. }
        | Step::Receive { .. }
        | Step::Report { .. }
        | Step::Dispatch { .. }
        | Step::AskWhistle { .. }
        | Step::DecideWhistle { .. }
        | Step::TakeBack { .. }
        | Step::SendBack { .. }
        | Step::Suspend { .. }
        | Step::Work { .. }
        | Step::Order { .. }
        | Step::EndOrder { .. }
        | Step::Fine { .. }
        | Step::VoidFine { .. }
        | Step::Reopen { .. }
        | Step::Cancel { .. }
        | Step::Climb { .. }
        | Step::Award { .. }
        | Step::Identity { .. } => {}
    }
    Ok(())
}

/// Notes whistles 哨 that wait, and those that lapsed.
fn see_whistles(matter: &Matter, tally: &RefCell<Tally>) {
    for case in matter.hazards.values() {
        let lapsed = |one: &WhistleRequest| case.whistle_request_state(one) == WhistleRequestState::Lapsed;
        if case.whistle_requests.iter().any(lapsed) {
            tally.borrow_mut().seen("matter", "a whistle that lapsed");
        }
        if case.pending_whistle().is_some() {
            tally.borrow_mut().seen("matter", "a whistle that waits");
        }
    }
}

fn see_successors(matter: &Matter, tally: &RefCell<Tally>) {
    let inherited = |case: &Case| case.suspension.is_some_and(|one| one.asked.responsible_unit == NEW_TOWN);
    if matter.hazards.values().any(inherited) {
        tally.borrow_mut().seen("matter", "a suspended hazard with a successor");
    }
}

/// Checks what is true of every matter at every time.
#[expect(clippy::too_many_lines, reason = "what is true of every matter stands together")]
fn state_rules(matter: &Matter, tally: &RefCell<Tally>) -> Result<(), TestCaseError> {
    let mut of_hazard = BTreeMap::new();
    prop_assert_eq!(&matter.broken, &None);
    matter.hazards.values().try_for_each(todos::case_rules)?;
    matter.awards.values().try_for_each(todos::award_rules)?;
    for (number, report) in matter.reports.iter().enumerate() {
        todos::report_rules(report)?;
        tally.borrow_mut().seen("report", report.status.code());
        if let Some(hazard) = report.hazard {
            *of_hazard.entry(hazard).or_insert(0) += 1;
            prop_assert!(matter.hazards.contains_key(&hazard));
            if report.emergency && hazard.0.as_u128() != report.id.0.as_u128() {
                tally.borrow_mut().seen("matter", "a moved report");
            }
        }
        if report.status != ReportStatus::Received {
            continue;
        }
        let stage = report.hazard.map(|hazard| matter.hazards[&hazard].stage());
        tally.borrow_mut().seen("waiting", stage_word(stage));
        for command in
            [Command::Confirm { hazard: matter.next_hazard(), note: NOTE }, Command::Unfounded { note: NOTE }]
        {
            let led_on = matter.clone().take(&Step::Report { report: number, command });
            // What the department confirmed as a major hazard, the township does not find to be none.
            let is_major = report.hazard.is_some_and(|hazard| matter.hazards[&hazard].level == Level::Major);
            let stands = is_major && led_on.as_ref().is_err_and(|refusal| refusal.rule == Some("major.cancel"));
            let confirms = matches!(command, Command::Confirm { .. });
            prop_assert!(led_on.is_ok() || (stands && !confirms), "{command:?} of a report at {stage:?}: {led_on:?}");
        }
    }
    see_successors(matter, tally);
    if of_hazard.values().any(|count| *count > 1) {
        tally.borrow_mut().seen("matter", "a hazard of two");
    }
    see_whistles(matter, tally);
    money_rules(matter, tally)?;
    matter.hazards.values().try_for_each(everybody_has_a_deadline)?;
    matter.reports.iter().try_for_each(a_report_has_a_deadline)?;
    matter.awards.values().try_for_each(an_award_has_a_deadline)?;
    for (hazard, award) in &matter.awards {
        let runs = matches!(award.status, AwardStatus::Proposed | AwardStatus::Reviewed);
        let first = matter.first_true(matter.root(*hazard));
        prop_assert!(!runs || first == Some(award.report), "an award without the first true report");
    }
    Ok(())
}

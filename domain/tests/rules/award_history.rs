//! Random histories of awards, with their ledger and their payees.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use domain::access::By;
use domain::award::{self, Account, Award, AwardStatus, Command, Event, HazardNow, Proposal, postings};
use domain::event::DomainEvent;
use domain::id::{AwardId, HazardId, ReportId, UnitId};
use domain::money::Fen;
use domain::refusal::Refusal;
use domain::staff::Role;
use proptest::prelude::*;
use uuid::Uuid;

use crate::history::{Dice, Tally, dice, run};
use crate::payee::{Orders, Payee};
use crate::scene::*;
use crate::status_table::{OTHER_AWARD, award_asker, award_commands};
use crate::todos;
use crate::turns::an_award_has_a_deadline;

/// The balance of each account.
type Balance = BTreeMap<Account, i64>;

#[test]
fn awards_keep_the_rules_whatever_happens() {
    let (tally, world) = (RefCell::new(Tally::default()), World::new());
    run(&(1..=Fen::MAX.0, any::<u8>(), dice(18)), |(amount, payees, dice)| play(&world, amount, payees, &dice, &tally));
    let payees = [
        "is replaced",
        "is frozen",
        "was replaced and is paid",
        "is paid again",
        "decided",
        "is on duty",
        "acts",
        "is unknown",
        "is forfeited",
    ];
    let statuses = AwardStatus::ALL.iter().map(|status| format!("award {}", status.code()));
    tally.into_inner().check(statuses.chain(payees.iter().map(|what| format!("payee {what}"))));
}

/// Who is paid for each of the two reports to which the award can belong.
type Payees = BTreeMap<ReportId, Payee>;

/// Returns the payees at the beginning: some known, some not, and some of them on duty.
fn payees(number: u8) -> Payees {
    let payee = |number: u8| Payee {
        person: (!number.is_multiple_of(4)).then_some(number % 8),
        on_duty: number.is_multiple_of(6),
    };
    [(REPORT, payee(number % 16)), (OTHER_REPORT, payee(number / 16))].into()
}

fn play(world: &World, amount: i64, number: u8, dice: &[Dice], tally: &RefCell<Tally>) -> Result<(), TestCaseError> {
    let (mut award, first) = award::propose(proposal(amount), at(0), &world.rewards, &world.timing()).unwrap();
    let (mut events, mut balance, mut minute) = (vec![first], Balance::new(), 0);
    let (mut payees, mut orders) = (payees(number), Orders::default());
    for die in dice {
        minute += i64::from(die.minutes);
        replace_payee(&mut payees, &award, die, tally);
        let payee = payees[&award.report];
        let (by, command) = choose(&award, payee, die);
        let reopened = die.minutes.is_multiple_of(3);
        let hazard = if reopened { HazardNow::Reopened } else { HazardNow::NotReopened };
        // The time of a reporter's act is rounded up, and officers may act before that moment has come.
        let shown = if by == By::Reporter { (minute / 60 + 1) * 60 } else { minute };
        let asked = world.ask_award_of(payee, hazard, &award, shown, by, command);
        tally.borrow_mut().asked(asked.is_ok());
        if let Err(refusal) = &asked {
            note_refusal(refusal, tally);
        }
        let before = award.clone();
        for event in asked.into_iter().flatten() {
            let money =
                matches!(event, Event::Approved { .. } | Event::Collected { .. } | Event::PaymentStarted { .. });
            prop_assert!(!(reopened && money), "money moves while the hazard is open again");
            prop_assert!(before.last_at <= event.at(), "a step precedes the one before it");
            award::apply(&mut award, &event);
            post(&event, award.amount, &mut balance)?;
            step_rules(&before, &award)?;
            orders.note(&event, payee);
            note_payment(&event, payee, number, &award, tally);
            events.push(event);
        }
        let came_back =
            award.status == AwardStatus::Failed && matches!(before.status, AwardStatus::Paying | AwardStatus::Unknown);
        let barred = reopened || award.double_of.is_some();
        prop_assert!(!(barred && came_back), "payable while its hazard is open again, or double");
        prop_assert_eq!(usize::try_from(award.version), Ok(events.len()));
        state_rules(&award)?;
        money_rules(&award, &balance)?;
        orders.check(&award, payees[&award.report])?;
        tally.borrow_mut().seen("award", award.status.code());
    }
    replays(&events, &award)
}

/// Checks that the events, stored and read again, give the award.
fn replays(events: &[Event], award: &Award) -> Result<(), TestCaseError> {
    let stored: Vec<String> = events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    let read: Vec<Event> = stored.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    for (text, event) in stored.iter().zip(events) {
        let kind = format!("{{\"kind\":\"{}\"", event.kind());
        prop_assert!(text.starts_with(&kind), "{text}");
    }
    prop_assert!(Award::replay(&read).is_some_and(|replayed| replayed == *award), "replaying gives another award");
    Ok(())
}

/// Gives another identity for a report now and then, whether that is possible or not.
fn replace_payee(payees: &mut Payees, award: &Award, die: &Dice, tally: &RefCell<Tally>) {
    if !(die.who / 32).is_multiple_of(4) {
        return;
    }
    let report = if die.pick.is_multiple_of(3) { OTHER_REPORT } else { REPORT };
    let person = u8::try_from(die.who / 128 % 8).unwrap();
    let awards = std::iter::once(award).filter(|award| award.report == report);
    let replaced = payees.get_mut(&report).unwrap().is_replaced(person, awards);
    tally.borrow_mut().seen("payee", if replaced.is_ok() { "is replaced" } else { "is frozen" });
}

/// Notes why the payee stopped a step.
fn note_refusal(refusal: &Refusal, tally: &RefCell<Tally>) {
    let what = match refusal.rule {
        Some("award.decided_by_collector") => "decided",
        Some("award.own_duty") => "is on duty",
        Some("award.own_report") => "acts",
        Some("award.payee_verified") => "is unknown",
        _ => return,
    };
    tally.borrow_mut().seen("payee", what);
}

fn note_payment(event: &Event, payee: Payee, number: u8, award: &Award, tally: &RefCell<Tally>) {
    let what = match event {
        Event::PaymentStarted { attempt, .. } if *attempt > 1 => "is paid again",
        Event::PaymentStarted { .. } if payees(number)[&award.report] != payee => "was replaced and is paid",
        Event::Forfeited { .. } if payee.on_duty => "is forfeited",
        _ => return,
    };
    tally.borrow_mut().seen("payee", what);
}

/// The first true report, and the one for which a voided award is proposed again.
const REPORT: ReportId = ReportId(Uuid::from_u128(1));
const OTHER_REPORT: ReportId = ReportId(Uuid::from_u128(77));

fn proposal(amount: i64) -> Proposal {
    Proposal {
        id: AwardId(Uuid::from_u128(1)),
        hazard: HazardId(Uuid::from_u128(1)),
        report: REPORT,
        unit: CENTRE,
        amount: Fen(amount),
        proposed_by: Some(person(CENTRE, 0, Role::CommandCentre).officer),
        verifiers: BTreeSet::from([person(CENTRE, 0, Role::CommandCentre).officer]),
    }
}

/// Usually a step that moves the award on, by an officer who may take it; otherwise any step by any person.
fn choose(award: &Award, payee: Payee, die: &Dice) -> (By, Command) {
    let attempt = award.attempt;
    let of = OTHER_AWARD;
    let forward = match award.status {
        AwardStatus::Proposed => vec![Command::Review, Command::Review, Command::Reject { note: NOTE }],
        AwardStatus::Reviewed => vec![Command::Approve],
        AwardStatus::Approved => vec![Command::Notify],
        AwardStatus::Notified => vec![Command::Collect, Command::Forfeit, Command::MarkDouble { of }],
        AwardStatus::Collected | AwardStatus::Failed => {
            vec![
                Command::StartPayment { payee: payee.digest() },
                Command::StartPayment { payee: payee.digest() },
                Command::MarkDouble { of },
            ]
        }
        AwardStatus::Paying => vec![
            Command::PaymentUnknown { attempt },
            Command::PaymentFailed { attempt },
            Command::PaymentSucceeded { attempt },
        ],
        AwardStatus::Unknown => vec![Command::PaymentFailed { attempt }, Command::PaymentSucceeded { attempt }],
        AwardStatus::Held if award.double_of.is_some() => vec![Command::ClearDouble, Command::Reject { note: NOTE }],
        AwardStatus::Held => vec![Command::Resume],
        AwardStatus::Rejected if award.voided => vec![again(award.unit, die)],
        AwardStatus::Paid | AwardStatus::Rejected | AwardStatus::Forfeited => Vec::new(),
    };
    let all = award_commands(attempt - i32::from(die.who.is_multiple_of(3)));
    let command = match die.of(&forward) {
        Some(command) if die.bold < 210 => command.clone(),
        _ => die.of(&all).unwrap().clone(),
    };
    // Whoever orders the payment, the vault names its payee.
    let command = match command {
        Command::StartPayment { .. } => Command::StartPayment { payee: payee.digest() },
        other => other,
    };
    (if die.bold.is_multiple_of(4) { anybody(die) } else { award_asker(&command) }, command)
}

/// The proposal of a voided award for another report, which another unit accepted and other officers found to be true.
fn again(unit: UnitId, die: &Dice) -> Command {
    let unit = if unit == CENTRE { TOWN } else { CENTRE };
    let officer = |number: u128| person(CENTRE, number % 5, Role::CommandCentre).officer;
    Command::Reassign {
        report: OTHER_REPORT,
        unit,
        proposed_by: (!die.who.is_multiple_of(4)).then(|| officer(u128::from(die.who))),
        verifiers: BTreeSet::from([officer(u128::from(die.bold))]),
        amount: Fen(20_000),
    }
}

fn anybody(die: &Dice) -> By {
    let roles = [Role::RewardOfficer, Role::FinanceOfficer, Role::CommandCentre];
    let role = roles[usize::from(die.who / 5) % roles.len()];
    match die.who % 20 {
        0 => By::Reporter,
        1 => By::System,
        _ => By::Officer(person(CENTRE, u128::from(die.who % 5), role)),
    }
}

fn post(event: &Event, amount: Fen, balance: &mut Balance) -> Result<(), TestCaseError> {
    let lines = postings(event, amount);
    prop_assert_eq!(lines.iter().map(|line| line.amount.0).sum::<i64>(), 0);
    for line in &lines {
        *balance.entry(line.account).or_default() += line.amount.0;
    }
    for (account, amount) in balance.iter() {
        prop_assert!(*account == Account::Budget || *amount >= 0, "{account:?} holds {amount}");
    }
    Ok(())
}

fn step_rules(before: &Award, after: &Award) -> Result<(), TestCaseError> {
    let over = matches!(before.status, AwardStatus::Paid | AwardStatus::Rejected | AwardStatus::Forfeited);
    let again = before.voided && after.status == AwardStatus::Proposed;
    let marked = before.double_of != after.double_of && before.status == after.status;
    prop_assert!(!over || again || marked, "what is over moved");
    let frozen = before.report == after.report && before.amount == after.amount;
    let is_promised = matches!(before.status, AwardStatus::Approved | AwardStatus::Notified);
    let rebased = is_promised && after.status == AwardStatus::Proposed && before.report == after.report;
    prop_assert!(before.approved_by.is_none() || frozen || rebased, "passed on after approval");
    prop_assert!(before.approved_by.is_none() || before.approved_by == after.approved_by || rebased);
    prop_assert!(!rebased || (after.approved_by.is_none() && after.collect_due.is_none()), "a step of before counts");
    Ok(())
}

/// Checks the four-eyes rules, and that at most one clock runs.
fn state_rules(award: &Award) -> Result<(), TestCaseError> {
    let people = [award.proposed_by, award.reviewed_by, award.approved_by, award.paid_by];
    let people: Vec<_> = people.into_iter().flatten().collect();
    prop_assert_eq!(people.iter().collect::<BTreeSet<_>>().len(), people.len(), "two steps are one person's");
    let deciders = [award.reviewed_by, award.approved_by, award.paid_by];
    let verified = deciders.into_iter().flatten().any(|officer| award.verifiers.contains(&officer));
    prop_assert!(!verified, "who verified the report decides on its award");
    prop_assert_eq!(award.held_from.is_some(), award.status == AwardStatus::Held);
    an_award_has_a_deadline(award)?;
    let keys: BTreeSet<_> = award.clocks.iter().map(|clock| clock.key).collect();
    prop_assert_eq!(keys.len(), award.clocks.len());
    prop_assert!(award.clocks.iter().all(|clock| clock.stopped_at.is_none_or(|stopped| clock.start <= stopped)));
    prop_assert!(!award.voided || award.status == AwardStatus::Rejected);
    todos::award_rules(award)
}

/// Checks that the state of the award determines where the money is.
fn money_rules(award: &Award, balance: &Balance) -> Result<(), TestCaseError> {
    let stands = award.held_from.unwrap_or(award.status);
    let place = match stands {
        AwardStatus::Proposed | AwardStatus::Reviewed | AwardStatus::Rejected | AwardStatus::Forfeited => None,
        AwardStatus::Approved | AwardStatus::Notified => Some(Account::Committed),
        AwardStatus::Collected | AwardStatus::Failed => Some(Account::Payable),
        AwardStatus::Paying | AwardStatus::Unknown => Some(Account::Clearing),
        AwardStatus::Paid => Some(Account::Paid),
        AwardStatus::Held => return Err(TestCaseError::fail("held from held")),
    };
    for account in Account::ALL {
        let expected = match (place, account) {
            (None, _) => 0,
            (Some(_), Account::Budget) => -award.amount.0,
            (Some(place), account) => {
                if place == *account {
                    award.amount.0
                } else {
                    0
                }
            }
        };
        prop_assert_eq!(balance.get(account).copied().unwrap_or_default(), expected, "{:?}", account);
    }
    Ok(())
}

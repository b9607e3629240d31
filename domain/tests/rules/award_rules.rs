//! The rules of awards, with one test for each. Long because awards have many rules, and a reader looks for all of them here.

use std::collections::BTreeSet;

use domain::Code;
use domain::access::By;
use domain::award::{
    self, Account, Award, AwardStatus, Command, Event, HazardNow, PayeeDigest, Proposal, apply, postings,
};
use domain::clock::ClockKind;
use domain::event::DomainEvent;
use domain::id::{AwardId, HazardId, ReportId, UnitId};
use domain::money::Fen;
use domain::staff::Role;
use proptest::prelude::*;
use uuid::Uuid;

use crate::scene::*;
use crate::status_table::{award_asker, award_commands};

fn proposal(amount: i64) -> Proposal {
    Proposal {
        id: AwardId(Uuid::from_u128(1)),
        hazard: HazardId(Uuid::from_u128(1)),
        report: ReportId(Uuid::from_u128(1)),
        unit: CENTRE,
        amount: Fen(amount),
        proposed_by: Some(person(TOWN, 0, Role::TownshipClerk).officer),
        verifiers: BTreeSet::from([person(CENTRE, 9, Role::CommandCentre).officer]),
    }
}

/// An award of 50 yuan that the policy proposed after a step of the township's clerk.
pub(crate) fn proposed() -> Award {
    let world = World::new();
    award::propose(proposal(5_000), at(0), &world.rewards, &world.timing()).unwrap().0
}

fn officer(number: u128, role: Role) -> By {
    By::Officer(person(CENTRE, number, role))
}

fn ask(award: &Award, minute: i64, by: By, command: Command) -> Result<Vec<Event>, Code> {
    World::new().ask_award(award, minute, by, command).map_err(|refusal| refusal.code)
}

#[track_caller]
fn play(award: &mut Award, minute: i64, by: By, command: Command) -> Vec<Event> {
    let events = ask(award, minute, by, command).unwrap();
    for event in &events {
        apply(award, event);
    }
    events
}

/// Moves a new award to the state in which the reporter has collected it.
fn collected() -> Award {
    let mut award = proposed();
    for command in [Command::Review, Command::Approve, Command::Notify, Command::Collect] {
        let by = award_asker(&command);
        play(&mut award, 1, by, command);
    }
    award
}

#[test]
fn an_award_is_worth_something() {
    let world = World::new();
    for amount in [0, -1, Fen::MAX.0 + 1] {
        let refusal = award::propose(proposal(amount), at(0), &world.rewards, &world.timing()).unwrap_err();
        assert_eq!(refusal.code, Code::InvalidInput);
    }
}

#[test]
fn proposer_reviewer_approver_and_payer_are_four_people() {
    let mut award = proposed();
    award.proposed_by = Some(person(CENTRE, 1, Role::RewardOfficer).officer);
    assert_eq!(ask(&award, 1, officer(1, Role::RewardOfficer), Command::Review), Err(Code::NotYourOwn));
    play(&mut award, 1, officer(2, Role::RewardOfficer), Command::Review);
    for same in [1, 2] {
        assert_eq!(ask(&award, 1, officer(same, Role::RewardOfficer), Command::Approve), Err(Code::NotYourOwn));
    }
    play(&mut award, 1, officer(3, Role::RewardOfficer), Command::Approve);
    play(&mut award, 1, By::System, Command::Notify);
    play(&mut award, 1, By::Reporter, Command::Collect);
    for same in [1, 2, 3] {
        let payer = officer(same, Role::FinanceOfficer);
        assert_eq!(ask(&award, 1, payer, Command::StartPayment { payee: PAYEE }), Err(Code::NotYourOwn));
    }
    play(&mut award, 1, officer(4, Role::FinanceOfficer), Command::StartPayment { payee: PAYEE });
}

#[test]
fn who_verified_neither_reviews_nor_approves_nor_pays() {
    let mut award = proposed();
    assert_eq!(ask(&award, 1, officer(9, Role::RewardOfficer), Command::Review), Err(Code::NotYourOwn));
    play(&mut award, 1, officer(1, Role::RewardOfficer), Command::Review);
    assert_eq!(ask(&award, 1, officer(9, Role::CommandCentre), Command::Approve), Err(Code::NotYourOwn));
    let pay = Command::StartPayment { payee: PAYEE };
    assert_eq!(ask(&collected(), 2, officer(9, Role::FinanceOfficer), pay), Err(Code::NotYourOwn));
}

/// After a reassignment, the officer who found the other report to be true is the proposer.
#[test]
fn a_reassigned_award_has_a_proposer_of_its_own() {
    let mut award = proposed();
    let again = person(CENTRE, 1, Role::RewardOfficer).officer;
    let reassigned = Command::Reassign {
        report: ReportId(Uuid::from_u128(2)),
        unit: CENTRE,
        proposed_by: Some(again),
        verifiers: BTreeSet::from([person(CENTRE, 2, Role::RewardOfficer).officer]),
        amount: Fen(5_000),
    };
    play(&mut award, 1, By::System, reassigned);
    assert_eq!(award.proposed_by, Some(again));
    for same in [1, 2] {
        assert_eq!(ask(&award, 2, officer(same, Role::RewardOfficer), Command::Review), Err(Code::NotYourOwn));
    }
    play(&mut award, 2, officer(9, Role::RewardOfficer), Command::Review);
}

/// What was proposed while the hazard was open again waits for its closure, even if nobody put it on hold.
#[test]
fn no_award_is_approved_collected_or_paid_while_its_hazard_is_open_again() {
    let mut award = proposed();
    for command in [Command::Review, Command::Approve, Command::Notify, Command::Collect] {
        let asked = |hazard| {
            World::new()
                .ask_award_while(hazard, &award, 1, award_asker(&command), command.clone())
                .map_err(|no| no.rule)
        };
        let waits = matches!(command, Command::Approve | Command::Collect);
        let expected = waits.then_some("award.hazard_reopened");
        assert_eq!(asked(HazardNow::Reopened).err().flatten(), expected, "{command:?}");
        let by = award_asker(&command);
        play(&mut award, 1, by, command);
    }
    let pay = Command::StartPayment { payee: PAYEE };
    let paid = World::new().ask_award_while(HazardNow::Reopened, &award, 2, award_asker(&pay), pay);
    assert_eq!(paid.unwrap_err().rule, Some("award.hazard_reopened"));
}

#[test]
fn it_is_collected_within_sixty_days_and_forfeited_only_after() {
    let mut award = proposed();
    for command in [Command::Review, Command::Approve, Command::Notify] {
        let by = award_asker(&command);
        play(&mut award, 0, by, command);
    }
    let last = DAY_END + 60 * 24 * 60;
    assert_eq!(award.collect_due, Some(at(last)));
    assert_eq!(ask(&award, last, By::System, Command::Forfeit), Err(Code::IllegalMove));
    assert!(ask(&award, last, By::Reporter, Command::Collect).is_ok());
    assert_eq!(ask(&award, last + 1, By::Reporter, Command::Collect), Err(Code::IllegalMove));
    assert!(ask(&award, last + 1, By::System, Command::Forfeit).is_ok());
}

#[test]
fn the_time_it_is_held_does_not_count_for_the_reporter() {
    let mut award = proposed();
    for command in [Command::Review, Command::Approve, Command::Notify] {
        let by = award_asker(&command);
        play(&mut award, 0, by, command);
    }
    play(&mut award, 100, By::System, Command::Hold);
    assert_eq!((award.status, award.held_from), (AwardStatus::Held, Some(AwardStatus::Notified)));
    assert!(award.clocks.iter().all(|clock| !clock.is_running()));
    play(&mut award, 400, By::System, Command::Resume);
    assert_eq!(award.status, AwardStatus::Notified);
    let due = at(DAY_END + 61 * 24 * 60);
    assert_eq!(award.collect_due, Some(due), "300 minutes more, to the end of that day");
    assert_eq!(award.clocks.iter().find(|clock| clock.is_running()).unwrap().due, due);
}

#[test]
fn it_follows_the_first_true_report_until_it_is_approved() {
    let first = ReportId(Uuid::from_u128(2));
    let another = |amount| Command::Reassign {
        report: first,
        unit: CENTRE,
        proposed_by: None,
        verifiers: BTreeSet::new(),
        amount: Fen(amount),
    };
    let mut award = proposed();
    play(&mut award, 1, officer(1, Role::RewardOfficer), Command::Review);
    play(&mut award, 2, By::System, another(5_000));
    assert_eq!((award.status, award.reviewed_by, award.report), (AwardStatus::Proposed, None, first));
    assert_eq!(ask(&award, 2, By::System, another(5_000)), Err(Code::IllegalMove), "nothing new");
    assert_eq!(ask(&award, 2, By::System, another(0)), Err(Code::InvalidInput));
    play(&mut award, 2, By::System, another(30_000));
    assert_eq!((award.status, award.report, award.amount), (AwardStatus::Proposed, first, Fen(30_000)));
    play(&mut award, 3, officer(1, Role::RewardOfficer), Command::Review);
    play(&mut award, 3, officer(2, Role::RewardOfficer), Command::Approve);
    assert_eq!(ask(&award, 4, By::System, another(5_000)), Err(Code::IllegalMove), "frozen");
    assert_eq!(ask(&award, 4, By::System, Command::Void), Err(Code::IllegalMove), "frozen");
}

fn for_report(report: u128, unit: UnitId) -> Command {
    Command::Reassign {
        report: ReportId(Uuid::from_u128(report)),
        unit,
        proposed_by: None,
        verifiers: BTreeSet::new(),
        amount: Fen(5_000),
    }
}

#[test]
fn a_voided_award_is_proposed_again_and_a_rejected_one_is_not() {
    let mut award = proposed();
    play(&mut award, 1, By::System, Command::Void);
    assert_eq!((award.status, award.voided), (AwardStatus::Rejected, true));
    play(&mut award, 2, By::System, for_report(2, CENTRE));
    assert_eq!((award.status, award.voided), (AwardStatus::Proposed, false));
    play(&mut award, 3, By::System, Command::Void);
    play(&mut award, 4, By::System, for_report(2, CENTRE));
    assert_eq!(award.status, AwardStatus::Proposed, "also for the same report");

    play(&mut award, 5, officer(2, Role::RewardOfficer), Command::Reject { note: NOTE });
    assert!(!award.voided);
    assert_eq!(ask(&award, 6, By::System, for_report(3, CENTRE)), Err(Code::IllegalMove));
}

#[test]
fn the_unit_that_accepted_the_report_takes_the_award_over_with_its_clock() {
    let mut award = proposed();
    play(&mut award, 10, By::System, for_report(2, TOWN));
    assert_eq!(award.unit, TOWN);
    let running: Vec<_> = award.clocks.iter().filter(|clock| clock.is_running()).collect();
    assert_eq!(running.len(), 1);
    assert_eq!((running[0].key.owner_unit, running[0].start), (TOWN, at(10)));
}

#[test]
fn no_step_precedes_the_one_before_it() {
    let mut award = proposed();
    for command in [Command::Review, Command::Approve, Command::Notify] {
        let by = award_asker(&command);
        play(&mut award, 1, by, command);
    }
    play(&mut award, 60, By::Reporter, Command::Collect);
    let paid = play(&mut award, 15, officer(4, Role::FinanceOfficer), Command::StartPayment { payee: PAYEE });
    assert_eq!(paid[0].at(), at(60), "the time of the collection was rounded up");
    play(&mut award, 16, By::System, Command::PaymentSucceeded { attempt: 1 });
    let pay = award.clocks.iter().find(|clock| clock.key.kind == ClockKind::Pay).unwrap();
    assert_eq!((pay.start, pay.stopped_at), (at(60), Some(at(60))));
}

#[test]
fn a_payee_digest_is_64_hexadecimal_digits() {
    let text = String::from(PAYEE);
    assert_eq!(text, "07".repeat(32));
    assert_eq!(PayeeDigest::try_from(text), Ok(PAYEE));
    for wrong in ["", "07", &"07".repeat(33), &"0g".repeat(32), &"人".repeat(64)] {
        assert!(PayeeDigest::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
}

#[test]
fn a_payment_that_fails_while_the_hazard_is_open_again_waits_with_it() {
    let mut award = collected();
    play(&mut award, 2, officer(4, Role::FinanceOfficer), Command::StartPayment { payee: PAYEE });
    assert_eq!(ask(&award, 3, By::System, Command::Hold), Err(Code::IllegalMove), "what is on its way is not held");
    let failed = Command::PaymentFailed { attempt: 1 };
    let events = World::new().ask_award_while(HazardNow::Reopened, &award, 4, By::System, failed).unwrap();
    for event in &events {
        apply(&mut award, event);
    }
    assert_eq!((award.status, award.held_from), (AwardStatus::Held, Some(AwardStatus::Failed)));
    assert_eq!(
        ask(&award, 5, officer(4, Role::FinanceOfficer), Command::StartPayment { payee: PAYEE }),
        Err(Code::IllegalMove)
    );
    assert!(award.clocks.iter().all(|clock| !clock.is_running()));
    play(&mut award, 6, By::System, Command::Resume);
    assert_eq!(award.status, AwardStatus::Failed);
    play(&mut award, 7, officer(4, Role::FinanceOfficer), Command::StartPayment { payee: PAYEE });
}

#[test]
fn word_of_an_earlier_payment_changes_nothing() {
    let mut award = collected();
    let payer = officer(4, Role::FinanceOfficer);
    play(&mut award, 2, payer, Command::StartPayment { payee: PAYEE });
    play(&mut award, 3, By::System, Command::PaymentFailed { attempt: 1 });
    play(&mut award, 4, payer, Command::StartPayment { payee: PAYEE });
    let late = Command::PaymentSucceeded { attempt: 1 };
    assert_eq!(ask(&award, 5, By::System, late), Err(Code::IllegalMove));
    play(&mut award, 5, By::System, Command::PaymentSucceeded { attempt: 2 });
    assert_eq!(award.status, AwardStatus::Paid);
}

#[test]
fn what_is_paid_has_left_the_budget_once() {
    let mut award = proposed();
    let mut balance = std::collections::BTreeMap::new();
    let (payer, first, again) = (officer(4, Role::FinanceOfficer), 1, 2);
    let steps = [
        (officer(1, Role::RewardOfficer), Command::Review),
        (officer(2, Role::RewardOfficer), Command::Approve),
        (By::System, Command::Notify),
        (By::Reporter, Command::Collect),
        (payer, Command::StartPayment { payee: PAYEE }),
        (By::System, Command::PaymentUnknown { attempt: first }),
        (By::System, Command::PaymentFailed { attempt: first }),
        (payer, Command::StartPayment { payee: PAYEE }),
        (By::System, Command::PaymentSucceeded { attempt: again }),
    ];
    for (by, command) in steps {
        for event in play(&mut award, 1, by, command) {
            for line in postings(&event, award.amount) {
                *balance.entry(line.account).or_insert(0) += line.amount.0;
            }
        }
    }
    let moved: Vec<_> = balance.into_iter().filter(|(_, sum)| *sum != 0).collect();
    assert_eq!(moved, [(Account::Budget, -5_000), (Account::Paid, 5_000)]);
}

proptest! {
    #[test]
    fn every_list_of_postings_sums_to_zero(amount in 1..=Fen::MAX.0, which in 0..13_usize) {
        let world = World::new();
        let (mut award, first) =
            award::propose(proposal(amount), at(0), &world.rewards, &world.timing()).unwrap();
        let mut events = vec![first];
        for command in award_commands(1).into_iter().cycle().skip(which).take(40) {
            let asked = world.ask_award(&award, 1, award_asker(&command), command);
            for event in asked.into_iter().flatten() {
                apply(&mut award, &event);
                events.push(event);
            }
        }
        for event in &events {
            prop_assert_eq!(postings(event, award.amount).iter().map(|line| line.amount.0).sum::<i64>(), 0);
        }
    }
}

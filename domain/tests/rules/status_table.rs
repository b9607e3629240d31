//! Every status × every command, compared with a table that was written by hand. Long because the table has all its
//! cells in one place.

use std::collections::{BTreeMap, BTreeSet};

use domain::Refusal;
use domain::access::By;
use domain::award::{self, Award, AwardStatus, HazardNow};
use domain::hazard::enforcement::Enforce;
use domain::hazard::{
    self, AssignmentStatus, CancelReason, Case, FollowUpResult, HazardStatus, MajorCommand, ObjectionOutcome,
    RatingGrade, ReopenCause, WhistleRequestState, WhistleStatus,
};
use domain::id::{AmendmentId, AwardId, HazardId, ReportId, SupervisionId};
use domain::money::Fen;
use domain::policy::Rung;
use domain::report::{self, Channel, HazardFacts, Report, ReportStatus};
use domain::staff::Role;
use uuid::Uuid;

use crate::award_rules;
use crate::report_rules;
use crate::scene::*;

/// One section: for each status, for each command, `ok` or the code.
type Section = BTreeMap<String, BTreeMap<String, String>>;

fn section(name: &str) -> Section {
    let table = include_str!("../data/status_table.txt");
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut lines = lines.skip_while(|line| *line != format!("[{name}]")).skip(1);
    let columns: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    let rows = lines.take_while(|line| !line.starts_with('['));
    rows.map(|row| {
        let mut cells = row.split_whitespace();
        let status = cells.next().unwrap().to_owned();
        let cells: Vec<_> = cells.map(str::to_owned).collect();
        assert_eq!(cells.len(), columns.len(), "{name}: {status}");
        (status, columns.iter().map(|column| (*column).to_owned()).zip(cells).collect())
    })
    .collect()
}

/// Plays every cell of a section, and checks that the table contains every status and every command.
fn check<C>(
    name: &str,
    statuses: &[&str],
    commands: &[C],
    word: impl Fn(&C) -> &'static str,
    answer: impl Fn(&str, &C) -> Result<(), Refusal>,
) {
    let table = section(name);
    let rows: BTreeSet<&str> = table.keys().map(String::as_str).collect();
    assert_eq!(rows, statuses.iter().copied().collect(), "{name}: statuses");
    for (status, row) in &table {
        let columns: BTreeSet<&str> = row.keys().map(String::as_str).collect();
        assert_eq!(columns, commands.iter().map(&word).collect(), "{name}: commands");
        for command in commands {
            let got = answer(status, command).map_or_else(|refusal| refusal.code.as_str(), |()| "ok");
            assert_eq!(got, row[word(command)], "{name}: {status} × {}", word(command));
        }
    }
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|value| code(*value)).collect()
}

/// Defines the list of the words of all commands beside the function that returns the word of one. A new command does not
/// compile until it has a word, and then `every_command_is_in_its_table` fails until the tables ask for it.
macro_rules! words {
    ($all:ident $(#[$meta:meta])* const fn $word:ident($command:ident: &$ty:ty) -> $to:ty {
        match $of:ident { $($pattern:pat => $value:expr),+ $(,)? }
    }) => {
        pub(crate) const $all: &[$to] = &[$($value),+];

        $(#[$meta])*
        pub(crate) const fn $word($command: &$ty) -> $to {
            match $of { $($pattern => $value),+ }
        }
    };
}

#[test]
fn every_command_is_in_its_table() {
    let reports: Vec<_> = report_commands().iter().map(report_word).collect();
    assert_eq!(reports, REPORT_WORDS);
    let cases = ["hazard", "whistle_request", "rating", "assignment"].map(case_commands).concat();
    let cases: BTreeSet<_> = cases.iter().map(case_word).collect();
    assert_eq!(cases, CASE_WORDS.iter().copied().collect());
    let awards: Vec<_> = award_commands(1).iter().map(award_word).collect();
    assert_eq!(awards, AWARD_WORDS);
}

// --- report

words! { REPORT_WORDS
const fn report_word(command: &report::Command) -> &'static str {
    match command {
        report::Command::Amend { .. } => "AMEND",
        report::Command::Withdraw => "WITHDRAW",
        report::Command::Confirm { .. } => "CONFIRM",
        report::Command::Merge { .. } => "MERGE",
        report::Command::Unfounded { .. } => "UNFOUNDED",
        report::Command::Refer { .. } => "REFER",
        report::Command::OutOfScope { .. } => "OUT_OF_SCOPE",
        report::Command::Forward { .. } => "FORWARD",
        report::Command::Follow { .. } => "FOLLOW",
    }
}
}

pub(crate) fn report_commands() -> Vec<report::Command> {
    let hazard = HazardId(Uuid::from_u128(9));
    vec![
        report::Command::Amend { amendment: AmendmentId(Uuid::from_u128(1)) },
        report::Command::Withdraw,
        report::Command::Confirm { hazard, note: NOTE },
        report::Command::Merge { hazard, note: NOTE },
        report::Command::Unfounded { note: NOTE },
        report::Command::Refer { channel: Channel::Hotline12345, note: NOTE },
        report::Command::OutOfScope { channel: Channel::Petition, note: NOTE },
        report::Command::Forward { to: CENTRE, note: NOTE },
        report::Command::Follow { hazard: HazardId(Uuid::from_u128(8)), back: false },
    ]
}

/// Returns a party that may ask for it.
pub(crate) const fn report_asker(command: &report::Command) -> fn() -> By {
    match command {
        report::Command::Amend { .. } | report::Command::Withdraw => || By::Reporter,
        report::Command::Confirm { .. }
        | report::Command::Merge { .. }
        | report::Command::Unfounded { .. }
        | report::Command::Refer { .. }
        | report::Command::OutOfScope { .. }
        | report::Command::Forward { .. }
        | report::Command::Follow { .. } => clerk,
    }
}

pub(crate) fn report_in(status: ReportStatus) -> Report {
    let word = match status {
        ReportStatus::Received => return report_rules::received(None),
        ReportStatus::Confirmed => "CONFIRM",
        ReportStatus::Merged => "MERGE",
        ReportStatus::Unfounded => "UNFOUNDED",
        ReportStatus::Referred => "REFER",
        ReportStatus::OutOfScope => "OUT_OF_SCOPE",
        ReportStatus::Withdrawn => "WITHDRAW",
    };
    let mut report = report_rules::received(None);
    let command = report_commands().into_iter().find(|command| report_word(command) == word).unwrap();
    let events = World::new().ask_report(&report, report_asker(&command)(), HazardFacts::default(), command);
    events.unwrap().iter().for_each(|event| report::apply(&mut report, event));
    assert_eq!(report.status, status);
    report
}

#[test]
fn every_cell_of_the_report_table_holds() {
    let world = World::new();
    check(
        "report",
        &codes(ReportStatus::ALL, ReportStatus::code),
        &report_commands(),
        report_word,
        |status, command| {
            let report = report_in(ReportStatus::from_code(status).unwrap());
            world.ask_report(&report, report_asker(command)(), HazardFacts::default(), *command).map(|_| ())
        },
    );
}

// --- case

words! { CASE_WORDS
/// Returns the section to which a command of a case belongs, and its word.
const fn case_word(command: &hazard::Command) -> (&'static str, &'static str) {
    match command {
        hazard::Command::Dispatch { .. } => ("hazard", "DISPATCH"),
        hazard::Command::Blow { .. } => ("hazard", "BLOW"),
        hazard::Command::BlowThroughCentre { .. } => ("hazard", "BLOW_THROUGH_CENTRE"),
        hazard::Command::ApproveWhistle { .. } => ("whistle_request", "APPROVE"),
        hazard::Command::RefuseWhistle { .. } => ("whistle_request", "REFUSE"),
        hazard::Command::WithdrawWhistle { .. } => ("whistle_request", "WITHDRAW"),
        hazard::Command::NameUnits { .. } => ("whistle_request", "NAME_UNITS"),
        hazard::Command::RateAnswer { .. } => ("rating", "RATE"),
        hazard::Command::ObjectToRating { .. } => ("rating", "OBJECT"),
        hazard::Command::RuleOnRating { .. } => ("rating", "RULE"),
        hazard::Command::JudgeWhistle { .. } => ("rating", "JUDGE_WHISTLE"),
        hazard::Command::TakeBack { .. } => ("assignment", "TAKE_BACK"),
        hazard::Command::AskSendBack { .. } => ("assignment", "SEND_BACK"),
        hazard::Command::WithdrawSendBack { .. } => ("assignment", "WITHDRAW"),
        hazard::Command::AcceptSendBack { .. } => ("assignment", "AGREE"),
        hazard::Command::RefuseSendBack { .. } => ("assignment", "REFUSE"),
        hazard::Command::Rule { .. } => ("assignment", "RULE"),
        hazard::Command::Sign { .. } => ("assignment", "SIGN"),
        hazard::Command::Claim { .. } => ("assignment", "CLAIM"),
        hazard::Command::Release { .. } => ("assignment", "RELEASE"),
        hazard::Command::HandOver { .. } => ("assignment", "HAND_OVER"),
        hazard::Command::CheckIn { .. } => ("assignment", "CHECK_IN"),
        hazard::Command::Finish { .. } => ("assignment", "FINISH"),
        hazard::Command::AskExtension { .. } => ("assignment", "ASK_EXTENSION"),
        hazard::Command::GrantExtension { .. } => ("assignment", "GRANT_EXTENSION"),
        hazard::Command::RefuseExtension { .. } => ("assignment", "REFUSE_EXTENSION"),
        hazard::Command::Major(_) => ("hazard", "SUSPECT"),
        hazard::Command::Climb => ("hazard", "CLIMB"),
        hazard::Command::Supervise { .. } => ("hazard", "SUPERVISE"),
        hazard::Command::AcknowledgeSupervision { .. } => ("hazard", "ACKNOWLEDGE"),
        hazard::Command::Enforce(Enforce::Inspect(_)) => ("hazard", "INSPECT"),
        hazard::Command::Enforce(Enforce::Order(_)) => ("hazard", "ORDER"),
        hazard::Command::Enforce(Enforce::Reinspect(_)) => ("hazard", "REINSPECT"),
        hazard::Command::Enforce(Enforce::Revoke { .. }) => ("hazard", "REVOKE"),
        hazard::Command::Enforce(Enforce::Penalise(_)) => ("hazard", "PENALISE"),
        hazard::Command::Enforce(Enforce::Pay { .. }) => ("hazard", "PAY_FINE"),
        hazard::Command::Enforce(Enforce::Void { .. }) => ("hazard", "VOID_PENALTY"),
        hazard::Command::Accept { .. } => ("assignment", "ACCEPT"),
        hazard::Command::Rework { .. } => ("assignment", "REWORK"),
        hazard::Command::AskSuspension(_) => ("hazard", "ASK_SUSPENSION"),
        hazard::Command::GrantSuspension { .. } => ("hazard", "GRANT_SUSPENSION"),
        hazard::Command::RefuseSuspension { .. } => ("hazard", "REFUSE_SUSPENSION"),
        hazard::Command::Resume { .. } => ("hazard", "RESUME"),
        hazard::Command::FollowUp { .. } => ("hazard", "FOLLOW_UP"),
        hazard::Command::Close { .. } => ("hazard", "CLOSE"),
        hazard::Command::Reopen { .. } => ("hazard", "REOPEN"),
        hazard::Command::Cancel { .. } => ("hazard", "CANCEL"),
        hazard::Command::Transfer { .. } => ("hazard", "TRANSFER"),
        hazard::Command::Classify(_) => ("hazard", "CLASSIFY"),
    }
}
}

#[expect(clippy::too_many_lines, reason = "it names every command")]
pub(crate) fn case_commands(section: &str) -> Vec<hazard::Command> {
    use hazard::Command as C;
    let to = Some(person(FIRE, 2, Role::Worker));
    let all = vec![
        dispatch(50, GAS),
        blow(50, "joint_enforcement", task(51, GAS), Vec::new()),
        blow_through_centre(51, "key_work"),
        approve(9),
        refuse_whistle(9),
        withdraw_whistle(9),
        name_units(9, task(53, FIRE)),
        rate(1, RatingGrade::Fair),
        object(1),
        rule_on_rating(1, ObjectionOutcome::Stands),
        judge_whistle(1),
        take_back(1, None),
        ask_send_back(1, Some(GAS)),
        C::WithdrawSendBack { assignment: id(1) },
        accept_send_back(1, Some(task(52, GAS))),
        refuse_send_back(1),
        rule_moves(1, Some(task(52, GAS))),
        C::Sign { assignment: id(1) },
        C::Claim { assignment: id(1) },
        C::Release { assignment: id(1), note: NOTE },
        C::HandOver { assignment: id(1), to, note: NOTE },
        check_in(1),
        finish(1),
        ask_extension(1),
        C::GrantExtension { assignment: id(1), note: NOTE },
        C::RefuseExtension { assignment: id(1), note: NOTE },
        C::Climb,
        C::Major(MajorCommand::Suspect { note: NOTE, new_facts: None, reviewed: false }),
        supervise(1, None, Rung::Notice),
        C::AcknowledgeSupervision { supervision: SupervisionId(Uuid::from_u128(1)) },
        inspect(1, 25),
        order(1, 1),
        reinspect(1, 1, true),
        revoke(1),
        penalise(1, 1, None),
        pay_fine(1, 25),
        void_penalty(1),
        accept(1),
        C::Rework { assignment: id(1), note: NOTE },
        ask_suspension(TOWN),
        C::GrantSuspension { note: NOTE },
        C::RefuseSuspension { note: NOTE },
        resume(),
        follow_up(FollowUpResult::CameBack),
        C::Close { note: NOTE },
        C::Reopen { cause: ReopenCause::Callback, note: None },
        C::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None },
        C::Transfer { to: CENTRE, note: Some(NOTE) },
        classify(1),
    ];
    all.into_iter().filter(|command| case_word(command).0 == section).collect()
}

#[expect(clippy::too_many_lines, reason = "one line for each command")]
pub(crate) fn case_asker(command: &hazard::Command) -> By {
    match command {
        hazard::Command::Sign { .. }
        | hazard::Command::Claim { .. }
        | hazard::Command::Release { .. }
        | hazard::Command::HandOver { .. }
        | hazard::Command::CheckIn { .. }
        | hazard::Command::Finish { .. } => worker(FIRE, 1),
        hazard::Command::AskSendBack { .. }
        | hazard::Command::WithdrawSendBack { .. }
        | hazard::Command::ObjectToRating { .. } => clerk_of_unit(FIRE),
        hazard::Command::Rule { .. }
        | hazard::Command::RefuseWhistle { .. }
        | hazard::Command::NameUnits { .. }
        | hazard::Command::RuleOnRating { .. }
        | hazard::Command::JudgeWhistle { .. }
        | hazard::Command::GrantSuspension { .. }
        | hazard::Command::RefuseSuspension { .. } => centre(),
        hazard::Command::Climb => By::System,
        hazard::Command::Supervise { .. } => supervisor(),
        hazard::Command::AcknowledgeSupervision { .. }
        | hazard::Command::Major(_)
        | hazard::Command::Dispatch { .. }
        | hazard::Command::WithdrawWhistle { .. }
        | hazard::Command::RateAnswer { .. }
        | hazard::Command::TakeBack { .. }
        | hazard::Command::AcceptSendBack { .. }
        | hazard::Command::RefuseSendBack { .. }
        | hazard::Command::Enforce(_)
        | hazard::Command::Accept { .. }
        | hazard::Command::Rework { .. }
        | hazard::Command::Cancel { .. }
        | hazard::Command::Transfer { .. }
        | hazard::Command::FollowUp { .. }
        | hazard::Command::Classify(_) => clerk(),
        hazard::Command::AskExtension { .. } => By::Officer(person(FIRE, 5, Role::DepartmentClerk)),
        hazard::Command::GrantExtension { .. }
        | hazard::Command::RefuseExtension { .. }
        | hazard::Command::AskSuspension(_)
        | hazard::Command::Resume { .. }
        | hazard::Command::Blow { .. }
        | hazard::Command::BlowThroughCentre { .. }
        | hazard::Command::ApproveWhistle { .. }
        | hazard::Command::Close { .. } => leader(),
        hazard::Command::Reopen { .. } => By::Reporter,
    }
}

/// Moves the only assignment, number 1 of FIRE, to this status.
fn bring(case: &mut Case, status: AssignmentStatus) {
    use AssignmentStatus as Is;
    use hazard::Command as C;
    let steps: &[&str] = match status {
        Is::Open => &[],
        Is::Signed => &["SIGN"],
        Is::Claimed => &["CLAIM"],
        Is::OnSite => &["CLAIM", "CHECK_IN"],
        Is::Finished => &["CLAIM", "CHECK_IN", "FINISH"],
        Is::Accepted => &["CLAIM", "CHECK_IN", "FINISH", "ACCEPT"],
        Is::Rework => &["CLAIM", "CHECK_IN", "FINISH", "REWORK"],
        Is::SendBackAsked => &["SEND_BACK"],
        Is::SentBack => &["SEND_BACK", "AGREE"],
        Is::Cancelled => &["CANCEL"],
    };
    let commands: Vec<C> = case_commands("assignment").into_iter().chain(case_commands("hazard")).collect();
    for (minute, step) in (2..).zip(steps) {
        let command = commands.iter().find(|command| case_word(command).1 == *step).unwrap();
        World::new().play(case, minute, case_asker(command), command.clone());
    }
    assert_eq!(case.assignments[0].status, status);
}

pub(crate) fn dispatched(status: AssignmentStatus) -> Case {
    let mut case = World::new().case(false).0;
    World::new().play(&mut case, 1, clerk(), dispatch(1, FIRE));
    bring(&mut case, status);
    case
}

pub(crate) fn whistled(status: WhistleStatus) -> Case {
    let mut case = World::new().case(false).0;
    let whistle = blow(1, "joint_enforcement", task(1, FIRE), Vec::new());
    World::new().play(&mut case, 1, leader(), whistle);
    bring(
        &mut case,
        match status {
            WhistleStatus::Blown => AssignmentStatus::Claimed,
            WhistleStatus::Answered => AssignmentStatus::Finished,
            WhistleStatus::Completed => AssignmentStatus::Accepted,
            WhistleStatus::Cancelled => AssignmentStatus::Cancelled,
        },
    );
    assert_eq!(case.whistle_status(&case.whistles[0]), status);
    case
}

/// A hazard whose clerk has asked for whistle 9: its units are FIRE, or the command centre has to name them.
pub(crate) fn requested(state: WhistleRequestState) -> Case {
    use WhistleRequestState as Is;
    let (world, mut case) = (World::new(), World::new().case(false).0);
    if state == Is::AwaitsUnits {
        world.play(&mut case, 1, clerk(), blow_through_centre(9, "key_work"));
    } else {
        world.play(&mut case, 1, clerk(), blow_key_work(9, task(1, FIRE)));
    }
    let cancel = hazard::Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None };
    match state {
        Is::AwaitsApproval => {}
        Is::AwaitsUnits | Is::Blown => world.play(&mut case, 2, leader(), approve(9)),
        Is::Refused => world.play(&mut case, 2, leader(), refuse_whistle(9)),
        Is::Withdrawn => world.play(&mut case, 2, clerk(), withdraw_whistle(9)),
        Is::Lapsed => world.play(&mut case, 2, clerk(), cancel),
    }
    assert_eq!(case.whistle_request_state(&case.whistle_requests[0]), state);
    case
}

/// Suspends a hazard, for which its township asks at minute 20.
pub(crate) fn suspended(mut case: Case) -> Case {
    World::new().play(&mut case, 20, leader(), ask_suspension(TOWN));
    World::new().play(&mut case, 21, centre(), hazard::Command::GrantSuspension { note: NOTE });
    case
}

pub(crate) fn hazard_in(status: HazardStatus) -> Case {
    let case = match status {
        HazardStatus::Registered => World::new().case(false).0,
        HazardStatus::Assigned => dispatched(AssignmentStatus::Signed),
        HazardStatus::InProgress => dispatched(AssignmentStatus::Rework),
        HazardStatus::AwaitingAcceptance => dispatched(AssignmentStatus::Finished),
        HazardStatus::AwaitingClosure => dispatched(AssignmentStatus::Accepted),
        HazardStatus::Cancelled => dispatched(AssignmentStatus::Cancelled),
        HazardStatus::Suspended => suspended(dispatched(AssignmentStatus::Claimed)),
        HazardStatus::Closed => {
            let mut case = dispatched(AssignmentStatus::Accepted);
            World::new().play(&mut case, 20, leader(), hazard::Command::Close { note: NOTE });
            case
        }
    };
    assert_eq!(case.status(), status);
    case
}

fn ask_case(case: &Case, command: &hazard::Command) -> Result<(), Refusal> {
    World::new().ask(case, 30, case_asker(command), command.clone()).map(|_| ())
}

#[test]
fn every_cell_of_the_assignment_table_holds() {
    check(
        "assignment",
        &codes(AssignmentStatus::ALL, AssignmentStatus::code),
        &case_commands("assignment"),
        |command| case_word(command).1,
        |status, command| ask_case(&dispatched(AssignmentStatus::from_code(status).unwrap()), command),
    );
}

#[test]
fn every_cell_of_the_table_of_whistles_that_wait_holds() {
    check(
        "whistle_request",
        &codes(WhistleRequestState::ALL, WhistleRequestState::code),
        &["hazard", "whistle_request"].map(case_commands).concat(),
        |command| case_word(command).1,
        |state, command| ask_case(&requested(WhistleRequestState::from_code(state).unwrap()), command),
    );
}

/// The states of the rating of the answer of FIRE to whistle 1, as the table names them.
pub(crate) const RATINGS: [&str; 8] =
    ["NOT_ACCEPTED", "UNRATED", "RATED", "OBJECTED", "STANDS", "STRUCK", "UNRATED_CLOSED", "CANCELLED"];

/// A hazard whose rating stands there. It was accepted at minute 5.
pub(crate) fn rated(state: &str) -> Case {
    let world = rating_in_time(World::new());
    let mut case = world.case(false).0;
    world.play(&mut case, 1, leader(), blow(1, "joint_enforcement", task(1, FIRE), Vec::new()));
    world.play(&mut case, 2, worker(FIRE, 1), hazard::Command::Claim { assignment: id(1) });
    if state == "NOT_ACCEPTED" {
        return case;
    }
    world.play(&mut case, 3, worker(FIRE, 1), check_in(1));
    world.play(&mut case, 4, worker(FIRE, 1), finish(1));
    world.play(&mut case, 5, clerk(), accept(1));
    let steps: &[(By, hazard::Command)] = &[
        (clerk(), rate(1, RatingGrade::Poor)),
        (clerk_of_unit(FIRE), object(1)),
        (
            centre(),
            rule_on_rating(1, if state == "STRUCK" { ObjectionOutcome::Struck } else { ObjectionOutcome::Stands }),
        ),
    ];
    let count = match state {
        "UNRATED" | "UNRATED_CLOSED" | "CANCELLED" => 0,
        "RATED" => 1,
        "OBJECTED" => 2,
        _ => 3,
    };
    for (by, command) in &steps[..count] {
        world.play(&mut case, 6, *by, command.clone());
    }
    let cancel = hazard::Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None };
    match state {
        "UNRATED_CLOSED" => world.play(&mut case, 7, leader(), hazard::Command::Close { note: NOTE }),
        "CANCELLED" => world.play(&mut case, 7, clerk(), cancel),
        _ => {}
    }
    case
}

#[test]
fn every_cell_of_the_table_of_ratings_holds() {
    check(
        "rating",
        &RATINGS,
        &case_commands("rating"),
        |command| case_word(command).1,
        |state, command| ask_case(&rated(state), command),
    );
}

#[test]
fn every_cell_of_the_hazard_table_holds() {
    check(
        "hazard",
        &codes(HazardStatus::ALL, HazardStatus::code),
        &case_commands("hazard"),
        |command| case_word(command).1,
        |status, command| ask_case(&hazard_in(HazardStatus::from_code(status).unwrap()), command),
    );
}

#[test]
fn every_cell_of_the_whistle_table_holds() {
    check(
        "whistle",
        &codes(WhistleStatus::ALL, WhistleStatus::code),
        &case_commands("hazard"),
        |command| case_word(command).1,
        |status, command| ask_case(&whistled(WhistleStatus::from_code(status).unwrap()), command),
    );
}

// --- award

/// An award that stands for the same matter.
pub(crate) const OTHER_AWARD: AwardId = AwardId(Uuid::from_u128(88));

words! { AWARD_WORDS
const fn award_word(command: &award::Command) -> &'static str {
    match command {
        award::Command::Review => "REVIEW",
        award::Command::Approve => "APPROVE",
        award::Command::Reject { .. } => "REJECT",
        award::Command::Notify => "NOTIFY",
        award::Command::Collect => "COLLECT",
        award::Command::StartPayment { .. } => "START_PAYMENT",
        award::Command::PaymentSucceeded { .. } => "PAYMENT_SUCCEEDED",
        award::Command::PaymentFailed { .. } => "PAYMENT_FAILED",
        award::Command::PaymentUnknown { .. } => "PAYMENT_UNKNOWN",
        award::Command::Forfeit => "FORFEIT",
        award::Command::Hold => "HOLD",
        award::Command::Resume => "RESUME",
        award::Command::Reassign { .. } => "REASSIGN",
        award::Command::Rebase { .. } => "REBASE",
        award::Command::Void => "VOID",
        award::Command::MarkDouble { .. } => "MARK_DOUBLE",
        award::Command::ClearDouble => "CLEAR_DOUBLE",
    }
}
}

pub(crate) fn award_commands(attempt: i32) -> Vec<award::Command> {
    use award::Command as C;
    vec![
        C::Review,
        C::Approve,
        C::Reject { note: NOTE },
        C::Notify,
        C::Collect,
        C::StartPayment { payee: PAYEE },
        C::PaymentSucceeded { attempt },
        C::PaymentFailed { attempt },
        C::PaymentUnknown { attempt },
        C::Forfeit,
        C::Hold,
        C::Resume,
        C::Reassign {
            report: ReportId(Uuid::from_u128(77)),
            unit: CENTRE,
            proposed_by: None,
            verifiers: BTreeSet::new(),
            amount: Fen(30_000),
        },
        C::Rebase { amount: Fen(40_000) },
        C::Void,
        C::MarkDouble { of: OTHER_AWARD },
        C::ClearDouble,
    ]
}

/// Returns a party that may ask for it.
pub(crate) fn award_asker(command: &award::Command) -> By {
    let officer = |number, role| By::Officer(person(CENTRE, number, role));
    match command {
        award::Command::Review | award::Command::Notify => officer(1, Role::RewardOfficer),
        award::Command::Approve | award::Command::Reject { .. } => officer(2, Role::RewardOfficer),
        award::Command::Collect => By::Reporter,
        award::Command::StartPayment { .. } => officer(3, Role::FinanceOfficer),
        award::Command::PaymentSucceeded { .. }
        | award::Command::PaymentFailed { .. }
        | award::Command::PaymentUnknown { .. }
        | award::Command::Forfeit
        | award::Command::Hold
        | award::Command::Resume
        | award::Command::Reassign { .. }
        | award::Command::Rebase { .. }
        | award::Command::MarkDouble { .. }
        | award::Command::ClearDouble
        | award::Command::Void => By::System,
    }
}

/// Forfeiting is asked for after the time to collect, and everything else before it.
pub(crate) const fn award_minute(command: &award::Command) -> i64 {
    if matches!(command, award::Command::Forfeit) { 61 * 24 * 60 } else { 10 }
}

pub(crate) fn award_in(status: AwardStatus) -> Award {
    use AwardStatus as Is;
    let steps = match status {
        Is::Proposed => "",
        Is::Reviewed => "REVIEW",
        Is::Approved => "REVIEW APPROVE",
        Is::Notified => "REVIEW APPROVE NOTIFY",
        Is::Collected => "REVIEW APPROVE NOTIFY COLLECT",
        Is::Paying => "REVIEW APPROVE NOTIFY COLLECT START_PAYMENT",
        Is::Unknown => "REVIEW APPROVE NOTIFY COLLECT START_PAYMENT PAYMENT_UNKNOWN",
        Is::Paid => "REVIEW APPROVE NOTIFY COLLECT START_PAYMENT PAYMENT_SUCCEEDED",
        Is::Failed => "REVIEW APPROVE NOTIFY COLLECT START_PAYMENT PAYMENT_FAILED",
        Is::Rejected => "REJECT",
        Is::Forfeited => "REVIEW APPROVE NOTIFY FORFEIT",
        Is::Held => "REVIEW HOLD",
    };
    let mut award = award_rules::proposed();
    for step in steps.split_whitespace() {
        let command = award_commands(1).into_iter().find(|command| award_word(command) == step).unwrap();
        let events = World::new().ask_award(&award, award_minute(&command), award_asker(&command), command).unwrap();
        for event in &events {
            award::apply(&mut award, event);
        }
    }
    assert_eq!(award.status, status);
    award
}

/// Compares the status of the award afterwards, and not only whether the step may happen.
#[test]
fn every_cell_of_the_payment_table_holds() {
    for (status, row) in section("payment") {
        for (word, expected) in row {
            let again = word.strip_suffix("_REOPENED").map(|word| (word, HazardNow::Reopened));
            let (word, hazard) = again.unwrap_or((&word, HazardNow::NotReopened));
            let is_it = |command: &award::Command| award_word(command) == format!("PAYMENT_{word}");
            let command = award_commands(1).into_iter().find(is_it).unwrap();
            let mut award = award_in(AwardStatus::from_code(&status).unwrap());
            let asked = World::new().ask_award_while(hazard, &award, 10, By::System, command);
            let after = asked.map(|events| events.iter().for_each(|event| award::apply(&mut award, event)));
            let got = after.map_or_else(|refusal| refusal.code.as_str(), |()| award.status.code());
            assert_eq!(got, expected, "{status} × {word}, {hazard:?}");
        }
    }
}

#[test]
fn every_cell_of_the_award_table_holds() {
    check("award", &codes(AwardStatus::ALL, AwardStatus::code), &award_commands(1), award_word, |status, command| {
        let award = award_in(AwardStatus::from_code(status).unwrap());
        let (minute, by) = (award_minute(command), award_asker(command));
        World::new().ask_award(&award, minute, by, command.clone()).map(|_| ())
    });
}

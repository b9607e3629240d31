//! Random histories of cases: whatever is asked, by any person and in any order, the rules hold after every step.
//! Long because the choice of commands and the rules that must hold are read together.

mod enforcing;

use std::cell::RefCell;
use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::Refusal;
use domain::access::{Actor, By};
use domain::clock::{Clock, ClockKind};
use domain::event::DomainEvent;
use domain::hazard::major::Ordered;
use domain::hazard::{
    self, Assignment, AssignmentStatus, CancelReason, Case, Command, Event, FollowUpResult, Grades, HazardStatus,
    Instead, InterimMeasure, Level, MajorCommand, MajorStep, Measure, ObjectionOutcome, Part, RatingGrade, ReopenCause,
    ResumeCause, RulingOutcome, SendBackState, SupervisionState, Task, WhistleRequestState, WhistleStatus,
};
use domain::id::{AssignmentId, OfficerId, SupervisionId, UnitId};
use domain::policy::{Rung, SupervisionTrigger, WhistleClass};
use domain::staff::{Role, UnitKind};
use domain::time::china_day;
use proptest::prelude::*;
use uuid::Uuid;

use crate::history::{Dice, Tally, dice, run_until};
use crate::major;
use crate::resting::Resting;
use crate::roster::owners;
use crate::scene::*;
use crate::todos;
use crate::turns::everybody_has_a_deadline;

/// The rules of send-backs 退单 that refuse something.
const SEND_BACK_RULES: [&str; 17] = [
    "send_back.waits",
    "send_back.asked",
    "send_back.once",
    "send_back.before_check_in",
    "send_back.own",
    "send_back.ruled",
    "send_back.twice",
    "send_back.window",
    "send_back.another_unit",
    "send_back.new_lead",
    "send_back.giver",
    "send_back.for_ruling",
    "send_back.for_giver",
    "send_back.ruler",
    "send_back.not_party",
    "send_back.stays",
    "closing.send_backs_decided",
];

/// The rules of suspensions 挂账 and follow-ups 回头看 that refuse something.
const SUSPENSION_RULES: [&str; 15] = [
    "suspension.asked",
    "suspension.asked_once",
    "suspension.at_most",
    "suspension.emergency",
    "suspension.in_force",
    "suspension.independent",
    "suspension.later",
    "suspension.resume_first",
    "suspension.responsible",
    "suspension.review_date",
    "suspension.times",
    "suspension.unfinished",
    "follow_up.another_person",
    "follow_up.closed",
    "follow_up.not_yet",
];

/// The rules of supervisions 督办 that refuse something. `supervision.rs` tests the rare ones.
const SUPERVISION_RULES: [&str; 7] = [
    "supervision.acknowledged",
    "supervision.addressed",
    "supervision.awaits",
    "supervision.due",
    "supervision.not_lower",
    "supervision.settled",
    "supervision.waits",
];

/// The rules of whistles 哨 that refuse something. `approving.rs` tests those of stricter policies.
const WHISTLE_RULES: [&str; 10] = [
    "whistle.another_person",
    "whistle.approved",
    "whistle.asker",
    "whistle.centre_itself",
    "whistle.emergency_at_once",
    "whistle.may_blow",
    "whistle.may_call",
    "whistle.names_its_units",
    "whistle.one_at_a_time",
    "whistle.waits",
];

/// The rules of ratings 评哨 that refuse something.
const RATING_RULES: [&str; 13] = [
    "rating.accepted",
    "rating.another_person",
    "rating.not_party",
    "rating.objected",
    "rating.objected_once",
    "rating.of_a_whistle",
    "rating.once",
    "rating.rated",
    "rating.reason",
    "rating.ruler",
    "rating.window",
    "whistle.another_unit",
    "whistle.judged_once",
];

/// The number of the first act of enforcement 行政执法; there are four.
const ENFORCING: u16 = 40;

/// The acts from this number on are steps of major hazards 重大事故隐患; there are four.
const MAJOR: u16 = ENFORCING + 5;
/// The number of acts of which the histories choose.
const ACTS: u16 = MAJOR + 4;

/// The rules of major hazards that refuse something. `major.rs` tests the others.
const MAJOR_RULES: [&str; 18] = [
    "major.acceptor",
    "major.all_accepted",
    "major.confirmed",
    "major.confirmed_first",
    "major.consent_first",
    "major.judge",
    "major.lead",
    "major.listed",
    "major.listed_once",
    "major.lister",
    "major.measure_stands",
    "major.measure_waits",
    "major.new_facts",
    "major.plan_first",
    "major.planner",
    "major.suspected",
    "major.suspected_first",
    "major.suspected_once",
];

#[test]
fn cases_keep_the_rules_whatever_happens() {
    let tally = RefCell::new(Tally::default());
    let world = rating_in_time(owners::world());
    let (words, histories) = (words(), (any::<bool>(), dice(45)));
    let has_seen_all = || tally.borrow().has(&words);
    run_until(histories, |(emergency, dice)| play(&world, emergency, &dice, &tally), has_seen_all);
    tally.into_inner().check(words.into_iter());
}

/// What the histories have to reach.
fn words() -> BTreeSet<String> {
    let words = HazardStatus::ALL.iter().map(|status| format!("hazard {}", status.code()));
    let words = words.chain(WhistleStatus::ALL.iter().map(|status| format!("whistle {}", status.code())));
    let words = words.chain(std::iter::once("duty SIGN".to_owned()));
    let words = words.chain(["ASKED", "EXTENDED"].map(|word| format!("extension {word}")));
    let words = words.chain(AssignmentStatus::ALL.iter().map(|status| format!("assignment {}", status.code())));
    let happened = ["a renewal", "back on the date", "back by hand", "a follow-up", "back in time", "a recurrence"];
    let words = words.chain(happened.map(|what| format!("happened {what}")));
    let words = words.chain(SUSPENSION_RULES.map(|rule| format!("refusal {rule}")));
    let words = words.chain(SendBackState::ALL.iter().map(|state| format!("send-back {}", state.code())));
    let words = words.chain(SupervisionState::ALL.iter().map(|state| format!("supervision {}", state.code())));
    // No history is long enough for two callbacks that say not solved, and no step makes a hazard a major one yet.
    let is_rare = |trigger: &&SupervisionTrigger| {
        matches!(trigger, SupervisionTrigger::Major | SupervisionTrigger::NotSolvedTwice)
    };
    let triggers = SupervisionTrigger::ALL.iter().filter(|trigger| !is_rare(trigger));
    let words = words.chain(triggers.map(|trigger| format!("trigger {}", trigger.code())));
    let words = words.chain(WhistleRequestState::ALL.iter().map(|state| format!("request {}", state.code())));
    let words = words.chain(RATING_RULES.iter().map(|rule| format!("refusal {rule}")));
    let words = words.chain(["RATED", "OBJECTED", "STANDS", "STRUCK"].map(|word| format!("rating {word}")));
    let words = words.chain(WHISTLE_RULES.iter().map(|rule| format!("refusal {rule}")));
    let words = words.chain(enforcing::words());
    let words = words.chain(MAJOR_RULES.iter().map(|rule| format!("refusal {rule}")));
    let words = words.chain(MajorStep::ALL.iter().map(|step| format!("major {}", step.code())));
    let words = words.chain(SUPERVISION_RULES.iter().map(|rule| format!("refusal {rule}")));
    words.chain(SEND_BACK_RULES.iter().map(|rule| format!("refusal {rule}"))).collect()
}

fn play(world: &World, emergency: bool, dice: &[Dice], tally: &RefCell<Tally>) -> Result<(), TestCaseError> {
    let (mut case, first) = world.case(emergency);
    let mut events = vec![first];
    let (mut minute, mut resting) = (0, Resting::default());
    for die in dice {
        minute += i64::from(die.minutes);
        let (by, command) = choose(&case, die, minute);
        // The time of a reporter's act is a boundary, and officers may act before it has come.
        let told = if by == By::Reporter { (minute / 15 + 1) * 15 } else { minute };
        let is_climb = by == By::System && command == Command::Climb;
        let asked = world.ask(&case, told, by, command);
        tally.borrow_mut().asked(asked.is_ok());
        if let Err(refusal) = &asked {
            note_refusal(refusal, tally);
        }
        for event in asked.into_iter().flatten() {
            let before = case.clone();
            hazard::apply(&mut case, &event);
            step_rules(&before, &case, &event, by)?;
            if let Some(step) = major::step_of(&event) {
                tally.borrow_mut().seen("major", step.code());
            }
            suspension_rules(&before, &case, &event, by).and_then(|()| resting.follow(&before, &case, &event))?;
            tally.borrow_mut().happened(&before, &event);
            order_rules(&before, &case, &event)?;
            events.push(event);
        }
        if is_climb {
            let again = world.ask(&case, told, By::System, Command::Climb);
            prop_assert_eq!(again.unwrap_err().rule, Some("supervision.due"), "a rung that was due was left out");
        }
        state_rules(&case, events.len())?;
        see(&case, &mut tally.borrow_mut());
    }
    let stored: Vec<String> = events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    let read: Vec<Event> = stored.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    for (text, event) in stored.iter().zip(&events) {
        let kind = format!("{{\"kind\":\"{}\"", event.kind());
        prop_assert!(text.starts_with(&kind), "{text}");
    }
    prop_assert_eq!(Case::replay(&read), Some(case));
    Ok(())
}

fn note_refusal(refusal: &Refusal, tally: &RefCell<Tally>) {
    let work = [&SEND_BACK_RULES[..], &SUSPENSION_RULES, &SUPERVISION_RULES, &MAJOR_RULES];
    let all = work.into_iter().chain([&WHISTLE_RULES[..], &RATING_RULES, &enforcing::RULES]);
    let mut all = all.flatten().copied();
    if let Some(rule) = refusal.rule.filter(|rule| all.any(|watched| watched == *rule)) {
        tally.borrow_mut().seen("refusal", rule);
    }
}

/// No step tells a time before the step that it follows, or a reader of the history would learn when a reporter acted. Only
/// the work of somebody who was offline may be earlier than other steps of the case, never than those of its assignment.
fn order_rules(before: &Case, after: &Case, event: &Event) -> Result<(), TestCaseError> {
    let follows = match event {
        Event::CheckedIn { assignment, .. } | Event::Finished { assignment, .. } => {
            before.assignment(*assignment).and_then(|one| one.last_step_at.or(Some(one.dispatched_at)))
        }
        _ => Some(before.last_at),
    };
    prop_assert!(follows.is_none_or(|earlier| earlier <= event.at()), "{event:?} after {follows:?}");
    prop_assert!(after.clocks.iter().all(|clock| clock.stopped_at.is_none_or(|stopped| clock.start <= stopped)));
    Ok(())
}

fn see(case: &Case, tally: &mut Tally) {
    tally.seen("hazard", case.status().code());
    case.whistles.iter().for_each(|whistle| tally.seen("whistle", case.whistle_status(whistle).code()));
    case.whistle_requests.iter().for_each(|one| tally.seen("request", case.whistle_request_state(one).code()));
    for assignment in &case.assignments {
        tally.seen("assignment", assignment.status.code());
        assignment.send_backs.iter().for_each(|one| tally.seen("send-back", one.state.code()));
        if let Some(rating) = assignment.rating {
            let ruling = rating.objection.map(|objection| objection.ruling);
            let word = ruling.map_or("RATED", |ruling| ruling.map_or("OBJECTED", |ruling| ruling.outcome.code()));
            tally.seen("rating", word);
        }
    }
    enforcing::see(case, tally);
    for one in &case.supervisions {
        tally.seen("supervision", case.supervision_state(one).code());
        if one.trigger != SupervisionTrigger::NotSolvedTwice {
            tally.seen("trigger", one.trigger.code());
        }
    }
    if case.assignments.iter().any(|assignment| assignment.extension.is_some()) {
        tally.seen("extension", "ASKED");
    }
    let is_owned = |clock: &Clock| clock.key.kind == ClockKind::Sign && clock.owner_post.is_some();
    if case.clocks.iter().any(is_owned) {
        tally.seen("duty", "SIGN");
    }
    if case.clocks.iter().any(|clock| !clock.extensions.is_empty()) {
        tally.seen("extension", "EXTENDED");
    }
}

impl Tally {
    fn happened(&mut self, before: &Case, event: &Event) {
        let what = match event {
            Event::Suspended { .. } if before.suspension.is_some() => "a renewal",
            Event::Resumed { cause: ResumeCause::ReviewDate, .. } => "back on the date",
            Event::Resumed { .. } => "back by hand",
            Event::FollowedUp { result: FollowUpResult::Holds, .. } => "a follow-up",
            Event::FollowedUp { recurrence: None, .. } => "back in time",
            Event::FollowedUp { .. } => "a recurrence",
            _ => return,
        };
        self.seen("happened", what);
    }
}

// --- what is asked

/// Usually a sensible next step, otherwise any step by any person.
pub(crate) fn choose(case: &Case, die: &Dice, minute: i64) -> (By, Command) {
    let sensible = sensible(case, die, minute);
    match die.of(&sensible) {
        Some(choice) if die.bold < 180 || (case.end.is_some() && die.is_late()) => choice.clone(),
        _ => (anybody(die), anything(case, die, minute)),
    }
}

/// What may follow the end: the callback, the follow-ups 回头看, sometimes by whoever did the work, the ratings 评哨, and the
/// payment of a fine.
fn after_the_end(case: &Case, die: &Dice, minute: i64) -> Vec<(By, Command)> {
    let reopen = Command::Reopen { cause: ReopenCause::Callback, note: None };
    let came_back = die.who.is_multiple_of(if die.is_late() { 2 } else { 6 });
    let result = if came_back { FollowUpResult::CameBack } else { FollowUpResult::Holds };
    let looker = By::Officer(person(TOWN, u128::from(die.who % 4), Role::TownshipClerk));
    let looks = (looker, follow_up(result));
    if die.is_late() {
        return vec![looks];
    }
    let workers = case.all_workers().into_iter().filter(|_| die.who.is_multiple_of(5));
    let worker = workers.map(|officer| Actor { officer, ..person(TOWN, 0, Role::TownshipClerk) }).next();
    let own = worker.map(|worker| (By::Officer(worker), follow_up(result)));
    let asked = [(By::Reporter, reopen), looks.clone(), looks].into_iter().chain(own);
    let asked = asked.chain(ratings(case, die)).chain(ratings(case, die));
    asked.chain(enforcing::after_the_end(case, die, minute)).collect()
}

fn sensible(case: &Case, die: &Dice, minute: i64) -> Vec<(By, Command)> {
    if case.end.is_some() {
        return after_the_end(case, die, minute);
    }
    let mut all = suspend(case, die);
    all.extend([(); 3].into_iter().flat_map(|()| ratings(case, die)));
    let next = 1_000 + case.assignments.len() as u128;
    all.extend(asks(case, die, next));
    case.live().for_each(|assignment| all.extend(forward(assignment, die)));
    case.live().for_each(|assignment| all.extend(extend(case, assignment, die)));
    case.live().for_each(|assignment| all.extend(send_back(assignment, die, next)));
    if case.live().any(|assignment| assignment.status == AssignmentStatus::SendBackAsked) && die.who.is_multiple_of(5) {
        all.push((By::Officer(person(TOWN, 3, Role::TownshipLeader)), Command::Close { note: NOTE }));
    }
    if case.is_dispatched() && case.live().all(|assignment| assignment.status == AssignmentStatus::Accepted) {
        let close = (By::Officer(person(TOWN, 3, Role::TownshipLeader)), Command::Close { note: NOTE });
        all.extend(vec![close; 6]);
    }
    let of_centre = case.whistles.iter().find(|whistle| whistle.blown_by_unit == CENTRE);
    all.extend(of_centre.map(|whistle| (centre(), judge_whistle(whistle.id.0.as_u128()))));
    all.extend(climb(case, die));
    all.extend(enforcing::sensible(case, die, minute));
    all.extend(lead_a_major_on(case, die, minute));
    if die.bold.is_multiple_of(16) && case.emergency {
        all.push((clerk(), Command::Transfer { to: CENTRE, note: Some(NOTE) }));
    }
    if die.bold.is_multiple_of(8) {
        all.push((clerk(), classify(u128::from(die.who % 6))));
    }
    if die.bold < 6 {
        all.push((clerk(), Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None }));
    }
    all
}

/// Somebody asks a department to act that does not act yet. `next` is a free number.
fn asks(case: &Case, die: &Dice, next: u128) -> Vec<(By, Command)> {
    let free = |unit: &UnitId| case.live().all(|assignment| assignment.unit != *unit);
    let departments: Vec<UnitId> = [FIRE, GAS, TOWN].into_iter().filter(free).collect();
    let Some(unit) = die.of(&departments) else { return Vec::new() };
    let supports = departments.iter().filter(|other| *other != unit).take(usize::from(die.who % 2));
    let supports: Vec<Task> = (next + 1..).zip(supports).map(|(number, unit)| task(number, *unit)).collect();
    let whistle = 1 + case.whistles.len() as u128;
    let caller = if die.who.is_multiple_of(6) { centre() } else { leader() };
    let blown = (caller, blow(whistle, "joint_enforcement", task(next, *unit), supports.clone()));
    // What the command centre gives, the township does not take back or answer for.
    let gives = if die.who.is_multiple_of(5) { centre() } else { clerk() };
    let dispatched = (gives, Command::Dispatch { lead: task(next, *unit), supports });
    [blown, dispatched].into_iter().chain(whistle_first(case, task(next, *unit), die)).collect()
}

/// Sometimes the clerk asks for a whistle that has to be approved, or whose units the command centre names; then somebody decides,
/// sometimes the wrong one.
fn whistle_first(case: &Case, lead: Task, die: &Dice) -> Vec<(By, Command)> {
    let number = 500 + (case.whistles.len() + case.whistle_requests.len()) as u128;
    let Some(request) = case.pending_whistle() else {
        let direct = (clerk(), blow_key_work(number, lead));
        let own = if die.who.is_multiple_of(4) { centre() } else { clerk() };
        let over = case.whistle_requests.last().map(|one| (leader(), approve(one.whistle.0.as_u128())));
        let asked = [direct, (own, blow_through_centre(number, "key_work"))];
        return asked.into_iter().chain(over.filter(|_| die.who.is_multiple_of(3))).collect();
    };
    let whistle = request.whistle.0.as_u128();
    match die.who % 8 {
        0 => vec![(By::Officer(person(TOWN, 0, Role::TownshipLeader)), approve(whistle))],
        1 => vec![(clerk(), withdraw_whistle(whistle)), (centre(), withdraw_whistle(whistle))],
        2 => vec![(leader(), refuse_whistle(whistle)), (centre(), refuse_whistle(whistle))],
        3 => [clerk(), leader(), centre()].map(|by| (by, blow_key_work(number, lead))).to_vec(),
        _ => vec![(leader(), approve(whistle)), (centre(), name_units(whistle, lead))],
    }
}

/// Ratings 评哨 of accepted work, objections and rulings, sometimes by the wrong one.
fn ratings(case: &Case, die: &Dice) -> Vec<(By, Command)> {
    let is_rated = |one: &&Assignment| one.whistle.is_some() || die.who.is_multiple_of(7);
    let accepted = case.assignments.iter().filter(|one| one.status == AssignmentStatus::Accepted);
    let accepted: Vec<&Assignment> = accepted.filter(is_rated).collect();
    let Some(one) = die.of(&accepted) else { return Vec::new() };
    let (number, unit) = (one.id.0.as_u128(), one.unit);
    let outcome = if die.who.is_multiple_of(2) { ObjectionOutcome::Stands } else { ObjectionOutcome::Struck };
    let both = Actor {
        officer: OfficerId(Uuid::from_u128(unit.0.as_u128() * 100 + 30)),
        ..person(CENTRE, 1, Role::CommandCentre)
    };
    let judge = one.whistle.map(|whistle| (centre(), judge_whistle(whistle.0.as_u128())));
    let Some(rating) = one.rating else {
        let poor = RatingGrade::Poor;
        let grades = Grades { on_time: poor, in_place: poor, effective: poor };
        let without = (clerk(), Command::RateAnswer { assignment: one.id, grades, note: None });
        let of_worker =
            one.workers.first().map(|officer| Actor { officer: *officer, ..person(TOWN, 0, Role::TownshipClerk) });
        let own = of_worker.map(|actor| (By::Officer(actor), rate(number, RatingGrade::Good)));
        let rated = (clerk(), rate(number, RatingGrade::ALL[usize::from(die.who % 3)]));
        return if die.who.is_multiple_of(4) {
            std::iter::once(without).chain(own).chain(judge).collect()
        } else {
            vec![rated]
        };
    };
    match (rating.objection, die.who % 6) {
        (Some(_), 0) => vec![(supervisor(), rule_on_rating(number, outcome))],
        (Some(_), 2) => vec![(By::Officer(both), rule_on_rating(number, outcome))],
        (None, 0) => vec![
            (clerk(), rate(number, RatingGrade::Good)),
            (centre(), one.whistle.map_or(object(number), |whistle| judge_whistle(whistle.0.as_u128()))),
        ],
        (None, _) | (Some(_), 1) => vec![(clerk_of_unit(unit), object(number))],
        (Some(_), _) => vec![(centre(), rule_on_rating(number, outcome))],
    }
}

/// The steps that lead a major hazard on, by the unit whose turn it is, and sometimes another one. Only emergencies are often
/// suspected, so that the histories of the others are long enough for suspensions.
fn lead_a_major_on(case: &Case, die: &Dice, minute: i64) -> Vec<(By, Command)> {
    let mut all = Vec::new();
    if let Some((unit, command)) = major::next(case, minute) {
        let role = if unit == TOWN { Role::TownshipLeader } else { Role::DepartmentLeader };
        let role = if unit == CENTRE { Role::CommandCentre } else { role };
        let refuses = matches!(command, MajorCommand::Confirm { .. }) && die.who.is_multiple_of(3);
        let command = if refuses { MajorCommand::Refuse { note: NOTE } } else { command };
        all.extend([(); 6].map(|()| (By::Officer(person(unit, 40, role)), Command::Major(command.clone()))));
    } else if case.level != Level::Major && case.emergency && die.bold.is_multiple_of(4) {
        all.push((clerk(), Command::Major(major::suspect(die.who.is_multiple_of(2)))));
    }
    if case.emergency && die.bold.is_multiple_of(8) {
        let clerks = [clerk(), centre()].map(|by| (by, Command::Major(major::any_step(die.pick, minute))));
        all.extend(clerks);
    }
    if case.level == Level::General {
        return all;
    }
    let by = if die.who.is_multiple_of(2) { centre() } else { major::leader_of(FIRE) };
    if die.bold.is_multiple_of(2) {
        all.push((by, Command::Major(major::any_step(die.pick, minute))));
        all.push((clerk(), Command::Major(major::any_step(die.who, minute))));
    }
    let listable = case.level == Level::Major && case.listing().is_none();
    all.extend(listable.then(|| (centre(), Command::Major(major::list(minute, 60)))));
    let measure = InterimMeasure::ALL.iter().find(|measure| case.measure(**measure).is_some());
    all.extend(measure.map(|measure| (leader(), Command::Major(major::lift(*measure)))));
    let waits = InterimMeasure::ALL.iter().find(|measure| case.measure(**measure).is_some_and(Ordered::waits));
    all.extend(waits.map(|measure| (clerk(), Command::Major(major::take(*measure)))));
    all
}

/// The steps that move an assignment forward, and some that move it back.
fn forward(assignment: &Assignment, die: &Dice) -> Vec<(By, Command)> {
    use AssignmentStatus as Is;
    let (id, unit) = (assignment.id, assignment.unit);
    let holder = assignment.worker.map_or(0, |officer| officer.0.as_u128() % 100);
    let holder = worker(unit, holder);
    let judge = By::Officer(person(CENTRE, 1, Role::CommandCentre));
    match assignment.status {
        Is::Open => vec![
            (clerk(), Command::TakeBack { assignment: id, new_lead: None, note: NOTE }),
            (worker(unit, 2), Command::Sign { assignment: id }),
            (worker(unit, 1), Command::Claim { assignment: id }),
        ],
        Is::Signed | Is::Rework => vec![(worker(unit, u128::from(die.who % 3)), Command::Claim { assignment: id })],
        Is::Claimed => vec![(holder, check_in_at(id, f64::from(die.who % 300))); 2],
        Is::OnSite => vec![(holder, finish_with(id, 1 + u128::from(die.who % 3))); 2],
        Is::Finished => vec![
            (judge, Command::Accept { assignment: id, note: NOTE }),
            (clerk(), Command::Accept { assignment: id, note: NOTE }),
            (judge, Command::Rework { assignment: id, note: NOTE }),
        ],
        Is::SendBackAsked | Is::Accepted | Is::SentBack | Is::Cancelled => Vec::new(),
    }
}

/// A send-back, the answer to it, or the ruling on it, at times too late or by the wrong one. `next` is a free number.
fn send_back(assignment: &Assignment, die: &Dice, next: u128) -> Vec<(By, Command)> {
    use AssignmentStatus as Is;
    let (id, number, unit) = (assignment.id, assignment.id.0.as_u128(), assignment.unit);
    let (other, _) = UNITS[usize::from(die.who / 3) % UNITS.len()];
    let [own, supervisor] = [clerk_of_unit(unit), By::Officer(person(CENTRE, 2, Role::Supervisor))];
    let lead = die.who.is_multiple_of(2).then(|| task(next, other));
    let ask = ask_send_back(number, lead.map(|lead| lead.unit));
    let stays_with = Command::Rule {
        assignment: id,
        outcome: RulingOutcome::Stays,
        instead: Instead { new_lead: lead, supports: Vec::new() },
        note: NOTE,
    };
    match assignment.status {
        Is::Open | Is::Signed | Is::Claimed => vec![(own, ask)],
        Is::SendBackAsked if die.who.is_multiple_of(4) => vec![
            (own, ask),
            (own, Command::WithdrawSendBack { assignment: id }),
            (worker(unit, 1), Command::Claim { assignment: id }),
            (centre(), stays_with),
            (clerk(), accept_send_back(number, Some(task(next, unit)))),
        ],
        Is::SendBackAsked => vec![
            (clerk(), accept_send_back(number, lead)),
            (clerk(), refuse_send_back(number)),
            (centre(), rule_stays(number)),
            (centre(), rule_moves(number, lead)),
            (supervisor, rule_moves(number, lead)),
        ],
        Is::OnSite | Is::Finished | Is::Rework if die.who.is_multiple_of(6) => {
            vec![(own, ask), (own, Command::WithdrawSendBack { assignment: id })]
        }
        Is::OnSite | Is::Finished | Is::Rework | Is::Accepted | Is::SentBack | Is::Cancelled => Vec::new(),
    }
}

/// Sometimes a suspension is asked for; then somebody decides, and what is suspended comes back or is renewed.
fn suspend(case: &Case, die: &Dice) -> Vec<(By, Command)> {
    let mut all = Vec::new();
    if let Some(asked) = case.suspension_request {
        let decision = match die.who % 4 {
            0 => Command::RefuseSuspension { note: NOTE },
            _ => Command::GrantSuspension { note: NOTE },
        };
        // Sometimes whoever asked has a post at the command centre as well.
        let asker = Actor { officer: asked.officer, ..person(CENTRE, 6, Role::CommandCentre) };
        let by = if die.bold.is_multiple_of(16) { By::Officer(asker) } else { centre() };
        all.extend(vec![(by, decision); 2]);
        if die.who.is_multiple_of(3) {
            all.push((leader(), ask_suspension(TOWN)));
        }
    } else if die.bold.is_multiple_of(6) || case.suspended_times > 0 {
        // Whoever has been granted one asks again, until it is too often.
        let day = china_day(case.last_at) - china_day(at(0));
        let unit = case.live().next().map_or(TOWN, |one| if die.who.is_multiple_of(2) { one.unit } else { TOWN });
        let role = if unit == TOWN { Role::TownshipLeader } else { Role::DepartmentLeader };
        let asked = terms(Some(person(unit, 1, role)), day.num_days() + i64::from(die.who % 100));
        all.push((By::Officer(person(unit, 1, role)), Command::AskSuspension(asked)));
    }
    if case.suspension.is_some() {
        all.extend(vec![(By::System, Command::Resume { cause: ResumeCause::ReviewDate, note: None }); 2]);
        if die.bold.is_multiple_of(4) {
            all.push((leader(), resume()));
        }
    }
    all
}

/// The timer looks, or a supervisor sets a rung, or the addressed unit acknowledges one, sometimes by the wrong post or too late.
fn climb(case: &Case, die: &Dice) -> Vec<(By, Command)> {
    let mut all = vec![(By::System, Command::Climb)];
    if die.who.is_multiple_of(5) {
        let assignment = case.live().next().map(|one| one.id).filter(|_| die.who.is_multiple_of(2));
        let number = 1_000_000 + u128::from(die.pick) * 1_000 + case.supervisions.len() as u128;
        all.push((supervisor(), supervise(number, assignment, Rung::ALL[usize::from(die.who / 5) % 5])));
    }
    if let Some(one) = die.of(&case.supervisions) {
        let role = if one.unit == TOWN { Role::TownshipLeader } else { Role::DepartmentLeader };
        let role = if die.who.is_multiple_of(6) { Role::DepartmentClerk } else { role };
        let leader = By::Officer(person(one.unit, 50, if one.unit == CENTRE { Role::CommandCentre } else { role }));
        all.push((leader, Command::AcknowledgeSupervision { supervision: one.id }));
    }
    all
}

/// Sometimes a unit asks for more time; then it is granted or refused.
fn extend(case: &Case, one: &Assignment, die: &Dice) -> Option<(By, Command)> {
    let assignment = one.id;
    let leader = By::Officer(person(CENTRE, 6, Role::CommandCentre));
    match one.extension {
        Some(_) if die.who.is_multiple_of(4) => Some((leader, Command::RefuseExtension { assignment, note: NOTE })),
        Some(_) => Some((leader, Command::GrantExtension { assignment, note: NOTE })),
        None if die.bold.is_multiple_of(4) => {
            let is_it =
                |clock: &&Clock| clock.key.kind == ClockKind::Finish && clock.key.assignment == Some(assignment);
            let until = china_day(case.clocks.iter().find(is_it)?.due) + TimeDelta::days(i64::from(die.who % 9));
            let clerk = By::Officer(person(one.unit, 5, Role::DepartmentClerk));
            Some((clerk, Command::AskExtension { assignment, until, note: NOTE }))
        }
        None => None,
    }
}

fn check_in_at(assignment: AssignmentId, distance_metres: f64) -> Command {
    Command::CheckIn { assignment, distance_metres, far_reason: None, occurred_at: None }
}

fn finish_with(assignment: AssignmentId, number: u128) -> Command {
    let photos = vec![photo(number)];
    Command::Finish {
        assignment,
        distance_metres: 0.0,
        measure: Measure::Cleared,
        photos,
        note: None,
        occurred_at: None,
    }
}

/// Any person: of any unit, in a role that this kind of unit has.
fn anybody(die: &Dice) -> By {
    let (unit, kind) = UNITS[usize::from(die.who) % UNITS.len()];
    let roles = match kind {
        UnitKind::Township => vec![Role::Worker, Role::TownshipClerk, Role::TownshipLeader, Role::GridWorker],
        UnitKind::Village => vec![Role::VillageOfficer],
        UnitKind::Department | UnitKind::Utility => {
            vec![Role::Worker, Role::DepartmentClerk, Role::DepartmentLeader, Role::RewardOfficer]
        }
        UnitKind::CommandCentre => vec![Role::CommandCentre, Role::Supervisor, Role::Administrator],
    };
    let role = roles[usize::from(die.who / 7) % roles.len()];
    match die.who % 40 {
        0 => By::Reporter,
        1 => By::System,
        _ => By::Officer(person(unit, u128::from(die.who % 4), role)),
    }
}

fn anything(case: &Case, die: &Dice, minute: i64) -> Command {
    let assignments: Vec<AssignmentId> = case.assignments.iter().map(|assignment| assignment.id).collect();
    let assignment = die.of(&assignments).copied().unwrap_or(id(1));
    let (unit, _) = UNITS[usize::from(die.pick) % UNITS.len()];
    let occurred_at = die.who.is_multiple_of(2).then(|| at(minute - i64::from(die.who % 500) + 100));
    let to = Some(person(unit, u128::from(die.who % 4), Role::Worker));
    let new_lead = die.who.is_multiple_of(3).then(|| task(500 + u128::from(die.pick), unit));
    let distance_metres = f64::from(die.who);
    let photos = (0..u128::from(die.who % 3)).map(|number| photo(number + u128::from(die.who % 4))).collect();
    match die.pick % ACTS {
        0 => dispatch(u128::from(die.pick), unit),
        1 => blow(u128::from(die.pick % 5), "emergency", task(u128::from(die.pick), unit), vec![task(1, FIRE)]),
        2 => Command::Sign { assignment },
        3 => Command::Claim { assignment },
        4 => Command::Release { assignment, note: NOTE },
        5 => Command::HandOver { assignment, to, note: NOTE },
        6 => Command::CheckIn { assignment, distance_metres, far_reason: Some(NOTE), occurred_at },
        7 => Command::Finish {
            assignment,
            distance_metres: 0.0,
            measure: Measure::Sealed,
            photos,
            note: None,
            occurred_at,
        },
        8 => Command::Accept { assignment, note: NOTE },
        9 => Command::Rework { assignment, note: NOTE },
        10 => Command::Close { note: NOTE },
        11 => Command::Reopen { cause: ReopenCause::Officer, note: Some(NOTE) },
        12 => classify(u128::from(die.who % 6)),
        13 => Command::Transfer { to: if die.who.is_multiple_of(2) { TOWN } else { CENTRE }, note: Some(NOTE) },
        14 => Command::TakeBack { assignment, new_lead, note: NOTE },
        15..=22 => request_or_answer(assignment, die, new_lead, minute),
        23..=27 | 31..=34 => rest_or_look(to, die, minute),
        28..=30 => supervise_anything(case, assignment, die),
        36..=39 if die.who.is_multiple_of(3) => rate_anything(case, assignment, die),
        36..=39 => whistle_anything(case, task(500 + u128::from(die.pick), unit), die),
        ENFORCING..MAJOR => enforcing::anything(case, die, minute),
        MAJOR.. => Command::Major(major::any_step(die.who, minute)),
        _ => Command::Cancel { reason: CancelReason::Withdrawn, note: None, into: None },
    }
}

/// Send-backs 退单, rulings 裁定 and requests for more time 延期.
fn request_or_answer(assignment: AssignmentId, die: &Dice, new_lead: Option<Task>, minute: i64) -> Command {
    let instead = Instead { new_lead, supports: Vec::new() };
    match die.pick % ACTS {
        15 => ask_send_back(assignment.0.as_u128(), new_lead.map(|lead| lead.unit)),
        16 => Command::WithdrawSendBack { assignment },
        17 => Command::AcceptSendBack { assignment, instead, note: NOTE },
        18 => refuse_send_back(assignment.0.as_u128()),
        19 => Command::Rule { assignment, outcome: RulingOutcome::Moves, instead, note: NOTE },
        20 => Command::AskExtension {
            assignment,
            until: china_day(at(minute + i64::from(die.who % 16) * 24 * 60)),
            note: NOTE,
        },
        21 => Command::GrantExtension { assignment, note: NOTE },
        _ => Command::RefuseExtension { assignment, note: NOTE },
    }
}

/// Suspensions 挂账 and follow-ups 回头看.
fn rest_or_look(responsible: Option<Actor>, die: &Dice, minute: i64) -> Command {
    match die.pick % ACTS {
        23 | 31 | 32 => Command::AskSuspension(terms(responsible, minute / 1_440 + i64::from(die.who % 120))),
        24 | 33 | 34 => Command::GrantSuspension { note: NOTE },
        25 => Command::RefuseSuspension { note: NOTE },
        26 => resume(),
        _ => follow_up(if die.who.is_multiple_of(2) { FollowUpResult::Holds } else { FollowUpResult::CameBack }),
    }
}

/// Supervisions 督办.
fn supervise_anything(case: &Case, assignment: AssignmentId, die: &Dice) -> Command {
    let known: Vec<SupervisionId> = case.supervisions.iter().map(|one| one.id).collect();
    let supervision = SupervisionId(Uuid::from_u128(u128::from(die.pick)));
    match die.pick % ACTS {
        28 => Command::Climb,
        29 => {
            let assignment = die.who.is_multiple_of(3).then_some(assignment);
            supervise(u128::from(die.pick), assignment, Rung::ALL[usize::from(die.who) % 5])
        }
        _ => Command::AcknowledgeSupervision { supervision: die.of(&known).copied().unwrap_or(supervision) },
    }
}

/// Whistles 哨 that wait, of any type and at any time.
fn whistle_anything(case: &Case, lead: Task, die: &Dice) -> Command {
    let known: Vec<u128> = case.whistle_requests.iter().map(|one| one.whistle.0.as_u128()).collect();
    let whistle = die.of(&known).copied().unwrap_or(u128::from(die.pick));
    let type_code = ["emergency", "joint_enforcement", "key_work"][usize::from(die.who) % 3];
    match (die.pick % ACTS, die.who.is_multiple_of(2)) {
        (36, true) => blow_through_centre(600 + u128::from(die.pick), type_code),
        (36, false) => blow(600 + u128::from(die.pick), type_code, lead, Vec::new()),
        (37, _) => approve(whistle),
        (38, true) => refuse_whistle(whistle),
        (38, false) => withdraw_whistle(whistle),
        _ => name_units(whistle, lead),
    }
}

/// Ratings 评哨 of any work, and judgements of any whistle.
fn rate_anything(case: &Case, assignment: AssignmentId, die: &Dice) -> Command {
    let number = assignment.0.as_u128();
    let grade = RatingGrade::ALL[usize::from(die.who / 3) % 3];
    let grades = Grades { on_time: grade, in_place: RatingGrade::Good, effective: RatingGrade::Fair };
    let whistles: Vec<u128> = case.whistles.iter().map(|one| one.id.0.as_u128()).collect();
    match die.pick % ACTS {
        36 => Command::RateAnswer { assignment, grades, note: None },
        37 => object(number),
        38 => rule_on_rating(number, ObjectionOutcome::Struck),
        _ => judge_whistle(die.of(&whistles).copied().unwrap_or(1)),
    }
}

// --- what must hold

/// Checks what a step may never do.
fn step_rules(before: &Case, after: &Case, event: &Event, by: By) -> Result<(), TestCaseError> {
    let is_filed = matches!(event, Event::Classified { .. });
    let is_rating = matches!(
        event,
        Event::Rated { .. } | Event::RatingObjected { .. } | Event::RatingRuled { .. } | Event::WhistleJudged { .. }
    );
    let is_lifted = major::step_of(event) == Some(MajorStep::MeasureLifted);
    let may_move = (is_rating && before.status() == after.status())
        || matches!(event, Event::Reopened { .. } | Event::FollowedUp { .. })
        || is_lifted
        || (is_filed && before.end == Some(hazard::End::Closed))
        || enforcing::may_follow_the_end(before, event);
    prop_assert!(before.end.is_none() || may_move, "an ended case moved");
    let step = major::step_of(event);
    let is_judged = matches!(step, Some(MajorStep::Withdrawn | MajorStep::Refused));
    prop_assert!(before.level <= after.level || is_judged, "what is feared was forgotten");
    let files = |case: &Case| (case.level, case.category.clone(), case.axes.clone(), case.subject);
    let names_subject = matches!(event, Event::Inspected { .. }) && before.subject != after.subject;
    prop_assert!(files(before) == files(after) || is_filed || names_subject || step.is_some());
    prop_assert!(!(is_filed || names_subject) || files(before) != files(after));
    major_rules(before, event)?;
    prop_assert!(!is_filed || status_in_words(before) == status_in_words(after) && before.clocks == after.clocks);
    rules_of_change(before, after, event, is_rating)?;
    if let Event::Dispatched { assignments, .. } | Event::Blown { assignments, .. } = event {
        prop_assert_eq!(assignments.iter().filter(|new| new.part == Part::Lead).count(), 1);
    }
    send_back_rules(before, after, event, by)?;
    whistle_rules(before, after, event, by)?;
    rating_rules(before, event, by)?;
    enforcing::step_rules(before, after, event)?;
    if let (Event::Closed { .. }, By::Officer(actor)) = (event, by) {
        prop_assert_eq!(actor.unit, before.township);
        prop_assert!(matches!(actor.role, Role::TownshipLeader | Role::CommandCentre));
        prop_assert!(after.assignments.iter().all(|assignment| !assignment.workers.contains(&actor.officer)));
        prop_assert!(before.live().all(|assignment| assignment.status == AssignmentStatus::Accepted));
        prop_assert!(before.is_dispatched());
    }
    Ok(())
}

/// Checks what a step may never do to an assignment.
fn rules_of_change(before: &Case, after: &Case, event: &Event, is_rating: bool) -> Result<(), TestCaseError> {
    for (old, new) in before.assignments.iter().zip(&after.assignments) {
        prop_assert!(old.claimed_at.is_none() || old.claimed_at == new.claimed_at, "a claim was cleared");
        prop_assert!(old.checked_in_at.is_none() || old.checked_in_at == new.checked_in_at, "a check-in was cleared");
        prop_assert!(old.workers.is_subset(&new.workers) && old.unit == new.unit && old.given_by == new.given_by);
        let leads_now =
            matches!(event, Event::TakenBack { lead, .. } | Event::SentBack { lead, .. } if *lead == Some(new.id));
        prop_assert!(old.part == new.part || leads_now, "a part changed");
        prop_assert!(old.last_step_at <= new.last_step_at, "a step counts from before the one that it follows");
        prop_assert!(old.round == after.round || is_rating || old == new, "an earlier round changed");
        let unrated = |one: &Assignment| Assignment { rating: None, ..one.clone() };
        let is_same = unrated(old) == unrated(new);
        prop_assert!(!is_rating || is_same, "a rating changed the work");
    }
    Ok(())
}

/// Checks that nobody decides on a whistle of their own, that danger waits for nobody, and that asking gains no time.
fn whistle_rules(before: &Case, after: &Case, event: &Event, by: By) -> Result<(), TestCaseError> {
    let request = |id| before.whistle_requests.iter().find(|one| one.whistle == id);
    match (event, by) {
        (Event::WhistleAsked { class, .. }, _) => {
            prop_assert!(!before.emergency && *class != WhistleClass::Emergency, "danger waits");
            prop_assert!(before.pending_whistle().is_none(), "two whistles wait");
        }
        (Event::WhistleApproved { whistle, .. } | Event::WhistleRefused { whistle, .. }, By::Officer(actor)) => {
            prop_assert!(request(*whistle).is_some_and(|one| one.officer != actor.officer), "decided on their own");
        }
        (Event::Blown { whistle, named_by: Some(unit), .. }, By::Officer(actor)) => {
            prop_assert_eq!((*unit, actor.role), (CENTRE, Role::CommandCentre));
            prop_assert!(request(*whistle).is_some_and(|one| one.state == WhistleRequestState::AwaitsUnits));
        }
        _ => {}
    }
    if matches!(event, Event::WhistleRefused { .. } | Event::WhistleWithdrawn { .. }) {
        let due = |case: &Case| {
            let of = case.clocks.iter().filter(|clock| clock.key.kind == ClockKind::Dispatch);
            of.map(|clock| (clock.key, clock.due)).collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(due(before), due(after), "asking in vain gained time");
    }
    Ok(())
}

/// Checks that nobody rates or rules for themselves, and that nobody judges a whistle of their own unit.
fn rating_rules(before: &Case, event: &Event, by: By) -> Result<(), TestCaseError> {
    let of = |id: &AssignmentId| before.assignment(*id).unwrap();
    match (event, by) {
        (Event::Rated { assignment, unit, grades, note, .. }, By::Officer(actor)) => {
            prop_assert!(of(assignment).unit != *unit && !of(assignment).workers.contains(&actor.officer));
            prop_assert!(of(assignment).status == AssignmentStatus::Accepted && (!grades.is_low() || note.is_some()));
        }
        (Event::RatingRuled { assignment, .. }, By::Officer(actor)) => {
            let rating = of(assignment).rating.unwrap();
            let parties = [of(assignment).unit, rating.unit];
            prop_assert!(!parties.contains(&actor.unit) || actor.role == Role::Supervisor, "a party ruled");
            prop_assert!(rating.officer != actor.officer && rating.objection.unwrap().officer != actor.officer);
        }
        (Event::WhistleJudged { whistle, .. }, By::Officer(actor)) => {
            prop_assert!(before.whistle(*whistle).is_some_and(|one| one.blown_by_unit != actor.unit));
        }
        _ => {}
    }
    Ok(())
}

/// Checks that a whistle is there exactly if it was blown.
fn requests_rules(case: &Case) -> Result<(), TestCaseError> {
    for one in &case.whistle_requests {
        let is_there = case.whistles.iter().any(|whistle| whistle.id == one.whistle);
        prop_assert_eq!(is_there, one.state == WhistleRequestState::Blown, "{:?}", one);
    }
    Ok(())
}

/// Checks that nothing of a major hazard is finished before its plan is set, or closed before it is released.
fn major_rules(before: &Case, event: &Event) -> Result<(), TestCaseError> {
    let is_major = before.level == Level::Major;
    if let Event::Finished { .. } = event {
        prop_assert!(!is_major || before.major_plan().is_some(), "finished without the five elements");
    }
    if let Event::Closed { .. } = event {
        prop_assert!(before.major.suspicion.is_none(), "closed while a suspicion waits");
        prop_assert!(before.listing().is_none(), "closed while it is listed");
        prop_assert!(!is_major || (before.major_plan().is_some() && before.consent_to_close().is_some()));
    }
    if major::step_of(event) == Some(MajorStep::Delisted) {
        prop_assert!(before.consent_to_close().is_some() && before.accepted_on_site().is_some());
    }
    Ok(())
}

/// Checks that nobody decides on a suspension of their own, that it takes no time from the work and gives none, and that
/// nobody looks at their own work again.
fn suspension_rules(before: &Case, after: &Case, event: &Event, by: By) -> Result<(), TestCaseError> {
    let runs =
        |case: &Case| case.clocks.iter().filter(|clock| clock.is_running()).map(|clock| clock.key.kind).collect();
    match (event, by) {
        (Event::Suspended { .. }, By::Officer(actor)) => {
            let asked = before.suspension_request.unwrap();
            prop_assert!(asked.officer != actor.officer && asked.unit != actor.unit && before.township != actor.unit);
            prop_assert!(!before.emergency && before.end.is_none());
            let running: BTreeSet<ClockKind> = runs(after);
            let of_work = [ClockKind::Dispatch, ClockKind::Sign, ClockKind::CheckIn, ClockKind::Finish];
            let rests = of_work.iter().all(|kind| !running.contains(kind));
            prop_assert!(before.suspension.is_some() || rests, "the work does not rest: {running:?}");
        }
        (Event::Resumed { .. }, _) => {
            prop_assert!(after.clocks.iter().all(|clock| clock.open_pause().is_none()), "something stands still");
            for (old, new) in before.clocks.iter().zip(&after.clocks) {
                prop_assert!(old.due <= new.due, "time was lost");
            }
        }
        (Event::FollowedUp { result, recurrence, .. }, By::Officer(actor)) => {
            prop_assert!(!before.all_workers().contains(&actor.officer), "who worked looked at it again");
            prop_assert!(recurrence.is_none() || *result == FollowUpResult::CameBack);
        }
        _ => {}
    }
    let paused = after.clocks.iter().filter(|clock| clock.open_pause().is_some() && clock.is_open()).count();
    prop_assert!(
        after.suspension.is_some() || after.end.is_some() || paused == 0,
        "nothing rests without a suspension"
    );
    Ok(())
}

/// Checks that nobody decides on a send-back of their own, that a ruling binds, and that a refused one stopped no clock.
fn send_back_rules(before: &Case, after: &Case, event: &Event, by: By) -> Result<(), TestCaseError> {
    prop_assert!(before.hops() <= after.hops(), "a hop was forgotten");
    let of = |id: &AssignmentId| before.assignment(*id).unwrap();
    match (event, by) {
        (Event::SendBackAsked { assignment, unit, .. }, By::Officer(actor)) => {
            prop_assert_eq!((of(assignment).unit, actor.unit), (*unit, *unit));
            let round = before.assignments.iter().filter(|one| one.round == before.round);
            let mut ruled = round.flat_map(|one| &one.send_backs).filter(|one| one.state == SendBackState::Stays);
            prop_assert!(ruled.all(|one| one.unit != *unit), "a ruling was not the end");
        }
        (
            Event::SendBackAccepted { assignment, .. } | Event::SendBackRefused { assignment, .. },
            By::Officer(actor),
        ) => {
            prop_assert!(of(assignment).unit != actor.unit, "the unit answered itself");
        }
        (Event::Ruled { assignment, .. }, By::Officer(actor)) => {
            let (of, supervises) = (of(assignment), actor.role == Role::Supervisor);
            let pending = of.pending_send_back().unwrap();
            let parties = [Some(of.unit), of.given_by, pending.proposed];
            prop_assert!(supervises || !parties.contains(&Some(actor.unit)), "a party ruled");
            prop_assert!(pending.officer != actor.officer && !of.workers.contains(&actor.officer));
        }
        _ => {}
    }
    if let Event::SendBackRefused { assignment, .. } | Event::SendBackWithdrawn { assignment, .. } = event {
        let clocks = |case: &Case| {
            let of = case.clocks.iter().filter(|clock| clock.key.assignment == Some(*assignment));
            let of = of.filter(|clock| !matches!(clock.key.kind, ClockKind::AnswerSendBack | ClockKind::Rule));
            of.cloned().collect::<Vec<_>>()
        };
        prop_assert_eq!(clocks(before), clocks(after));
    }
    Ok(())
}

/// Checks what is true of every case at every time.
#[expect(clippy::too_many_lines, reason = "the rules stand together")]
fn state_rules(case: &Case, events: usize) -> Result<(), TestCaseError> {
    prop_assert_eq!(usize::try_from(case.version), Ok(events));
    prop_assert_eq!(case.status(), status_in_words(case));
    for whistle in &case.whistles {
        let of_whistle = case.assignments.iter().filter(|assignment| assignment.whistle == Some(whistle.id));
        let stays = of_whistle.filter(|assignment| !assignment.status.is_gone());
        let leads = stays.filter(|assignment| assignment.part == Part::Lead).count();
        prop_assert!(leads == 1 || (leads == 0 && whistle.end.is_some()), "a whistle that is not over has one lead");
    }
    let direct: Vec<Part> = case.live().filter(|one| one.whistle.is_none()).map(|one| one.part).collect();
    let leads = direct.is_empty() || direct.contains(&Part::Lead);
    prop_assert!(leads || case.end == Some(hazard::End::Cancelled), "somebody leads the direct work");
    supervision_rules(case)?;
    requests_rules(case)?;
    enforcing::state_rules(case)?;
    let units: BTreeSet<_> = case.live().map(|assignment| assignment.unit).collect();
    prop_assert_eq!(units.len(), case.live().count(), "one part for each unit");
    case.assignments.iter().try_for_each(assignment_rules)?;
    owners::owner_rules(case)?;
    for assignment in &case.assignments {
        let is_decision = |kind| matches!(kind, ClockKind::AnswerSendBack | ClockKind::Rule);
        let of = case.clocks.iter().filter(|clock| clock.key.assignment == Some(assignment.id) && clock.is_running());
        let waiting = of.filter(|clock| is_decision(clock.key.kind)).count();
        let asked = assignment.status == AssignmentStatus::SendBackAsked;
        prop_assert_eq!(
            (asked, waiting),
            (assignment.pending_send_back().is_some(), usize::from(asked)),
            "a clock waits"
        );
        let sent_back = assignment.send_backs.last().is_some_and(|one| one.state.is_hop());
        prop_assert_eq!(assignment.status == AssignmentStatus::SentBack, sent_back);
    }
    let keys: BTreeSet<_> = case.clocks.iter().map(|clock| clock.key).collect();
    prop_assert_eq!(keys.len(), case.clocks.len(), "each clock starts once");
    for clock in &case.clocks {
        prop_assert_eq!(clock.is_open(), clock.stopped_at.is_none());
        let outlives = clock.key.kind == ClockKind::FollowUp || clock.key.kind.outlives_closure();
        let may_run = case.end.is_none() || outlives;
        prop_assert!(may_run || !clock.is_running(), "a clock of an ended case runs");
        prop_assert!(clock.start <= clock.warn_at && clock.warn_at <= clock.due);
    }
    everybody_has_a_deadline(case)?;
    todos::case_rules(case)
}

/// Checks that no rung is set twice, and that exactly what waits has to be acknowledged.
fn supervision_rules(case: &Case) -> Result<(), TestCaseError> {
    let ids: BTreeSet<_> = case.supervisions.iter().map(|one| one.id).collect();
    prop_assert_eq!(ids.len(), case.supervisions.len(), "a rung has an id of its own");
    for (place, one) in case.supervisions.iter().enumerate() {
        prop_assert!(case.supervisions[..place].iter().all(|other| !one.is(other)), "a rung was set twice: {one:?}");
        prop_assert!(case.end.is_none() || case.supervision_state(one) != SupervisionState::Open);
        prop_assert!(one.unit != ACCUSED, "an accused unit is addressed");
    }
    Ok(())
}

fn assignment_rules(assignment: &Assignment) -> Result<(), TestCaseError> {
    use AssignmentStatus as Is;
    let held = matches!(assignment.status, Is::Claimed | Is::OnSite | Is::Finished | Is::Accepted);
    let waits = matches!(assignment.status, Is::Open | Is::Signed | Is::Rework);
    prop_assert!(!held || assignment.worker.is_some_and(|worker| assignment.workers.contains(&worker)));
    prop_assert!(!waits || assignment.worker.is_none());
    prop_assert!(assignment.workers.iter().all(|worker| unit_of(*worker) == assignment.unit));
    prop_assert_eq!(assignment.claimed_at.is_some(), !assignment.workers.is_empty());
    let proven = assignment.measure.is_some() && !assignment.after_photos.is_empty();
    prop_assert!(!assignment.is_done() || (proven && assignment.checked_in_at.is_some()), "finished without evidence");
    prop_assert_eq!(assignment.status == Is::Accepted, assignment.accepted_by.is_some());
    if let Some(judge) = assignment.accepted_by {
        prop_assert!(!assignment.workers.contains(&judge), "accepted own work");
        prop_assert!(assignment.whistle.is_none() || unit_of(judge) != assignment.unit, "accepted by the same unit");
    }
    let kind = UNITS.iter().find(|(unit, _)| *unit == assignment.unit).map(|(_, kind)| *kind);
    prop_assert!(assignment.part != Part::Lead || kind != Some(UnitKind::Village), "a village leads");
    prop_assert!(assignment.unit != ACCUSED, "an accused unit takes part");
    let facts = [
        Some(assignment.dispatched_at),
        assignment.claimed_at,
        assignment.checked_in_at,
        assignment.finished_at,
        assignment.accepted_at,
    ];
    let facts: Vec<_> = facts.into_iter().flatten().collect();
    prop_assert!(facts.is_sorted(), "steps out of order");
    Ok(())
}

/// The status, computed a second time in another way.
fn status_in_words(case: &Case) -> HazardStatus {
    let live: Vec<_> = case.live().collect();
    let any = |what: fn(&Assignment) -> bool| live.iter().any(|assignment| what(assignment));
    match case.end {
        Some(hazard::End::Closed) => HazardStatus::Closed,
        Some(hazard::End::Cancelled) => HazardStatus::Cancelled,
        None if case.suspension.is_some() => HazardStatus::Suspended,
        None if live.is_empty() => HazardStatus::Registered,
        None if !any(|one| !matches!(one.status, AssignmentStatus::Finished | AssignmentStatus::Accepted)) => {
            if any(|one| one.status == AssignmentStatus::Finished) {
                HazardStatus::AwaitingAcceptance
            } else {
                HazardStatus::AwaitingClosure
            }
        }
        None if any(|one| one.claimed_at.is_some()) => HazardStatus::InProgress,
        None => HazardStatus::Assigned,
    }
}

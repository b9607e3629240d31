//! A small county: its units, its people and its rules. Long because all tests of rules use the same county.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::access::{Actor, By};
use domain::award::{HazardNow, PayeeDigest};
use domain::clock::Timing;
use domain::hazard::enforcement::{
    Certificate, DocumentNumber, Enforce, Inspect, IssueOrder, OrderKind, Penalise, Reinspect,
};
use domain::hazard::{
    self, Axes, Case, Classification, Command, FollowUpResult, Grades, Instead, Measure, ObjectionOutcome, RatingGrade,
    Registration, ResumeCause, RulingOutcome, SendBackReason, SuspensionTerms, Task, WhistleFault, WorkPhoto,
};
use domain::id::{
    AreaId, AssignmentId, HazardId, InspectionId, NoteId, OfficerId, OrderId, PenaltyId, PhotoId, PostId, ReportId,
    SubjectId, SupervisionId, UnitId, WhistleId,
};
use domain::money::Fen;
use domain::photo::PhotoStage;
use domain::policy::{
    AssignmentSpans, AwardPolicy, EnforcementPolicy, ExtensionPolicy, FollowUpPolicy, HandlingPolicy,
    InformationPolicy, MajorPolicy, ProposeAt, RatingPolicy, RuleVersion, Rung, SendBackPolicy, SupervisionPolicy,
    SuspensionPolicy, WhistleApproval, WhistleClass, WhistleType,
};
use domain::report::Receiver;
use domain::roster::Roster;
use domain::staff::{Role, UnitKind};
use domain::time::{Calendar, Span, SpanUnit, china_day};
use domain::{Refusal, award, report};
use uuid::Uuid;

use crate::payee::Payee;

pub(crate) const TOWN: UnitId = UnitId(Uuid::from_u128(1));
pub(crate) const VILLAGE: UnitId = UnitId(Uuid::from_u128(2));
pub(crate) const FIRE: UnitId = UnitId(Uuid::from_u128(3));
pub(crate) const GAS: UnitId = UnitId(Uuid::from_u128(4));
pub(crate) const CENTRE: UnitId = UnitId(Uuid::from_u128(5));
/// A department that a report accuses.
pub(crate) const ACCUSED: UnitId = UnitId(Uuid::from_u128(6));
pub(crate) const UNITS: [(UnitId, UnitKind); 6] = [
    (TOWN, UnitKind::Township),
    (VILLAGE, UnitKind::Village),
    (FIRE, UnitKind::Department),
    (GAS, UnitKind::Utility),
    (CENTRE, UnitKind::CommandCentre),
    (ACCUSED, UnitKind::Department),
];
pub(crate) const PAYEE: PayeeDigest = PayeeDigest([7; 32]);
pub(crate) const NOTE: NoteId = NoteId(Uuid::from_u128(7));

/// The minute of the story at which its first day ends in China: the story begins there at 08:00.
pub(crate) const DAY_END: i64 = 16 * 60;

/// A time, in minutes after the story begins.
pub(crate) fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minute)
}

/// A person of a unit who acts in a role. The same number is the same person in every role.
pub(crate) fn person(unit: UnitId, number: u128, role: Role) -> Actor {
    let officer = unit.0.as_u128() * 100 + number;
    let post = officer * 100 + Role::ALL.iter().position(|other| *other == role).unwrap_or_default() as u128;
    Actor { officer: OfficerId(Uuid::from_u128(officer)), post: PostId(Uuid::from_u128(post)), role, unit }
}

/// The officer of the command centre with this number, whatever their post.
pub(crate) fn person_of(number: u8) -> OfficerId {
    person(CENTRE, number.into(), Role::CommandCentre).officer
}

/// The unit of a person.
pub(crate) fn unit_of(officer: OfficerId) -> UnitId {
    UnitId(Uuid::from_u128(officer.0.as_u128() / 100))
}

pub(crate) fn clerk() -> By {
    By::Officer(person(TOWN, 0, Role::TownshipClerk))
}

pub(crate) fn leader() -> By {
    By::Officer(person(TOWN, 1, Role::TownshipLeader))
}

/// A worker of a unit.
pub(crate) fn worker(unit: UnitId, number: u128) -> By {
    By::Officer(person(unit, number, Role::Worker))
}

pub(crate) fn id(number: u128) -> AssignmentId {
    AssignmentId(Uuid::from_u128(number))
}

pub(crate) fn task(number: u128, unit: UnitId) -> Task {
    Task { id: id(number), unit }
}

pub(crate) fn photo(number: u128) -> PhotoId {
    PhotoId(Uuid::from_u128(number))
}

fn span(amount: u32, unit: SpanUnit) -> Span {
    Span { amount, unit }
}

fn spans() -> AssignmentSpans {
    let minutes = |amount| Some(span(amount, SpanUnit::Minutes));
    AssignmentSpans { sign: minutes(30), contact: None, check_in: minutes(120), finish: minutes(1_440) }
}

/// Everything that stays the same during a story.
pub(crate) struct World {
    pub(crate) policy: HandlingPolicy,
    pub(crate) rewards: AwardPolicy,
    pub(crate) calendar: Calendar,
    pub(crate) units: BTreeMap<UnitId, UnitKind>,
    pub(crate) barred: BTreeSet<UnitId>,
    /// The units that have ended. They stay out of `units`.
    pub(crate) ended: BTreeSet<UnitId>,
    /// Whether the holder of the assignment in question has left.
    pub(crate) holder_left: bool,
    pub(crate) other_unit_accepts: bool,
    /// The command centres of the place, the nearest first.
    pub(crate) centres: Vec<UnitId>,
    /// The departments that can judge on a major hazard.
    pub(crate) responsible: Vec<UnitId>,
    /// The units of all posts of whoever acts.
    pub(crate) officer_units: BTreeSet<UnitId>,
    /// The minute in which all photos were announced; `None` for the minute in which they are named.
    pub(crate) announced: Option<i64>,
    pub(crate) stage: PhotoStage,
    pub(crate) duty: Option<hazard::DutyFacts>,
    pub(crate) unreviewed: Option<ReportId>,
    pub(crate) receiver: Receiver,
    /// Who is on duty.
    pub(crate) roster: Roster,
}

impl World {
    pub(crate) fn new() -> Self {
        let hours = [(9, 12), (13, 18)];
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
        Self {
            policy: policy(),
            rewards: rewards(),
            calendar: Calendar {
                days: BTreeMap::new(),
                hours: hours.iter().map(|(from, to)| (hour(*from), hour(*to))).collect(),
            },
            units: UNITS.into(),
            barred: BTreeSet::from([ACCUSED]),
            ended: BTreeSet::new(),
            holder_left: false,
            other_unit_accepts: true,
            centres: vec![CENTRE],
            responsible: vec![FIRE],
            officer_units: BTreeSet::new(),
            announced: None,
            stage: PhotoStage::After,
            duty: None,
            unreviewed: None,
            receiver: Receiver::MayReview,
            roster: Roster::default(),
        }
    }

    /// A world in which this unit has ended.
    pub(crate) fn without(unit: UnitId) -> Self {
        let mut world = Self::new();
        world.units.remove(&unit);
        world.ended.insert(unit);
        world
    }

    /// Photos 0 to 99 of the assignment in question, of which 1 to 3 are verified, for the commands that look at photos.
    fn photos(&self, minute: i64, command: &Command) -> BTreeMap<PhotoId, WorkPhoto> {
        if !matches!(command, Command::Finish { .. } | Command::Accept { .. } | Command::Enforce(Enforce::Inspect(_))) {
            return BTreeMap::new();
        }
        let announced_at = at(self.announced.unwrap_or(minute));
        let photos = (0..100).map(|number| {
            (photo(number), WorkPhoto { stage: self.stage, announced_at, is_verified: (1..4).contains(&number) })
        });
        photos.collect()
    }

    pub(crate) fn timing(&self) -> Timing<'_> {
        Timing { calendar: &self.calendar, warn_percent: 80, rule_version: RuleVersion(3), roster: &self.roster }
    }

    pub(crate) fn case(&self, emergency: bool) -> (Case, hazard::Event) {
        let registration = Registration {
            id: HazardId(Uuid::from_u128(1)),
            suspected_major: false,
            category: Some("blocked_exit".to_owned()),
            axes: Axes::default(),
            subject: None,
            area: AreaId(Uuid::from_u128(1)),
            township: TOWN,
            for_duty: true,
            emergency,
            recurrence_of: None,
        };
        hazard::register(registration, at(0), &self.policy, &self.timing())
    }

    /// Returns what happens to the case if this is asked for.
    pub(crate) fn ask(
        &self,
        case: &Case,
        minute: i64,
        by: By,
        command: Command,
    ) -> Result<Vec<hazard::Event>, Refusal> {
        let photos = self.photos(minute, &command);
        let context = hazard::Context { photos: &photos, ..self.context(by, minute) };
        hazard::decide(case, command, &context)
    }

    /// Returns the context of a merge, in which no photos are looked at.
    pub(crate) fn context(&self, by: By, minute: i64) -> hazard::Context<'_> {
        const NO_PHOTOS: &BTreeMap<PhotoId, WorkPhoto> = &BTreeMap::new();
        hazard::Context {
            now: at(minute),
            exact: at(minute),
            by,
            in_area: matches!(by, By::Officer(actor) if self.is_of_the_area(actor.unit)),
            policy: &self.policy,
            timing: self.timing(),
            units: &self.units,
            ended: &self.ended,
            holder_left: self.holder_left,
            other_unit_accepts: self.other_unit_accepts,
            centres: &self.centres,
            responsible: &self.responsible,
            officer_units: &self.officer_units,
            barred: &self.barred,
            duty: self.duty,
            photos: NO_PHOTOS,
            unreviewed: self.unreviewed,
        }
    }

    /// Whether the hazard lies in the area of the unit.
    fn is_of_the_area(&self, unit: UnitId) -> bool {
        matches!(self.units.get(&unit), Some(UnitKind::Township | UnitKind::CommandCentre))
    }

    /// Applies what happens to the case if this is asked for. It must happen.
    #[track_caller]
    pub(crate) fn play(&self, case: &mut Case, minute: i64, by: By, command: Command) {
        let word = format!("{command:?}");
        match self.ask(case, minute, by, command) {
            Ok(events) => events.iter().for_each(|event| hazard::apply(case, event)),
            Err(refusal) => panic!("{word}: {refusal}"),
        }
    }

    /// Returns what happens to the report if this is asked for.
    pub(crate) fn ask_report(
        &self,
        report: &report::Report,
        by: By,
        hazards: report::HazardFacts,
        command: report::Command,
    ) -> Result<Vec<report::Event>, Refusal> {
        report::decide(report, command, &self.report_context(by, hazards))
    }

    /// Returns the context of a command to a report that the asking officer did not write.
    pub(crate) fn report_context(&self, by: By, hazards: report::HazardFacts) -> report::Context<'_> {
        report::Context {
            now: at(90),
            by,
            in_area: true,
            own_report: false,
            barred: &self.barred,
            hazards,
            receiver: self.receiver,
            policy: &self.policy,
            timing: self.timing(),
        }
    }

    /// Returns what happens to the award if this is asked for, while its hazard was never reopened.
    pub(crate) fn ask_award(
        &self,
        award: &award::Award,
        minute: i64,
        by: By,
        command: award::Command,
    ) -> Result<Vec<award::Event>, Refusal> {
        self.ask_award_while(HazardNow::NotReopened, award, minute, by, command)
    }

    /// Returns what happens to the award if this is asked for, while its hazard is open again or not.
    pub(crate) fn ask_award_while(
        &self,
        hazard: HazardNow,
        award: &award::Award,
        minute: i64,
        by: By,
        command: award::Command,
    ) -> Result<Vec<award::Event>, Refusal> {
        let someone = Payee { person: Some(u8::MAX), on_duty: false };
        self.ask_award_of(someone, hazard, award, minute, by, command)
    }

    /// Returns what happens to the award if this is asked for and this is the payee of its report.
    pub(crate) fn ask_award_of(
        &self,
        payee: Payee,
        hazard: HazardNow,
        award: &award::Award,
        minute: i64,
        by: By,
        command: award::Command,
    ) -> Result<Vec<award::Event>, Refusal> {
        let context = award::Context {
            now: at(minute),
            exact: at(minute),
            by,
            in_area: true,
            own_report: payee.acts(by),
            payee_verified: payee.person.is_some(),
            hazard,
            policy: &self.rewards,
            timing: self.timing(),
        };
        let events = award::decide(award, command, &context)?;
        payee.may_collect(award, &events)?;
        Ok(events)
    }
}

/// Lets a whistle of the clerk be approved first, and the command centre name the units.
fn key_work(whistle: WhistleType) -> WhistleType {
    let approval = WhistleApproval {
        of: vec![Role::TownshipClerk],
        by: WhistleApproval::APPROVERS.to_vec(),
        within: span(120, SpanUnit::Minutes),
    };
    WhistleType {
        approval: Some(approval),
        may_call: vec![UnitKind::Department, UnitKind::Utility],
        through_centre: Some(span(60, SpanUnit::Minutes)),
        ..whistle
    }
}

#[expect(clippy::too_many_lines, reason = "one line for each field")]
fn policy() -> HandlingPolicy {
    let whistle = |code: &str, class, may_blow| WhistleType {
        code: code.to_owned(),
        class,
        name: String::new(),
        name_en: String::new(),
        may_blow,
        spans: spans(),
        approval: None,
        may_call: Vec::new(),
        through_centre: None,
    };
    HandlingPolicy {
        review: span(4, SpanUnit::WorkingHours),
        review_emergency: span(30, SpanUnit::Minutes),
        dispatch_emergency: span(5, SpanUnit::Minutes),
        dispatch: span(4, SpanUnit::WorkingHours),
        direct: spans(),
        self_handled: AssignmentSpans { sign: None, ..spans() },
        accept: span(2, SpanUnit::WorkingDays),
        close: span(3, SpanUnit::WorkingDays),
        extension: ExtensionPolicy::default(),
        warn_percent: 80,
        check_in_metres: 300,
        occurred_within_minutes: 120,
        after_photos_min: 1,
        accept_by_other_unit: false,
        reports_a_day: 200,
        reports_a_day_on_duty: 5_000,
        callback_days: 15,
        veil_minutes: 15,
        number_quiet_days: 180,
        send_back: SendBackPolicy::default(),
        suspension: SuspensionPolicy::default(),
        follow_up: FollowUpPolicy::default(),
        supervision: SupervisionPolicy::default(),
        rating: RatingPolicy::default(),
        information: InformationPolicy::default(),
        enforcement: EnforcementPolicy::default(),
        major: MajorPolicy::default(),
        whistles: vec![
            whistle("emergency", WhistleClass::Emergency, vec![Role::TownshipClerk, Role::TownshipLeader]),
            whistle("joint_enforcement", WhistleClass::Enforcement, vec![Role::TownshipLeader]),
            key_work(whistle(
                "key_work",
                WhistleClass::KeyWork,
                vec![Role::TownshipClerk, Role::TownshipLeader, Role::CommandCentre],
            )),
        ],
    }
}

fn rewards() -> AwardPolicy {
    AwardPolicy {
        propose_at: ProposeAt::Verified,
        basis: "安监总财〔2018〕19号".to_owned(),
        collect_days: 60,
        step: span(5, SpanUnit::WorkingDays),
        anonymous_may_collect: true,
        exclude_own_duty: true,
        fine_share: None,
        bands: Vec::new(),
    }
}

/// A dispatch of one unit that leads.
pub(crate) fn dispatch(number: u128, unit: UnitId) -> Command {
    Command::Dispatch { lead: task(number, unit), supports: Vec::new() }
}

/// A whistle for one lead and its supports.
pub(crate) fn blow(whistle: u128, type_code: &str, lead: Task, supports: Vec<Task>) -> Command {
    let whistle = WhistleId(Uuid::from_u128(whistle));
    Command::Blow { whistle, type_code: type_code.to_owned(), lead, supports, note: NOTE }
}

/// A whistle that has to be approved if the clerk blows it.
pub(crate) fn blow_key_work(whistle: u128, lead: Task) -> Command {
    blow(whistle, "key_work", lead, Vec::new())
}

/// A whistle whose units the command centre names.
pub(crate) fn blow_through_centre(whistle: u128, type_code: &str) -> Command {
    let whistle = WhistleId(Uuid::from_u128(whistle));
    Command::BlowThroughCentre { whistle, type_code: type_code.to_owned(), note: NOTE }
}

/// Approving a whistle.
pub(crate) fn approve(whistle: u128) -> Command {
    Command::ApproveWhistle { whistle: WhistleId(Uuid::from_u128(whistle)), note: NOTE }
}

/// Refusing a whistle.
pub(crate) fn refuse_whistle(whistle: u128) -> Command {
    Command::RefuseWhistle { whistle: WhistleId(Uuid::from_u128(whistle)), reason: WhistleFault::OwnDuty, note: NOTE }
}

/// Withdrawing a whistle.
pub(crate) fn withdraw_whistle(whistle: u128) -> Command {
    Command::WithdrawWhistle { whistle: WhistleId(Uuid::from_u128(whistle)) }
}

/// Naming one unit for a whistle.
pub(crate) fn name_units(whistle: u128, lead: Task) -> Command {
    Command::NameUnits { whistle: WhistleId(Uuid::from_u128(whistle)), lead, supports: Vec::new() }
}

/// Rating an answer, with one grade for all and a reason.
pub(crate) fn rate(number: u128, grade: RatingGrade) -> Command {
    let grades = Grades { on_time: grade, in_place: grade, effective: grade };
    Command::RateAnswer { assignment: id(number), grades, note: Some(NOTE) }
}

/// Objecting to a rating.
pub(crate) fn object(number: u128) -> Command {
    Command::ObjectToRating { assignment: id(number), note: NOTE }
}

/// Ruling on an objection.
pub(crate) fn rule_on_rating(number: u128, outcome: ObjectionOutcome) -> Command {
    Command::RuleOnRating { assignment: id(number), outcome, note: NOTE }
}

/// Judging that a whistle was without need.
pub(crate) fn judge_whistle(whistle: u128) -> Command {
    Command::JudgeWhistle { whistle: WhistleId(Uuid::from_u128(whistle)), fault: WhistleFault::OwnDuty, note: NOTE }
}

/// A policy that gives two working days for the rating of accepted work.
pub(crate) fn rating_in_time(mut world: World) -> World {
    world.policy.rating.rate = Some(span(2, SpanUnit::WorkingDays));
    world
}

/// What a review found, different for each number up to 6.
pub(crate) fn classify(number: u128) -> Command {
    let code = |list: &str| Some(format!("{list}{}", number % 3));
    Command::Classify(Classification {
        suspected_major: number.is_multiple_of(2),
        category: code("category"),
        axes: Axes { place_kind: code("P"), industry: None, disaster_kind: code("D") },
        subject: Some(SubjectId(Uuid::from_u128(number))),
        recurrence_of: None,
    })
}

/// A check-in at the place of the hazard.
pub(crate) fn check_in(number: u128) -> Command {
    Command::CheckIn { assignment: id(number), distance_metres: 12.5, far_reason: None, occurred_at: None }
}

/// Finishing with one verified photo.
pub(crate) fn finish(number: u128) -> Command {
    Command::Finish {
        distance_metres: 0.0,
        assignment: id(number),
        measure: Measure::FixedOnSpot,
        photos: vec![photo(1)],
        note: None,
        occurred_at: None,
    }
}

/// Asks for five more days: the story begins on a Friday, and a deadline of one day ends on Saturday.
pub(crate) fn ask_extension(number: u128) -> Command {
    Command::AskExtension { assignment: id(number), until: china_day(at(5 * 24 * 60)), note: NOTE }
}

/// Asks for a suspension of 30 days, for which the leader of this unit is responsible.
pub(crate) fn ask_suspension(unit: UnitId) -> Command {
    let role = if unit == TOWN { Role::TownshipLeader } else { Role::DepartmentLeader };
    let responsible = Some(person(unit, 1, role));
    Command::AskSuspension(terms(responsible, 30))
}

/// What a suspension needs, with a review so many days after the story begins.
pub(crate) fn terms(responsible: Option<Actor>, days: i64) -> SuspensionTerms {
    let [note, interim_control, exit_condition] = [NOTE, NoteId(Uuid::from_u128(71)), NoteId(Uuid::from_u128(72))];
    let review_on = china_day(at(days * 24 * 60));
    SuspensionTerms { note, interim_control, exit_condition, responsible, review_on }
}

/// Lets a suspended hazard come back because its exit condition is met.
pub(crate) fn resume() -> Command {
    Command::Resume { cause: ResumeCause::ExitMet, note: Some(NOTE) }
}

/// Records a follow-up. If it came back too late, it is registered as hazard 900.
pub(crate) fn follow_up(result: FollowUpResult) -> Command {
    Command::FollowUp { result, note: NOTE, distance_metres: None, recurrence: HazardId(Uuid::from_u128(900)) }
}

pub(crate) fn accept(number: u128) -> Command {
    Command::Accept { assignment: id(number), note: NOTE }
}

/// Takes an assignment back, and lets this unit lead instead.
pub(crate) fn take_back(number: u128, new_lead: Option<Task>) -> Command {
    Command::TakeBack { assignment: id(number), new_lead, note: NOTE }
}

/// Claims, checks in and finishes, by worker 1 of the unit, in the minutes that follow.
#[track_caller]
pub(crate) fn work(world: &World, case: &mut Case, minute: i64, number: u128, unit: UnitId) {
    world.play(case, minute, worker(unit, 1), Command::Claim { assignment: id(number) });
    world.play(case, minute + 1, worker(unit, 1), check_in(number));
    world.play(case, minute + 2, worker(unit, 1), finish(number));
}

/// Asks to send an assignment back, because this unit should do the work.
pub(crate) fn ask_send_back(number: u128, proposed: Option<UnitId>) -> Command {
    Command::AskSendBack { assignment: id(number), reason: SendBackReason::NotOurDuty, proposed, note: NOTE }
}

/// Accepts a send-back, and lets this unit lead instead.
pub(crate) fn accept_send_back(number: u128, new_lead: Option<Task>) -> Command {
    let instead = Instead { new_lead, supports: Vec::new() };
    Command::AcceptSendBack { assignment: id(number), instead, note: NOTE }
}

pub(crate) fn refuse_send_back(number: u128) -> Command {
    Command::RefuseSendBack { assignment: id(number), note: NOTE }
}

/// Rules that the assignment stays.
pub(crate) fn rule_stays(number: u128) -> Command {
    Command::Rule { assignment: id(number), outcome: RulingOutcome::Stays, instead: Instead::default(), note: NOTE }
}

/// Rules that the work moves, and lets this unit lead instead.
pub(crate) fn rule_moves(number: u128, new_lead: Option<Task>) -> Command {
    let instead = Instead { new_lead, supports: Vec::new() };
    Command::Rule { assignment: id(number), outcome: RulingOutcome::Moves, instead, note: NOTE }
}

/// Sets a rung by hand, about an assignment or the hazard as a whole. The number is that of the supervision.
pub(crate) fn supervise(number: u128, assignment: Option<AssignmentId>, rung: Rung) -> Command {
    Command::Supervise { supervision: SupervisionId(Uuid::from_u128(number)), assignment, rung, note: NOTE }
}

/// A supervisor of the county.
pub(crate) fn supervisor() -> By {
    By::Officer(person(CENTRE, 2, Role::Supervisor))
}

/// The clerk of a unit, who signs and sends back.
pub(crate) fn clerk_of_unit(unit: UnitId) -> By {
    By::Officer(person(unit, 30, if unit == TOWN { Role::TownshipClerk } else { Role::DepartmentClerk }))
}

/// An officer of the command centre.
pub(crate) fn centre() -> By {
    By::Officer(person(CENTRE, 1, Role::CommandCentre))
}

pub(crate) fn inspection_id(number: u128) -> InspectionId {
    InspectionId(Uuid::from_u128(number))
}

pub(crate) fn order_id(number: u128) -> OrderId {
    OrderId(Uuid::from_u128(number))
}

pub(crate) fn penalty_id(number: u128) -> PenaltyId {
    PenaltyId(Uuid::from_u128(number))
}

/// The record of an inspection in this minute, with a second officer, one photo and the subject 90.
pub(crate) fn inspected(number: u128, minute: i64) -> Inspect {
    Inspect {
        inspection: inspection_id(number),
        inspected_at: at(minute),
        distance_metres: 3.2,
        second_officer: Some(Certificate::parse("GZ-0042").unwrap()),
        subject: Some(SubjectId(Uuid::from_u128(90))),
        photos: vec![photo(1)],
        corrects: None,
        note: NOTE,
    }
}

pub(crate) fn inspect(number: u128, minute: i64) -> Command {
    Command::Enforce(Enforce::Inspect(inspected(number, minute)))
}

/// An order to act within five days.
pub(crate) fn order(number: u128, inspection: u128) -> Command {
    Command::Enforce(Enforce::Order(IssueOrder {
        order: order_id(number),
        inspection: inspection_id(inspection),
        kind: OrderKind::WithinLimit,
        until: Some(china_day(at(5 * 24 * 60))),
        note: NOTE,
    }))
}

pub(crate) fn reinspect(order: u128, inspection: u128, met: bool) -> Command {
    let (order, inspection) = (order_id(order), inspection_id(inspection));
    Command::Enforce(Enforce::Reinspect(Reinspect { order, inspection, met }))
}

pub(crate) fn revoke(order: u128) -> Command {
    Command::Enforce(Enforce::Revoke { order: order_id(order), note: NOTE })
}

/// A penalty of 20,000 yuan, decided on the first day of the story.
pub(crate) fn penalised(number: u128, inspection: u128, order: Option<u128>) -> Penalise {
    Penalise {
        penalty: penalty_id(number),
        inspection: inspection_id(inspection),
        order: order.map(order_id),
        document: DocumentNumber::parse(&format!("筑应急罚〔2026〕{number}号")).unwrap(),
        fine: Fen(2_000_000),
        decided_on: china_day(at(0)),
        note: NOTE,
    }
}

pub(crate) fn penalise(number: u128, inspection: u128, order: Option<u128>) -> Command {
    Command::Enforce(Enforce::Penalise(penalised(number, inspection, order)))
}

pub(crate) fn pay_fine(number: u128, minute: i64) -> Command {
    Command::Enforce(Enforce::Pay { penalty: penalty_id(number), paid_on: china_day(at(minute)) })
}

pub(crate) fn void_penalty(number: u128) -> Command {
    Command::Enforce(Enforce::Void { penalty: penalty_id(number), note: NOTE })
}

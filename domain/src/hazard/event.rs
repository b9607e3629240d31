//! The case events. They contain ids, codes and times, and never free text. Long because all events of a case stand
//! together.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::enforcement::{Certificate, DocumentNumber, Enforcement, OrderHolds, OrderKind};
use super::{
    Assignment, Axes, CancelReason, FollowUpResult, Grades, Level, MajorAct, Measure, ObjectionOutcome, Origin, Part,
    ReopenCause, ResumeCause, RulingOutcome, SendBackReason, Supervision, WatchedDeadline, Whistle, WhistleFault,
};
use crate::clock::{Clock, ClockChange};
use crate::id::{
    AreaId, AssignmentId, HazardId, InspectionId, NoteId, OfficerId, OrderId, PenaltyId, PhotoId, PostId, SubjectId,
    SupervisionId, UnitId, WhistleId,
};
use crate::money::Fen;
use crate::policy::{Addressee, Rung, SupervisionTrigger, WhistleClass};
use crate::staff::Role;

/// A case event.
///
/// `at` is the effective time: for a step taken offline it is the time when the worker took it, if the policy allows
/// it. `late_arrival` marks a step that arrived more than a minute after it was taken. `clocks` lists the clocks that
/// the step started, stopped or resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the fields say what the same words say in the case and its commands")]
pub enum Event {
    /// The hazard was registered 登记, which created the case.
    Registered(Registered),
    /// A review changed the classification of the hazard 归类.
    Classified {
        level: Level,
        category: Option<String>,
        axes: Axes,
        subject: Option<SubjectId>,
        recurrence_of: Option<HazardId>,
        at: DateTime<Utc>,
    },
    /// Work was dispatched to units without a whistle 派单.
    Dispatched {
        /// The unit that dispatched it; events of earlier builds do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitId>,
        /// The post that dispatched it; events of earlier builds do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        post: Option<PostId>,
        at: DateTime<Utc>,
        assignments: Vec<NewAssignment>,
        clocks: Vec<ClockChange>,
    },
    /// A whistle was blown 吹哨, which called units to work.
    Blown {
        whistle: WhistleId,
        type_code: String,
        class: WhistleClass,
        post: PostId,
        unit: UnitId,
        note: NoteId,
        /// The unit that named the units 分哨; `None` if the unit that blew the whistle did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        named_by: Option<UnitId>,
        /// The post that named them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        named_by_post: Option<PostId>,
        at: DateTime<Utc>,
        assignments: Vec<NewAssignment>,
        clocks: Vec<ClockChange>,
    },
    /// A whistle was asked for 申请吹哨, which has to be approved first, or whose units the command centre names.
    WhistleAsked {
        whistle: WhistleId,
        type_code: String,
        class: WhistleClass,
        post: PostId,
        unit: UnitId,
        officer: OfficerId,
        /// The units that it would call; empty if the command centre names them.
        asked: Vec<NewAssignment>,
        /// Whether it has to be approved; otherwise it awaits its units.
        for_approval: bool,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The whistle was approved 同意吹哨. If it names its units, it is blown in the same step.
    WhistleApproved {
        whistle: WhistleId,
        unit: UnitId,
        role: Role,
        officer: OfficerId,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The whistle was refused 不同意吹哨.
    WhistleRefused {
        whistle: WhistleId,
        reason: WhistleFault,
        unit: UnitId,
        role: Role,
        officer: OfficerId,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The township withdrew the whistle 撤回吹哨 before it called anybody.
    WhistleWithdrawn { whistle: WhistleId, unit: UnitId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The answer of a unit to a whistle was rated 评哨.
    Rated {
        assignment: AssignmentId,
        /// The unit that rated.
        unit: UnitId,
        post: PostId,
        officer: OfficerId,
        grades: Grades,
        note: Option<NoteId>,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The rated unit objected 评哨异议.
    RatingObjected {
        assignment: AssignmentId,
        unit: UnitId,
        officer: OfficerId,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// Somebody who is no party ruled on the objection 评哨裁定.
    RatingRuled {
        assignment: AssignmentId,
        outcome: ObjectionOutcome,
        unit: UnitId,
        role: Role,
        officer: OfficerId,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// A whistle was judged to be without need 认定乱吹哨.
    WhistleJudged {
        whistle: WhistleId,
        fault: WhistleFault,
        unit: UnitId,
        officer: OfficerId,
        note: NoteId,
        at: DateTime<Utc>,
    },
    /// The unit that gave an assignment took it back 收回.
    TakenBack {
        assignment: AssignmentId,
        /// The unit that took it back.
        unit: UnitId,
        /// The post that took it back; events of earlier builds do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        post: Option<PostId>,
        /// The assignment that leads instead; `None` if none has to.
        lead: Option<AssignmentId>,
        /// The new assignment, if a unit leads instead that took no part.
        assignments: Vec<NewAssignment>,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// A unit asked to send its assignment back 退单.
    SendBackAsked {
        assignment: AssignmentId,
        unit: UnitId,
        officer: OfficerId,
        reason: SendBackReason,
        /// The unit that should do the work instead; `None` if the unit that asked knows none.
        proposed: Option<UnitId>,
        /// Whether it needs a ruling 裁定; otherwise the unit that gave the assignment answers.
        for_ruling: bool,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The unit withdrew its send-back 撤回退单.
    SendBackWithdrawn { assignment: AssignmentId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The unit that gave the assignment agreed to the send-back 同意退单.
    SendBackAccepted {
        assignment: AssignmentId,
        unit: UnitId,
        role: Role,
        officer: OfficerId,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The unit that gave the assignment did not agree to the send-back 不同意退单: the assignment is as it was before.
    SendBackRefused {
        assignment: AssignmentId,
        unit: UnitId,
        role: Role,
        officer: OfficerId,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// Somebody who is no party ruled on the send-back 裁定. If the assignment stays, it is as it was before.
    Ruled {
        assignment: AssignmentId,
        outcome: RulingOutcome,
        unit: UnitId,
        role: Role,
        officer: OfficerId,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The assignment was sent back 已退单, and the work moved on. It follows the event of the decision.
    SentBack {
        assignment: AssignmentId,
        /// The unit that decided, and that gives the new assignments.
        unit: UnitId,
        post: PostId,
        /// The assignment that leads instead; `None` if none has to.
        lead: Option<AssignmentId>,
        /// The new assignments.
        assignments: Vec<NewAssignment>,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// A unit signed for an assignment 签收.
    Signed { assignment: AssignmentId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A worker claimed an assignment 认领, and thereby signed for it if that had not been done.
    Claimed {
        assignment: AssignmentId,
        officer: OfficerId,
        post: PostId,
        /// The worker who had left and from whom this one took over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<OfficerId>,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// An assignment was released to its unit 退回.
    Released { assignment: AssignmentId, note: NoteId, at: DateTime<Utc> },
    /// An assignment was handed over to another worker of the unit 移交.
    HandedOver { assignment: AssignmentId, officer: OfficerId, post: PostId, note: NoteId, at: DateTime<Utc> },
    /// A worker checked in on site 报到.
    CheckedIn {
        assignment: AssignmentId,
        /// The distance from the hazard in metres, rounded up.
        distance_metres: u32,
        far_reason: Option<NoteId>,
        at: DateTime<Utc>,
        late_arrival: bool,
        clocks: Vec<ClockChange>,
    },
    /// A worker finished the work 办结.
    Finished {
        assignment: AssignmentId,
        /// The distance from the hazard in metres, rounded up.
        distance_metres: u32,
        measure: Measure,
        photos: Vec<PhotoId>,
        note: Option<NoteId>,
        at: DateTime<Utc>,
        late_arrival: bool,
        clocks: Vec<ClockChange>,
    },
    /// A unit asked for more time 申请延期, until `until`.
    ExtensionAsked {
        assignment: AssignmentId,
        officer: OfficerId,
        post: PostId,
        until: DateTime<Utc>,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// It was granted 同意延期.
    Extended {
        assignment: AssignmentId,
        officer: OfficerId,
        until: DateTime<Utc>,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// It was refused 不同意延期.
    ExtensionRefused {
        assignment: AssignmentId,
        officer: OfficerId,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// A unit asked for a suspension 申请挂账, or for its renewal.
    SuspensionAsked {
        unit: UnitId,
        officer: OfficerId,
        post: PostId,
        note: NoteId,
        interim_control: NoteId,
        exit_condition: NoteId,
        responsible: PostId,
        responsible_unit: UnitId,
        review_on: NaiveDate,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// It was granted 同意挂账: the work rests until the review date.
    Suspended {
        unit: UnitId,
        officer: OfficerId,
        post: PostId,
        resumes_at: DateTime<Utc>,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// It was refused 不同意挂账.
    SuspensionRefused {
        unit: UnitId,
        officer: OfficerId,
        post: PostId,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The suspended hazard came back 恢复办理.
    Resumed { cause: ResumeCause, note: Option<NoteId>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A rung of the supervision ladder 督办 was set, by the timer, by what a step counted up, or by hand.
    Supervised {
        supervision: SupervisionId,
        rung: Rung,
        trigger: SupervisionTrigger,
        to: Addressee,
        /// The addressed unit.
        unit: UnitId,
        /// The roles that acknowledge; an empty list means all that may.
        roles: Vec<Role>,
        assignment: Option<AssignmentId>,
        /// The deadline that it is about, for a trigger of time.
        deadline: Option<WatchedDeadline>,
        /// Which occurrence of the trigger it is about; otherwise 0.
        count: i32,
        /// The post that set it by hand.
        post: Option<PostId>,
        note: Option<NoteId>,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The addressed unit acknowledged a supervision 签收督办.
    SupervisionAcknowledged {
        supervision: SupervisionId,
        officer: OfficerId,
        post: PostId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// An on-site inspection was recorded 检查记录, or the record of one was corrected.
    Inspected {
        inspection: InspectionId,
        unit: UnitId,
        officer: OfficerId,
        post: PostId,
        second_officer: Option<Certificate>,
        /// The subject that was inspected. The hazard gets it if it has none, or had the one of the corrected record.
        subject: Option<SubjectId>,
        inspected_at: DateTime<Utc>,
        /// The distance from the hazard in metres, rounded up.
        distance_metres: u32,
        photos: Vec<PhotoId>,
        corrects: Option<InspectionId>,
        note: NoteId,
        at: DateTime<Utc>,
    },
    /// The subject was ordered to act 责令.
    Ordered {
        order: OrderId,
        inspection: InspectionId,
        order_kind: OrderKind,
        unit: UnitId,
        officer: OfficerId,
        until: DateTime<Utc>,
        holds: OrderHolds,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// An order was re-inspected 复查. It ends if it was met.
    Reinspected {
        order: OrderId,
        inspection: InspectionId,
        met: bool,
        officer: OfficerId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// An order was revoked 撤销责令.
    OrderRevoked { order: OrderId, officer: OfficerId, note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The subject was penalised 行政处罚, which ends the order that it names.
    Penalised {
        penalty: PenaltyId,
        inspection: InspectionId,
        order: Option<OrderId>,
        subject: SubjectId,
        unit: UnitId,
        officer: OfficerId,
        document: DocumentNumber,
        fine: Fen,
        decided_on: NaiveDate,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// A fine was paid 缴纳罚款.
    PenaltyPaid { penalty: PenaltyId, paid_on: NaiveDate, officer: OfficerId, at: DateTime<Utc> },
    /// A penalty was voided 撤销处罚.
    PenaltyVoided { penalty: PenaltyId, officer: OfficerId, note: NoteId, at: DateTime<Utc> },
    /// A step of a major hazard 重大事故隐患.
    Major {
        #[serde(flatten)]
        act: MajorAct,
        /// The unit that took it.
        unit: UnitId,
        officer: OfficerId,
        post: PostId,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// Finished work was accepted 验收.
    Accepted { assignment: AssignmentId, officer: OfficerId, note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// Finished work was sent back for rework 返工.
    Reworked { assignment: AssignmentId, note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The hazard was closed 销号.
    Closed {
        note: NoteId,
        /// The follow-ups 回头看 that it needs, as numbers of days after it. Events of earlier builds plan none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        follow_ups: Vec<u32>,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The closed hazard was looked at again 回头看.
    FollowedUp {
        result: FollowUpResult,
        officer: OfficerId,
        post: PostId,
        /// The distance from the hazard in metres, rounded up; `None` if the place was not said.
        distance_metres: Option<u32>,
        /// The hazard that was registered because this one came back too late to be opened again.
        recurrence: Option<HazardId>,
        /// The follow-ups that are outstanding afterwards.
        left: Vec<u32>,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The hazard was reopened 重开, and a new round began.
    Reopened { cause: ReopenCause, note: Option<NoteId>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A unit ended 撤并, and its successor took over 承接 the hazard, or the assignments, or both.
    Inherited {
        from: UnitId,
        to: UnitId,
        /// Whether the unit that ended was responsible for the territory.
        township: bool,
        /// The assignments of the unit that ended.
        assignments: Vec<AssignmentId>,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The calendar changed, and the deadlines of running clocks were counted again.
    Recounted { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The hazard was cancelled 撤销, together with its unfinished whistles and assignments.
    /// `into` is the hazard that stands for a duplicate; events of the first builds do not name it.
    /// `work` is the work of the round as it was, if the hazard was merged 合并 by a step that can be undone.
    Cancelled {
        reason: CancelReason,
        note: Option<NoteId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        into: Option<HazardId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        work: Option<Work>,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// Another hazard was found to be the same matter and was merged into this one 并入.
    Joined {
        /// The hazard that was merged into this one.
        from: HazardId,
        /// What the ledger says of this hazard from now on.
        filed: Filed,
        /// What it said before.
        was: Filed,
        /// The officers who worked on the other hazard, and who may not close this one.
        workers: BTreeSet<OfficerId>,
        /// The work that goes on here.
        work: Work,
        /// The clocks of this hazard that the merge changed, as they were before.
        replaced: Vec<Clock>,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The merge of another hazard into this one was undone 撤回合并.
    Parted {
        /// The hazard that stands on its own again.
        from: HazardId,
        /// What the ledger says of this hazard again.
        filed: Filed,
        /// The officers who may close this hazard again.
        workers: BTreeSet<OfficerId>,
        whistles: BTreeSet<WhistleId>,
        assignments: BTreeSet<AssignmentId>,
        /// The inspections, orders and penalties that go back.
        #[serde(default, skip_serializing_if = "Enforcement::is_empty")]
        enforcement: Enforcement,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The merge of this hazard into another one was undone 撤回合并, and this hazard is open again with its work.
    Reinstated {
        /// The hazard into which it had been merged.
        from: HazardId,
        work: Work,
        note: NoteId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The hazard was transferred 随转 to the unit to which the review of its report was referred, with its reason, or to
    /// which the waiting report was assigned.
    Transferred {
        to: UnitId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteId>,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
}

/// The first event of a case, which contains everything that the case starts with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The id of the hazard.
    pub hazard: HazardId,
    /// The hazard level: general or suspected major.
    pub level: Level,
    /// The category code; `None` if the hazard has no known category.
    pub category: Option<String>,
    /// The place kind, industry and disaster kind.
    pub axes: Axes,
    /// The responsible subject 责任单位, if it is known.
    pub subject: Option<SubjectId>,
    /// The smallest area that contains the hazard.
    pub area: AreaId,
    /// The unit that is responsible for the territory.
    pub township: UnitId,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The closed hazard of which this one is a recurrence.
    pub recurrence_of: Option<HazardId>,
    /// When the hazard was registered. For an emergency, which is registered together with its report, this is rounded
    /// up to the minute to protect the reporter.
    pub at: DateTime<Utc>,
    /// The clock that started: the dispatch clock. Earlier builds started it for emergencies only.
    pub clocks: Vec<ClockChange>,
}

/// A new assignment, as a dispatch or a whistle creates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAssignment {
    /// The id of the assignment.
    pub id: AssignmentId,
    /// The unit that has to do the work.
    pub unit: UnitId,
    /// Whether the unit leads or supports.
    pub part: Part,
    /// The origin of the assignment.
    pub origin: Origin,
}

/// What a merge can change of the entry in the ledger: nothing that was feared is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// The hazard level.
    pub level: Level,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The closed hazard of which this one is a recurrence.
    pub recurrence_of: Option<HazardId>,
}

/// The whistles and assignments that a merge changes, as they are in the hazard of the event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Work {
    /// Whether they move to the other hazard; otherwise they are cancelled, as far as they are not accepted.
    pub carried: bool,
    /// The whistles.
    pub whistles: Vec<Whistle>,
    /// The assignments.
    pub assignments: Vec<Assignment>,
    /// The supervisions 督办 that are about these assignments, if they move.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supervisions: Vec<Supervision>,
    /// The inspections, orders and penalties 行政执法, which always move.
    #[serde(default, skip_serializing_if = "Enforcement::is_empty")]
    pub enforcement: Enforcement,
}

domain_event! { Event {
    first { Registered = "REGISTERED" }
    with_clocks {
        Dispatched = "DISPATCHED",
        Blown = "BLOWN",
        WhistleAsked = "WHISTLE_ASKED",
        WhistleApproved = "WHISTLE_APPROVED",
        WhistleRefused = "WHISTLE_REFUSED",
        WhistleWithdrawn = "WHISTLE_WITHDRAWN",
        Rated = "RATED",
        RatingObjected = "RATING_OBJECTED",
        RatingRuled = "RATING_RULED",
        TakenBack = "TAKEN_BACK",
        SendBackAsked = "SEND_BACK_ASKED",
        SendBackWithdrawn = "SEND_BACK_WITHDRAWN",
        SendBackAccepted = "SEND_BACK_ACCEPTED",
        SendBackRefused = "SEND_BACK_REFUSED",
        Ruled = "RULED",
        SentBack = "SENT_BACK",
        Signed = "SIGNED",
        Claimed = "CLAIMED",
        CheckedIn = "CHECKED_IN",
        Finished = "FINISHED",
        ExtensionAsked = "EXTENSION_ASKED",
        Extended = "EXTENDED",
        ExtensionRefused = "EXTENSION_REFUSED",
        SuspensionAsked = "SUSPENSION_ASKED",
        Suspended = "SUSPENDED",
        SuspensionRefused = "SUSPENSION_REFUSED",
        Resumed = "RESUMED",
        Supervised = "SUPERVISED",
        SupervisionAcknowledged = "SUPERVISION_ACKNOWLEDGED",
        Ordered = "ORDERED",
        Reinspected = "REINSPECTED",
        OrderRevoked = "ORDER_REVOKED",
        Penalised = "PENALISED",
        Major = "MAJOR",
        Accepted = "ACCEPTED",
        Reworked = "REWORKED",
        Closed = "CLOSED",
        FollowedUp = "FOLLOWED_UP",
        Reopened = "REOPENED",
        Cancelled = "CANCELLED",
        Inherited = "INHERITED",
        Recounted = "RECOUNTED",
        Transferred = "TRANSFERRED",
        Joined = "JOINED",
        Parted = "PARTED",
        Reinstated = "REINSTATED",
    }
    without_clocks {
        Classified = "CLASSIFIED",
        WhistleJudged = "WHISTLE_JUDGED",
        Released = "RELEASED",
        HandedOver = "HANDED_OVER",
        Inspected = "INSPECTED",
        PenaltyPaid = "PENALTY_PAID",
        PenaltyVoided = "PENALTY_VOIDED",
    }
} }

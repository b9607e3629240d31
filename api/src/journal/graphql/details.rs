//! GraphQL types for what an event says beside its kind and its time.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use domain::callback::Satisfaction;
use domain::clock::{ClockKind, ClockState};
use domain::hazard::enforcement::OrderKind;
use domain::hazard::{
    CancelReason, FollowUpResult, InterimMeasure, Level, MajorStep, Measure, ObjectionOutcome, RatingGrade,
    ReopenCause, ResumeCause, RulingOutcome, SendBackReason, WhistleFault,
};
use domain::id::{
    AmendmentId, AreaId, AssignmentId, HazardId, InspectionId, OfficerId, OrderId, PenaltyId, PhotoId, PostId,
    SituationReportId, SupervisionId, UnitId, WhistleId,
};
use domain::policy::{Rung, SupervisionTrigger, WhistleClass};
use domain::report::{Channel, ReportSource};

/// What an event says beside its kind and its time. A field that the event does not have is null, a list empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, SimpleObject)]
pub(crate) struct EventDetails {
    /// Whether a member of the public or an officer on patrol made the report.
    pub(super) source: Option<ReportSource>,
    /// Whether people are in danger.
    pub(super) emergency: Option<bool>,
    /// The id of the hazard to which the report points, about which its author was asked, that stands for a duplicate, or
    /// that was merged or parted.
    pub(super) hazard_id: Option<HazardId>,
    /// The id of the closed hazard of which this one is a recurrence.
    pub(super) recurrence_of: Option<HazardId>,
    /// The id of the area of the hazard.
    pub(super) area_id: Option<AreaId>,
    /// The id of the unit that acted.
    pub(super) by_unit_id: Option<UnitId>,
    /// The id of the unit whose work went over to another one.
    pub(super) from_unit_id: Option<UnitId>,
    /// The ids of the units that must act from now on, in the order of `assignmentIds` for new assignments.
    pub(super) to_unit_ids: Vec<UnitId>,
    /// The ids of the assignments that are new or that the step changed.
    pub(super) assignment_ids: Vec<AssignmentId>,
    /// The id of the assignment that leads from now on, after the leading one was taken back or sent back.
    pub(super) lead_assignment_id: Option<AssignmentId>,
    /// The reason code of a send-back.
    pub(super) send_back_cause: Option<SendBackReason>,
    /// The id of the unit that should do the work instead, in the opinion of the unit that asked to send it back.
    pub(super) proposed_unit_id: Option<UnitId>,
    /// Whether the send-back needs a ruling; otherwise the unit that gave the assignment answers.
    pub(super) for_ruling: Option<bool>,
    /// The outcome of a ruling on a send-back.
    pub(super) ruling: Option<RulingOutcome>,
    /// The id of the supervision that was set or acknowledged.
    pub(super) supervision_id: Option<SupervisionId>,
    /// The rung of the supervision ladder.
    pub(super) rung: Option<Rung>,
    /// Why the supervision was set.
    pub(super) supervision_trigger: Option<SupervisionTrigger>,
    /// The id of the record of an inspection.
    pub(super) inspection_id: Option<InspectionId>,
    /// The id of the record that was corrected.
    pub(super) corrected_inspection_id: Option<InspectionId>,
    /// The time of an inspection.
    pub(super) inspected_at: Option<DateTime<Utc>>,
    /// The id of the order.
    pub(super) order_id: Option<OrderId>,
    /// What the order demands.
    pub(super) order_kind: Option<OrderKind>,
    /// The end of the time in which the responsible party has to obey.
    pub(super) order_until: Option<DateTime<Utc>>,
    /// Whether a re-inspection found that the order was met.
    pub(super) order_met: Option<bool>,
    /// The id of the penalty.
    pub(super) penalty_id: Option<PenaltyId>,
    /// The number of the decision on the penalty.
    pub(super) document_number: Option<String>,
    /// The fine, in fen.
    pub(super) fine_fen: Option<i64>,
    /// The day of the decision on the penalty.
    pub(super) decided_on: Option<NaiveDate>,
    /// The day on which the fine was paid.
    pub(super) paid_on: Option<NaiveDate>,
    /// The step of a major hazard.
    pub(super) major_step: Option<MajorStep>,
    /// The code of the standard under which a major hazard was confirmed.
    pub(super) standard: Option<String>,
    /// The day on which a listing or a delisting is published, in China.
    pub(super) published_on: Option<NaiveDate>,
    /// The last day of a plan, in China.
    pub(super) until: Option<NaiveDate>,
    /// The interim measure.
    pub(super) interim_measure: Option<InterimMeasure>,
    /// From when the interim measure may be carried out.
    pub(super) not_before: Option<DateTime<Utc>>,
    /// The id of the officer who works on the assignment from now on.
    pub(super) worker_id: Option<OfficerId>,
    /// The id of the post of that officer.
    pub(super) worker_post_id: Option<PostId>,
    /// The id of the officer who had left, and from whom the worker took over.
    pub(super) previous_worker_id: Option<OfficerId>,
    /// The id of the whistle.
    pub(super) whistle_id: Option<WhistleId>,
    /// The code of the whistle type, as the policy lists it.
    pub(super) whistle_type: Option<String>,
    /// The legal class of the whistle.
    pub(super) whistle_class: Option<WhistleClass>,
    /// The id of the unit that named the units of the whistle 分哨, if the unit that blew it did not.
    pub(super) named_by_unit_id: Option<UnitId>,
    /// Whether the whistle has to be approved 审核; otherwise the command centre has to name its units.
    pub(super) for_approval: Option<bool>,
    /// The grades of a rating.
    pub(super) grades: Option<RatingGrades>,
    /// The outcome of a ruling on an objection to a rating.
    pub(super) objection_outcome: Option<ObjectionOutcome>,
    /// Why the whistle was refused, or judged to be without need, as a code.
    pub(super) whistle_cause: Option<WhistleFault>,
    /// The severity of the hazard.
    pub(super) level: Option<Level>,
    /// The code of the category.
    pub(super) category: Option<String>,
    /// The code of the kind of place.
    pub(super) place_kind: Option<String>,
    /// The code of the industry.
    pub(super) industry: Option<String>,
    /// The code of the disaster kind.
    pub(super) disaster_kind: Option<String>,
    /// The channel outside this system.
    pub(super) channel: Option<Channel>,
    /// The cause of a cancellation.
    pub(super) cancel_cause: Option<CancelReason>,
    /// The cause of a reopening.
    pub(super) reopen_cause: Option<ReopenCause>,
    /// The due time for which a unit asked 申请延期.
    pub(super) requested_due: Option<DateTime<Utc>>,
    /// The id of the post of the leader who is responsible for a suspended hazard.
    pub(super) responsible_post_id: Option<PostId>,
    /// The review date that a unit asked for 复核日期.
    pub(super) review_on: Option<NaiveDate>,
    /// When the suspended hazard comes back by itself.
    pub(super) resumes_at: Option<DateTime<Utc>>,
    /// Why the suspended hazard came back.
    pub(super) resume_cause: Option<ResumeCause>,
    /// What a follow-up found.
    pub(super) follow_up_result: Option<FollowUpResult>,
    /// The follow-ups that are outstanding after the event, each as the number of days after the closure.
    pub(super) follow_up_days: Vec<u32>,
    /// The id of the hazard that was registered because the closed one came back.
    pub(super) recurrence_id: Option<HazardId>,
    /// The measure that was taken.
    pub(super) measure: Option<Measure>,
    /// The distance of the officer from the hazard in metres, rounded up.
    pub(super) distance_metres: Option<u32>,
    /// Whether the step arrived more than a minute after it was taken.
    pub(super) late_arrival: Option<bool>,
    /// The ids of the photos of the work.
    pub(super) photo_ids: Vec<PhotoId>,
    /// The id of the addition to the report.
    pub(super) amendment_id: Option<AmendmentId>,
    /// Whether the author was asked for an opinion at once, because the hazard was closed already.
    pub(super) asked: Option<bool>,
    /// The round of the hazard about whose result the author was asked.
    pub(super) round: Option<i32>,
    /// Whether the author says that an officer contacted them.
    pub(super) contacted: Option<bool>,
    /// Whether the author says that the problem is solved.
    pub(super) solved: Option<bool>,
    /// How satisfied the author is.
    pub(super) satisfaction: Option<Satisfaction>,
    /// Whether the answer of the author reopened the hazard.
    pub(super) reopened: Option<bool>,
    /// The id of the situation report that was sent or acknowledged.
    pub(super) situation_report_id: Option<SituationReportId>,
    /// The id of the situation report that this one corrects.
    pub(super) corrected_situation_report_id: Option<SituationReportId>,
    /// What the event changed in deadlines.
    pub(super) deadlines: Vec<DeadlineChange>,
}

/// The grades of a rating 评哨.
#[derive(Debug, Clone, Copy, PartialEq, Eq, SimpleObject)]
pub(crate) struct RatingGrades {
    /// Whether the unit came on time.
    pub(super) on_time: RatingGrade,
    /// Whether those came who were needed.
    pub(super) in_place: RatingGrade,
    /// Whether the work was effective.
    pub(super) effective: RatingGrade,
}

/// What became of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum DeadlineStep {
    /// 开始: the deadline began.
    Started,
    /// 停止: the step was taken, or is no longer required.
    Stopped,
    /// 恢复: the deadline began to run again.
    Resumed,
    /// 中止: the deadline stands still for a reason.
    Paused,
    /// 继续: the pause ended, and the deadline runs with the time that was left.
    Continued,
    /// 延期: the unit was given more time.
    Extended,
    /// 重新计算: the calendar changed.
    Recounted,
    /// 转出: the deadline moved to another hazard together with its assignment.
    Moved,
}

/// The change of one deadline 时限 by an event.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct DeadlineChange {
    /// The step that must be taken.
    pub(super) kind: ClockKind,
    /// The id of the unit that must take it.
    pub(super) owner_unit_id: UnitId,
    /// The id of the assignment to which the step belongs; null for other steps.
    pub(super) assignment_id: Option<AssignmentId>,
    /// What became of the deadline.
    pub(super) change: DeadlineStep,
    /// The due time after the event; null if the deadline stopped.
    pub(super) due: Option<DateTime<Utc>>,
    /// The due time before the calendar changed, or before the extension.
    pub(super) previous_due: Option<DateTime<Utc>>,
    /// The state in which the deadline stopped; null for other changes.
    pub(super) state: Option<ClockState>,
    /// The time at which the deadline stopped; null for other changes.
    pub(super) stopped_at: Option<DateTime<Utc>>,
}

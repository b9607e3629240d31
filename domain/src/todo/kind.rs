//! The kinds of todos, who may act on each, and which clocks time it.

use crate::access::Action;
use crate::clock::ClockKind;
use crate::hazard::InterimMeasure;

coded_enum! {
    /// The step for which a report, a hazard or an award waits.
    pub enum TodoKind {
        /// 审核: a report awaits its review.
        Review = "REVIEW",
        /// 补派: a report waits until some unit may review it. The server assigns it as soon as one may.
        Assign = "ASSIGN",
        /// 派单: a hazard waits until units are asked to act, by a dispatch or a whistle.
        Dispatch = "DISPATCH",
        /// 签收: the unit has to sign for an assignment.
        Sign = "SIGN",
        /// 认领: a worker of the unit has to claim an assignment.
        Claim = "CLAIM",
        /// 报到: the worker has to arrive on site.
        CheckIn = "CHECK_IN",
        /// 办结: the worker has to finish the work.
        Finish = "FINISH",
        /// 延期审批: a request for more time awaits its decision.
        DecideExtension = "DECIDE_EXTENSION",
        /// 退单答复: the unit that gave an assignment has to answer its send-back.
        AnswerSendBack = "ANSWER_SEND_BACK",
        /// 裁定: a send-back awaits a ruling.
        Rule = "RULE",
        /// 吹哨审核: a whistle awaits its approval.
        ApproveWhistle = "APPROVE_WHISTLE",
        /// 分哨: the command centre has to name the units that a whistle calls.
        NameUnits = "NAME_UNITS",
        /// 评哨: the township has to rate the answer of a unit to its whistle.
        RateAnswer = "RATE_ANSWER",
        /// 评哨裁定: an objection to a rating awaits a ruling.
        RuleOnRating = "RULE_ON_RATING",
        /// 挂账审批: a request for a suspension awaits its decision.
        DecideSuspension = "DECIDE_SUSPENSION",
        /// 挂账复核: the unit of the responsible leader has to review a suspended hazard before it comes back by itself.
        ReviewSuspension = "REVIEW_SUSPENSION",
        /// 签收督办: the addressed unit has to acknowledge a supervision.
        AcknowledgeSupervision = "ACKNOWLEDGE_SUPERVISION",
        /// 复查: the unit that issued an order has to re-inspect.
        Reinspect = "REINSPECT",
        /// 重大隐患判定: a suspicion awaits the judgement of the responsible department.
        JudgeMajor = "JUDGE_MAJOR",
        /// 五落实、治理方案: the unit that leads has to enter the plan of a major hazard.
        PlanMajor = "PLAN_MAJOR",
        /// 摘牌: a listed hazard has to be delisted before its limit.
        Delist = "DELIST",
        /// 现场验收: the work on a major hazard awaits its acceptance on the spot.
        AcceptMajor = "ACCEPT_MAJOR",
        /// 同意销号: the closure of a major hazard awaits the consent of the department.
        ConsentMajor = "CONSENT_MAJOR",
        /// 撤离人员: people have to leave the place.
        Evacuate = "EVACUATE",
        /// 停产停用: production or use has to stop.
        StopUse = "STOP_USE",
        /// 停止供电: power has to be cut, after the notice.
        CutPower = "CUT_POWER",
        /// 验收: finished work awaits acceptance.
        Accept = "ACCEPT",
        /// 销号: all work is accepted, and the hazard awaits its closure.
        Close = "CLOSE",
        /// 回头看: a closed hazard has to be looked at again.
        FollowUp = "FOLLOW_UP",
        /// 奖励审核: an award awaits its review.
        ReviewAward = "REVIEW_AWARD",
        /// 奖励审批: an award awaits its approval.
        ApproveAward = "APPROVE_AWARD",
        /// 通知: the reporter has to be notified of an approved award.
        Notify = "NOTIFY",
        /// 发放: a collected award awaits its payment.
        Pay = "PAY",
        /// 核对: a payment is in progress, or its result is not known. The server asks the payment provider.
        Settle = "SETTLE",
        /// 重复奖励: an award on hold is double and has to be decided on.
        DecideDouble = "DECIDE_DOUBLE",
        /// 签收信息报告: the receiving unit has to acknowledge situation reports of an incident.
        AcknowledgeSituationReport = "ACKNOWLEDGE_SITUATION_REPORT",
        /// 续报、终报: an incident awaits its next situation report, until the final one.
        SendSituationReport = "SEND_SITUATION_REPORT",
    }
}

impl TodoKind {
    /// Returns the step that carries out an interim measure.
    #[must_use]
    pub const fn of_measure(measure: InterimMeasure) -> Self {
        match measure {
            InterimMeasure::Evacuate => Self::Evacuate,
            InterimMeasure::StopUse => Self::StopUse,
            InterimMeasure::CutPower => Self::CutPower,
        }
    }

    /// Returns the action that the step needs, which says the roles that may take it; `None` if the server takes the step.
    #[must_use]
    pub const fn action(self) -> Option<Action> {
        match self {
            Self::Review => Some(Action::ReviewReport),
            Self::Dispatch => Some(Action::Dispatch),
            Self::Sign => Some(Action::Sign),
            Self::Claim => Some(Action::Claim),
            Self::CheckIn => Some(Action::CheckIn),
            Self::Finish => Some(Action::Finish),
            Self::DecideExtension => Some(Action::DecideExtension),
            Self::AnswerSendBack => Some(Action::TakeBack),
            Self::Rule => Some(Action::Rule),
            Self::ApproveWhistle => Some(Action::ApproveWhistle),
            Self::NameUnits => Some(Action::NameUnits),
            Self::RateAnswer => Some(Action::RateAnswer),
            Self::RuleOnRating => Some(Action::RuleOnRating),
            Self::DecideSuspension => Some(Action::DecideSuspension),
            Self::ReviewSuspension => Some(Action::ResumeHazard),
            Self::FollowUp => Some(Action::FollowUp),
            Self::AcknowledgeSupervision => Some(Action::AcknowledgeSupervision),
            Self::Reinspect => Some(Action::Inspect),
            Self::JudgeMajor | Self::ConsentMajor => Some(Action::JudgeMajor),
            Self::PlanMajor => Some(Action::PlanMajor),
            Self::Delist => Some(Action::ListMajor),
            Self::AcceptMajor => Some(Action::AcceptMajor),
            Self::Evacuate | Self::StopUse | Self::CutPower => Some(Action::SuspectMajor),
            Self::Accept => Some(Action::Accept),
            Self::Close => Some(Action::CloseHazard),
            Self::ReviewAward | Self::Notify | Self::DecideDouble => Some(Action::ReviewAward),
            Self::ApproveAward => Some(Action::ApproveAward),
            Self::Pay => Some(Action::PayAward),
            Self::AcknowledgeSituationReport => Some(Action::AcknowledgeSituationReport),
            Self::SendSituationReport => Some(Action::SendSituationReport),
            Self::Assign | Self::Settle => None,
        }
    }

    /// Returns whether the step is also the daily work of posts of other units, for their area. It is always a step of an
    /// award: reward officers and finance officers seldom belong to the unit that has it. What a command centre may do in its
    /// area, such as accepting work, stays the todo of the unit that has it.
    #[must_use]
    pub const fn is_work_of_an_area(self) -> bool {
        match self {
            Self::ReviewAward | Self::ApproveAward | Self::Notify | Self::Pay | Self::Settle | Self::DecideDouble => {
                true
            }
            Self::Review
            | Self::Assign
            | Self::Dispatch
            | Self::Sign
            | Self::Claim
            | Self::CheckIn
            | Self::Finish
            | Self::DecideExtension
            | Self::AnswerSendBack
            | Self::Rule
            | Self::ApproveWhistle
            | Self::NameUnits
            | Self::RateAnswer
            | Self::RuleOnRating
            | Self::DecideSuspension
            | Self::ReviewSuspension
            | Self::AcknowledgeSupervision
            | Self::Reinspect
            | Self::JudgeMajor
            | Self::PlanMajor
            | Self::Delist
            | Self::AcceptMajor
            | Self::ConsentMajor
            | Self::Evacuate
            | Self::StopUse
            | Self::CutPower
            | Self::Accept
            | Self::Close
            | Self::FollowUp
            | Self::AcknowledgeSituationReport
            | Self::SendSituationReport => false,
        }
    }

    /// Returns whether the supervision ladder 督办 watches the step: by it the matter goes on. Nobody acknowledges an
    /// acknowledgement, and a late rating 评哨 counts in the evaluation.
    #[must_use]
    pub const fn is_supervised(self) -> bool {
        !matches!(
            self,
            Self::AcknowledgeSupervision
                | Self::RateAnswer
                | Self::RuleOnRating
                | Self::AcknowledgeSituationReport
                | Self::SendSituationReport
        )
    }

    /// Returns whether the worker who holds the assignment takes the step.
    #[must_use]
    pub const fn is_the_workers(self) -> bool {
        matches!(self, Self::Claim | Self::CheckIn | Self::Finish)
    }

    /// Returns whether clocks of this kind time the step. The clocks of an assignment run side by side, so each of them
    /// times whichever step is next; while a send-back 退单 waits they run on, but time nothing. The time to collect an award
    /// is the reporter's, and no todo of a unit.
    #[must_use]
    pub const fn is_timed_by(self, clock: ClockKind) -> bool {
        match clock {
            ClockKind::Review => matches!(self, Self::Review | Self::Assign),
            ClockKind::Dispatch => matches!(self, Self::Dispatch),
            ClockKind::Sign | ClockKind::CheckIn | ClockKind::Finish => {
                matches!(self, Self::Sign | Self::Claim | Self::CheckIn | Self::Finish)
            }
            ClockKind::Extend => matches!(self, Self::DecideExtension),
            ClockKind::AnswerSendBack => matches!(self, Self::AnswerSendBack),
            ClockKind::Rule => matches!(self, Self::Rule),
            ClockKind::ApproveWhistle => matches!(self, Self::ApproveWhistle),
            ClockKind::RateAnswer => matches!(self, Self::RateAnswer),
            ClockKind::RuleOnRating => matches!(self, Self::RuleOnRating),
            ClockKind::NameUnits => matches!(self, Self::NameUnits),
            ClockKind::DecideSuspension => matches!(self, Self::DecideSuspension),
            ClockKind::ReviewSuspension => matches!(self, Self::ReviewSuspension),
            ClockKind::FollowUp => matches!(self, Self::FollowUp),
            ClockKind::Acknowledge => matches!(self, Self::AcknowledgeSupervision),
            ClockKind::Reinspect => matches!(self, Self::Reinspect),
            ClockKind::JudgeMajor => matches!(self, Self::JudgeMajor),
            ClockKind::PlanMajor => matches!(self, Self::PlanMajor),
            ClockKind::Delist => matches!(self, Self::Delist),
            ClockKind::AcceptMajor => matches!(self, Self::AcceptMajor),
            ClockKind::ConsentMajor => matches!(self, Self::ConsentMajor),
            ClockKind::Evacuate => matches!(self, Self::Evacuate),
            ClockKind::StopUse => matches!(self, Self::StopUse),
            ClockKind::CutPower => matches!(self, Self::CutPower),
            ClockKind::Accept => matches!(self, Self::Accept),
            ClockKind::Close => matches!(self, Self::Close),
            ClockKind::ReviewAward => matches!(self, Self::ReviewAward),
            ClockKind::ApproveAward => matches!(self, Self::ApproveAward),
            ClockKind::Pay => matches!(self, Self::Pay | Self::Settle),
            ClockKind::Collect => false,
            ClockKind::AcknowledgeSituationReport => matches!(self, Self::AcknowledgeSituationReport),
            ClockKind::NextSituationReport => matches!(self, Self::SendSituationReport),
        }
    }
}

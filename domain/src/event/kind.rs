//! The published kinds of events, with a sentence for people.

use crate::refusal::Language;

coded_enum! {
    /// The kind of an event in the history of a report or a hazard.
    pub enum EventKind {
        /// 接收: the report was received.
        Received = "RECEIVED",
        /// 补派: the report waited until a unit could review it, and was assigned to one.
        Assigned = "ASSIGNED",
        /// 补充: the author added to the report.
        Amended = "AMENDED",
        /// 撤回: the author withdrew the report.
        Withdrawn = "WITHDRAWN",
        /// 属实: the review confirmed the report.
        Confirmed = "CONFIRMED",
        /// 合并: the review merged the report into a registered hazard.
        Merged = "MERGED",
        /// 不属实: the review found the report unfounded.
        Unfounded = "UNFOUNDED",
        /// 转办: the review moved to another unit.
        Forwarded = "FORWARDED",
        /// 转办: the report was referred to a channel outside this system.
        Referred = "REFERRED",
        /// 不予受理: the matter does not belong in this system.
        OutOfScope = "OUT_OF_SCOPE",
        /// 随并: the hazard of the report was found to be the same as another one, to which the report points now.
        Moved = "MOVED",
        /// 回访答复: the author answered the questions about the result.
        CallbackAnswered = "CALLBACK_ANSWERED",
        /// 登记: the hazard was registered.
        Registered = "REGISTERED",
        /// 归类: the hazard was classified.
        Classified = "CLASSIFIED",
        /// 派单: work was dispatched without a whistle.
        Dispatched = "DISPATCHED",
        /// 吹哨: a whistle was blown.
        Blown = "BLOWN",
        /// 申请吹哨: a whistle awaits its approval, or the command centre that names its units.
        WhistleAsked = "WHISTLE_ASKED",
        /// 同意吹哨: the whistle was approved.
        WhistleApproved = "WHISTLE_APPROVED",
        /// 不同意吹哨: the whistle was refused.
        WhistleRefused = "WHISTLE_REFUSED",
        /// 撤回吹哨: the whistle was withdrawn before it called anybody.
        WhistleWithdrawn = "WHISTLE_WITHDRAWN",
        /// 评哨: the answer of a unit to a whistle was rated.
        Rated = "RATED",
        /// 评哨异议: the unit objected to its rating.
        RatingObjected = "RATING_OBJECTED",
        /// 评哨裁定: somebody who is no party ruled on the objection.
        RatingRuled = "RATING_RULED",
        /// 认定乱吹哨: a whistle was judged to be without need.
        WhistleJudged = "WHISTLE_JUDGED",
        /// 收回: an assignment was taken back by the unit that gave it.
        TakenBack = "TAKEN_BACK",
        /// 申请退单: a unit asked to send its assignment back.
        SendBackAsked = "SEND_BACK_ASKED",
        /// 撤回退单: the unit withdrew its send-back.
        SendBackWithdrawn = "SEND_BACK_WITHDRAWN",
        /// 同意退单: the unit that gave the assignment agreed to the send-back.
        SendBackAccepted = "SEND_BACK_ACCEPTED",
        /// 不同意退单: the unit that gave the assignment did not agree to the send-back.
        SendBackRefused = "SEND_BACK_REFUSED",
        /// 裁定: somebody who is no party ruled on the send-back.
        Ruled = "RULED",
        /// 已退单: the assignment ended, and the work moved on.
        SentBack = "SENT_BACK",
        /// 签收: a unit signed for an assignment.
        Signed = "SIGNED",
        /// 认领: a worker claimed an assignment.
        Claimed = "CLAIMED",
        /// 退回: an assignment was released to its unit.
        Released = "RELEASED",
        /// 移交: an assignment was handed over to another worker.
        HandedOver = "HANDED_OVER",
        /// 报到: a worker checked in on site.
        CheckedIn = "CHECKED_IN",
        /// 办结: a worker finished the work.
        Finished = "FINISHED",
        /// 申请延期: a unit asked for more time.
        ExtensionAsked = "EXTENSION_ASKED",
        /// 同意延期: the time that a unit asked for was granted.
        Extended = "EXTENDED",
        /// 不同意延期: the time that a unit asked for was refused.
        ExtensionRefused = "EXTENSION_REFUSED",
        /// 申请挂账: a unit asked for a suspension.
        SuspensionAsked = "SUSPENSION_ASKED",
        /// 同意挂账: the suspension was granted, and the work rests.
        Suspended = "SUSPENDED",
        /// 不同意挂账: the suspension was refused.
        SuspensionRefused = "SUSPENSION_REFUSED",
        /// 恢复办理: the suspended hazard came back.
        Resumed = "RESUMED",
        /// 督办: a rung of the supervision ladder was set.
        Supervised = "SUPERVISED",
        /// 签收督办: the addressed unit acknowledged the supervision.
        SupervisionAcknowledged = "SUPERVISION_ACKNOWLEDGED",
        /// 检查: an on-site inspection was recorded, or the record of one was corrected.
        Inspected = "INSPECTED",
        /// 责令: the subject was ordered to act.
        Ordered = "ORDERED",
        /// 复查: an order was re-inspected.
        Reinspected = "REINSPECTED",
        /// 撤销责令: an order was revoked.
        OrderRevoked = "ORDER_REVOKED",
        /// 行政处罚: the subject was penalised.
        Penalised = "PENALISED",
        /// 缴纳罚款: a fine was paid.
        PenaltyPaid = "PENALTY_PAID",
        /// 撤销处罚: a penalty was voided.
        PenaltyVoided = "PENALTY_VOIDED",
        /// 重大隐患: a step of a major hazard, which `majorStep` of the details names.
        Major = "MAJOR",
        /// 验收: finished work was accepted.
        Accepted = "ACCEPTED",
        /// 返工: finished work was sent back.
        Reworked = "REWORKED",
        /// 销号: the hazard was closed.
        Closed = "CLOSED",
        /// 回头看: the closed hazard was looked at again.
        FollowedUp = "FOLLOWED_UP",
        /// 重开: the hazard was reopened.
        Reopened = "REOPENED",
        /// 撤销: the hazard was cancelled.
        Cancelled = "CANCELLED",
        /// 随转: the hazard was transferred to the unit that reviews its report.
        Transferred = "TRANSFERRED",
        /// 并入: another hazard was merged into this one.
        Joined = "JOINED",
        /// 撤回合并: the merge of another hazard into this one was undone.
        Parted = "PARTED",
        /// 撤回合并: the merge of this hazard into another one was undone.
        Reinstated = "REINSTATED",
        /// 承接: a unit ended, and its successor took over.
        Inherited = "INHERITED",
        /// 重新计算: the calendar changed, and running deadlines were counted again.
        Recounted = "RECOUNTED",
        /// 初报: an incident was opened with its initial report.
        IncidentOpened = "INCIDENT_OPENED",
        /// 续报、终报: an update or the final report of an incident was sent.
        SituationReportSent = "SITUATION_REPORT_SENT",
        /// 更正: a situation report was corrected by another one.
        SituationReportCorrected = "SITUATION_REPORT_CORRECTED",
        /// 签收: the receiving unit acknowledged a situation report.
        SituationReportAcknowledged = "SITUATION_REPORT_ACKNOWLEDGED",
        /// 其他: an event of a later version of the server, which this one cannot read.
        Other = "OTHER",
    }
}

impl EventKind {
    /// Returns the kind of a stored event. A later version of the server may have written it.
    #[must_use]
    pub fn of_stored(kind: &str) -> Self {
        Self::from_code(kind).unwrap_or(Self::Other)
    }

    /// Returns the sentence that tells people what happened.
    #[must_use]
    pub const fn sentence(self, language: Language) -> &'static str {
        let (zh, en) = self.sentences();
        match language {
            Language::Chinese => zh,
            Language::English => en,
        }
    }

    #[expect(clippy::too_many_lines, reason = "one line for each kind")]
    const fn sentences(self) -> (&'static str, &'static str) {
        match self {
            Self::Received => ("已接收报告", "The report was received."),
            Self::Assigned => ("已补派审核单位", "The report was assigned to a unit for review."),
            Self::Amended => ("报告人已补充", "The author added to the report."),
            Self::Withdrawn => ("报告人已撤回", "The author withdrew the report."),
            Self::Confirmed => ("经审核属实", "The review confirmed the report."),
            Self::Merged => ("经审核并入已登记隐患", "The review merged the report into a registered hazard."),
            Self::Unfounded => ("经审核不属实", "The review found the report unfounded."),
            Self::Forwarded => ("已转其他单位审核", "The review was referred to another unit."),
            Self::Referred => ("已转其他渠道", "The report was referred to another channel."),
            Self::OutOfScope => ("不予受理", "The matter was found to be out of scope."),
            Self::Moved => {
                ("已随重复隐患并入另一条台账", "The report now points to the hazard that stands for a duplicate.")
            }
            Self::CallbackAnswered => ("报告人已答复回访", "The author answered the callback."),
            Self::Registered => ("已登记隐患", "The hazard was registered."),
            Self::Classified => ("已归类", "The hazard was classified."),
            Self::Dispatched => ("已派单", "Work was dispatched."),
            Self::Blown => ("已吹哨", "A whistle was blown."),
            Self::WhistleAsked => ("已申请吹哨", "A whistle was asked for."),
            Self::WhistleApproved => ("已同意吹哨", "The whistle was approved."),
            Self::WhistleRefused => ("未同意吹哨", "The whistle was refused."),
            Self::WhistleWithdrawn => ("已撤回吹哨", "The whistle was withdrawn."),
            Self::Rated => ("已评哨", "The answer of a unit to a whistle was rated."),
            Self::RatingObjected => ("已对评哨提出异议", "A unit objected to its rating."),
            Self::RatingRuled => ("已裁定评哨异议", "A ruling was made on an objection to a rating."),
            Self::WhistleJudged => ("已认定为乱吹哨", "A whistle was judged to be without need."),
            Self::TakenBack => ("已收回交办", "An assignment was taken back."),
            Self::SendBackAsked => ("已申请退单", "A unit asked to send its assignment back."),
            Self::SendBackWithdrawn => ("已撤回退单", "A unit withdrew its send-back."),
            Self::SendBackAccepted => ("已同意退单", "The unit that gave the assignment agreed to the send-back."),
            Self::SendBackRefused => {
                ("未同意退单", "The unit that gave the assignment did not agree to the send-back.")
            }
            Self::Ruled => ("已裁定", "A ruling was made on a send-back."),
            Self::SentBack => ("已退单，另行交办", "An assignment was sent back, and the work moved on."),
            Self::Signed => ("已签收", "A unit signed for its assignment."),
            Self::Claimed => ("已认领", "A worker claimed an assignment."),
            Self::Released => ("已退回本单位", "An assignment was released to its unit."),
            Self::HandedOver => ("已移交", "An assignment was handed over to another worker."),
            Self::CheckedIn => ("已报到", "A worker checked in on site."),
            Self::Finished => ("已办结", "A worker finished the work."),
            Self::ExtensionAsked => ("已申请延期", "A unit asked for more time."),
            Self::Extended => ("已同意延期", "More time was granted."),
            Self::ExtensionRefused => ("未同意延期", "More time was refused."),
            Self::SuspensionAsked => ("已申请挂账", "A unit asked for a suspension."),
            Self::Suspended => ("已挂账", "The hazard was suspended."),
            Self::SuspensionRefused => ("未同意挂账", "The suspension was refused."),
            Self::Resumed => ("已恢复办理", "The suspended hazard came back."),
            Self::Supervised => ("已督办", "The matter was put under supervision."),
            Self::SupervisionAcknowledged => ("已签收督办", "The addressed unit acknowledged the supervision."),
            Self::Inspected => ("已现场检查", "An on-site inspection was recorded."),
            Self::Ordered => ("已责令改正", "The responsible party was ordered to act."),
            Self::Reinspected => ("已复查", "An order was re-inspected."),
            Self::OrderRevoked => ("已撤销责令", "An order was revoked."),
            Self::Penalised => ("已行政处罚", "The responsible party was penalised."),
            Self::PenaltyPaid => ("罚款已缴纳", "A fine was paid."),
            Self::PenaltyVoided => ("已撤销处罚", "A penalty was voided."),
            Self::Major => ("重大隐患有进展", "A step of a major hazard was taken."),
            Self::Accepted => ("已验收", "Finished work was accepted."),
            Self::Reworked => ("已要求返工", "Finished work was sent back for rework."),
            Self::Closed => ("已销号", "The hazard was closed."),
            Self::FollowedUp => ("已回头看", "The closed hazard was looked at again."),
            Self::Reopened => ("已重新办理", "The hazard was reopened."),
            Self::Cancelled => ("已撤销", "The hazard was cancelled."),
            Self::Transferred => ("已随报告转其他单位", "The hazard was transferred together with its report."),
            Self::Joined => ("另一条登记已并入", "Another hazard was merged into this one."),
            Self::Parted => ("已撤回另一条登记的并入", "The merge of another hazard into this one was undone."),
            Self::Reinstated => ("已撤回合并，恢复办理", "The merge was undone, and the hazard is open again."),
            Self::Inherited => ("已由承接单位接续办理", "A successor took over from a unit that ended."),
            Self::Recounted => ("日历调整，时限已重新计算", "The calendar changed, and deadlines were counted again."),
            Self::IncidentOpened => ("已初报", "An incident was opened with its initial report."),
            Self::SituationReportSent => ("已续报或终报", "An update or the final report was sent."),
            Self::SituationReportCorrected => ("已更正信息报告", "A situation report was corrected by another one."),
            Self::SituationReportAcknowledged => ("已签收信息报告", "The receiving unit acknowledged a report."),
            Self::Other => ("其他事项", "This version of the server cannot read the event."),
        }
    }
}

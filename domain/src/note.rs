//! Notes: free texts in which officers explain their steps. Events reference a note by its id and never contain its
//! text.

/// The fields of an event that name a note. A text of an event is bound to the journal and shown in the history under
/// these names only; a test compares them with the fields of all events.
pub const NOTE_FIELDS: [&str; 20] = [
    "note",
    "far_reason",
    "new_facts",
    "clause",
    "responsibility",
    "measures",
    "funds",
    "emergency_plan",
    "goals",
    "methods",
    "resources",
    "organisation",
    "schedule",
    "safety",
    "interim_control",
    "exit_condition",
    "place_note",
    "facts_note",
    "impact_note",
    "measures_note",
];

coded_enum! {
    /// What a note is: which step it explains.
    pub enum NoteKind {
        /// 审核意见: what the reviewer of a report wrote.
        Review = "REVIEW",
        /// 吹哨理由: why a whistle was blown.
        Whistle = "WHISTLE",
        /// 吹哨审核意见: why a whistle was approved or refused.
        WhistleDecision = "WHISTLE_DECISION",
        /// 评哨理由: why a unit was rated as it was.
        Rating = "RATING",
        /// 评哨异议: why a unit objects to its rating.
        RatingObjection = "RATING_OBJECTION",
        /// 评哨裁定理由: why a rating stands or does not count.
        RatingRuling = "RATING_RULING",
        /// 认定乱吹哨的理由: why a whistle was without need.
        WhistleJudgement = "WHISTLE_JUDGEMENT",
        /// 退回理由: why a worker gave an assignment back to the unit.
        Release = "RELEASE",
        /// 收回理由: why an assignment was taken back by the unit that gave it.
        TakeBack = "TAKE_BACK",
        /// 退单依据: which law or duty list says that an assignment is not the unit's duty.
        SendBack = "SEND_BACK",
        /// 退单答复: why the unit that gave an assignment agreed to a send-back or did not.
        SendBackAnswer = "SEND_BACK_ANSWER",
        /// 裁定理由: why an assignment stays with its unit or moves.
        Ruling = "RULING",
        /// 移交理由: why an assignment was handed to another worker.
        HandOver = "HAND_OVER",
        /// 远距离说明: why a worker checked in far away from the hazard.
        FarReason = "FAR_REASON",
        /// 办结备注: what a worker added to the finished work.
        Remark = "REMARK",
        /// 延期理由: why a unit asked for more time.
        ExtensionRequest = "EXTENSION_REQUEST",
        /// 延期审批意见: what the officer wrote who granted or refused it.
        ExtensionDecision = "EXTENSION_DECISION",
        /// 挂账理由: why a hazard cannot be removed for a long time.
        SuspensionRequest = "SUSPENSION_REQUEST",
        /// 临时管控措施: how the risk is controlled while a hazard is suspended.
        InterimControl = "INTERIM_CONTROL",
        /// 解除条件: under which condition a suspended hazard comes back.
        ExitCondition = "EXIT_CONDITION",
        /// 挂账审批意见: what the officer wrote who granted or refused it.
        SuspensionDecision = "SUSPENSION_DECISION",
        /// 恢复办理理由: why a suspended hazard came back before its review date.
        Resumption = "RESUMPTION",
        /// 回头看情况: what a follow-up of a closed hazard found.
        FollowUp = "FOLLOW_UP",
        /// 督办理由: why a rung of the supervision ladder was set by hand.
        Supervision = "SUPERVISION",
        /// 检查情况: what an on-site inspection found.
        Inspection = "INSPECTION",
        /// 责令内容: what a subject was ordered to do.
        Order = "ORDER",
        /// 撤销责令理由: why an order was revoked.
        OrderRevocation = "ORDER_REVOCATION",
        /// 处罚依据: the article and the facts of a penalty.
        Penalty = "PENALTY",
        /// 撤销处罚理由: why a penalty was voided.
        PenaltyVoiding = "PENALTY_VOIDING",
        /// 疑似重大的理由、新情况: why a major hazard was suspected, what is new, or why the suspicion was withdrawn.
        MajorSuspicion = "MAJOR_SUSPICION",
        /// 判定意见: what the department wrote that judged the suspicion.
        MajorJudgement = "MAJOR_JUDGEMENT",
        /// 判定条款: the clause of the standard.
        MajorClause = "MAJOR_CLAUSE",
        /// 五落实、治理方案: a part of the plan, or why it was set or changed.
        MajorPlan = "MAJOR_PLAN",
        /// 挂牌、摘牌理由: why a major hazard was listed or delisted.
        MajorListing = "MAJOR_LISTING",
        /// 现场验收、同意销号意见: what the officer wrote who accepted on the spot, or consented to the closure.
        MajorRelease = "MAJOR_RELEASE",
        /// 临时措施说明: why an interim measure was ordered or lifted, or how it was carried out.
        InterimMeasure = "INTERIM_MEASURE",
        /// 验收意见: what the officer wrote who accepted the work.
        Acceptance = "ACCEPTANCE",
        /// 返工理由: why finished work was sent back.
        Rework = "REWORK",
        /// 销号意见: what the officer wrote who closed the hazard.
        Closure = "CLOSURE",
        /// 重新办理理由: why a closed hazard was reopened.
        Reopening = "REOPENING",
        /// 撤销理由: why a hazard was cancelled.
        Cancellation = "CANCELLATION",
        /// 合并理由: why a hazard was merged into another one.
        Merging = "MERGING",
        /// 撤回合并理由: why a merge was undone.
        Unmerging = "UNMERGING",
        /// 事发地点: where an incident happened.
        IncidentPlace = "INCIDENT_PLACE",
        /// 性质、起因、经过: what happened in an incident, and why.
        IncidentFacts = "INCIDENT_FACTS",
        /// 后果和影响范围: what an incident did, and how far it reaches.
        IncidentImpact = "INCIDENT_IMPACT",
        /// 已采取的措施和下一步工作: what was done about an incident, and what comes next.
        IncidentMeasures = "INCIDENT_MEASURES",
        /// 更正说明: why a situation report was corrected.
        SituationReportCorrection = "SITUATION_REPORT_CORRECTION",
        /// 不予奖励理由: why an award was rejected. The first builds stored this word, so it stays as it is.
        AwardRejection = "award.rejected",
    }
}

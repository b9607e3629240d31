//! The case codes: levels, statuses, origins, measures and reasons. Long because every code is described.

coded_enum! {
    /// The severity of a hazard. Only the responsible department confirms a major hazard, under a named clause.
    pub enum Level {
        /// 一般隐患: a general hazard.
        General = "GENERAL",
        /// 疑似重大: a hazard that someone suspects to be a major one.
        SuspectedMajor = "SUSPECTED_MAJOR",
        /// 重大隐患: a major hazard.
        Major = "MAJOR",
    }
}

coded_enum! {
    /// The status of a hazard, derived from its parts.
    pub enum HazardStatus {
        /// 已登记: no unit has been asked to act in this round.
        Registered = "REGISTERED",
        /// 已交办: units have been asked to act, and no worker has claimed an assignment yet.
        Assigned = "ASSIGNED",
        /// 整改中: a worker has claimed an assignment.
        InProgress = "IN_PROGRESS",
        /// 待验收: all work is finished, and the acceptance of some of it is pending.
        AwaitingAcceptance = "AWAITING_ACCEPTANCE",
        /// 待销号: all work has been accepted, and the closure is pending.
        AwaitingClosure = "AWAITING_CLOSURE",
        /// 已挂账: the work rests until a review date, under interim risk control.
        Suspended = "SUSPENDED",
        /// 已销号: the hazard has been removed from the ledger.
        Closed = "CLOSED",
        /// 已撤销: the hazard turned out not to be one, or belongs elsewhere.
        Cancelled = "CANCELLED",
    }
}

coded_enum! {
    /// The status of a whistle, derived from its assignments.
    pub enum WhistleStatus {
        /// 已吹哨: the whistle has been blown.
        Blown = "BLOWN",
        /// 已应哨: all called units have checked in.
        Answered = "ANSWERED",
        /// 已完成: all its work has been accepted.
        Completed = "COMPLETED",
        /// 已撤销: the whistle has been cancelled, or all its assignments have been taken back.
        Cancelled = "CANCELLED",
    }
}

coded_enum! {
    /// The state of a whistle that has to be approved 审核, or whose units the command centre names 分哨.
    pub enum WhistleRequestState {
        /// 待审核: the whistle awaits its approval.
        AwaitsApproval = "AWAITS_APPROVAL",
        /// 待分哨: the command centre has to name the units.
        AwaitsUnits = "AWAITS_UNITS",
        /// 已吹哨: the whistle was blown.
        Blown = "BLOWN",
        /// 不同意: the whistle was refused.
        Refused = "REFUSED",
        /// 已撤回: the township withdrew it.
        Withdrawn = "WITHDRAWN",
        /// 失效: the hazard ended, or moved to another unit, before anybody decided.
        Lapsed = "LAPSED",
    }
}

coded_enum! {
    /// Why a whistle is without need 乱吹哨.
    pub enum WhistleFault {
        /// 属地可自行处置: the township can handle the matter itself.
        OwnDuty = "OWN_DUTY",
        /// 事由不清: the matter is not clear enough for others to act.
        Unclear = "UNCLEAR",
        /// 对象不当: it calls the wrong units.
        WrongUnits = "WRONG_UNITS",
        /// 哨种不当: another type of whistle fits.
        WrongType = "WRONG_TYPE",
        /// 重复吹哨: units have been called for the matter already.
        Repeated = "REPEATED",
    }
}

coded_enum! {
    /// A grade of a rating 评哨.
    pub enum RatingGrade {
        /// 好: good.
        Good = "GOOD",
        /// 一般: fair.
        Fair = "FAIR",
        /// 差: poor. It needs a reason.
        Poor = "POOR",
    }
}

coded_enum! {
    /// The outcome of a ruling on an objection to a rating.
    pub enum ObjectionOutcome {
        /// 维持: the rating stands.
        Stands = "STANDS",
        /// 不予计入: the rating does not count.
        Struck = "STRUCK",
    }
}

coded_enum! {
    /// The status of an assignment.
    pub enum AssignmentStatus {
        /// 待签收: the unit has not signed for the assignment yet.
        Open = "OPEN",
        /// 已签收: the unit has signed for the assignment, and no worker holds it yet.
        Signed = "SIGNED",
        /// 已认领: one worker holds the assignment.
        Claimed = "CLAIMED",
        /// 已报到: the worker is on site.
        OnSite = "ON_SITE",
        /// 已办结: the work is finished and awaits acceptance.
        Finished = "FINISHED",
        /// 已验收: the work has been accepted.
        Accepted = "ACCEPTED",
        /// 返工: the work was not accepted; the assignment awaits a worker of the same unit.
        Rework = "REWORK",
        /// 退单待裁: the unit says that the assignment is not its duty, and somebody has to decide on that.
        SendBackAsked = "SEND_BACK_ASKED",
        /// 已退单: the assignment was sent back, and the unit no longer has it.
        SentBack = "SENT_BACK",
        /// 已撤销: the assignment was cancelled together with its hazard, or taken back 收回 by the unit that gave it.
        Cancelled = "CANCELLED",
    }
}

coded_enum! {
    /// The origin of an assignment.
    pub enum Origin {
        /// 吹哨: a whistle.
        Whistle = "WHISTLE",
        /// 直接派单: a direct dispatch.
        Direct = "DIRECT",
        /// 自办: the unit handles the matter itself.
        SelfHandled = "SELF_HANDLED",
    }
}

coded_enum! {
    /// The part of a unit in a whistle or a dispatch. Exactly one unit leads (《北京市接诉即办工作条例》 art. 14).
    pub enum Part {
        /// 主责: the unit leads.
        Lead = "LEAD",
        /// 协办: the unit supports.
        Support = "SUPPORT",
    }
}

coded_enum! {
    /// The measure taken against the hazard 治理方式, as in the column of that name in the ledger.
    pub enum Measure {
        /// 立行立改: fixed on the spot.
        FixedOnSpot = "FIXED_ON_SPOT",
        /// 工程治理: remedied by engineering works.
        Engineering = "ENGINEERING",
        /// 避险搬迁: people moved to safety.
        Relocation = "RELOCATION",
        /// 除险加固: reinforced.
        Reinforcement = "REINFORCEMENT",
        /// 限期整改: ordered to be put right by a deadline.
        DeadlineSet = "DEADLINE_SET",
        /// 监测预警: monitored, with early warning.
        Monitoring = "MONITORING",
        /// 警示隔离: cordoned off with warnings.
        Isolation = "ISOLATION",
        /// 停产停业、停用: production, business or use suspended.
        Shutdown = "SHUTDOWN",
        /// 查封: sealed off by order.
        Sealed = "SEALED",
        /// 关闭取缔: closed down by order.
        ClosedDown = "CLOSED_DOWN",
        /// 清理拆除: cleared away or dismantled.
        Cleared = "CLEARED",
    }
}

coded_enum! {
    /// How a case ended.
    pub enum End {
        /// 销号.
        Closed = "CLOSED",
        /// 撤销.
        Cancelled = "CANCELLED",
    }
}

coded_enum! {
    /// How a whistle ended otherwise than by its work.
    pub enum WhistleEnd {
        /// 撤销, with its case or because all its assignments were taken back.
        Cancelled = "CANCELLED",
    }
}

coded_enum! {
    /// The reason why a hazard was cancelled.
    pub enum CancelReason {
        /// 不属实: there is no hazard.
        Unfounded = "UNFOUNDED",
        /// 重复: another entry of the ledger covers the same hazard.
        Duplicate = "DUPLICATE",
        /// 不予受理: the matter does not belong in this ledger.
        OutOfScope = "OUT_OF_SCOPE",
        /// 转办: another body has taken over the matter.
        Referred = "REFERRED",
        /// 撤回: the reporter withdrew the report before any unit was asked to act.
        Withdrawn = "WITHDRAWN",
    }
}

coded_enum! {
    /// Why a closed hazard was reopened.
    pub enum ReopenCause {
        /// 回访: a reporter says that it is not solved.
        Callback = "CALLBACK",
        /// 回头看: an officer saw that it is not solved.
        Officer = "OFFICER",
    }
}

coded_enum! {
    /// Why a suspended hazard came back 恢复办理.
    pub enum ResumeCause {
        /// 复核日期已到: the review date came.
        ReviewDate = "REVIEW_DATE",
        /// 解除条件已满足: the exit condition is met.
        ExitMet = "EXIT_MET",
        /// 风险变化: the risk has changed, so that the work cannot wait.
        RiskChanged = "RISK_CHANGED",
    }
}

coded_enum! {
    /// What a follow-up 回头看 found.
    pub enum FollowUpResult {
        /// 未反弹: the hazard is still removed.
        Holds = "HOLDS",
        /// 已反弹: the hazard came back.
        CameBack = "CAME_BACK",
    }
}

coded_enum! {
    /// What becomes of the open work of a hazard that is merged into another one.
    pub enum OpenWork {
        /// 转入: the work continues under the hazard that stands.
        Carry = "CARRY",
        /// 撤销: the work is cancelled.
        Cancel = "CANCEL",
    }
}

coded_enum! {
    /// Why a unit sends an assignment back 退单.
    pub enum SendBackReason {
        /// 非本单位职责: the matter is not the duty of the unit.
        NotOurDuty = "NOT_OUR_DUTY",
        /// 非本单位辖区: the place is not in the area of the unit.
        NotOurArea = "NOT_OUR_AREA",
        /// 其他单位已在办理: another unit handles the matter already.
        AlreadyHandled = "ALREADY_HANDLED",
        /// 应由其他单位牵头: another unit has to lead.
        AnotherLead = "ANOTHER_LEAD",
    }
}

coded_enum! {
    /// The state of a send-back 退单.
    pub enum SendBackState {
        /// 待答复: the unit that gave the assignment has to answer.
        Asked = "ASKED",
        /// 待裁定: somebody who is no party has to rule.
        ForRuling = "FOR_RULING",
        /// 已撤回: the unit withdrew it.
        Withdrawn = "WITHDRAWN",
        /// 同意退单: the unit that gave the assignment agreed.
        Accepted = "ACCEPTED",
        /// 不同意退单: the unit that gave the assignment did not agree.
        Refused = "REFUSED",
        /// 裁定维持: the ruling was that the assignment stays with the unit.
        Stays = "STAYS",
        /// 裁定改派: the ruling was that the work moves to another unit.
        Moved = "MOVED",
        /// 失效: the assignment was taken back or cancelled before anybody decided.
        Lapsed = "LAPSED",
    }
}

coded_enum! {
    /// The outcome of a ruling 裁定 on a send-back.
    pub enum RulingOutcome {
        /// 维持: the assignment stays with the unit.
        Stays = "STAYS",
        /// 改派: the work moves to another unit.
        Moves = "MOVES",
    }
}

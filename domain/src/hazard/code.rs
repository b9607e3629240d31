//! The codes of a case: what its parts can be, and why they ended.

coded_enum! {
    /// How grave a hazard is. Only the responsible department confirms a major one, under a named clause.
    pub enum Level {
        /// 一般隐患.
        General = "GENERAL",
        /// 疑似重大: suspected by anyone.
        SuspectedMajor = "SUSPECTED_MAJOR",
        /// 重大隐患.
        Major = "MAJOR",
    }
}

coded_enum! {
    /// Where a hazard stands; computed from its parts.
    pub enum HazardStatus {
        /// 已登记: nobody has been asked to work on it in this round.
        Registered = "REGISTERED",
        /// 已交办: units have been asked; nobody has claimed.
        Assigned = "ASSIGNED",
        /// 整改中: somebody has claimed.
        InProgress = "IN_PROGRESS",
        /// 待验收: all work is finished; some of it, or the closure, waits.
        AwaitingAcceptance = "AWAITING_ACCEPTANCE",
        /// 已销号: left the ledger.
        Closed = "CLOSED",
        /// 已撤销: was none, or belongs elsewhere.
        Cancelled = "CANCELLED",
    }
}

coded_enum! {
    /// Where a whistle stands; computed from its assignments.
    pub enum WhistleStatus {
        /// 已吹哨.
        Blown = "BLOWN",
        /// 已应哨: all its units have checked in.
        Answered = "ANSWERED",
        /// 已完成: all its work is accepted.
        Completed = "COMPLETED",
        /// 已撤销.
        Cancelled = "CANCELLED",
    }
}

coded_enum! {
    /// Where an assignment stands.
    pub enum AssignmentStatus {
        /// 待签收.
        Open = "OPEN",
        /// 已签收: the unit knows of it; nobody holds it.
        Signed = "SIGNED",
        /// 已认领: one worker holds it.
        Claimed = "CLAIMED",
        /// 已报到: the worker is on the spot.
        OnSite = "ON_SITE",
        /// 已办结: waits to be accepted.
        Finished = "FINISHED",
        /// 已验收.
        Accepted = "ACCEPTED",
        /// 返工: was not accepted; waits for a worker of the same unit.
        Rework = "REWORK",
        /// 已撤销, with its case.
        Cancelled = "CANCELLED",
    }
}

coded_enum! {
    /// How an assignment came to be.
    pub enum Origin {
        /// 吹哨.
        Whistle = "WHISTLE",
        /// 直接派单.
        Direct = "DIRECT",
        /// 自办: a unit keeps the matter for itself.
        SelfHandled = "SELF_HANDLED",
    }
}

coded_enum! {
    /// A unit's part in a whistle or a dispatch: exactly one leads (《北京市接诉即办工作条例》 art. 14).
    pub enum Part {
        /// 主责.
        Lead = "LEAD",
        /// 协办.
        Support = "SUPPORT",
    }
}

coded_enum! {
    /// What was done about the hazard 治理方式: the column of that name in the ledger.
    pub enum Measure {
        /// 立行立改.
        FixedOnSpot = "FIXED_ON_SPOT",
        /// 工程治理.
        Engineering = "ENGINEERING",
        /// 避险搬迁.
        Relocation = "RELOCATION",
        /// 除险加固.
        Reinforcement = "REINFORCEMENT",
        /// 限期整改.
        DeadlineSet = "DEADLINE_SET",
        /// 监测预警.
        Monitoring = "MONITORING",
        /// 警示隔离.
        Isolation = "ISOLATION",
        /// 停产停业、停用.
        Shutdown = "SHUTDOWN",
        /// 查封.
        Sealed = "SEALED",
        /// 关闭取缔.
        ClosedDown = "CLOSED_DOWN",
        /// 清理拆除.
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
        /// 撤销, with its case.
        Cancelled = "CANCELLED",
    }
}

coded_enum! {
    /// Why a case was cancelled.
    pub enum CancelReason {
        /// 不属实: there is no hazard.
        Unfounded = "UNFOUNDED",
        /// 重复: another entry of the ledger speaks of it.
        Duplicate = "DUPLICATE",
        /// 不予受理: no matter of this ledger.
        OutOfScope = "OUT_OF_SCOPE",
        /// 转办: another body took it.
        Referred = "REFERRED",
        /// 撤回: its reporter took the report back before anybody was asked.
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

//! The codes of an award.

coded_enum! {
    /// Where an award stands.
    pub enum AwardStatus {
        /// 待审核: proposed by the policy in force.
        Proposed = "PROPOSED",
        /// 待审批.
        Reviewed = "REVIEWED",
        /// 已批准: the budget is committed.
        Approved = "APPROVED",
        /// 已通知: the reporter can collect it.
        Notified = "NOTIFIED",
        /// 已领取: it is owed.
        Collected = "COLLECTED",
        /// 发放中: the money is on its way.
        Paying = "PAYING",
        /// 结果不明: nobody knows whether the money arrived.
        Unknown = "UNKNOWN",
        /// 已发放.
        Paid = "PAID",
        /// 发放失败: the money came back; may be tried again.
        Failed = "FAILED",
        /// 不予奖励: by decision, or because no report of its hazard earns it any more.
        Rejected = "REJECTED",
        /// 视为放弃: not collected in time.
        Forfeited = "FORFEITED",
        /// 暂缓: the hazard is open again.
        Held = "HELD",
    }
}

coded_enum! {
    /// An account of the reward ledger.
    pub enum Account {
        /// 预算: what can still be promised.
        Budget = "BUDGET",
        /// 已承诺: approved, not collected.
        Committed = "COMMITTED",
        /// 应付: collected, to be paid.
        Payable = "PAYABLE",
        /// 在途: on its way.
        Clearing = "CLEARING",
        /// 已付.
        Paid = "PAID",
    }
}

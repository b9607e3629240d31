//! The award codes: statuses and ledger accounts.

coded_enum! {
    /// The status of an award.
    pub enum AwardStatus {
        /// 待审核: the system proposed the award under the policy in force.
        Proposed = "PROPOSED",
        /// 待审批: the award has been reviewed and awaits approval.
        Reviewed = "REVIEWED",
        /// 已批准: the award is approved, and its amount is committed in the ledger.
        Approved = "APPROVED",
        /// 已通知: the reporter has been notified and can collect the award.
        Notified = "NOTIFIED",
        /// 已领取: the reporter has collected the award, and the payment is due.
        Collected = "COLLECTED",
        /// 发放中: the payment is in progress.
        Paying = "PAYING",
        /// 结果不明: it is not known whether the payment arrived.
        Unknown = "UNKNOWN",
        /// 已发放: the award has been paid.
        Paid = "PAID",
        /// 发放失败: the payment failed and the money came back. The payment can be started again.
        Failed = "FAILED",
        /// 不予奖励: an officer rejected the award, or no report of the hazard qualifies for it any longer.
        Rejected = "REJECTED",
        /// 视为放弃: the reporter did not collect the award in time.
        Forfeited = "FORFEITED",
        /// 暂缓: the award is on hold because the hazard was reopened.
        Held = "HELD",
    }
}

impl AwardStatus {
    /// Checks whether the reporter has collected an award in this status, so that its payee no longer changes.
    #[must_use]
    pub const fn is_collected(self) -> bool {
        match self {
            Self::Collected | Self::Paying | Self::Unknown | Self::Paid | Self::Failed => true,
            Self::Proposed
            | Self::Reviewed
            | Self::Approved
            | Self::Notified
            | Self::Rejected
            | Self::Forfeited
            | Self::Held => false,
        }
    }
}

coded_enum! {
    /// An account of the reward ledger.
    pub enum Account {
        /// 预算: money that can still be promised.
        Budget = "BUDGET",
        /// 已承诺: money for approved awards that have not been collected yet.
        Committed = "COMMITTED",
        /// 应付: money for collected awards that still has to be paid.
        Payable = "PAYABLE",
        /// 在途: money on its way to the reporter.
        Clearing = "CLEARING",
        /// 已付: money that has been paid out.
        Paid = "PAID",
    }
}

//! The codes of enforcement 行政执法.

coded_enum! {
    /// What an order 责令 demands. 《安全生产法》 art. 65(3) names all three.
    pub enum OrderKind {
        /// 责令立即改正: the subject has to remove the hazard at once.
        Immediately = "IMMEDIATELY",
        /// 责令限期改正: the subject has to remove the hazard within a limit.
        WithinLimit = "WITHIN_LIMIT",
        /// 责令停产停业、停止使用: the subject has to stop until the hazard is removed.
        StopWork = "STOP_WORK",
    }
}

coded_enum! {
    /// The state of an order.
    pub enum OrderState {
        /// 待复查: the subject has to obey, and the unit that issued the order has to re-inspect.
        Open = "OPEN",
        /// 已改正: a re-inspection found that the order was met.
        Met = "MET",
        /// 已撤销: the order was revoked.
        Revoked = "REVOKED",
        /// 已处罚: a penalty ended the order.
        Penalised = "PENALISED",
        /// 已终止: the hazard ended before the order did.
        Lapsed = "LAPSED",
    }
}

coded_enum! {
    /// What an open order holds up. A later one includes the earlier ones.
    pub enum OrderHolds {
        /// The order does not hold up any step.
        Nothing = "NOTHING",
        /// 销号: the hazard cannot be closed.
        Closing = "CLOSING",
        /// 办结: moreover, no work on the hazard can be finished.
        Finishing = "FINISHING",
    }
}

coded_enum! {
    /// The state of a penalty.
    pub enum PenaltyState {
        /// 无罚款: the penalty stands and has no fine.
        NoFine = "NO_FINE",
        /// 未缴纳: the fine has not been paid.
        Unpaid = "UNPAID",
        /// 已缴纳: the fine was paid.
        Paid = "PAID",
        /// 已撤销: the penalty was voided.
        Voided = "VOIDED",
    }
}

//! Callbacks 回访: a callback asks the reporter about the result of the work. The raw answers are stored, and the three
//! rates 三率 (contacted, solved, satisfied) are computed from them.

coded_enum! {
    /// How satisfied the reporter is with the result.
    pub enum Satisfaction {
        /// 满意: satisfied.
        Satisfied = "SATISFIED",
        /// 基本满意: mostly satisfied.
        MostlySatisfied = "MOSTLY_SATISFIED",
        /// 不满意: dissatisfied.
        Dissatisfied = "DISSATISFIED",
    }
}

//! Callbacks 回访: what reporters answer when they are asked about the result. The raw answers are kept, and the three
//! rates 三率 are counted from them.

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

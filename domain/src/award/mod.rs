//! x
coded_enum! { /// x
pub enum AwardStatus { /// x
 Proposed = "PROPOSED" } }
coded_enum! { /// x
pub enum Account { /// x
 Budget = "BUDGET" } }

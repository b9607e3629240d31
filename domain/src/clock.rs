//! x
coded_enum! { /// x
pub enum ClockKind { /// x
 Review = "REVIEW" } }
coded_enum! { /// x
pub enum ClockState { /// x
 Running = "RUNNING" } }

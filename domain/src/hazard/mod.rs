//! The case 事项: a hazard with its whistles, assignments and clocks.

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
coded_enum! { /// x
pub enum HazardStatus { /// x
 Registered = "REGISTERED", /// x
 Closed = "CLOSED" } }
coded_enum! { /// x
pub enum WhistleStatus { /// x
 Blown = "BLOWN" } }
coded_enum! { /// x
pub enum AssignmentStatus { /// x
 Open = "OPEN" } }
coded_enum! { /// x
pub enum Origin { /// x
 Whistle = "WHISTLE" } }
coded_enum! { /// x
pub enum Part { /// x
 Lead = "LEAD" } }
coded_enum! { /// x
pub enum Measure { /// x
 Cleared = "CLEARED" } }

//! report
coded_enum! {
    /// Status.
    pub enum ReportStatus { /// x
    Received = "RECEIVED", /// x
    Confirmed = "CONFIRMED", /// x
    Merged = "MERGED", /// x
    Unfounded = "UNFOUNDED", /// x
    Referred = "REFERRED", /// x
    OutOfScope = "OUT_OF_SCOPE", /// x
    Withdrawn = "WITHDRAWN" }
}
coded_enum! {
    /// Source.
    pub enum Source { /// x
    Public = "PUBLIC", /// x
    Patrol = "PATROL" }
}

//! Photos 照片: evidence before, during and after; what their own claims are worth; which are alike.

mod evidence;
mod likeness;

pub use evidence::{Assessment, Claim, EvidenceTrust, Known, assess};
pub use likeness::{ALIKE_BITS, LikenessReason, NEAR_HOURS, NEAR_METRES, bands, reasons};

coded_enum! {
    /// Where a photo stands: EXPECTED → RECEIVING → STORED → VERIFIED or REJECTED.
    pub enum PhotoStatus {
        /// Named by its parent; no byte has come.
        Expected = "EXPECTED",
        /// Bytes are coming.
        Receiving = "RECEIVING",
        /// All bytes are kept; not yet looked at.
        Stored = "STORED",
        /// Re-read, equal to its hash, cleaned: may be shown.
        Verified = "VERIFIED",
        /// Cannot be shown; says what to do.
        Rejected = "REJECTED",
    }
}

coded_enum! {
    /// What a photo belongs to.
    pub enum PhotoParent {
        /// A report.
        Report = "REPORT",
        /// A worker's assignment.
        Assignment = "ASSIGNMENT",
    }
}

coded_enum! {
    /// When a photo was taken, seen from the work.
    pub enum PhotoStage {
        /// 整改前.
        Before = "BEFORE",
        /// 整改中.
        During = "DURING",
        /// 整改后.
        After = "AFTER",
    }
}

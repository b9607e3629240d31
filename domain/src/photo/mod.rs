//! Photos 照片: the evidence before, during and after the work. The module assesses photo metadata and finds similar
//! photos.

mod evidence;
mod likeness;

pub use evidence::{Assessment, Claim, EvidenceTrust, Known, assess};
pub use likeness::{ALIKE_BITS, LikenessReason, NEAR_HOURS, NEAR_METRES, bands, reasons};

coded_enum! {
    /// The status of a photo: EXPECTED → RECEIVING → STORED → VERIFIED or REJECTED.
    pub enum PhotoStatus {
        /// The photo has been announced, and no byte has arrived yet.
        Expected = "EXPECTED",
        /// The bytes are arriving.
        Receiving = "RECEIVING",
        /// All bytes are stored and have not been checked yet.
        Stored = "STORED",
        /// The photo matches its hash and its metadata has been removed, so it can be shown.
        Verified = "VERIFIED",
        /// The photo cannot be shown; `whatToDo` gives advice.
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
    /// When a photo was taken, relative to the work.
    pub enum PhotoStage {
        /// 整改前: before the work.
        Before = "BEFORE",
        /// 整改中: during the work.
        During = "DURING",
        /// 整改后: after the work.
        After = "AFTER",
    }
}

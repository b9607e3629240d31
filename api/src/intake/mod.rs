//! Intake: a report is never lost and never doubled.
//!
//! [`submission`] turns what a phone sends into checked values, [`draft`] makes of them what would be written, [`lane`]
//! gathers those that come while others are being written, in the order of [`lines`], [`writing`] writes such a batch in
//! one transaction, and [`submit`] answers each after the commit. [`replay`] decides what the same submission gets that was here before,
//! [`later`] is what an author does afterwards, [`status`] tells what became of a submission, [`photos`] how its photos
//! come.

pub(crate) mod draft;
pub(crate) mod graphql;
pub(crate) mod later;
pub(crate) mod photos;
pub(crate) mod queue_order;
pub(crate) mod replay;
pub(crate) mod status;
pub(crate) mod submission;
pub(crate) mod submit;
pub(crate) mod write_queue;
pub(crate) mod writing;

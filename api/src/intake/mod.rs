//! Intake: the server never loses a report and never stores one twice.
//!
//! [`submission`] checks the input of a phone. [`draft`] makes the rows of the report. [`write_queue`] collects the
//! submissions that arrive during a write, and [`queue_order`] orders them. [`writing`] writes a batch of them in one
//! transaction. [`submit`] answers each submission after the commit. [`replay`] decides the answer to a submission that
//! the server already has. [`later`] has the later steps of the author, [`status`] returns the status of submissions,
//! and [`photos`] takes their photos.

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

//! Intake accepts reports from phones, never loses one and never stores one twice.
//!
//! [`submit`] drives a request: [`submission`] validates each submission, [`draft`] builds its rows, and
//! [`write_queue`] batches the submissions that arrive during a write, in the order of [`queue_order`]. [`writing`]
//! inserts a batch in one transaction, after whose commit each submission is answered. [`replay`] decides on the
//! response to a submission that is already stored. [`later`] contains the author's steps after submission, [`collector`]
//! takes the identity of the person who will collect the award, [`status`] queries the status of submissions, and
//! [`photos`] receives their photos.

pub(crate) mod collector;
pub(crate) mod draft;
pub(crate) mod graphql;
pub(crate) mod later;
mod limit;
pub(crate) mod photos;
pub(crate) mod queue_order;
pub(crate) mod replay;
pub(crate) mod status;
pub(crate) mod submission;
pub(crate) mod submit;
pub(crate) mod write_queue;
pub(crate) mod writing;

//! The journal 全程留痕: events in the business transaction, their order after the commit, officers' free texts, and
//! the requests that were served.
//!
//! An event is written with its stream and version in the transaction of the step it tells of. A sequencer gives it
//! its position in the journal afterwards. History is read by stream, at once.

pub(crate) mod events;
pub(crate) mod graphql;
pub(crate) mod idempotency;
mod leaf;
pub(crate) mod loader;
pub(crate) mod notes;
pub(crate) mod reader;
pub(crate) mod sequencer;

pub(crate) use events::{AppendContext, Author, NewEvent, Stream, append, append_all, append_to};

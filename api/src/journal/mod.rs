//! The journal 全程留痕: the event streams of all aggregates, officers' notes, and the idempotency keys of executed
//! requests.
//!
//! A step appends its events, numbered by stream and version, in its own transaction. After the commit, the
//! [`sequencer`] assigns each event a gapless position in the journal. The history of an aggregate is read by stream
//! and shows an event immediately after the commit; followers (named consumers such as the notice writer) read by
//! position.
//!
//! The example appends an event to the stream of a report at version 3, and then reads the first page of its history:
//!
//! ```ignore
//! let stream = Stream::Report(report.id);
//! let context = AppendContext { stream, after: 3, author: Author::default(), at: app.now(), rules: book.version };
//! let version = append(&txn, context, vec![NewEvent::from_domain(&event)?]).await?; // 4
//! txn.commit().await?;
//!
//! let history = load::<EventsAfter>(ctx, (stream, 0)).await?.unwrap_or_default();
//! ```

mod binding;
pub(crate) mod events;
pub(crate) mod graphql;
pub(crate) mod idempotency;
mod leaf;
pub(crate) mod loader;
pub(crate) mod notes;
pub(crate) mod reader;
pub(crate) mod sequencer;
mod staff;

pub(crate) use events::{AppendContext, Author, NewEvent, Stream, append, append_all, append_to, last_version};
pub(crate) use staff::append_to_staff;

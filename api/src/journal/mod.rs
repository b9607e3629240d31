//! The journal 全程留痕: the events of all streams, officers' free texts, and the requests that were served.
//!
//! A step writes its events, with their stream and version, in its own transaction. After the commit, the [`sequencer`]
//! gives each event its position in the journal. History is read by stream and sees an event right after the commit;
//! followers read by position.
//!
//! This appends an event to a report at version 3, and then reads the history of the report from its beginning:
//!
//! ```ignore
//! let stream = Stream::Report(report.id);
//! let context = AppendContext { stream, after: 3, author: Author::default(), at: app.now(), rules: book.version };
//! let version = append(&txn, context, vec![NewEvent::from_domain(&event)?]).await?; // 4
//! txn.commit().await?;
//!
//! let history = load::<EventsAfter>(ctx, (stream, 0)).await?.unwrap_or_default();
//! ```

pub(crate) mod events;
pub(crate) mod graphql;
pub(crate) mod idempotency;
mod leaf;
pub(crate) mod loader;
pub(crate) mod notes;
pub(crate) mod reader;
pub(crate) mod sequencer;

pub(crate) use events::{AppendContext, Author, NewEvent, Stream, append, append_all, append_to};

//! Resumable upload 断点续传 by the protocol tus 1.0: what has come of a photo is kept, whatever happens to the connection.
//!
//! | file | what |
//! |---|---|
//! | `protocol` | the headers of tus, read and written |
//! | `routes` | the routes `/uploads` |
//! | `receive` | a body, cut into pieces as it comes |
//! | `rows` | how far an upload has come |
//! | `join` | the pieces become the file that a plan expects |
//! | `ending` | the photo of a whole upload is taken in; uploads that are over are swept |
//!
//! A piece is an object of the photo store, so that any process can go on where another ended. It is on the disk before
//! its row says so, and both are before the answer says so.
//!
//! Nobody waits for a lock. Whoever begins to send takes the turn from whoever sent before, mostly a connection that is
//! dead without knowing it: that one can add no more. So the offset moves by one piece after another and never back.
//!
//! The whole file is the object that a form POST would have made. From there on both ways are the same
//! ([`super::complete`]): the bytes are read back, and their hash decides.

mod ending;
mod join;
mod protocol;
mod receive;
mod routes;
mod rows;

pub(crate) use ending::{finish_whole, sweep};
pub(crate) use join::bytes;
pub(super) use join::{Joined, join};
pub(super) use routes::routes;
pub(super) use rows::piece_keys;
pub(crate) use rows::whole_keys;

use chrono::{DateTime, TimeDelta, Utc};
use domain::refusal::{Code, Refusal};
use entity::upload;

/// Tables of uploads on their way, those that name others first. Their rows are in no backup: what came whole is in it as
/// a file, and what did not is sent again from its beginning.
pub(crate) const TABLES: [&str; 2] = ["upload_piece", "upload"];

/// How long an upload can be gone on with, from when it was made.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::days(14);
/// Pieces of one upload, at most: far more than a 2G network cuts 15 MiB into.
const PIECES_MAX: u64 = 4_096;

/// Bytes that an upload still lacks.
fn lacking(upload: &upload::Model) -> u64 {
    u64::try_from(upload.length.saturating_sub(upload.at)).unwrap_or_default()
}

/// Whether the upload can no longer be gone on with.
fn is_over(upload: &upload::Model, now: DateTime<Utc>) -> bool {
    upload.ends_at <= now
}

/// The bytes that were sent do not go on where the upload stands.
fn elsewhere() -> Refusal {
    Refusal::new(Code::ChangedMeanwhile).with_rule("upload.offset").with_text(
        "上传进度已变化，请先查询已收到的字节数，再从该处继续上传。",
        "The upload offset has changed. Query the number of bytes received and continue from there.",
    )
}

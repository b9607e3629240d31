//! Resumable upload 断点续传 by the protocol tus 1.0: bytes that have arrived are kept even if the connection breaks.
//!
//! | file | what |
//! |---|---|
//! | `protocol` | the headers of tus, read and written |
//! | `routes` | the routes `/uploads` |
//! | `receive` | cuts a body into pieces as it arrives |
//! | `rows` | the rows of uploads and of their pieces |
//! | `join` | joins the pieces to the file that a plan expects |
//! | `ending` | completes the photos of complete uploads, and removes expired uploads |
//!
//! A piece is an object of the photo store, so that any process can continue where another one stopped. The piece is on
//! the disk before its row is written, and both are written before the answer is sent.
//!
//! No request waits for a lock. A request that begins to send takes the turn, a number in the row, from the request
//! before it, whose connection has usually broken without the server noticing. The earlier request can then add no more
//! bytes. So the offset only grows, one piece after another.
//!
//! The complete file is the same object that a form POST would have made. From there on, both ways are the same
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

/// The tables of uploads. A table comes before the tables that it references. A backup leaves their rows out: it
/// contains a complete upload as a file, and phones send incomplete uploads again from the beginning.
pub(crate) const TABLES: [&str; 2] = ["upload_piece", "upload"];

/// How long an upload can be continued after it was created.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::days(14);
/// The maximum number of pieces of one upload. A 2G network cuts 15 MiB into far fewer.
const PIECES_MAX: u64 = 4_096;

/// Returns the number of bytes that an upload still lacks.
fn lacking(upload: &upload::Model) -> u64 {
    u64::try_from(upload.length.saturating_sub(upload.at)).unwrap_or_default()
}

/// Checks whether the upload has expired.
fn is_over(upload: &upload::Model, now: DateTime<Utc>) -> bool {
    upload.ends_at <= now
}

/// Makes the refusal of bytes that do not begin at the offset of the upload.
fn elsewhere() -> Refusal {
    Refusal::new(Code::ChangedMeanwhile).with_rule("upload.offset").with_text(
        "上传进度已变化，请先查询已收到的字节数，再从该处继续上传。",
        "The upload offset has changed. Query the number of bytes received and continue from there.",
    )
}

//! Resumable upload 断点续传 over the tus 1.0 protocol: bytes that have arrived are kept even if the connection breaks.
//!
//! | file | what |
//! |---|---|
//! | `protocol` | parses and writes the tus headers |
//! | `routes` | the `/uploads` routes |
//! | `receive` | splits a request body into pieces as it arrives |
//! | `piece` | when the bytes that have arrived become a piece |
//! | `rows` | upload rows and piece rows |
//! | `join` | concatenates the pieces to the planned file |
//! | `ending` | completes the photos of complete uploads, and removes expired uploads |
//!
//! A piece is an object in the photo store, so that any process can continue where another one stopped. The piece is
//! durable before its row is written, and both are written before the response is sent.
//!
//! No request waits for a lock. A request that starts sending takes over the *turn*, a fencing number in the upload
//! row, from the request before it, whose connection has usually broken without the server noticing. The earlier
//! request can then add no more pieces. The offset therefore only grows, one piece after another.
//!
//! The complete file is the same object that a form POST would have created. From there on, both transports share one
//! path ([`super::complete()`]): the bytes are read back, and their hash decides.

mod ending;
mod join;
mod piece;
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

/// The upload tables, children before the tables that they reference. A backup leaves their rows out: it contains a
/// complete upload as a file, and phones restart incomplete uploads from the beginning.
pub(crate) const TABLES: [&str; 2] = ["upload_piece", "upload"];

/// How long an upload can be continued after it was created.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::days(14);
/// The maximum number of pieces per upload. Even a 2G network splits 15 MiB into far fewer.
const PIECES_MAX: u64 = 4_096;

/// Returns how many bytes the upload still lacks.
fn lacking(upload: &upload::Model) -> u64 {
    u64::try_from(upload.length.saturating_sub(upload.at)).unwrap_or_default()
}

/// Checks whether the upload has expired at `now`.
fn is_over(upload: &upload::Model, now: DateTime<Utc>) -> bool {
    upload.ends_at <= now
}

/// Builds the error for bytes that do not start at the upload's current offset.
fn elsewhere() -> Refusal {
    Refusal::new(Code::ChangedMeanwhile).with_rule("upload.offset").with_text(
        "上传进度已变化，请先查询已收到的字节数，再从该处继续上传。",
        "The upload offset has changed. Query the number of bytes received and continue from there.",
    )
}

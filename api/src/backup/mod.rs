//! `chuishao backup` and `chuishao restore` 备份与恢复: a copy of everything that an installation cannot make again.
//!
//! | file | content |
//! |---|---|
//! | `make`, `restore` | the two commands, step by step |
//! | `options` | their command-line options |
//! | `archive` | the container of a backup: a folder or a single file |
//! | `manifest` | the list of the contents of a backup, authenticated by the installation's keys |
//! | `verify` | checks, before anything is restored, that a backup is complete and belongs to the installation |
//! | `contents` | a summary of the rows: schema, row counts, photo objects |
//! | `sqlite`, `postgres` | export and import the rows, on either engine |
//! | `photos` | exports and imports the photo objects |
//! | `keys`, `passphrase` | export and import the keys, which are never in a backup |
//! | `progress` | shows the progress of the work |
//!
//! **Rows first, photos second.** The rows are copied from one snapshot, and then the objects that those rows
//! reference. An object is written before the row that references it, and a verified object is never removed. Every
//! object that the copied rows reference therefore exists when it is copied. In the other order, a row could reference
//! an object that arrived after the objects were copied. Two kinds of objects disappear in normal operation. The object
//! that a phone sent is removed when its photo has been verified; if that happens between the two copies, the same
//! bytes are taken from the sealed original ([`crate::photo::original`]). The pieces of an upload are removed when they
//! have been joined to a file; a complete upload is written to the backup as this file. Incomplete uploads are left out
//! together with their rows, and phones send them again.
//!
//! **A backup holds everything that was acknowledged before it began.** The server acknowledges a request after its
//! commit, and the copy of the rows begins after the time in the manifest. The backup may contain later rows as well.
//!
//! **The keys are kept apart.** Somebody who steals a backup can read the database and the photos, but names and phone
//! numbers are encrypted. The keys would decrypt them, so no command writes a backup and the keys together.

mod archive;
mod contents;
mod keys;
mod make;
mod manifest;
mod options;
mod passphrase;
mod photos;
mod postgres;
mod progress;
mod restore;
mod sqlite;
mod verify;

use std::fmt::Display;
use std::path::Path;

pub(crate) use make::make;
pub(crate) use options::{BackupOptions, RestoreOptions};
pub(crate) use restore::restore;

use crate::start::StartError;

/// Creates an error from a sentence that says what to do.
fn refused(why: impl Into<String>) -> StartError {
    StartError::Other(why.into())
}

/// Creates the error for a backup that cannot be used.
fn damaged(path: &Path, why: impl Display) -> StartError {
    refused(format!("{} cannot be used as a backup: {why}", path.display()))
}

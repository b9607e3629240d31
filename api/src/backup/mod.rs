//! `chuishao backup` and `chuishao restore` 备份与恢复: a copy of everything that an installation cannot make again.
//!
//! | file | what |
//! |---|---|
//! | `make`, `restore` | the two commands, step by step |
//! | `options` | their options on the command line |
//! | `archive` | the folder or the one file that holds a backup |
//! | `manifest` | the list of the contents of a backup, authenticated by the installation's keys |
//! | `verify` | checks, before anything is restored, that a backup is complete and belongs to the installation |
//! | `contents` | a summary of the rows: schema, counts, objects of photos |
//! | `sqlite`, `postgres` | copy the rows out and in, on either engine |
//! | `photos` | copies the objects of photos out and in |
//! | `keys`, `passphrase` | the copy of the keys, which are never in a backup |
//! | `progress` | shows how far the work has come |
//!
//! **Rows first, photos second.** The rows are copied as of one moment, and then the objects that those rows name. An
//! object is written before the row that names it, and a verified object is never removed. Every object that the copied
//! rows name therefore exists when it is copied. In the other order, a row could name an object that arrived after the
//! objects were copied. Two kinds of objects disappear in normal operation. The object that a phone sent is removed
//! when its photo has been verified; if that happens between the two copies, the same bytes are taken from the sealed
//! original ([`crate::photo::original`]). The pieces of an upload are removed when they have been joined to a file; a
//! complete upload is written to the backup as this file. Incomplete uploads are left out together with their rows, and
//! phones send them again.
//!
//! **A backup holds everything that was acknowledged before it began.** The server answers after its commit, and the
//! copy of the rows begins after the time that the manifest names. The backup may hold later rows as well.
//!
//! **The keys are kept apart.** A thief of a backup learns what the database and the photos show, but names and phone
//! numbers are sealed. The keys would open them, so no command writes a backup and the keys together.

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

/// Makes a refusal from a sentence that says what to do.
fn refused(why: impl Into<String>) -> StartError {
    StartError::Other(why.into())
}

/// Makes the refusal of a backup that cannot be used.
fn damaged(path: &Path, why: impl Display) -> StartError {
    refused(format!("{} cannot be used as a backup: {why}", path.display()))
}

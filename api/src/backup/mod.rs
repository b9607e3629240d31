//! `chuishao backup` and `chuishao restore` 备份与恢复: copy the rows and photos of an installation, but not its keys, and
//! restore them.
//!
//! | file | content |
//! |---|---|
//! | `make`, `restore` | the two commands, step by step |
//! | `options` | their command-line options |
//! | `archive` | the container of a backup: a folder or a single file |
//! | `manifest` | the list of the contents of a backup, authenticated by the installation's keys |
//! | `verify` | checks, before anything is restored, that a backup is complete and belongs to the installation |
//! | `contents` | a summary of the rows: schema, row counts, photo objects |
//! | `sqlite`, `postgres` | export and import the rows, one file for each engine |
//! | `photos` | exports and imports the photo objects |
//! | `keys`, `passphrase` | export and import the keys, which are never in a backup; a copy of the keys is a separate file |
//! | `progress` | prints the progress of the work |
//!
//! **Rows first, photos second.** The command first lists the objects in transit, then copies the rows from one
//! snapshot, then copies the objects that those rows reference. The server writes an object before the row that
//! references it and never removes the sealed original or the display versions, so these exist when they are copied. In
//! the other order, a row could reference an object that arrived after the objects were copied. Two kinds of temporary
//! objects may be removed between the two copies. The server removes the uploaded file once its photo is verified; the
//! backup then takes the same bytes from the sealed original ([`crate::photo::original`]). The server removes the pieces
//! of a resumable upload once it has joined them into a file; the backup writes a complete upload as that file. It leaves
//! out incomplete uploads and their rows; phones send them again.
//!
//! **A backup holds everything that was acknowledged before it began.** The server acknowledges a request after its
//! commit, and the manifest's time is taken before the rows are copied. The backup may therefore contain rows from after
//! that time.
//!
//! **The keys are kept apart.** Anyone who steals a backup can read the reports, the officers' names and the display
//! versions of photos. The identities of reporters, all phone numbers and the original photos are encrypted. The keys
//! would decrypt them, so no command writes a backup and the keys together.

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

/// Creates a start error from a message that tells the operator what to do.
fn refused(why: impl Into<String>) -> StartError {
    StartError::Other(why.into())
}

/// Creates the error for a backup that cannot be used.
fn damaged(path: &Path, why: impl Display) -> StartError {
    refused(format!("{} cannot be used as a backup: {why}", path.display()))
}

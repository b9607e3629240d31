//! `chuishao backup` and `chuishao restore`: everything that an installation cannot make again, in one place of its own.
//!
//! | file | what |
//! |---|---|
//! | `make`, `restore` | the two commands, step by step |
//! | `options` | their words on the command line |
//! | `archive` | a folder or one file, in which a backup lies |
//! | `manifest` | what a backup holds, under a sum that only the installation's keys make |
//! | `verify` | a backup is whole and its own: before anything is restored |
//! | `contents` | what rows say about themselves |
//! | `sqlite`, `postgres` | rows out and in, on either engine |
//! | `photos` | objects out and in |
//! | `keys`, `passphrase` | keys, which are never in a backup: a copy of their own |
//! | `progress` | how far it has come |
//!
//! **Rows first, photos second.** The rows are copied as of one moment, and then the objects that those rows name. An
//! object is written before the row that names it and a verified one is never removed, so that whatever the copied rows
//! name is there when it is looked for. The other way round, a row could name an object that came after the objects
//! were copied. Two kinds of objects go by themselves. What came in is removed when it is verified: if that happens
//! between the two copies, the same bytes are taken from the sealed original ([`crate::photo::original`]). Pieces of an
//! upload are removed when they have become a file: those of one that came whole are written as this file, and the rest
//! is left out with its rows, and sent again.
//!
//! **What is acknowledged is inside.** The server answers after its commit, and the copy of the rows begins after the
//! moment that the manifest names: everything that was answered before is in it, and more may be.
//!
//! **Keys apart.** A backup tells its thief what the database and the photos tell, and no more: names and numbers in it
//! are sealed. With the keys beside it everything would be open, so that no command writes both.

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

/// Why not, in a sentence that says what to do.
fn refused(why: impl Into<String>) -> StartError {
    StartError::Other(why.into())
}

/// A backup that cannot be used.
fn damaged(path: &Path, why: impl Display) -> StartError {
    refused(format!("{} cannot be used as a backup: {why}", path.display()))
}

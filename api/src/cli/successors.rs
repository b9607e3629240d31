//! The options of `chuishao import units` that say who takes over the work of units that end.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::import::Wish;
use crate::start::StartError;

/// Who takes over the open work of units that a file ends.
#[derive(Debug, Args)]
pub(super) struct Successors {
    /// For units that end: the code of the unit that takes over all their open work and their posts.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["successors", "leave_open"])]
    successor: Option<String>,
    /// For units that end: a CSV file with the columns `kind`, `id` and `unit`, which names the successor for each
    /// report, hazard, assignment, award and post. A dry run prints the kinds and ids.
    #[arg(long = "successors", id = "successors", value_name = "FILE", conflicts_with = "leave_open")]
    file: Option<PathBuf>,
    /// For units that end: leaves their open work where it is.
    #[arg(long)]
    leave_open: bool,
}

impl Successors {
    /// Reads the options, and the file if one is named.
    pub(super) fn wish(&self) -> Result<Wish, StartError> {
        Ok(match (&self.successor, &self.file) {
            (Some(code), _) => Wish::One(code.clone()),
            (None, Some(file)) => Wish::Each { name: file.display().to_string(), bytes: read(file)? },
            (None, None) if self.leave_open => Wish::LeaveOpen,
            (None, None) => Wish::NotSaid,
        })
    }
}

/// Reads a file that an option names.
pub(super) fn read(file: &Path) -> Result<Vec<u8>, StartError> {
    std::fs::read(file).map_err(|cause| StartError::Io { what: format!("{} cannot be read", file.display()), cause })
}

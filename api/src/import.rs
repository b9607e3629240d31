//! `chuishao import`: imports one file of any kind, that is rules, officers or posts.

use crate::config::Config;
use crate::console::now;
use crate::database::Database;
use crate::identity::officer_numbers::VaultPhones;
use crate::policy::import::{Difference, Mode, RuleKind};
use crate::start::{self, StartError};
use crate::{policy, staff};

/// The file to import: its name, for error messages, and its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NamedFile<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
}

/// Imports one file, and returns what changed, or what would change in [`Mode::DryRun`]. `kind` is a word of the command
/// line, such as `areas` or `officers`.
pub(crate) async fn import_file(
    config: &Config,
    database: &Database,
    kind: &str,
    mode: Mode,
    file: NamedFile<'_>,
) -> Result<Difference, StartError> {
    let NamedFile { name, bytes } = file;
    let now = now();
    if let Some(kind) = RuleKind::from_word(kind) {
        return Ok(policy::import::import(database, kind, name, bytes, mode, now).await?);
    }
    if kind == "posts" {
        return Ok(staff::import::posts(database, name, bytes, mode, now).await?);
    }
    let keys = start::keys(config)?;
    Ok(staff::import::officers(database, name, bytes, mode, now, &VaultPhones(&keys)).await?)
}

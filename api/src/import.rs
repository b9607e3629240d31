//! Imports one file of any kind: rules, officers or posts.

use crate::config::Config;
use crate::console::now;
use crate::database::Database;
use crate::identity::officers::VaultPhones;
use crate::policy::import::{Difference, Mode, RuleKind};
use crate::start::{self, StartError};
use crate::{policy, staff};

/// A file that is imported: the name that error messages show, and its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NamedFile<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
}

/// Imports one file of any kind: rules, officers or posts.
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

//! Imports one file of any kind: rules, officers or posts.

use crate::config::Config;
use crate::console::now;
use crate::database::Database;
use crate::identity::officers::VaultPhones;
use crate::policy::import::{Difference, Kind, Mode};
use crate::start::{self, StartError};
use crate::{policy, staff};

/// Imports one file of any kind.
pub(crate) async fn import_file(
    config: &Config,
    database: &Database,
    (kind, mode): (&str, Mode),
    (name, bytes): (&str, &[u8]),
) -> Result<Difference, StartError> {
    let now = now();
    if let Some(kind) = Kind::from_word(kind) {
        return Ok(policy::import::import(database, kind, name, bytes, mode, now).await?);
    }
    if kind == "posts" {
        return Ok(staff::import::posts(database, name, bytes, (mode, now)).await?);
    }
    let keys = start::keys(config)?;
    Ok(staff::import::officers(database, name, bytes, (mode, now), &VaultPhones(&keys)).await?)
}

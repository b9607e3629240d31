//! `chuishao import`: imports one file of any kind, that is rules, officers, posts or a duty roster, and carries out what follows from
//! it: deadlines are counted again, and successors take over the work of units that end.

mod fitness;
pub(crate) mod following;
mod open_work;
pub(crate) mod recount;
pub(crate) mod rerouting;
mod streams;
mod succession;
mod taking_over;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use crate::config::Config;
use crate::console::now;
use crate::database::Database;
use crate::identity::officer_numbers::VaultPhones;
use crate::policy::calendar_end::CalendarEnd;
use crate::policy::import::file::ImportSource;
use crate::policy::import::{Difference, Mode, RuleKind};
use crate::policy::rulebook_cache::RuleBookCache;
use crate::start::{self, StartError};
use crate::{policy, staff};

pub(crate) use self::succession::Wish;

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
    if kind == "roster" {
        return Ok(staff::roster::import::shifts(database, name, bytes, mode, now).await?);
    }
    let keys = start::keys(config)?;
    Ok(staff::import::officers(database, name, bytes, mode, now, &VaultPhones(&keys)).await?)
}

/// Imports one file as the command line does: with the consequences for work that goes on. Returns what it says.
///
/// # Errors
/// Those of [`import_file`]. A file that ends a unit with open work is refused unless `wish` says who takes it over.
pub(crate) async fn import_with_consequences(
    config: &Config,
    database: &Database,
    kind: &str,
    mode: Mode,
    file: NamedFile<'_>,
    wish: Wish,
) -> Result<String, StartError> {
    if kind == RuleKind::Units.word() {
        let keys = if wish.names_successors() { Some(start::keys(config)?) } else { None };
        let source = ImportSource::new(file.name, file.bytes);
        return Ok(Box::pin(succession::import(database, source, mode, now(), &wish, keys.as_ref())).await?);
    }
    wish.check_unused()?;
    let mut said = import_file(config, database, kind, mode, file).await?.to_string();
    if kind != RuleKind::Calendar.word() {
        return Ok(said);
    }
    if mode == Mode::Write {
        let done = recount::run(database, now()).await?;
        let _infallible = write!(said, "\n{done}");
    }
    let rules = RuleBookCache::default().current(&database.read).await?;
    let end = CalendarEnd::of(&rules, now());
    let _infallible = write!(said, "\n{end}");
    Ok(said)
}

//! `chuishao restore` verifies a backup, restores the photos and then the rows, and checks the result.

use std::path::Path;
use std::process::ExitCode;

use super::contents::Contents;
use super::make::store;
use super::manifest::word;
use super::options::RestoreOptions;
use super::photos;
use super::postgres::{self, Tools};
use super::verify::Verified;
use super::{keys, refused, sqlite};
use crate::config::Config;
use crate::console::print;
use crate::database::{Database, Engine};
use crate::identity::Keys;
use crate::photo::store::PhotoStore;
use crate::start::{self, StartError};

/// Restores a backup into the configured target, which must be empty, or restores the keys.
///
/// # Errors
/// Returns a sentence that gives the reason. No data is written before the whole backup has been verified.
pub(crate) async fn restore(config: &Config, options: &RestoreOptions) -> Result<ExitCode, StartError> {
    match (&options.source, &options.keys) {
        (Some(source), None) => bring_back(config, source, options.dry_run).await,
        (None, Some(file)) => keys::put_back(config, file, options.passphrase_file.as_deref(), options.dry_run),
        _ => Err(refused("name either the backup, or the file of the keys by --keys")),
    }
}

async fn bring_back(config: &Config, source: &Path, dry_run: bool) -> Result<ExitCode, StartError> {
    let keys = keys_of(config)?;
    let backup = Verified::open(source, &keys)?;
    let target = if dry_run { None } else { Some(RestoreTarget::empty(config, &backup).await?) };
    backup.read_all()?;
    let Some(target) = target else {
        print(&format!("{} is intact and matches the keys: {}", source.display(), summary(&backup)));
        return Ok(ExitCode::SUCCESS);
    };
    let photos = target.fill(config, &backup, &keys).await?;
    print(&format!("restored: {}, {photos}", summary(&backup)));
    print("all users have to log in again; changes made after the backup are lost");
    if Database::migrations().last() != Some(&backup.manifest.schema) {
        print("the database schema is older than this program: run `chuishao migrate`");
    }
    Ok(ExitCode::SUCCESS)
}

fn summary(backup: &Verified) -> String {
    let (began, rows) = (backup.manifest.began, &backup.manifest.rows);
    let count: u64 = rows.values().sum();
    let began = began.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    format!("everything that was answered before {began}; {count} rows in {} tables", rows.len())
}

fn keys_of(config: &Config) -> Result<Keys, StartError> {
    let folder = config.keys_folder();
    if !Keys::are_in(&folder) {
        let shown = folder.display();
        return Err(refused(format!(
            "{shown} contains no keys, and a backup cannot be restored without them: run `chuishao restore --keys FILE` \
             first"
        )));
    }
    Ok(Keys::load(&folder)?)
}

/// The empty target for the rows.
enum RestoreTarget {
    Folder,
    Server(Box<Database>, Tools),
}

impl RestoreTarget {
    /// Returns the configured target after checking that it is empty and has the same engine as the backup. Writes no
    /// data.
    async fn empty(config: &Config, backup: &Verified) -> Result<Self, StartError> {
        let engine = if config.is_sqlite() { Engine::Sqlite } else { Engine::Postgres };
        if word(engine) != backup.manifest.engine {
            return Err(refused(match engine {
                Engine::Sqlite => "this is a backup of PostgreSQL: set CHUISHAO_DATABASE_URL to an empty database",
                Engine::Postgres => {
                    "this is a backup of SQLite, which cannot be restored to PostgreSQL: unset CHUISHAO_DATABASE_URL"
                }
            }));
        }
        if engine == Engine::Sqlite {
            sqlite::check_empty(config)?;
            return Ok(Self::Folder);
        }
        let (database, tools) = (start::database(config).await?, Tools::new(config)?);
        if database.has_tables().await? {
            return Err(refused("the database already contains tables of this program: restore into an empty one"));
        }
        Ok(Self::Server(Box::new(database), tools))
    }

    /// Restores the photos first: otherwise a server that starts too early would find rows whose photos are missing.
    async fn fill(self, config: &Config, backup: &Verified, keys: &Keys) -> Result<String, StartError> {
        let _held = match self {
            Self::Folder => Some(start::hold(&config.folders.data)?),
            Self::Server(..) => None,
        };
        let photos = store(config, keys).await?;
        photos::check_empty(photos.as_ref()).await?;
        match self.bring_in(config, backup, photos.as_ref(), keys).await {
            Err(why) => {
                Err(refused(format!("{why}; the data written so far remains: empty the target and start again")))
            }
            done => done,
        }
    }

    async fn bring_in(
        &self,
        config: &Config,
        backup: &Verified,
        photos: &dyn PhotoStore,
        keys: &Keys,
    ) -> Result<String, StartError> {
        photos::copy_in(backup, photos, keys).await?;
        let contents = self.rows(config, backup).await?;
        let found = photos::check(backup, &contents, photos).await?;
        if matches!(self, Self::Folder) {
            sqlite::put_in_place(config)?;
        }
        Ok(found)
    }

    async fn rows(&self, config: &Config, backup: &Verified) -> Result<Contents, StartError> {
        match self {
            Self::Folder => sqlite::copy_in(config, backup).await,
            Self::Server(database, tools) => postgres::copy_in(tools, database, backup).await,
        }
    }
}

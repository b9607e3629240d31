//! `chuishao backup` copies the rows, then the photos, and then writes the manifest.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::archive::{ArchiveWriter, ManifestLine};
use super::contents::Contents;
use super::manifest::{FORMAT, MANIFEST, Manifest, SUM, word};
use super::options::BackupOptions;
use super::photos::{self, Copied, Installation};
use super::postgres::{self, Tools};
use super::progress::size;
use super::{keys, refused, sqlite};
use crate::config::Config;
use crate::console::{now, print, shutdown_signal};
use crate::database::{Database, Engine, SQLITE_FILE};
use crate::error::ApiError;
use crate::identity::Keys;
use crate::photo;
use crate::photo::store::PhotoStore;
use crate::start::{self, StartError, io};

/// Makes a backup, or exports the keys.
///
/// # Errors
/// Returns a sentence that says why no backup was made. A partial backup is removed.
pub(crate) async fn make(config: &Config, options: &BackupOptions) -> Result<ExitCode, StartError> {
    match (&options.target, &options.keys) {
        (Some(target), None) => tokio::select! {
            made = back_up(config, target) => made,
            () = shutdown_signal() => Err(refused("the command was stopped, so no backup was made")),
        },
        (None, Some(file)) => keys::save(config, file, options.passphrase_file.as_deref()),
        _ => Err(refused("name either the target of the backup, or a file for the keys by --keys")),
    }
}

async fn back_up(config: &Config, target: &Path) -> Result<ExitCode, StartError> {
    let keys = Keys::load(&config.keys_folder())?;
    let database = database(config).await?;
    let photos = store(config, &keys).await?;
    // The time is taken before the rows are copied, so the backup contains everything that was acknowledged until then.
    let began = now();
    let arrived = photos::arrived(photos.as_ref()).await?;
    let mut writer = ArchiveWriter::create(target, began)?;
    let (rows, contents) = match database.engine {
        Engine::Sqlite => sqlite::copy_out(&database, &mut writer).await?,
        Engine::Postgres => postgres::copy_out(&Tools::new(config)?, &database, &mut writer).await?,
    };
    let from = Installation { database: &database, photos: photos.as_ref(), keys: &keys };
    let copied = photos::copy_out(&from, &contents, &arrived, &mut writer).await?;
    let lost = copied.lost;
    let manifest = Copies { engine: database.engine, began, contents, rows, photos: copied }.manifest(&keys);
    let (bytes, sum) = manifest.sealed(&keys).map_err(ApiError::internal)?;
    for (name, bytes) in [(MANIFEST, bytes), (SUM, sum)] {
        writer.put(name, &bytes).map_err(io(format!("{name} cannot be written")))?;
    }
    writer.finish().map_err(io(format!("{} cannot be made", target.display())))?;
    database.close().await?;
    tell(target, &manifest);
    if lost == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    print(&format!("WARNING: {lost} photo objects are no longer in the store, so the backup does not contain them"));
    Ok(ExitCode::from(1))
}

/// The parts of the backup that were copied.
struct Copies {
    engine: Engine,
    began: DateTime<Utc>,
    contents: Contents,
    rows: ManifestLine,
    photos: Copied,
}

impl Copies {
    fn manifest(self, keys: &Keys) -> Manifest {
        let mut files = vec![self.rows];
        files.extend(self.photos.lines);
        Manifest {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            engine: word(self.engine).to_owned(),
            schema: self.contents.schema,
            began: self.began,
            journal_position: self.contents.journal_position,
            rows: self.contents.rows,
            keys: keys.names(),
            receipt_keys: keys.receipt_names().into_iter().collect::<BTreeSet<_>>(),
            absent: self.photos.absent,
            files,
        }
    }
}

fn tell(target: &Path, manifest: &Manifest) {
    let Manifest { began, engine, schema, journal_position, rows, files, .. } = manifest;
    let (count, bytes): (u64, u64) = (rows.values().sum(), files.iter().map(|line| line.bytes).sum());
    print(&format!(
        "{}: contains everything that was answered before {}\n  {count} rows in {} tables ({engine}, schema {schema}, \
         journal to {journal_position}), {} photo objects, {}\n  The keys are not included: run `chuishao backup \
         --keys FILE` and keep that file elsewhere. Only a restore proves a backup.",
        target.display(),
        began.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        rows.len(),
        files.len().saturating_sub(1),
        size(bytes),
    ));
}

/// Opens the configured database, which must exist.
async fn database(config: &Config) -> Result<Database, StartError> {
    let folder = &config.folders.data;
    if config.is_sqlite() && !folder.join(SQLITE_FILE).is_file() {
        return Err(refused(format!("{} contains no database: is CHUISHAO_DATA_DIR right?", folder.display())));
    }
    let database = start::database(config).await?;
    if !database.has_tables().await? {
        return Err(refused("the database contains no tables of this program, so no backup can be made"));
    }
    Ok(database)
}

/// Opens the configured photo store.
pub(super) async fn store(config: &Config, keys: &Keys) -> Result<Arc<dyn PhotoStore>, StartError> {
    let url = start::public_url(config, config.http.listen);
    Ok(photo::open(config, &url, photo::mac_of(keys)).await?)
}

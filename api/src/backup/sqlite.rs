//! Exports and imports the rows on SQLite: exports them while the server continues to write, and imports them into a
//! data folder without a database.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};

use super::archive::{ArchiveWriter, ManifestLine};
use super::contents::{self, Contents};
use super::verify::Verified;
use super::{damaged, refused};
use crate::config::Config;
use crate::database::{Database, SQLITE_FILE, open_sqlite_copy};
use crate::start::{StartError, io as tried};

/// The database file in a backup.
pub(super) const ROWS: &str = "rows.db";
/// The temporary name of the database file during a restore. It is renamed after it has been checked.
const RESTORING: &str = "chuishao.db.restoring";
/// Writes the authorships again in the order of their slots, which is random. A table keeps the order in which its rows
/// were written, which could tell that two reports came from one phone.
const BY_SLOT: [&str; 4] = [
    "CREATE TABLE by_slot AS SELECT * FROM authorship",
    "DELETE FROM authorship",
    "INSERT INTO authorship SELECT * FROM by_slot ORDER BY slot",
    "DROP TABLE by_slot",
];

/// Exports all committed rows except the omitted tables, and returns their summary.
///
/// `VACUUM INTO` reads in one transaction, so the copy is a consistent snapshot, without free pages that contain
/// deleted rows. It does not need the lock on the data folder, which the running server holds.
///
/// # Errors
/// Returns a sentence if the rows cannot be read or the copy cannot be written.
pub(super) async fn copy_out(
    database: &Database,
    writer: &mut ArchiveWriter,
) -> Result<(ManifestLine, Contents), StartError> {
    let scratch = writer.scratch().map_err(tried("the rows cannot be copied"))?;
    let file = scratch.path().join(ROWS);
    database.copy_into(&file).await?;
    let copy = open_sqlite_copy(&file).await?;
    let contents = contents::read(&copy).await?; // read before rows are deleted that show which uploads are complete
    for table in contents::left_out() {
        copy.execute_unprepared(&format!(r#"DELETE FROM "{table}""#)).await?;
    }
    for statement in BY_SLOT {
        copy.execute_unprepared(statement).await?;
    }
    copy.close().await?;
    let line = write(writer, &file).map_err(tried("the rows cannot be copied"))?;
    Ok((line, contents))
}

fn write(writer: &mut ArchiveWriter, file: &Path) -> io::Result<ManifestLine> {
    let mut entry = writer.add(ROWS)?;
    io::copy(&mut File::open(file)?, &mut entry)?;
    writer.close(entry)
}

/// Rejects a data folder that contains anything but keys, photos and the lock file.
///
/// # Errors
/// Returns a sentence that names a file in the folder.
pub(super) fn check_empty(config: &Config) -> Result<(), StartError> {
    let folder = &config.folders.data;
    let shown = folder.display();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let (keys, photos) = (config.keys_folder(), config.photo_folder());
    for entry in entries {
        let path = entry.map_err(tried(format!("{shown} cannot be read")))?.path();
        let is_lock = path.file_name().is_some_and(|name| name == "chuishao.lock");
        if path != keys && path != photos && !is_lock {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(refused(format!(
                "the data folder {shown} is not empty, it contains {name}: restore into an empty one"
            )));
        }
    }
    Ok(())
}

/// Copies the database file into the data folder under a temporary name, checks it there, and returns the summary of
/// its rows. [`put_in_place`] renames it at the very end.
///
/// # Errors
/// Returns a sentence if the rows are damaged or cannot be written.
pub(super) async fn copy_in(config: &Config, backup: &Verified) -> Result<Contents, StartError> {
    let path = config.folders.data.join(RESTORING);
    let unwritable = || tried(format!("{} cannot be written", path.display()));
    let out = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(unwritable())?;
    backup.copy(backup.line(ROWS)?, &out)?;
    out.sync_all().map_err(unwritable())?;
    let rows = open_sqlite_copy(&path).await?;
    if let Some(why) = fault(&rows).await? {
        return Err(damaged(backup.path(), format!("its database is damaged ({why})")));
    }
    let contents = contents::read(&rows).await?;
    backup.compare(&contents)?;
    rows.close().await?;
    Ok(contents)
}

/// Gives the restored database file its final name.
pub(super) fn put_in_place(config: &Config) -> Result<(), StartError> {
    let (from, to) = (config.folders.data.join(RESTORING), config.folders.data.join(SQLITE_FILE));
    let moved = fs::hard_link(&from, &to) // unlike a rename, never overwrites a file
        .and_then(|()| fs::remove_file(&from))
        .and_then(|()| File::open(&config.folders.data)?.sync_all());
    moved.map_err(tried(format!("{} cannot be made", to.display())))
}

/// Returns the first integrity fault that SQLite finds, or `None` if the database is intact.
async fn fault(rows: &DatabaseConnection) -> Result<Option<String>, DbErr> {
    let ask = |text: &str| rows.query_one_raw(Statement::from_string(DbBackend::Sqlite, text));
    let sound: Option<String> = match ask("PRAGMA integrity_check(1)").await? {
        Some(row) => Some(row.try_get_by_index(0)?),
        None => None,
    };
    if sound.as_deref() != Some("ok") {
        return Ok(Some(sound.unwrap_or_else(|| "no answer".to_owned())));
    }
    Ok(ask("PRAGMA foreign_key_check").await?.map(|_row| "a row refers to another one that does not exist".to_owned()))
}

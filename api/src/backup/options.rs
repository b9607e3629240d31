//! The options of `backup` and `restore` on the command line.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

/// The options of `chuishao backup`.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = BACKUP_HELP)]
#[group(skip)]
#[command(group(ArgGroup::new("what").required(true).args(["target", "keys"])))]
pub(crate) struct BackupOptions {
    /// The target: a file if the name ends with .tar, otherwise a new folder. Existing files are never overwritten.
    pub(super) target: Option<PathBuf>,
    /// Writes only a copy of the keys to this file, encrypted with a passphrase.
    #[arg(long, value_name = "FILE")]
    pub(super) keys: Option<PathBuf>,
    /// A file whose first line is the passphrase for the keys. If omitted, the terminal asks for it.
    #[arg(long, value_name = "FILE", requires = "keys")]
    pub(super) passphrase_file: Option<PathBuf>,
}

/// The options of `chuishao restore`.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = RESTORE_HELP)]
#[group(skip)]
#[command(group(ArgGroup::new("what").required(true).args(["source", "keys"])))]
pub(crate) struct RestoreOptions {
    /// The backup: a folder or a .tar file.
    pub(super) source: Option<PathBuf>,
    /// Restores only the keys from this file into the keys folder, which must be empty.
    #[arg(long, value_name = "FILE")]
    pub(super) keys: Option<PathBuf>,
    /// A file whose first line is the passphrase for the keys. If omitted, the terminal asks for it.
    #[arg(long, value_name = "FILE", requires = "keys")]
    pub(super) passphrase_file: Option<PathBuf>,
    /// Only verifies the backup, without restoring it. The target need not be empty.
    #[arg(long)]
    pub(super) dry_run: bool,
}

const BACKUP_HELP: &str = "\
The server may keep running. The backup contains every row and every photo as of one moment: everything that was answered
before the command began. SQLite is copied by the program itself, PostgreSQL by pg_dump, which must be on the PATH or in
CHUISHAO_PG_TOOLS_DIR and must not be older than the server.

The backup does not contain the keys, logins and one-time codes (all users have to log in again), photos whose bytes had
not all arrived (phones send them again), the settings, or the program.

THE KEYS ARE NEVER IN A BACKUP. A person who has a backup can read the texts, places and photos of reports, but not who
reported them: names and numbers are encrypted. With the keys as well, everything can be read. Without the keys, a backup
cannot be restored, and no reporter can ever be paid or contacted. Copy the keys once, and again after each
`chuishao keys rotate`:

    chuishao backup --keys /media/safe/chuishao-keys

Keep that file with different people and in a different place than the backups, and store its passphrase with neither.

Exit code: 0 if the backup is complete; 1 if the backup was made, but some photo objects had already been lost; 2 if no
backup was made, with a sentence that gives the reason.

    chuishao backup /backups/$(date +%F).tar
    chuishao restore --dry-run /backups/$(date +%F).tar";

const RESTORE_HELP: &str = "\
The target must be empty: on SQLite a data folder that contains at most keys/, on PostgreSQL a database without tables of
this program; and a photo folder or bucket prefix without photos. Restore the keys first:

    chuishao restore --keys /media/safe/chuishao-keys
    chuishao restore /backups/2026-11-24.tar

Before any data is written, the whole backup is verified: its manifest, by a checksum that only the keys of the same
installation can produce, and the size and SHA-256 of every file. A backup that was truncated or altered, or that was made
with different keys, is refused with a sentence, and the target remains unchanged. Afterwards, the restored rows are
counted, the journal is compared, and every photo that rows refer to is checked.

A SQLite backup is restored to SQLite, and a PostgreSQL backup to PostgreSQL (by pg_restore). Photos go to a folder or a
bucket, as the settings say. Changes made after the backup are lost: before paying an award again, compare with the payer.
If the command is interrupted, empty the target and start again.";

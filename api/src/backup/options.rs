//! The words of `backup` and `restore` on the command line.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

/// What is backed up, and where to.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = BACKUP_HELP)]
#[group(skip)]
#[command(group(ArgGroup::new("what").required(true).args(["target", "keys"])))]
pub(crate) struct BackupOptions {
    /// The target: a single file if the name ends with .tar, otherwise a new folder. Existing files are never overwritten.
    pub(super) target: Option<PathBuf>,
    /// Writes only a copy of the keys to this file, encrypted with a passphrase.
    #[arg(long, value_name = "FILE")]
    pub(super) keys: Option<PathBuf>,
    /// A file whose first line is the passphrase for the keys. If omitted, the terminal asks for it.
    #[arg(long, value_name = "FILE", requires = "keys")]
    pub(super) passphrase_file: Option<PathBuf>,
}

/// What is restored.
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
The server may run. The backup holds every row and every photo, as of one moment: all that was answered before the
command began is in it. SQLite is copied by itself, PostgreSQL by pg_dump, which is found on the PATH or in
CHUISHAO_PG_TOOLS_DIR and must not be older than the server.

Not in it: the keys; logins and one-time codes (everybody logs in again); photos whose bytes had not all come (phones
send them again); the settings; the program.

THE KEYS ARE NEVER IN A BACKUP. Whoever has a backup reads texts, places and photos of reports, but not who reported:
names and numbers are sealed. With the keys as well, everything is open; without the keys, a backup is refused and
nobody can be paid or called back, for ever. So copy them once, and after each `chuishao keys rotate`:

    chuishao backup --keys /media/safe/chuishao-keys

and keep that file with other people than the backups, in another place, and its passphrase with neither.

Exit code: 0 when all is in it; 1 when it was made, but objects that rows name had been lost before; 2 when there is
no backup, and a sentence says why.

    chuishao backup /backups/$(date +%F).tar
    chuishao restore --dry-run /backups/$(date +%F).tar";

const RESTORE_HELP: &str = "\
Restores into an empty place only: on SQLite a data folder that holds at most keys/, on PostgreSQL a database without
tables of ours; and a photo folder or a bucket prefix without photos. The keys come first:

    chuishao restore --keys /media/safe/chuishao-keys
    chuishao restore /backups/2026-11-24.tar

Before anything is written, all of the backup is read: its manifest under a sum that only the keys of the same
installation make, and the size and SHA-256 of every file. A backup that was cut or altered, or that belongs to other
keys, is refused with a sentence and the place is left as it was. Afterwards the restored rows are counted, the journal
is compared, and every photo that rows name is looked for.

A backup of SQLite is restored to SQLite, one of PostgreSQL to PostgreSQL (by pg_restore); photos go to a folder or a
bucket, whichever the settings name. What happened after the backup is lost: before an award is paid again, compare
with the payer. If the command is stopped half-way, empty the place and begin anew.";

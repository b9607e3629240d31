//! Exports the keys to a separate encrypted file, and restores them from it.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;

use super::passphrase::{Typed, passphrase};
use super::refused;
use crate::config::Config;
use crate::console::print;
use crate::identity::{Keys, key_copy};
use crate::start::{StartError, io};

/// Writes all keys to `file`, encrypted with a passphrase. Never overwrites a file.
///
/// # Errors
/// Returns a sentence if there are no keys, the file exists, or the passphrase is too short.
pub(super) fn save(config: &Config, file: &Path, given: Option<&Path>) -> Result<ExitCode, StartError> {
    let shown = file.display();
    if file.symlink_metadata().is_ok() {
        return Err(refused(format!(
            "{shown} already exists: a copy of the keys never overwrites a file, so choose a new name"
        )));
    }
    let folder = config.keys_folder();
    Keys::load(&folder)?;
    let bytes = key_copy::seal(&folder, &passphrase(given, Typed::Twice)?)?;
    let mut out = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(io(format!("{shown} cannot be written")))?;
    let written = out.write_all(&bytes).and_then(|()| out.sync_all());
    if written.is_err() {
        let _nothing_half_is_left = fs::remove_file(file);
    }
    written.map_err(io(format!("{shown} cannot be written")))?;
    print(&format!(
        "the encrypted keys are in {shown}: keep this file with different people and in a different place than the \
         backups, and store its passphrase with neither"
    ));
    Ok(ExitCode::SUCCESS)
}

/// Restores the keys from `file` into the key folder, which must be empty. A dry run only checks that the file can be
/// decrypted.
///
/// # Errors
/// Returns a sentence if the passphrase is wrong, the file was truncated or altered, or the folder is not empty.
pub(super) fn put_back(
    config: &Config,
    file: &Path,
    given: Option<&Path>,
    dry_run: bool,
) -> Result<ExitCode, StartError> {
    let shown = file.display();
    let bytes = fs::read(file).map_err(io(format!("{shown} cannot be read")))?;
    let phrase = passphrase(given, Typed::Once)?;
    if dry_run {
        let names = key_copy::check(&bytes, &phrase)?;
        print(&format!("{shown} can be decrypted and contains {} keys: {}", names.len(), names.join(", ")));
        return Ok(ExitCode::SUCCESS);
    }
    let folder = config.keys_folder();
    key_copy::restore(&bytes, &phrase, &folder)?;
    print(&format!("the keys are in {}", folder.display()));
    Ok(ExitCode::SUCCESS)
}

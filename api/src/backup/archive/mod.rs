//! The container of a backup: a folder, or a single tar file. File names and contents are the same in both.
//!
//! It is written next to its target, and moved there after everything was flushed to the disk. A backup is therefore
//! either complete or absent.

mod extent;
mod tar;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tempfile::{NamedTempFile, TempDir};

use self::extent::Extent;
use super::{damaged, refused};
use crate::start::{StartError, io};

/// The extension of a target that is written as a single file.
const ONE_FILE: &str = "tar";

/// A file of a backup, as the manifest lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManifestLine {
    /// The relative path, with `/` as separator.
    pub(super) name: String,
    /// The size in bytes.
    pub(super) bytes: u64,
    /// The SHA-256 hash, in 64 hexadecimal digits.
    pub(super) sha256: String,
}

/// A backup that is being written. Dropping it before [`ArchiveWriter::finish`] removes it.
pub(super) struct ArchiveWriter {
    target: PathBuf,
    time: u64,
    container: Container,
}

/// The temporary folder or file into which a backup is written.
enum Container {
    Folder { root: TempDir, folders: BTreeSet<PathBuf> },
    OneFile(NamedTempFile),
}

/// A file that is being written into a backup.
pub(super) struct ArchiveEntry {
    name: String,
    out: File,
    /// The offset of its header, if the container is a single file.
    header: Option<u64>,
    hash: Context,
    bytes: u64,
}

impl ArchiveWriter {
    /// Begins a backup at `target`: a single file if the name ends with `.tar`, otherwise a folder.
    ///
    /// # Errors
    /// Returns a sentence if the target exists, or if its parent folder does not, for example because a disk is not
    /// mounted.
    pub(super) fn create(target: &Path, began: DateTime<Utc>) -> Result<Self, StartError> {
        let shown = target.display();
        let parent = match target.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) => parent,
            None => {
                return Err(refused(format!("{shown} cannot be the target of a backup: name a new folder or file")));
            }
        };
        if !parent.is_dir() {
            let parent = parent.display();
            return Err(refused(format!("the folder {parent} does not exist: is the disk mounted?")));
        }
        let is_empty_folder = fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
        let wants_one_file = target.extension().is_some_and(|end| end == ONE_FILE);
        if target.symlink_metadata().is_ok() && (wants_one_file || !is_empty_folder) {
            return Err(refused(format!(
                "{shown} already exists: a backup never overwrites a file, so choose a new name"
            )));
        }
        let mut beside = tempfile::Builder::new();
        beside.prefix(".chuishao-backup-").suffix(".partial");
        let container = if wants_one_file {
            beside.tempfile_in(parent).map(Container::OneFile)
        } else {
            beside
                .permissions(owner_alone())
                .tempdir_in(parent)
                .map(|root| Container::Folder { root, folders: BTreeSet::new() })
        };
        let container = container.map_err(io(format!("cannot write in {}", parent.display())))?;
        let time = u64::try_from(began.timestamp()).unwrap_or_default();
        Ok(Self { target: target.to_owned(), time, container })
    }

    /// Creates a temporary folder next to the backup. The folder is removed when it is dropped.
    pub(super) fn scratch(&self) -> io::Result<TempDir> {
        let beside = self.target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut folder = tempfile::Builder::new();
        folder.prefix(".chuishao-backup-").suffix(".rows").permissions(owner_alone()).tempdir_in(beside)
    }

    /// Begins a file. It must be passed to [`ArchiveWriter::close`] before the next one begins.
    pub(super) fn add(&mut self, name: &str) -> io::Result<ArchiveEntry> {
        let (out, header) = match &mut self.container {
            Container::OneFile(file) => {
                let mut out = file.as_file().try_clone()?;
                let header = out.seek(SeekFrom::End(0))?;
                out.write_all(&[0; tar::BLOCK])?;
                (out, Some(header))
            }
            Container::Folder { root, folders } => {
                let path = root.path().join(name);
                if let Some(folder) = path.parent() {
                    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
                    folders.extend(
                        folder.ancestors().take_while(|above| above.starts_with(root.path())).map(Path::to_owned),
                    );
                }
                (OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?, None)
            }
        };
        Ok(ArchiveEntry { name: name.to_owned(), out, header, hash: Context::new(&SHA256), bytes: 0 })
    }

    /// Completes a file, and returns its manifest line.
    pub(super) fn close(&mut self, entry: ArchiveEntry) -> io::Result<ManifestLine> {
        let ArchiveEntry { name, mut out, header, hash, bytes } = entry;
        match header {
            Some(at) => {
                let header = tar::header(&name, bytes, self.time).ok_or(io::ErrorKind::InvalidFilename)?;
                let zeros = tar::END.get(..tar::padding(bytes)).unwrap_or_default();
                out.write_all(zeros)?;
                out.seek(SeekFrom::Start(at))?;
                out.write_all(&header)?;
            }
            None => out.sync_all()?,
        }
        Ok(ManifestLine { name, bytes, sha256: hex::encode(hash.finish()) })
    }

    /// Adds a file with these contents, and returns its manifest line.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<ManifestLine> {
        let mut entry = self.add(name)?;
        entry.write_all(bytes)?;
        self.close(entry)
    }

    /// Moves the backup to its target. Everything has been flushed to the disk when this returns.
    pub(super) fn finish(self) -> io::Result<()> {
        match self.container {
            Container::OneFile(file) => {
                let mut out = file.as_file();
                out.seek(SeekFrom::End(0))?;
                out.write_all(&tar::END)?;
                out.sync_all()?;
                file.persist_noclobber(&self.target)?;
            }
            Container::Folder { root, folders } => {
                for folder in folders {
                    File::open(folder)?.sync_all()?;
                }
                fs::rename(root.path(), &self.target)?;
                let _moved = root.keep();
            }
        }
        let beside = self.target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(beside)?.sync_all()
    }
}

/// Returns the permissions 0700 (owner only), independent of the umask of the process.
fn owner_alone() -> fs::Permissions {
    fs::Permissions::from_mode(0o700)
}

impl Write for ArchiveEntry {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes = self.bytes.saturating_add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A backup that is open for reading.
pub(super) struct ArchiveReader {
    path: PathBuf,
    is_folder: bool,
    files: BTreeMap<String, Extent>,
}

impl ArchiveReader {
    /// Lists the files of the backup at `path` without reading their contents.
    ///
    /// # Errors
    /// Returns a sentence if it is neither a folder nor a tar archive, or if the structure of the archive was altered.
    pub(super) fn open(path: &Path) -> Result<Self, StartError> {
        let unreadable = || io(format!("{} cannot be read", path.display()));
        let is_folder = fs::metadata(path).map_err(unreadable())?.is_dir();
        let files = if is_folder {
            let mut files = BTreeMap::new();
            list_files(path, "", &mut files).map_err(unreadable())?;
            files
        } else {
            let mut archive = File::open(path).map_err(unreadable())?;
            tar::index(&mut archive).map_err(unreadable())?.map_err(|why| damaged(path, why))?
        };
        Ok(Self { path: path.to_owned(), is_folder, files })
    }

    /// Returns the path of the backup.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the names of all files in the backup.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Returns the size of a file in bytes, or `None` if the backup has no file with this name.
    pub(super) fn bytes(&self, name: &str) -> Option<u64> {
        Some(self.files.get(name)?.bytes)
    }

    /// Opens a file for reading.
    pub(super) fn read(&self, name: &str) -> io::Result<impl Read> {
        let Extent { at, bytes } = *self.files.get(name).ok_or(io::ErrorKind::NotFound)?;
        let mut file = File::open(if self.is_folder { self.path.join(name) } else { self.path.clone() })?;
        file.seek(SeekFrom::Start(at))?;
        Ok(file.take(bytes))
    }
}

fn list_files(folder: &Path, above: &str, files: &mut BTreeMap<String, Extent>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        let about = entry.metadata()?; // of the link itself, if it is one: links are not followed
        if about.is_dir() {
            list_files(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.insert(name, Extent { at: 0, bytes: about.len() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

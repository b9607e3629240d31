//! Verifies that a backup is complete, unaltered, and belongs to these keys. Only a verified backup is restored.

use std::collections::BTreeSet;
use std::io::{self, Read, Write};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};

use super::archive::{ArchiveReader, ManifestLine};
use super::contents::Contents;
use super::manifest::{BYTES_MAX, MANIFEST, Manifest, SUM};
use super::progress::Progress;
use super::{damaged, refused};
use crate::database::Database;
use crate::identity::Keys;
use crate::start::{StartError, io as tried};

/// The size of the read buffer, in bytes.
const CHUNK: usize = 256 * 1024;
/// The maximum size of the file with the MAC, in bytes.
const SUM_MAX: u64 = 1_024;

/// A backup whose manifest was authenticated with the keys of this installation.
pub(super) struct Verified {
    source: ArchiveReader,
    /// The authenticated manifest.
    pub(super) manifest: Manifest,
}

impl Verified {
    /// Authenticates the manifest, and compares the names and sizes of the files with it. [`Verified::read_all`]
    /// verifies the contents of the files.
    ///
    /// # Errors
    /// Returns a sentence if the backup was truncated or altered, or was made with other keys or in another format.
    pub(super) fn open(path: &Path, keys: &Keys) -> Result<Self, StartError> {
        let source = ArchiveReader::open(path)?;
        let [bytes, sum] = [(MANIFEST, BYTES_MAX), (SUM, SUM_MAX)].map(|(name, most)| whole(&source, name, most));
        let manifest = Manifest::open(keys, &bytes?, &sum?).map_err(|why| damaged(path, why))?;
        let backup = Self { source, manifest };
        backup.check_names()?;
        backup.check_keys(keys)?;
        if !Database::migrations().contains(&backup.manifest.schema) {
            return Err(damaged(path, format!("its schema {} is newer than this program", backup.manifest.schema)));
        }
        Ok(backup)
    }

    /// Returns the path of the backup.
    pub(super) fn path(&self) -> &Path {
        self.source.path()
    }

    fn check_names(&self) -> Result<(), StartError> {
        let mut listed: BTreeSet<&str> = [MANIFEST, SUM].into();
        for ManifestLine { name, bytes, .. } in &self.manifest.files {
            match self.source.bytes(name) {
                None => return Err(damaged(self.path(), format!("{name} is missing"))),
                Some(found) if found != *bytes => {
                    return Err(damaged(self.path(), format!("{name} has {found} bytes instead of {bytes}")));
                }
                Some(_) => listed.insert(name),
            };
        }
        match self.source.names().find(|name| !listed.contains(name)) {
            Some(name) => Err(damaged(self.path(), format!("it contains {name}, which its manifest does not list"))),
            None => Ok(()),
        }
    }

    /// Checks that the keys which signed the receipts are present. Without them, a genuine receipt cannot be
    /// distinguished from a forged one.
    fn check_keys(&self, keys: &Keys) -> Result<(), StartError> {
        let present = keys.receipt_names();
        match self.manifest.receipt_keys.difference(&present).next() {
            Some(missing) => Err(damaged(
                self.path(),
                format!("the keys folder lacks receipt-{missing}.pem, which signed its receipts"),
            )),
            None => Ok(()),
        }
    }

    /// Reads all files, and compares their hashes with the manifest.
    ///
    /// # Errors
    /// Returns a sentence that names a file that was altered.
    pub(super) fn read_all(&self) -> Result<(), StartError> {
        let mut progress = Progress::of("verifying", self.manifest.files.len());
        let mut chunk = vec![0; CHUNK];
        for line in &self.manifest.files {
            let mut reader = self.reader(line)?;
            loop {
                let read = reader.read(&mut chunk).map_err(|why| damaged(self.path(), why))?;
                if read == 0 {
                    break;
                }
                progress.bytes(read);
            }
            progress.file();
        }
        Ok(())
    }

    /// Returns the manifest line of a file.
    ///
    /// # Errors
    /// Returns a sentence if the manifest does not list the file.
    pub(super) fn line(&self, name: &str) -> Result<&ManifestLine, StartError> {
        let line = self.manifest.files.iter().find(|line| line.name == name);
        line.ok_or_else(|| damaged(self.path(), format!("{name} is missing")))
    }

    /// Opens a file for reading. Reaching its end returns an error if its hash differs from the manifest.
    ///
    /// # Errors
    /// Returns a sentence if it cannot be read.
    pub(super) fn reader(&self, line: &ManifestLine) -> Result<Compared<impl Read>, StartError> {
        let bytes = self.source.read(&line.name).map_err(tried(format!("{} cannot be read", line.name)))?;
        Ok(Compared { line: line.clone(), bytes, hash: Some(Context::new(&SHA256)) })
    }

    /// Copies a file, and verifies its hash again.
    ///
    /// # Errors
    /// Returns a sentence if it has changed or cannot be written.
    pub(super) fn copy(&self, line: &ManifestLine, mut to: impl Write) -> Result<(), StartError> {
        let mut reader = self.reader(line)?;
        io::copy(&mut reader, &mut to).map_err(tried(format!("{} cannot be restored", line.name)))?;
        Ok(())
    }

    /// Compares the restored rows with the manifest.
    ///
    /// # Errors
    /// Returns a sentence that names the first difference.
    pub(super) fn compare(&self, found: &Contents) -> Result<(), StartError> {
        let expected = &self.manifest;
        if found.schema != expected.schema {
            return Err(refused(format!("the restored schema is {}, not {}", found.schema, expected.schema)));
        }
        if found.journal_position != expected.journal_position {
            let (found, expected) = (found.journal_position, expected.journal_position);
            return Err(refused(format!("the restored journal ends at {found}, not at {expected}")));
        }
        for (table, expected) in &expected.rows {
            match found.rows.get(table) {
                Some(found) if found == expected => {}
                found => {
                    let found = found.copied().unwrap_or_default();
                    return Err(refused(format!("the restored table {table} has {found} rows, not {expected}")));
                }
            }
        }
        Ok(())
    }
}

/// A reader that compares the size and the hash of the bytes with their manifest line.
pub(super) struct Compared<R> {
    line: ManifestLine,
    bytes: R,
    /// The running SHA-256 hash. `None` after the end was reached.
    hash: Option<Context>,
}

impl<R: Read> Read for Compared<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        if read > 0 {
            if let Some(hash) = &mut self.hash {
                hash.update(buffer.get(..read).unwrap_or_default());
            }
            return Ok(read);
        }
        if let Some(hash) = self.hash.take()
            && hex::encode(hash.finish()) != self.line.sha256
        {
            return Err(io::Error::other(format!("{} was altered", self.line.name)));
        }
        Ok(0)
    }
}

fn whole(source: &ArchiveReader, name: &str, most: u64) -> Result<Vec<u8>, StartError> {
    match source.bytes(name) {
        None => return Err(damaged(source.path(), format!("{name} is missing"))),
        Some(bytes) if bytes > most => return Err(damaged(source.path(), format!("{name} is too large"))),
        Some(_) => {}
    }
    let mut bytes = Vec::new();
    let read = source.read(name).and_then(|mut file| file.read_to_end(&mut bytes));
    read.map_err(tried(format!("{name} cannot be read")))?;
    Ok(bytes)
}

//! Keeps photos in a folder. Each object is written to a temporary file, flushed with `fsync` and then renamed, so it
//! is either complete or absent.

use std::any::Any;
use std::collections::{BTreeMap, HashSet};
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use super::policy::UploadPolicy;
use super::signer::UrlSigner;
use super::store::{KeyPrefix, Part, PhotoStore, StoreError, UploadPlan, is_key};

/// The subfolder for files that are still being written.
const PARTS: &str = "parts";

/// A photo store in a local folder.
pub struct Disk {
    root: PathBuf,
    signer: UrlSigner,
}

/// What to do if an object with this key already exists.
#[derive(Debug, Clone, Copy)]
enum IfTaken {
    Refuse,
    Replace,
}

/// A file that is being received. It is deleted on drop, unless [`Disk::keep`] has persisted it.
pub struct Arrival {
    part: NamedTempFile,
    file: tokio::fs::File,
    received: u64,
}

impl Arrival {
    /// Returns the number of bytes received so far.
    #[must_use]
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// Appends received bytes to the temporary file.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).await?;
        self.received = self.received.saturating_add(bytes.len() as u64);
        Ok(())
    }
}

impl Disk {
    /// Opens the folder and checks that it is writable. Missing folders are created with mode 0700, readable only by
    /// the owner.
    pub fn open(root: &Path, signer: UrlSigner) -> io::Result<Self> {
        for name in [PARTS, KeyPrefix::Incoming.as_str(), KeyPrefix::Shown.as_str(), KeyPrefix::Sealed.as_str()] {
            make_folder(&root.join(name))?;
        }
        NamedTempFile::new_in(root.join(PARTS))?.write_all(b"may write")?;
        Ok(Self { root: root.to_owned(), signer })
    }

    /// Starts receiving a file, in a new temporary file.
    pub async fn receive(&self) -> Result<Arrival, StoreError> {
        let parts = self.root.join(PARTS);
        let (part, file) = blocking(move || {
            let part = NamedTempFile::new_in(parts)?;
            let file = part.reopen()?;
            Ok((part, file))
        })
        .await?;
        Ok(Arrival { part, file: tokio::fs::File::from_std(file), received: 0 })
    }

    /// Persists a received file under `key`. The file and its directory entry are durable when this returns.
    ///
    /// # Errors
    /// `StoreError::Taken` if an object with this key exists.
    pub async fn keep(&self, arrival: Arrival, key: &str) -> Result<(), StoreError> {
        let path = self.path(key)?;
        let Arrival { part, mut file, .. } = arrival;
        file.flush().await?;
        blocking(move || settle(part, &path, IfTaken::Refuse)).await
    }

    /// Checks whether an object with this key exists.
    pub async fn has(&self, key: &str) -> Result<bool, StoreError> {
        let path = self.path(key)?;
        blocking(move || path.try_exists()).await
    }

    fn path(&self, key: &str) -> Result<PathBuf, StoreError> {
        if is_key(key) { Ok(self.root.join(key)) } else { Err(StoreError::BadKey) }
    }
}

impl dyn PhotoStore {
    /// Downcasts to the folder behind `POST /photos/incoming`. Returns `None` if photos are kept in a bucket.
    #[must_use]
    pub fn as_disk(&self) -> Option<&Disk> {
        (self as &dyn Any).downcast_ref()
    }
}

#[async_trait]
impl PhotoStore for Disk {
    fn signer(&self) -> &UrlSigner {
        &self.signer
    }

    async fn plan(
        &self,
        key: &str,
        media_type: &str,
        bytes: u64,
        now: DateTime<Utc>,
    ) -> Result<UploadPlan, StoreError> {
        self.path(key)?;
        let policy = UploadPolicy::new(key, media_type, bytes, now);
        let (text, signature) = policy.signed(&self.signer);
        let fields = [("Content-Type", media_type), ("key", key), ("policy", &text), ("signature", &signature)];
        Ok(UploadPlan {
            url: format!("{}/photos/incoming", self.signer.public_url()),
            fields: fields
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
            ends_at: policy.ends_at(),
        })
    }

    async fn size(&self, key: &str) -> Result<u64, StoreError> {
        let path = self.path(key)?;
        blocking(move || Ok(fs::metadata(path)?.len())).await
    }

    async fn read(&self, key: &str, limit: u64) -> Result<Vec<u8>, StoreError> {
        let path = self.path(key)?;
        let bytes = blocking(move || {
            let mut bytes = Vec::new();
            File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
            Ok(bytes)
        })
        .await?;
        if bytes.len() as u64 > limit { Err(StoreError::TooLarge) } else { Ok(bytes) }
    }

    async fn free(&self) -> Result<Option<u64>, StoreError> {
        let root = self.root.clone();
        blocking(move || {
            let disk = rustix::fs::statvfs(root)?;
            Ok(Some(disk.f_bavail.saturating_mul(disk.f_frsize)))
        })
        .await
    }

    async fn read_part(&self, key: &str, from: u64, most: u64) -> Result<Part, StoreError> {
        let path = self.path(key)?;
        blocking(move || {
            let mut file = File::open(path)?;
            let of = file.metadata()?.len();
            file.seek(SeekFrom::Start(from))?;
            let mut bytes = Vec::new();
            file.take(most).read_to_end(&mut bytes)?;
            Ok(Part { bytes, of })
        })
        .await
    }

    async fn write(&self, key: &str, _media_type: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let (path, parts) = (self.path(key)?, self.root.join(PARTS));
        blocking(move || {
            let mut part = NamedTempFile::new_in(parts)?;
            part.write_all(&bytes)?;
            settle(part, &path, IfTaken::Replace)
        })
        .await
    }

    async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let path = self.path(key)?;
        match blocking(move || fs::remove_file(path)).await {
            Err(StoreError::Absent) => Ok(()),
            other => other,
        }
    }

    async fn list(&self, prefix: KeyPrefix, most: usize) -> Result<Vec<(String, u64)>, StoreError> {
        let folder = self.root.join(prefix.as_str());
        blocking(move || {
            let mut found = Vec::new();
            for one_of_256 in fs::read_dir(folder)? {
                let inner = one_of_256?;
                for entry in fs::read_dir(inner.path())? {
                    if found.len() >= most {
                        return Ok(found);
                    }
                    let entry = entry?;
                    let names = [inner.file_name(), entry.file_name()].map(|name| name.to_string_lossy().into_owned());
                    found.push((format!("{}{}", prefix.as_str(), names.join("/")), entry.metadata()?.len()));
                }
            }
            Ok(found)
        })
        .await
    }

    async fn sweep(&self, before: DateTime<Utc>, keep: &HashSet<String>) -> Result<usize, StoreError> {
        let kept: HashSet<PathBuf> = keep.iter().map(|key| self.root.join(key)).collect();
        let (parts, incoming) = (self.root.join(PARTS), self.root.join(KeyPrefix::Incoming.as_str()));
        let before = SystemTime::from(before);
        blocking(move || {
            let mut removed = remove_older(&parts, before, &kept)?;
            for folder in fs::read_dir(incoming)? {
                removed = removed.saturating_add(remove_older(&folder?.path(), before, &kept)?);
            }
            Ok(removed)
        })
        .await
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Absent,
            io::ErrorKind::AlreadyExists => Self::Taken,
            _ => Self::NotAnswering(error.to_string()),
        }
    }
}

/// Runs file operations on the blocking thread pool, so that they stall no request.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|error| StoreError::NotAnswering(error.to_string()))??)
}

fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Renames a finished file to its final path. Its content and its directory entry are both durable when this returns.
fn settle(part: NamedTempFile, path: &Path, if_taken: IfTaken) -> io::Result<()> {
    part.as_file().sync_all()?;
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    if !folder.is_dir() {
        make_folder(folder)?;
        flush_names(folder.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
    }
    match if_taken {
        IfTaken::Refuse => part.persist_noclobber(path)?,
        IfTaken::Replace => part.persist(path)?,
    };
    flush_names(folder)
}

fn flush_names(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn remove_older(folder: &Path, before: SystemTime, kept: &HashSet<PathBuf>) -> io::Result<usize> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        match entry.metadata().and_then(|about| about.modified()) {
            Ok(written) if written < before && !kept.contains(&path) => match fs::remove_file(&path) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            },
            _ => {} // the file is recent or in use, or another process has just deleted it
        }
    }
    Ok(removed)
}

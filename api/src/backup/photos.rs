//! Copies the photo objects: exports them after the rows that reference them, and imports them before these rows.
//!
//! Display versions and sealed originals are the same in a backup as in the store. An uploaded object that has not been
//! verified yet is unencrypted in the store, for a day at most. A backup is kept for longer, so the object is sealed
//! (encrypted) there.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::Read;

use domain::limits::PHOTO_BYTES_MAX;
use entity::photo;
use futures::{StreamExt, stream};
use sea_orm::EntityTrait;

use super::archive::{ArchiveWriter, ManifestLine};
use super::contents::{Contents, PhotoObject};
use super::progress::{Progress, size};
use super::refused;
use super::verify::Verified;
use crate::database::Database;
use crate::error::{ApiError, ApiResult};
use crate::identity::Keys;
use crate::identity::seal::SealAad;
use crate::photo::original::original;
use crate::photo::resumable;
use crate::photo::store::{KeyPrefix, PhotoStore, StoreError, is_key};
use crate::start::{StartError, io};

/// The folder for photo objects in a backup.
const FOLDER: &str = "photos/";
/// The number of objects that are read or written concurrently.
const AT_ONCE: usize = 8;
/// The number of attempts to find an object. More than one is necessary because the object may be being joined from its
/// pieces at that moment.
const LOOKS: usize = 3;
/// The maximum size of an object in bytes: the largest original, and 1 MiB for its seal.
const OBJECT_MAX: u64 = PHOTO_BYTES_MAX + 1024 * 1024;

/// The installation that is backed up.
pub(super) struct Installation<'a> {
    pub(super) database: &'a Database,
    pub(super) photos: &'a dyn PhotoStore,
    pub(super) keys: &'a Keys,
}

/// The objects that were copied, and those that were not.
#[derive(Debug, Default)]
pub(super) struct Copied {
    /// The files of the backup.
    pub(super) lines: Vec<ManifestLine>,
    /// The keys of objects that rows reference and the backup lacks.
    pub(super) absent: BTreeSet<String>,
    /// The number of absent objects that rows still reference: they were lost before the backup.
    pub(super) lost: usize,
}

/// The result of looking for an object.
enum Found {
    Bytes(Vec<u8>),
    /// The object never arrived completely, or its row has changed since it was copied and no longer needs the object.
    Gone,
    Lost,
}

/// Lists the keys of the uploaded objects that have not been verified yet. They are listed before the rows are copied:
/// if an object is verified in between, the copied rows reference its sealed original.
pub(super) async fn arrived(photos: &dyn PhotoStore) -> ApiResult<HashSet<String>> {
    let found = photos.list(KeyPrefix::Incoming, usize::MAX).await?;
    Ok(found.into_iter().map(|(key, _)| key).collect())
}

/// Copies the needed objects, and the expected objects that have arrived.
///
/// # Errors
/// Returns a sentence if the store or the database does not respond, or the backup cannot be written.
pub(super) async fn copy_out(
    from: &Installation<'_>,
    contents: &Contents,
    arrived: &HashSet<String>,
    writer: &mut ArchiveWriter,
) -> Result<Copied, StartError> {
    let mut copied = Copied::default();
    let came = |key: &String| arrived.contains(key) || contents.whole.contains(key);
    let wanted: Vec<&PhotoObject> =
        contents.expected.iter().filter(|object| came(&object.key)).chain(&contents.objects).collect();
    let mut progress = Progress::of("photos", wanted.len());
    let mut objects = stream::iter(wanted).map(async |object| (object, find(from, object).await)).buffered(AT_ONCE);
    while let Some((PhotoObject { key, .. }, found)) = objects.next().await {
        let bytes = match found? {
            Found::Bytes(bytes) => bytes,
            other => {
                copied.absent.insert(key.clone());
                copied.lost += usize::from(matches!(other, Found::Lost));
                continue;
            }
        };
        let bytes = if is_open(key) { from.keys.seal(place(key), &bytes)?.bytes } else { bytes };
        let line = writer.put(&format!("{FOLDER}{key}"), &bytes);
        copied.lines.push(line.map_err(io("the photos cannot be written"))?);
        progress.file();
        progress.bytes(bytes.len());
    }
    Ok(copied)
}

async fn find(from: &Installation<'_>, object: &PhotoObject) -> ApiResult<Found> {
    for _ in 0..LOOKS {
        match from.photos.read(&object.key, OBJECT_MAX).await {
            Ok(bytes) => return Ok(Found::Bytes(bytes)),
            Err(StoreError::Absent) => {}
            Err(error) => return Err(error.into()),
        }
        if let Some(found) = find_elsewhere(from, object).await? {
            return Ok(found);
        }
    }
    Ok(Found::Gone)
}

/// Looks for the contents of a missing object elsewhere. If its photo has been verified in the meantime, the sealed
/// original holds the same bytes; if it was sent in pieces, the pieces hold them. Returns `None` if the pieces may just
/// have been joined.
async fn find_elsewhere(from: &Installation<'_>, object: &PhotoObject) -> ApiResult<Option<Found>> {
    let rows = &from.database.read;
    let named = photo::Entity::find_by_id(object.photo).one(rows).await?.is_some_and(|row| {
        [row.incoming_key, row.original_key, row.display_key, row.thumbnail_key].contains(&Some(object.key.clone()))
    });
    if !named {
        let bytes = original(rows, from.photos, from.keys, object.photo).await?;
        return Ok(Some(bytes.map_or(Found::Gone, Found::Bytes)));
    }
    if object.is_needed {
        return Ok(Some(Found::Lost));
    }
    Ok(resumable::bytes(rows, from.photos, &object.key).await?.map(Found::Bytes))
}

/// Rejects a photo store that is not empty.
///
/// # Errors
/// Returns a sentence if the store contains an object or does not respond.
pub(super) async fn check_empty(photos: &dyn PhotoStore) -> Result<(), StartError> {
    for prefix in KeyPrefix::ALL {
        if let Some((key, _)) = photos.list(prefix, 1).await.map_err(ApiError::from)?.pop() {
            return Err(refused(format!("the photo store is not empty, it contains {key}: restore into an empty one")));
        }
    }
    Ok(())
}

/// Copies the objects of a backup into the store.
///
/// # Errors
/// Returns a sentence if the store does not respond, or the backup was altered after it had been verified.
pub(super) async fn copy_in(backup: &Verified, photos: &dyn PhotoStore, keys: &Keys) -> Result<(), StartError> {
    let lines: Vec<(&ManifestLine, &str)> = objects_of(backup).collect();
    let mut progress = Progress::of("photos", lines.len());
    let mut done = stream::iter(lines)
        .map(async |(line, key)| {
            let mut bytes = Vec::new();
            backup.reader(line)?.read_to_end(&mut bytes).map_err(io(format!("{} cannot be read", line.name)))?;
            if is_open(key) {
                bytes = keys.open(place(key), &bytes, keys.seal_name())?.to_vec();
            }
            let length = bytes.len();
            photos.write(key, media_type(key), bytes).await.map_err(ApiError::from)?;
            Ok::<usize, StartError>(length)
        })
        .buffered(AT_ONCE);
    while let Some(length) = done.next().await {
        progress.file();
        progress.bytes(length?);
    }
    Ok(())
}

/// Checks that every object referenced by the restored rows exists, and returns a human-readable summary.
///
/// # Errors
/// Returns a sentence that names an object that is missing or has another size.
pub(super) async fn check(
    backup: &Verified,
    contents: &Contents,
    photos: &dyn PhotoStore,
) -> Result<String, StartError> {
    let mut stored = HashMap::new();
    for prefix in KeyPrefix::ALL {
        stored.extend(photos.list(prefix, usize::MAX).await.map_err(ApiError::from)?);
    }
    let listed: BTreeMap<&str, u64> = objects_of(backup).map(|(line, key)| (key, line.bytes)).collect();
    for PhotoObject { key, .. } in &contents.objects {
        let is_there = match (stored.get(key), listed.get(key.as_str())) {
            (Some(stored), Some(listed)) => is_open(key) || stored == listed,
            (_, None) => backup.manifest.absent.contains(key),
            (None, Some(_)) => false,
        };
        if !is_there {
            return Err(refused(format!("the restored rows refer to {key}, which was not restored")));
        }
    }
    Ok(format!("{} photo objects, {}", listed.len(), size(listed.values().sum())))
}

/// Returns the manifest lines of photo objects, with their keys.
fn objects_of(backup: &Verified) -> impl Iterator<Item = (&ManifestLine, &str)> {
    let lines = backup.manifest.files.iter();
    lines.filter_map(|line| Some((line, line.name.strip_prefix(FOLDER).filter(|key| is_key(key))?)))
}

/// Checks whether an object is unencrypted in the store, so that its metadata may reveal where the photo was taken.
fn is_open(key: &str) -> bool {
    key.starts_with(KeyPrefix::Incoming.as_str())
}

fn place(key: &str) -> SealAad<'_> {
    SealAad::new("backup", "incoming", key.as_bytes())
}

fn media_type(key: &str) -> &'static str {
    if key.starts_with(KeyPrefix::Shown.as_str()) { "image/jpeg" } else { "application/octet-stream" }
}

//! The manifest lists the contents of a backup. Its message authentication code (MAC) can be computed only with the
//! keys of the installation.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::archive::ManifestLine;
use crate::database::Engine;
use crate::identity::Keys;

/// The file name of the manifest.
pub(super) const MANIFEST: &str = "manifest.json";
/// The file name of the manifest's MAC, which is the last file of a backup.
pub(super) const SUM: &str = "manifest.mac";
/// The format version that this program writes, and the only one that it reads.
pub(super) const FORMAT: u32 = 1;
/// The maximum size of a manifest: 2 GiB, enough for some millions of files.
pub(super) const BYTES_MAX: u64 = 2 << 30;

/// The list of the contents of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Manifest {
    /// [`FORMAT`].
    pub(super) format: u32,
    /// The version of the program that made the backup.
    pub(super) program: String,
    /// `sqlite` or `postgres`.
    pub(super) engine: String,
    /// The newest migration of the schema.
    pub(super) schema: String,
    /// When the backup began. It contains everything that was acknowledged before.
    pub(super) began: DateTime<Utc>,
    /// The last position of the journal.
    pub(super) journal_position: i64,
    /// The number of rows of each table.
    pub(super) rows: BTreeMap<String, u64>,
    /// An identifier for each key of the installation, which does not reveal the key.
    pub(super) keys: BTreeMap<String, String>,
    /// The identifiers of the keys that sign receipts.
    pub(super) receipt_keys: BTreeSet<String>,
    /// The keys of photo objects that rows reference and the backup lacks.
    pub(super) absent: BTreeSet<String>,
    /// The files of the backup, without the manifest and its authentication code.
    pub(super) files: Vec<ManifestLine>,
}

/// The part of the manifest that is parsed before its MAC is verified. It can explain why the MAC does not match.
#[derive(Debug, Deserialize)]
struct Head {
    format: u32,
    keys: BTreeMap<String, String>,
}

/// Returns the name of an engine in the manifest.
pub(super) const fn word(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

impl Manifest {
    /// Serialises the manifest, and returns its bytes and its MAC.
    pub(super) fn sealed(&self, keys: &Keys) -> serde_json::Result<(Vec<u8>, Vec<u8>)> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        let sum = sum(keys, &bytes);
        Ok((bytes, sum))
    }

    /// Verifies the MAC with these keys, and parses the manifest.
    ///
    /// # Errors
    /// Returns the fault as the end of a sentence that begins with the name of the backup.
    pub(super) fn open(keys: &Keys, bytes: &[u8], given: &[u8]) -> Result<Self, String> {
        let altered = "its manifest was truncated or altered";
        let Ok(head) = serde_json::from_slice::<Head>(bytes) else { return Err(altered.to_owned()) };
        if head.format != FORMAT {
            return Err(format!(
                "its format is {}, but this program reads {FORMAT}: use the version that made it",
                head.format
            ));
        }
        let others: Vec<String> = keys
            .names()
            .into_iter()
            .filter(|(name, id)| head.keys.get(name) != Some(id))
            .map(|(name, _)| name)
            .collect();
        if !others.is_empty() {
            let others = others.join(", ");
            return Err(format!("it was made with different keys than those in the keys folder ({others} differ)"));
        }
        // The MAC is compared in its text form, because two texts could decode to the same bytes.
        if verify_slices_are_equal(&sum(keys, bytes), given).is_err() {
            return Err(altered.to_owned());
        }
        serde_json::from_slice(bytes).map_err(|cause| format!("its manifest cannot be read: {cause}"))
    }
}

fn sum(keys: &Keys, bytes: &[u8]) -> Vec<u8> {
    let mut text = hex::encode(keys.backup_mac(bytes)).into_bytes();
    text.push(b'\n');
    text
}

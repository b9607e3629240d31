//! The content hash: a digest of what a report says. The phone can compute it too. It is salted with the submission id,
//! so that a guessed content cannot be looked up by its hash.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::id::{PhotoId, UnitId};
use crate::place::Pin;
use crate::refusal::Language;
use crate::{Code, Refusal};

/// The prefix of the hash input. The number is the version of the input format.
const PREFIX: &[u8] = b"chuishao/content/1";

/// A SHA-256 hash of 32 bytes. Its text and JSON form is 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub [u8; 32]);

/// A photo that a report announces before its bytes arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentPhoto {
    /// The photo id, which the phone generated.
    pub id: PhotoId,
    /// The hash of the whole file as stored on the phone.
    pub sha256: Digest,
}

/// The content of a submission. The content hash covers exactly these fields.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// The submission id, which the phone generated at random. It salts the hash.
    pub submission: Uuid,
    /// The text exactly as sent, neither trimmed nor normalised.
    pub text: &'a str,
    /// The category code as sent, even if the catalogue does not contain it.
    pub category: Option<&'a str>,
    /// The place as sent, in the coordinate system that the phone named.
    pub place: Pin,
    /// When the observation was made, by the phone's clock. The hash truncates it to whole milliseconds.
    pub captured_at: Option<DateTime<Utc>>,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The unit that the report accuses.
    pub accused: Option<UnitId>,
    /// The announced photos, in any order, each id once.
    pub photos: &'a [ContentPhoto],
}

/// The members of the canonical JSON object. RFC 8785 sorts them by name, so their order here does not matter.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Canonical<'a> {
    text: &'a str,
    category: Option<&'a str>,
    crs: &'static str,
    lng: i32,
    lat: i32,
    captured_at: Option<i64>,
    emergency: bool,
    accused: Option<String>,
    photos: Vec<CanonicalPhoto>,
}

#[derive(Serialize)]
struct CanonicalPhoto {
    id: String,
    sha256: String,
}

impl Content<'_> {
    /// Returns the content hash: SHA-256 over three parts with no separator between them.
    ///
    /// 1. the 18 ASCII bytes `chuishao/content/1`;
    /// 2. the submission's id as 36 ASCII bytes: lower-case, with hyphens;
    /// 3. the canonical JSON (RFC 8785), in UTF-8, of an object with exactly these members: `accused` (36 characters as
    ///    in 2, or null), `capturedAt` (milliseconds since the Unix epoch, or null), `category` (string or null), `crs`
    ///    (`WGS84`, `CGCS2000`, `GCJ02`, `BD09`), `emergency` (true or false), `lat` and `lng` (integers in units of
    ///    10⁻⁷ degree in that system, halves rounded away from zero), `photos` (objects with `id` as in 2 and `sha256`
    ///    in lower-case hexadecimal, sorted by `id`; an empty array if there are none), `text`.
    ///
    /// # Errors
    /// `INTERNAL` if the JSON cannot be serialised, which cannot happen for strings and integers below 2⁵³.
    pub fn hash(&self) -> Result<Digest, Refusal> {
        let json = serde_json_canonicalizer::to_vec(&self.canonical()).map_err(|error| {
            Refusal::new(Code::Internal)
                .with_text("系统出现故障：内容无法编码。", format!("The content cannot be encoded: {error}"))
        })?;
        let sum = Sha256::new().chain_update(PREFIX).chain_update(hyphenated(self.submission)).chain_update(json);
        Ok(Digest(sum.finalize().into()))
    }

    fn canonical(&self) -> Canonical<'_> {
        let mut photos: Vec<_> = self
            .photos
            .iter()
            .map(|photo| CanonicalPhoto { id: hyphenated(photo.id.0), sha256: photo.sha256.to_string() })
            .collect();
        photos.sort_by(|one, other| one.id.cmp(&other.id));
        Canonical {
            text: self.text,
            category: self.category,
            crs: self.place.crs().code(),
            lng: self.place.lng_e7(),
            lat: self.place.lat_e7(),
            captured_at: self.captured_at.map(|at| at.timestamp_millis()),
            emergency: self.emergency,
            accused: self.accused.map(|unit| hyphenated(unit.0)),
            photos,
        }
    }
}

/// Returns the deduplication key of a submission: the SHA-256 hash of its id as 36 ASCII bytes, lower-case, with
/// hyphens. A repeated submission is recognised by it; the id itself is not stored.
#[must_use]
pub fn submission_key(submission: Uuid) -> Digest {
    Digest(Sha256::digest(hyphenated(submission)).into())
}

fn hyphenated(id: Uuid) -> String {
    id.hyphenated().to_string()
}

impl Digest {
    /// Computes the SHA-256 hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Digest {
    type Err = Refusal;

    /// Parses a hash from 64 hexadecimal digits of either case.
    ///
    /// # Errors
    /// `INVALID_INPUT` for `input.photos.sha256` if the text has another length or contains any other character.
    fn from_str(text: &str) -> Result<Self, Refusal> {
        let wrong = || {
            let (zh, en) = ("SHA-256 应为 64 位十六进制字符。", "A SHA-256 hash has 64 hexadecimal digits.");
            Refusal::invalid("input.photos.sha256", zh, en)
        };
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return Err(wrong()) };
        let bytes: Option<Vec<u8>> =
            pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?)).collect();
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or_else(wrong)
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map_err(|refusal: Refusal| refusal.text(Language::English).to_owned())
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests;

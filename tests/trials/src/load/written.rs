//! A submission as its phone stores it before sending: immutable, with everything that the checker compares later.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use domain::content::{Content, ContentPhoto, Digest};
use domain::id::PhotoId;
use domain::place::{Crs, Pin};
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tests::photos::sized_photo;
use tests::random::RngExt;
use uuid::Uuid;

/// Sample texts of reports.
const SEEN: &[&str] = &[
    "小区北侧围墙裂缝贯通，墙体外倾",
    "道路塌陷，露出电缆",
    "河堤渗水，水色发浑",
    "坡面有碎石滚落",
    "井盖缺失，夜间无灯",
    "楼道堆满电动车，飞线充电",
];
/// Hazard categories that phones send. The last one is not in any catalogue.
const CATEGORIES: &[Option<&str>] = &[Some("self_built_house"), None, Some("from_an_app_of_next_year")];

/// The maximum time for which a phone is offline.
const MONTH: Duration = Duration::from_hours(24 * 30);

/// An announced photo. It is uploaded only if it has a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Made by the phone.
    pub id: Uuid,
    /// The SHA-256 hash of the file, in 64 hexadecimal digits.
    pub sha256: String,
    /// The size of the whole file.
    pub bytes: u32,
    /// The number from which the bytes of the file are generated. `None` for a photo that is never uploaded.
    #[serde(default)]
    pub number: Option<u64>,
}

impl Announced {
    fn next(random: &mut Rng) -> Self {
        Self {
            id: Uuid::new_v4(),
            sha256: Digest::of(Uuid::new_v4().as_bytes()).to_string(),
            bytes: 200_000 + random.u32(..2_000_000),
            number: None,
        }
    }

    /// Creates the photo with this number and about this size, which will be uploaded.
    fn coming(number: u64, bytes: usize) -> Self {
        let file = sized_photo(number, bytes);
        let bytes = u32::try_from(file.len()).unwrap_or_default();
        Self { id: Uuid::new_v4(), sha256: Digest::of(&file).to_string(), bytes, number: Some(number) }
    }

    /// Returns the bytes of the file, if the photo is to be uploaded.
    #[must_use]
    pub fn file(&self) -> Option<Vec<u8>> {
        Some(sized_photo(self.number?, usize::try_from(self.bytes).ok()?))
    }
}

/// A submission as stored on a phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Made by the phone.
    pub submission: Uuid,
    /// The text of the report, unique to this submission.
    pub text: String,
    /// The category code that the phone sends.
    pub category: Option<String>,
    /// The WGS84 longitude, in units of 10⁻⁷ degree.
    pub lng_e7: i32,
    /// The WGS84 latitude, in units of 10⁻⁷ degree.
    pub lat_e7: i32,
    /// When the hazard was seen, by the phone's clock.
    pub captured_at: DateTime<Utc>,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// How the reporter is named: `ANONYMOUS`, `NAMED` or `CONFIDENTIAL`.
    pub naming: String,
    /// The announced photos.
    pub photos: Vec<Announced>,
}

/// The composition of the submissions.
#[derive(Debug, Clone, Copy)]
pub struct Mix {
    /// The percentage of emergencies.
    pub emergency: f64,
    /// The maximum number of photos that a submission announces.
    pub photos: u64,
}

impl Written {
    /// Creates the next random submission of a phone. `naming` is a value of the GraphQL enum.
    pub fn next(random: &mut Rng, mix: Mix, naming: &str) -> Self {
        let submission = Uuid::new_v4();
        let seen = pick(SEEN, random);
        // A point inside the community 碧雅社区, and a text that identifies the submission without containing its id.
        let (step_east, step_north) = (random.i32(0..20_000), random.i32(0..10_000));
        let photos = (0..random.u64(..=mix.photos)).map(|_| Announced::next(random)).collect();
        Self {
            submission,
            text: format!("{seen}。（第{:016x}条）", random.u64(..)),
            category: pick(CATEGORIES, random).map(str::to_owned),
            lng_e7: 1_064_750_000 + step_east,
            lat_e7: 266_115_000 + step_north,
            captured_at: now(),
            emergency: random.percent(mix.emergency),
            naming: naming.to_owned(),
            photos,
        }
    }

    /// Creates a submission that has waited in a phone for up to a month.
    pub fn queued(random: &mut Rng, mix: Mix) -> Self {
        let waited = random.time_between(Duration::ZERO, MONTH);
        let written = Self::next(random, mix, "ANONYMOUS");
        Self { captured_at: (written.captured_at - waited).trunc_subsecs(3), ..written }
    }

    /// Creates a submission with one photo of this size in bytes, which will be uploaded.
    pub fn with_photo(random: &mut Rng, mix: Mix, bytes: usize) -> Self {
        let written = Self::next(random, Mix { photos: 0, ..mix }, "ANONYMOUS");
        Self { photos: vec![Announced::coming(random.u64(..), bytes)], ..written }
    }

    /// Returns the submission as a `SubmitReportInput`.
    #[must_use]
    pub fn input(&self) -> Value {
        let place = json!({ "lng": degrees(self.lng_e7), "lat": degrees(self.lat_e7), "crs": "WGS84", "source": "device",
            "accuracyMetres": 12, "address": "碧雅社区北门" });
        let photos: Vec<Value> = self
            .photos
            .iter()
            .map(|one| json!({ "id": one.id, "sha256": one.sha256, "bytes": one.bytes, "mediaType": "image/jpeg" }))
            .collect();
        json!({
            "submissionId": self.submission, "text": self.text, "category": self.category, "place": place,
            "capturedAt": self.captured_at, "emergency": self.emergency, "naming": self.naming, "photos": photos,
        })
    }

    /// Computes the content hash, as a phone does.
    ///
    /// # Panics
    /// Never panics in practice, because every generated submission can be hashed.
    #[must_use]
    pub fn hash(&self) -> String {
        let photos: Vec<ContentPhoto> = self
            .photos
            .iter()
            .map(|one| ContentPhoto { id: PhotoId(one.id), sha256: one.sha256.parse().expect("64 digits") })
            .collect();
        let content = Content {
            submission: self.submission,
            text: &self.text,
            category: self.category.as_deref(),
            place: Pin::parse(Crs::Wgs84, degrees(self.lng_e7), degrees(self.lat_e7)).expect("a place on earth"),
            captured_at: Some(self.captured_at),
            emergency: self.emergency,
            accused: None,
            photos: &photos,
        };
        content.hash().expect("texts and whole numbers").to_string()
    }
}

fn degrees(e7: i32) -> f64 {
    f64::from(e7) / 1e7
}

fn pick<T: Copy>(list: &[T], random: &mut Rng) -> T {
    list[random.usize(..list.len())]
}

#[expect(clippy::disallowed_methods, reason = "the clock of a phone, not of the server")]
fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}

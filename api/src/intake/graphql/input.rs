//! What a phone sends, as the published schema takes it.

use std::fmt;

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use domain::content::Digest;
use domain::id::{ReportId, UnitId};
use domain::place::{Crs, Pin};
use domain::refusal::Refusal;
use uuid::Uuid;

use crate::error::ApiResult;
use crate::identity::devices::DeviceKey;
use crate::identity::{Contact, Naming};
use crate::intake::submission::{DevicePlace, Secret, Signed, Submission};
use crate::photo::Announced;
use crate::place::PlaceInput;

/// A report as a phone sends it. Made before there is a network, frozen when "send" is pressed.
#[derive(Debug, Clone, InputObject)]
pub struct SubmitReportInput {
    /// Made by the phone, random (UUID version 4). The same submission sent a hundred times gives one report and the
    /// same receipt. Keep it secret: whoever knows it counts as the author of this submission.
    pub submission_id: Uuid,
    /// What was seen, 1 to 2,000 characters.
    pub text: String,
    /// Code of the category, from `categories`; none where nobody knows. An unknown one is kept and flagged.
    pub category: Option<String>,
    /// Where.
    pub place: ReportPlaceInput,
    /// Where the phone is; only the vault keeps it.
    pub device_place: Option<PlaceInput>,
    /// When it was seen, by the phone's clock; a wrong clock is flagged, never refused.
    pub captured_at: Option<DateTime<Utc>>,
    /// When "send" was pressed, by the phone's clock.
    pub queued_at: Option<DateTime<Utc>>,
    /// The photos that will follow, at most 9: see `preparePhoto`. The report counts without them.
    #[graphql(default)]
    pub photos: Vec<ExpectedPhotoInput>,
    /// People are in danger now: the township may act before review.
    #[graphql(default)]
    pub emergency: bool,
    /// The unit that the report accuses, if it accuses one: it is never routed the report and never shown it.
    pub accused_unit_id: Option<UnitId>,
    /// May you be contacted, through the system and without being named.
    #[graphql(default)]
    pub contact_consent: bool,
    /// How you want to be known. Handlers never learn it.
    pub naming: Naming,
    /// On whose behalf you hand it in 代报: a neighbour without a phone, a caller of your hotline. Handlers never learn it,
    /// and an award is theirs; where either of you did only their duty, there is none. Not with `ANONYMOUS`. The report stays
    /// yours: you see what becomes of it.
    pub on_behalf_of: Option<OnBehalfOfInput>,
    /// The phone's signature, with which `NAMED` and `CONFIDENTIAL` need no login: a queue may be older than its login.
    /// Send it without a token that has ended.
    pub device: Option<DeviceSignatureInput>,
}

/// On whose behalf a report is handed in. Sealed at once; shown to nobody.
#[derive(Clone, InputObject)]
pub struct OnBehalfOfInput {
    /// The name, 2 to 50 characters.
    pub name: String,
    /// The mobile number.
    pub phone: String,
}

impl fmt::Debug for OnBehalfOfInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnBehalfOfInput").finish_non_exhaustive()
    }
}

impl OnBehalfOfInput {
    fn contact(&self) -> Result<Contact, Refusal> {
        Contact::parse((&self.name, &self.phone), ("input.onBehalfOf.name", "input.onBehalfOf.phone"))
    }
}

/// What a phone signs a submission with. The signed text has three lines, the last without an end: `chuishao/device/1`,
/// the submission's id in small letters, `contentHash` as the receipt has it.
#[derive(Debug, Clone, InputObject)]
pub struct DeviceSignatureInput {
    /// The phone's public Ed25519 key: 32 bytes in base64. Registered by `registerDevice`, before or after.
    pub public_key: String,
    /// The signature: 64 bytes in base64.
    pub signature: String,
}

impl DeviceSignatureInput {
    fn signed(self) -> Result<Signed, Refusal> {
        Ok(Signed { key: DeviceKey::parse(&self.public_key, "input.device.publicKey")?, signature: self.signature })
    }
}

/// A place with its coordinate system.
#[derive(Debug, Clone, InputObject)]
pub struct ReportPlaceInput {
    /// Longitude, degrees east.
    pub lng: f64,
    /// Latitude, degrees north.
    pub lat: f64,
    /// The coordinate system. There is no default: a guess would be off by 500 metres.
    pub crs: Crs,
    /// How exact it is, in metres.
    pub accuracy_metres: Option<i32>,
    /// Where it came from: `device`, `map_pick`, `exif`, `geocode`; other words are kept.
    pub source: Option<String>,
    /// The place in words, at most 200 characters.
    pub address: Option<String>,
}

/// A photo that will follow.
#[derive(Debug, Clone, InputObject)]
pub struct ExpectedPhotoInput {
    /// A UUID made by the phone, new for each photo: `photoId` of `preparePhoto` and `completePhoto`.
    pub id: Uuid,
    /// SHA-256 of the whole file, 64 hexadecimal digits.
    pub sha256: String,
    /// Size of the whole file in bytes, at most 15 MiB.
    pub bytes: i32,
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: String,
}

impl ExpectedPhotoInput {
    /// The announcement.
    ///
    /// # Errors
    /// `INVALID_INPUT` for a hash or a size that is none.
    pub fn announced(self) -> Result<Announced, Refusal> {
        announced(self.id, &self.sha256, self.bytes, self.media_type)
    }
}

/// A photo as it was announced.
///
/// # Errors
/// `INVALID_INPUT` for a hash or a size that is none.
pub fn announced(client_id: Uuid, sha256: &str, bytes: i32, media_type: String) -> Result<Announced, Refusal> {
    let digest: Digest = sha256.parse()?;
    let bytes = u64::try_from(bytes).map_err(|_negative| {
        Refusal::invalid("photos.bytes", "照片大小有误。", "The size of a photo cannot be negative.")
    })?;
    Ok(Announced { client_id, sha256: digest.0, bytes, media_type })
}

impl SubmitReportInput {
    /// The submission.
    ///
    /// # Errors
    /// `INVALID_INPUT` for a place, a hash, a size, a name or a number that is none.
    pub fn submission(self) -> ApiResult<Submission> {
        let place = self.place;
        let device_place = self.device_place.map(|place| place.pin()).transpose()?.map(|pin| {
            let point = pin.point();
            DevicePlace { lng_e7: point.lng_e7(), lat_e7: point.lat_e7() }
        });
        let photos = self.photos.into_iter().map(ExpectedPhotoInput::announced).collect::<Result<_, _>>()?;
        let signed = self.device.map(DeviceSignatureInput::signed).transpose()?;
        Ok(Submission {
            id: self.submission_id,
            text: self.text,
            category: self.category.filter(|code| !code.is_empty()).map(|code| code.chars().take(100).collect()),
            pin: Pin::parse(place.crs, place.lng, place.lat)?,
            accuracy_metres: place.accuracy_metres.map(|metres| metres.max(0)),
            place_source: place.source.map(|word| word.chars().take(40).collect()),
            address: place.address,
            emergency: self.emergency,
            contact_consent: self.contact_consent,
            accused: self.accused_unit_id,
            photos,
            naming: self.naming,
            secret: Secret { captured_at: self.captured_at, queued_at: self.queued_at, device_place },
            on_behalf_of: self.on_behalf_of.map(|whom| whom.contact()).transpose()?,
            signed,
        })
    }
}

/// What an author adds to a report.
#[derive(Debug, InputObject)]
pub struct AmendReportInput {
    /// The report.
    pub report_id: ReportId,
    /// What is added, 1 to 2,000 characters.
    pub text: String,
    /// Made by the client: the same id twice has one effect.
    pub request_id: Uuid,
}

/// Which report its author takes back.
#[derive(Debug, InputObject)]
pub struct WithdrawReportInput {
    /// The report.
    pub report_id: ReportId,
    /// Made by the client: the same id twice has one effect.
    pub request_id: Uuid,
}

/// Who collects the award of a report. Sealed at once; shown to nobody who handles it.
#[derive(InputObject)]
pub struct GiveIdentityInput {
    /// The report.
    pub report_id: ReportId,
    /// The name of who collects, as on the identity card.
    pub name: String,
    /// The mobile number of who collects.
    pub phone: String,
    /// Made by the client: the same id twice has one effect.
    pub request_id: Uuid,
}

/// Which photo of which submission.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct SubmissionPhotoInput {
    /// The submission.
    pub submission_id: Uuid,
    /// The id that the phone gave the photo.
    pub photo_id: Uuid,
}

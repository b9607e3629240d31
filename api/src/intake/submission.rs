//! Validates the submission from a phone. A wrong clock, an outdated app or an unknown category is flagged, but never a
//! reason to reject a report.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use domain::content::{Content, ContentPhoto, Digest, submission_key};
use domain::id::{PhotoId, UnitId, is_random};
use domain::limits::{ADDRESS_MAX, CODE_MAX, REPORT_TEXT_MAX, REPORT_TEXT_MIN, SOURCE_MAX};
use domain::place::Pin;
use domain::refusal::Refusal;
use domain::text::{self, TextFlaw};
use domain::time::{Veil, Veiled, earlier, later};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::ApiResult;
use crate::identity::devices::DeviceKey;
use crate::identity::{Contact, Naming};
use crate::photo::{self, Announced};
use crate::policy::routing::Routing;

/// A report as sent by the phone, with its coordinates and identifiers parsed.
#[derive(Debug, Clone)]
pub(crate) struct Submission {
    /// The random UUID that the phone generated, possibly while offline.
    pub id: Uuid,
    /// The description of the observation, 1 to 2,000 characters.
    pub text: String,
    /// The category code, which the catalogue need not contain.
    pub category: Option<String>,
    /// The coordinates in the coordinate system of the phone.
    pub pin: Pin,
    /// The accuracy radius of the coordinates in metres, as stated by the phone.
    pub accuracy_metres: Option<i32>,
    /// The source of the coordinates, such as `device`, `map_pick`, `exif` or `geocode`; other values are stored
    /// unchanged.
    pub place_source: Option<String>,
    /// The address as free text, at most 200 characters.
    pub address: Option<String>,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// Whether the author consents to being contacted by officers through the system.
    pub contact_consent: bool,
    /// The accused unit, which must neither review nor see the report.
    pub accused: Option<UnitId>,
    /// The announced photos, which are uploaded later.
    pub photos: Vec<Announced>,
    /// The naming mode: named, confidential or anonymous.
    pub naming: Naming,
    /// The secret part, of which only the ciphertext is stored, in the vault.
    pub secret: SubmissionSecret,
    /// The person on whose behalf the report is submitted 代报. Only its ciphertext is stored, in the vault.
    pub on_behalf_of: Option<Contact>,
    /// The device signature, which authenticates the author after the login has expired.
    pub signed: Option<Signed>,
}

/// The Ed25519 signature that a phone made over a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    /// The public Ed25519 key of the phone.
    pub key: DeviceKey,
    /// The signature over the submission id and the content hash, base64-encoded.
    pub signature: String,
}

/// The secret part of a submission, of which only the ciphertext is stored, in the vault: the exact times of the
/// phone's clock and the position of the phone, which could identify the author.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SubmissionSecret {
    /// When the observation was made, by the phone's clock.
    pub captured_at: Option<DateTime<Utc>>,
    /// When the user pressed "send", by the phone's clock.
    pub queued_at: Option<DateTime<Utc>>,
    /// The position of the phone.
    pub device_place: Option<DevicePlace>,
}

/// The position of the phone when the report was made.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct DevicePlace {
    /// The WGS84 longitude, in units of 10⁻⁷ degrees.
    pub lng_e7: i32,
    /// The WGS84 latitude, in units of 10⁻⁷ degrees.
    pub lat_e7: i32,
}

/// A validated submission with its submission key and its content hash.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    /// The submission as parsed.
    pub submission: Submission,
    /// The submission key: the SHA-256 of the submission id, under which the report is stored.
    pub key: Digest,
    /// The content hash: the SHA-256 of the canonical content.
    pub hash: Digest,
}

/// Validates a submission, computes its content hash, and verifies the device signature if there is one.
///
/// # Errors
/// `INVALID_INPUT` with the field at fault.
pub(crate) fn check(submission: Submission) -> ApiResult<Checked> {
    check_words(&submission)?;
    if submission.naming == Naming::Anonymous && submission.on_behalf_of.is_some() {
        return Err(Refusal::invalid(
            "input.onBehalfOf",
            "匿名上报不登记个人信息；代他人上报的，请选择实名或保密。",
            "An anonymous report stores no person. Submit it as NAMED or CONFIDENTIAL, or omit this field.",
        )
        .into());
    }
    photo::check(&submission.photos)?;
    let hash = hash(&submission)?;
    if let Some(signed) = &submission.signed {
        signed.key.verify(submission.id, &hash, &signed.signature)?;
    }
    Ok(Checked { key: submission_key(submission.id), hash, submission })
}

/// Checks the texts beyond what each text of a request must fulfil.
fn check_words(sent: &Submission) -> Result<(), Refusal> {
    text::check(&sent.text, REPORT_TEXT_MIN, REPORT_TEXT_MAX).map_err(|flaw| match flaw {
        TextFlaw::Control => flaw.of("input.text"),
        TextFlaw::Invisible | TextFlaw::Length { .. } => Refusal::invalid(
            "input.text",
            format!("请用1至{REPORT_TEXT_MAX}个字描述隐患。"),
            format!("Describe the hazard in 1 to {REPORT_TEXT_MAX} characters."),
        ),
    })?;
    let optional = |text: &Option<String>, max, field| {
        text.as_deref().map_or(Ok(()), |text| text::check(text, 0, max).map_err(|flaw| flaw.of(field)))
    };
    optional(&sent.category, CODE_MAX, "input.category")?;
    optional(&sent.place_source, SOURCE_MAX, "input.place.source")?;
    optional(&sent.address, ADDRESS_MAX, "input.place.address")
}

/// Checks that the ids which the phone made are random, and that no photo gives the submission's id away.
///
/// # Errors
/// `INVALID_INPUT` with the path of the id. A submission that is already stored is answered all the same.
pub(crate) fn check_ids(sent: &Submission) -> Result<(), Refusal> {
    if !is_random(sent.id) {
        return Err(Refusal::not_random("input.submissionId"));
    }
    for (n, photo) in sent.photos.iter().enumerate() {
        let path = format!("input.photos.{n}.id");
        if photo.client_id == sent.id {
            let zh = "照片编号不能与提交编号相同，请更新应用后重试。";
            return Err(Refusal::invalid_at(path, zh, "The id of a photo must differ from the submission id."));
        }
        if !is_random(photo.client_id) {
            return Err(Refusal::not_random(path));
        }
    }
    Ok(())
}

fn hash(sent: &Submission) -> Result<Digest, Refusal> {
    let photos: Vec<ContentPhoto> = sent
        .photos
        .iter()
        .map(|photo| ContentPhoto { id: PhotoId(photo.client_id), sha256: Digest(photo.sha256) })
        .collect();
    Content {
        submission: sent.id,
        text: &sent.text,
        category: sent.category.as_deref(),
        place: sent.pin,
        captured_at: sent.secret.captured_at,
        emergency: sent.emergency,
        accused: sent.accused,
        photos: &photos,
    }
    .hash()
}

/// The maximum clock skew: how far a phone's clock may run ahead before it is flagged `CLOCK_WRONG`.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// The age of an observation beyond which the report is flagged `LATE`: half an hour, and the hour that the time veil may
/// add.
const LATE: TimeDelta = TimeDelta::minutes(90);
/// The age of an observation on receipt, a leap year, beyond which the clock is considered wrong and flagged
/// `CLOCK_WRONG`.
const OLDEST: TimeDelta = TimeDelta::days(366);

/// The times of a submission: the exact one, and those that officers see.
pub(crate) struct Times {
    /// When the server received the submission.
    pub received_at: DateTime<Utc>,
    /// What officers see of that, and from when.
    pub veiled: Veiled,
    /// What officers see of the time of the observation.
    pub captured_at: Option<DateTime<Utc>>,
}

/// Derives the flags `CLOCK_WRONG` and `LATE` from the two times that officers see, so that a flag tells nothing that
/// they do not; at most one applies. `shown_at` may lie an hour after the receipt, if the phone sent several reports.
#[must_use]
pub(crate) fn clock_flags(captured_at: Option<DateTime<Utc>>, shown_at: DateTime<Utc>) -> Vec<&'static str> {
    match captured_at {
        Some(at) if at > later(shown_at, AHEAD) || at < earlier(shown_at, OLDEST) => vec!["CLOCK_WRONG"],
        Some(at) if at < earlier(shown_at, LATE) => vec!["LATE"],
        _ => Vec::new(),
    }
}

/// Derives all flags of a submission, as codes.
#[must_use]
pub(crate) fn flags(sent: &Submission, routing: &Routing, times: &Times) -> Vec<&'static str> {
    let mut flags = clock_flags(times.captured_at, times.veiled.shown_at);
    if sent.secret.captured_at.is_some() && times.captured_at.is_none() {
        flags.push("CLOCK_WRONG"); // a year that no row can hold
    }
    if sent.category.is_some() && !routing.category_known {
        flags.push("CATEGORY_UNKNOWN");
    }
    if routing.area.is_none() {
        flags.push("OUTSIDE_AREAS");
    }
    if !routing.near_border.is_empty() {
        flags.push("NEAR_BORDER");
    }
    flags
}

/// Returns the boundary that follows the capture time, which does not identify the author; `None` if its year lies outside the range 1970
/// to 9998, which both database engines can store.
#[must_use]
pub(crate) fn shown_capture(captured_at: Option<DateTime<Utc>>, veil: Veil) -> Option<DateTime<Utc>> {
    let at = captured_at.filter(|at| (1970..=9998).contains(&at.year()))?;
    Some(veil.boundary(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_clocks_are_flagged_and_never_refused() {
        let now: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
        for (seen, flags) in [
            (Some("2026-11-24T07:59:00Z"), vec![]),
            (Some("2026-11-24T06:30:00Z"), vec![]),
            (Some("2026-11-24T06:15:00Z"), vec!["LATE"]),
            (Some("1970-01-01T00:00:00Z"), vec!["CLOCK_WRONG"]),
            (Some("2100-02-28T00:00:00Z"), vec!["CLOCK_WRONG"]),
            (Some("-262143-01-01T00:00:00Z"), vec!["CLOCK_WRONG"]),
            (Some("+262142-12-31T23:59:60Z"), vec!["CLOCK_WRONG"]),
            (Some("0000-01-01T00:00:00Z"), vec!["CLOCK_WRONG"]),
            (None, vec![]),
        ] {
            assert_eq!(clock_flags(seen.map(|text| text.parse().unwrap()), now), flags, "{seen:?}");
        }
    }
}

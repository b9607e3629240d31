//! Checks the input of a phone. A wrong clock, an old app or an unknown category is no reason to refuse a report.

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use domain::content::{Content, ContentPhoto, Digest, submission_key};
use domain::id::{PhotoId, UnitId};
use domain::limits::{ADDRESS_MAX, REPORT_TEXT_MAX, REPORT_TEXT_MIN};
use domain::place::Pin;
use domain::refusal::Refusal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::ApiResult;
use crate::identity::devices::DeviceKey;
use crate::identity::{Contact, Naming};
use crate::photo::{self, Announced};
use crate::policy::routing::Routing;

/// A report as the phone sent it, with its place parsed.
#[derive(Debug, Clone)]
pub(crate) struct Submission {
    /// The id, which the phone made, perhaps without a network.
    pub id: Uuid,
    /// The observation in words.
    pub text: String,
    /// The code of the category, known or not.
    pub category: Option<String>,
    /// The place.
    pub pin: Pin,
    /// The accuracy of the place, in metres.
    pub accuracy_metres: Option<i32>,
    /// The source of the place, in a word that the phone chooses.
    pub place_source: Option<String>,
    /// The place in words.
    pub address: Option<String>,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// Whether officers may contact the author through the system.
    pub contact_consent: bool,
    /// The unit that the report accuses.
    pub accused: Option<UnitId>,
    /// The photos that will follow.
    pub photos: Vec<Announced>,
    /// How the author wants to be known.
    pub naming: Naming,
    /// The part that only the vault stores.
    pub secret: SubmissionSecret,
    /// The person on whose behalf the report is submitted 代报. Only the vault stores it.
    pub on_behalf_of: Option<Contact>,
    /// The signature of the phone, which replaces a login that has expired.
    pub signed: Option<Signed>,
}

/// The signature of a submission by a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    /// The public key of the phone.
    pub key: DeviceKey,
    /// The signature over the submission id and the hash of the content, in base64.
    pub signature: String,
}

/// The part of a submission that only the vault stores: exact times by the phone's clock, and the place of the phone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SubmissionSecret {
    /// The time of the observation.
    pub captured_at: Option<DateTime<Utc>>,
    /// The time at which the phone queued the submission.
    pub queued_at: Option<DateTime<Utc>>,
    /// The place of the phone.
    pub device_place: Option<DevicePlace>,
}

/// The place of a phone.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct DevicePlace {
    /// The longitude in WGS84, in 1e-7 degree.
    pub lng_e7: i32,
    /// The latitude in WGS84, in 1e-7 degree.
    pub lat_e7: i32,
}

/// A submission that passed the checks, with its key and its hash.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    /// The submission.
    pub submission: Submission,
    /// The SHA-256 of the submission id.
    pub key: Digest,
    /// The SHA-256 of the content.
    pub hash: Digest,
}

/// Checks a submission.
///
/// # Errors
/// `INVALID_INPUT`, `TOO_LARGE` or `UNSUPPORTED_MEDIA` with the field at fault.
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

fn check_words(sent: &Submission) -> Result<(), Refusal> {
    let length = sent.text.chars().count();
    if !(REPORT_TEXT_MIN..=REPORT_TEXT_MAX).contains(&length) || sent.text.trim().is_empty() {
        return Err(Refusal::invalid(
            "input.text",
            format!("请用1至{REPORT_TEXT_MAX}个字描述隐患。"),
            format!("Describe the hazard in 1 to {REPORT_TEXT_MAX} characters."),
        ));
    }
    if sent.address.as_ref().is_some_and(|address| address.chars().count() > ADDRESS_MAX) {
        return Err(Refusal::invalid(
            "input.place.address",
            format!("地址不能超过{ADDRESS_MAX}个字。"),
            format!("The address must not exceed {ADDRESS_MAX} characters."),
        ));
    }
    let words = [&sent.category, &sent.place_source, &sent.address].map(Option::as_deref);
    if words.into_iter().flatten().chain([sent.text.as_str()]).any(|word| word.contains('\0')) {
        return Err(Refusal::invalid(
            "input",
            "文字中含有无效字符（NUL），请删除后重新提交。",
            "Texts must not contain NUL characters.",
        ));
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

/// The time by which a phone's clock may be ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// A report is late if its observation is older than this at the receipt.
const LATE: TimeDelta = TimeDelta::minutes(30);
/// An observation that is older than this comes from a wrong clock.
const OLDEST: TimeDelta = TimeDelta::days(366);

/// Returns the flags of the phone's clock.
#[must_use]
pub(crate) fn clock_flags(captured_at: Option<DateTime<Utc>>, received_at: DateTime<Utc>) -> Vec<&'static str> {
    match captured_at {
        Some(at) if at > received_at + AHEAD || at < received_at - OLDEST => vec!["CLOCK_WRONG"],
        Some(at) if at < received_at - LATE => vec!["LATE"],
        _ => Vec::new(),
    }
}

/// Returns the flags of a submission, as codes.
#[must_use]
pub(crate) fn flags(sent: &Submission, routing: &Routing, now: DateTime<Utc>) -> Vec<&'static str> {
    let mut flags = clock_flags(sent.secret.captured_at, now);
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

/// Returns the time of capture as people may see it; `None` if one of the engines cannot store its year.
#[must_use]
pub(crate) fn shown_capture(captured_at: Option<DateTime<Utc>>, emergency: bool) -> Option<DateTime<Utc>> {
    let at = captured_at.filter(|at| (1970..=9998).contains(&at.year()))?;
    Some(domain::report::shown_at(at, emergency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_clocks_are_flagged_and_never_refused() {
        let now: DateTime<Utc> = "2026-11-24T08:00:00Z".parse().unwrap();
        for (seen, flags) in [
            (Some("2026-11-24T07:59:00Z"), vec![]),
            (Some("2026-11-24T07:20:00Z"), vec!["LATE"]),
            (Some("1970-01-01T00:00:00Z"), vec!["CLOCK_WRONG"]),
            (Some("2100-02-28T00:00:00Z"), vec!["CLOCK_WRONG"]),
            (None, vec![]),
        ] {
            assert_eq!(clock_flags(seen.map(|text| text.parse().unwrap()), now), flags, "{seen:?}");
        }
    }
}

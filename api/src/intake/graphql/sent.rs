//! Reads one report as a phone sent it. Every value that can be understood is taken, and the first one that cannot be
//! refuses this report, by its field, and no other.

use std::sync::Arc;

use async_graphql::{InputType, Value};
use domain::content::Digest;
use domain::id::UnitId;
use domain::limits::{CODE_MAX, SOURCE_MAX};
use domain::place::{Crs, Pin};
use domain::refusal::Refusal;
use uuid::Uuid;

use super::fields::{Fields, moved};
use crate::identity::devices::DeviceKey;
use crate::identity::{Contact, ContactFields, Naming};
use crate::intake::submission::{DevicePlace, Signed, Submission, SubmissionSecret};
use crate::photo::Announced;

const REPORT: &[&str] = &[
    "submissionId",
    "text",
    "category",
    "place",
    "devicePlace",
    "capturedAt",
    "queuedAt",
    "photos",
    "emergency",
    "accusedUnitId",
    "contactConsent",
    "naming",
    "onBehalfOf",
    "device",
];
const PLACE: &[&str] = &["lng", "lat", "crs", "accuracyMetres", "source", "address"];

/// Returns the submission id of a report, as far as it is readable.
pub(super) fn submission_id(report: &Value) -> Option<Uuid> {
    let Value::Object(fields) = report else { return None };
    if let Some(Value::String(id)) = fields.get("submissionId") { Uuid::try_parse(id.trim()).ok() } else { None }
}

/// Reads a report. An overlong category or source is truncated, because neither is a reason to reject a report.
///
/// # Errors
/// `INVALID_INPUT` with the path of the first value that cannot be understood.
pub(super) fn submission(report: &Value) -> Result<Submission, Refusal> {
    let sent = Fields::of(report, "input", REPORT)?;
    let place = Fields::of(sent.needed("place", sent.get("place"))?, "input.place", PLACE)?;
    let photos = (0..).zip(sent.list("photos")).map(|(n, photo)| announced(photo, &format!("input.photos.{n}")));
    Ok(Submission {
        id: sent.needed("submissionId", sent.id("submissionId")?)?,
        text: sent.needed("text", sent.text("text")?)?.to_owned(),
        category: sent.optional_text("category")?.map(|code| first(code, CODE_MAX)),
        pin: pin(&place)?,
        accuracy_metres: place.metres("accuracyMetres")?,
        place_source: place.optional_text("source")?.map(|word| first(word, SOURCE_MAX)),
        address: place.optional_text("address")?.map(ToOwned::to_owned),
        emergency: sent.flag("emergency")?,
        contact_consent: sent.flag("contactConsent")?,
        accused: sent.id("accusedUnitId")?.map(UnitId),
        photos: photos.collect::<Result<_, _>>()?,
        naming: sent.needed("naming", sent.word::<Naming>("naming")?)?,
        secret: SubmissionSecret {
            captured_at: sent.time("capturedAt")?,
            queued_at: sent.time("queuedAt")?,
            device_place: sent.get("devicePlace").map(device_place).transpose()?,
        },
        on_behalf_of: sent.get("onBehalfOf").map(contact).transpose()?,
        signed: sent.get("device").map(signed).transpose()?,
    })
}

fn first(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

fn pin(place: &Fields<'_>) -> Result<Pin, Refusal> {
    let (lng, lat) = (place.needed("lng", place.number("lng")?)?, place.needed("lat", place.number("lat")?)?);
    let crs = place.needed("crs", place.word::<Crs>("crs")?)?;
    Pin::parse(crs, lng, lat).map_err(|refusal| {
        let name = refusal.field.and_then(|field| field.rsplit('.').next()).unwrap_or("lng");
        let path = place.at(name);
        moved(refusal, path)
    })
}

fn device_place(value: &Value) -> Result<DevicePlace, Refusal> {
    let point = pin(&Fields::of(value, "input.devicePlace", &["lng", "lat", "crs"])?)?.point();
    Ok(DevicePlace { lng_e7: point.lng_e7(), lat_e7: point.lat_e7() })
}

/// Reads an announced photo. Its size and media type are judged when the report is drafted: whatever they are, they cost
/// the photo and not the report.
fn announced(value: &Value, path: &str) -> Result<Announced, Refusal> {
    let photo = Fields::of(value, path, &["id", "sha256", "bytes", "mediaType"])?;
    let sha256 = photo.needed("sha256", photo.text("sha256")?)?;
    let sha256: Digest = sha256.trim().parse().map_err(|refusal| moved(refusal, photo.at("sha256")))?;
    let bytes = photo.needed("bytes", photo.whole("bytes")?)?;
    Ok(Announced {
        client_id: photo.needed("id", photo.id("id")?)?,
        sha256: sha256.0,
        bytes: u64::try_from(bytes).unwrap_or_default(),
        media_type: photo.optional_text("mediaType")?.unwrap_or_default().to_owned(),
    })
}

fn contact(value: &Value) -> Result<Contact, Refusal> {
    let person = Fields::of(value, "input.onBehalfOf", &["name", "phone"])?;
    let name = person.needed("name", person.text("name")?)?;
    let phone = person.needed("phone", person.text("phone")?)?;
    let fields = ContactFields { name: "input.onBehalfOf.name", phone: "input.onBehalfOf.phone" };
    Contact::parse(name, phone, fields)
}

fn signed(value: &Value) -> Result<Signed, Refusal> {
    let device = Fields::of(value, "input.device", &["publicKey", "signature"])?;
    let key = device.needed("publicKey", device.text("publicKey")?)?;
    let signature = device.needed("signature", device.text("signature")?)?.to_owned();
    Ok(Signed { key: DeviceKey::parse(key, "input.device.publicKey")?, signature })
}

/// Returns the items of a list of reports; a single report counts as a list of one.
pub(super) fn items(reports: &Value) -> &[Value] {
    match reports {
        Value::List(items) => items,
        one => std::slice::from_ref(one),
    }
}

/// Returns the value that the client sent for an argument: the one that was taken out of the request, or the validated
/// one.
pub(super) fn given(ctx: &async_graphql::Context<'_>, validated: &impl InputType) -> Arc<Value> {
    let lifted = ctx.data_opt::<super::lifted::Lifted>();
    lifted.map_or_else(|| Arc::new(validated.to_value()), |lifted| Arc::clone(&lifted.0))
}

#[cfg(test)]
mod tests;

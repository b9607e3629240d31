//! Compares a photo's EXIF claims with what the server knows about its place and time, and seals the result. It is
//! private evidence, which is never shown with the photo: handlers see the level of trust, but not the claims.

use chrono::{DateTime, NaiveDateTime, Utc};
#[cfg(test)]
use domain::id::PhotoId;
use domain::id::{AssignmentId, ReportId};
use domain::photo::{Assessment, Claim, EvidenceTrust, Known, PhotoParent, assess, bands};
use domain::place::{Degrees, Point, cell, square};
use domain::time::china_offset;
use entity::{assignment, hazard, photo, photo_fingerprint, report};
use picture::{Claims, Fingerprint};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::ApiResult;
use crate::identity::secrets;

/// A photo's EXIF claims and their assessment, in the form that the vault stores. It has no `Debug`, because the claims
/// can identify a reporter. Serial numbers of devices remain only in the sealed original.
#[derive(Serialize, Deserialize, PartialEq)]
pub(crate) struct PhotoFindings {
    /// The local time on the camera's clock when the photo was taken.
    pub taken_at: Option<NaiveDateTime>,
    /// The UTC offset of that clock in seconds, if the camera recorded it.
    pub offset_seconds: Option<i32>,
    /// The GPS time, in UTC.
    pub satellite_time: Option<DateTime<Utc>>,
    /// The longitude in degrees, as recorded in the file.
    pub lng: Option<f64>,
    /// The latitude in degrees, as recorded in the file.
    pub lat: Option<f64>,
    /// The camera's make and model.
    pub camera: Option<String>,
    /// The software that wrote the file.
    pub software: Option<String>,
    /// The level of trust in these claims, and the distances on which it rests.
    pub assessment: Assessment,
}

/// What the server knows about the report or assignment that owns the photo.
pub(super) struct Surroundings {
    pin: Option<Point>,
    accuracy_metres: u32,
    secret: Sighting,
    received_at: Option<DateTime<Utc>>,
    /// When the report was received, as officers see it.
    shown_at: Option<DateTime<Utc>>,
    /// The time from which officers see that a photo of a report is verified now; `None` for a photo of work.
    visible_from: Option<DateTime<Utc>>,
}

/// The fields of a report's sealed secrets that the assessment needs.
#[derive(Default, Deserialize)]
struct Sighting {
    captured_at: Option<DateTime<Utc>>,
    device_place: Option<SightingPlace>,
}

/// The device location in a report's sealed secrets.
#[derive(Deserialize)]
struct SightingPlace {
    lng_e7: i32,
    lat_e7: i32,
}

impl PhotoFindings {
    /// Assesses the claims of a photo. `announced_at` is the fallback if the time of receipt is not known.
    pub(super) fn of(claims: &Claims, around: &Surroundings, announced_at: DateTime<Utc>) -> Self {
        let claim =
            Claim { taken_at: claimed_time(claims), place: claims.place.map(|(lng, lat)| Degrees { lng, lat }) };
        let device = around.secret.device_place.as_ref();
        let known = Known {
            pin: around.pin,
            accuracy_metres: around.accuracy_metres,
            device: device.and_then(|place| Point::from_e7(place.lng_e7, place.lat_e7)),
            captured_at: around.secret.captured_at,
            received_at: around.received_at.unwrap_or(announced_at),
        };
        Self {
            taken_at: claims.taken_at,
            offset_seconds: claims.offset.map(|offset| offset.local_minus_utc()),
            satellite_time: claims.satellite_time,
            lng: claims.place.map(|place| place.0),
            lat: claims.place.map(|place| place.1),
            camera: claims.camera.clone(),
            software: claims.software.clone(),
            assessment: assess(&claim, &known),
        }
    }

    /// Returns the level of trust in the claims.
    #[must_use]
    pub(crate) const fn trust(&self) -> EvidenceTrust {
        self.assessment.trust
    }
}

/// Returns the claimed time in UTC: from the camera clock and its UTC offset (China's if the camera recorded none),
/// otherwise from GPS.
fn claimed_time(claims: &Claims) -> Option<DateTime<Utc>> {
    let offset = claims.offset.unwrap_or_else(china_offset);
    let by_clock = claims.taken_at.and_then(|clock| clock.and_local_timezone(offset).single());
    by_clock.map(|at| at.to_utc()).or(claims.satellite_time)
}

impl Surroundings {
    /// Returns the time from which officers see a photo that is verified now; `None` for a photo of work, which officers
    /// sent themselves.
    pub(super) const fn visible_from(&self) -> Option<DateTime<Utc>> {
        self.visible_from
    }

    /// Loads what the server knows about the report or assignment that owns the photo.
    pub(super) async fn of(app: &App, photo: &photo::Model) -> ApiResult<Self> {
        match photo.parent_kind {
            PhotoParent::Report => of_report(app, ReportId(photo.parent_id)).await,
            PhotoParent::Assignment => of_assignment(app, AssignmentId(photo.parent_id)).await,
        }
    }

    /// Builds the fingerprint row by which near-duplicates are found. Returns `None` if the photo's place is not known.
    pub(super) fn fingerprint(&self, photo: &photo::Model, print: Fingerprint) -> Option<photo_fingerprint::Model> {
        let pin = self.pin?;
        let [band_one, band_two, band_three, band_four] = bands(print.0);
        Some(photo_fingerprint::Model {
            photo_id: photo.id,
            parent_kind: photo.parent_kind,
            parent_id: photo.parent_id,
            bits: print.0.cast_signed(),
            band_one,
            band_two,
            band_three,
            band_four,
            cell: cell(pin),
            square: square(pin),
            at: self.shown_at.unwrap_or(photo.created_at),
        })
    }

    const fn unknown() -> Self {
        let secret = Sighting { captured_at: None, device_place: None };
        Self { pin: None, accuracy_metres: 0, secret, received_at: None, shown_at: None, visible_from: None }
    }
}

async fn of_report(app: &App, id: ReportId) -> ApiResult<Surroundings> {
    let Some(row) = report::Entity::find_by_id(id).one(app.db()).await? else { return Ok(Surroundings::unknown()) };
    let secret: Option<Sighting> = secrets::read_secret(app.db(), &app.keys, id).await?;
    let veil = app.rules_to_read().await?.veil_of(&row, app.now())?;
    Ok(Surroundings {
        pin: point(row.lng_e7, row.lat_e7),
        accuracy_metres: row.accuracy_metres.and_then(|metres| u32::try_from(metres).ok()).unwrap_or(0),
        secret: secret.unwrap_or_default(),
        received_at: Some(row.received_at),
        shown_at: Some(row.shown_at),
        visible_from: Some(veil.over(app.now(), 0).visible_from.max(row.visible_from)),
    })
}

/// Loads the facts of an assignment, whose place is that of its hazard.
async fn of_assignment(app: &App, id: AssignmentId) -> ApiResult<Surroundings> {
    let found = assignment::Entity::find_by_id(id).one(app.db()).await?;
    let Some(assignment) = found else { return Ok(Surroundings::unknown()) };
    let hazard = hazard::Entity::find_by_id(assignment.hazard_id).one(app.db()).await?;
    Ok(Surroundings { pin: hazard.and_then(|row| point(row.lng_e7, row.lat_e7)), ..Surroundings::unknown() })
}

fn point(lng_e7: i64, lat_e7: i64) -> Option<Point> {
    Point::from_e7(i32::try_from(lng_e7).ok()?, i32::try_from(lat_e7).ok()?)
}

/// Returns the stored claims and their assessment.
#[cfg(test)]
pub(crate) async fn findings_of(app: &App, photo: PhotoId) -> ApiResult<Option<PhotoFindings>> {
    secrets::read_evidence(app.db(), &app.keys, photo).await
}

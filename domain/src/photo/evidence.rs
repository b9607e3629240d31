//! Photo evidence: assesses the claims in a photo's metadata against the other facts about the report.
//!
//! Metadata is easy to forge. A claim therefore only supports other evidence, and there is no trust level above
//! "consistent with the rest".

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::place::{Crs, Degrees, Point, distance_metres, to_wgs84};
use crate::time::{earlier, later};

coded_enum! {
    /// How well the metadata of a photo (the time and the place in its EXIF block) supports the report.
    pub enum EvidenceTrust {
        /// The metadata contains neither a time nor a place, as with most photos that were sent through a chat
        /// application.
        None = "NONE",
        /// The metadata contains either a time or a place, and does not contradict the report.
        Partial = "PARTIAL",
        /// The metadata contains a time and a place, and both agree with the report.
        Consistent = "CONSISTENT",
        /// The metadata does not agree with the report.
        Contradicted = "CONTRADICTED",
    }
}

/// Maximum distance between the claimed place and the pin, in metres, in addition to the pin's accuracy. A claimed
/// place farther away contradicts the report.
const FAR_METRES: f64 = 1_000.0;
/// Maximum accuracy of the pin that counts, in metres. The sender states the accuracy, so a larger one must not make every
/// claim agree with the pin.
const VAGUE_METRES: u32 = 5_000;
/// Tolerance for a phone or camera clock that is ahead.
const AHEAD: TimeDelta = TimeDelta::hours(1);
/// Maximum age of a photo when the report is made. It covers the time for writing, and a time zone that the camera does
/// not record.
const BEFORE: TimeDelta = TimeDelta::hours(24);
/// Maximum age of a photo on receipt if the report has no capture time: the phone may have queued the report offline.
const QUEUED: TimeDelta = TimeDelta::days(31);

/// The claims in a photo's metadata.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Claim {
    /// When the photo was taken.
    pub taken_at: Option<DateTime<Utc>>,
    /// Where the photo was taken: in WGS84 according to the EXIF standard, but some phones write GCJ-02.
    pub place: Option<Degrees>,
}

/// The other facts about the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The report's pin, or the place of the hazard for a worker's photo.
    pub pin: Option<Point>,
    /// The accuracy of the pin, in metres.
    pub accuracy_metres: u32,
    /// The location of the phone.
    pub device: Option<Point>,
    /// When the observation was made, by the phone's clock.
    pub captured_at: Option<DateTime<Utc>>,
    /// When the server received the report.
    pub received_at: DateTime<Utc>,
}

/// The result of an assessment: the trust level, and the distances between the places in whole metres.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// How well the claims support the report.
    pub trust: EvidenceTrust,
    /// The distance from the claimed place to the pin: the smaller of the distances for WGS84 and GCJ-02.
    pub claim_to_pin_metres: Option<u32>,
    /// The distance from the claimed place to the phone: the smaller of the distances for WGS84 and GCJ-02.
    pub claim_to_device_metres: Option<u32>,
    /// The distance from the pin to the phone.
    pub pin_to_device_metres: Option<u32>,
}

/// Assesses the claims in a photo's metadata against the known facts.
#[must_use]
pub fn assess(claim: &Claim, known: &Known) -> Assessment {
    let readings = claim.place.map(readings).unwrap_or_default();
    let nearest = |to: Option<Point>| {
        let metres =
            readings.iter().zip(std::iter::repeat(to)).filter_map(|(one, to)| Some(distance_metres(*one, to?)));
        metres.reduce(f64::min)
    };
    let (to_pin, to_device) = (nearest(known.pin), nearest(known.device));
    let pin_to_device = known.pin.zip(known.device).map(|(pin, device)| distance_metres(pin, device));
    let time_fits = claim.taken_at.map(|at| time_fits(at, known));
    // A reporter across a valley pins the distant hazard, so agreement with the phone's location is enough.
    let near = |metres: f64| metres <= FAR_METRES + f64::from(known.accuracy_metres.min(VAGUE_METRES));
    let place_fits = to_pin.map(|pin| near(pin) || to_device.is_some_and(near));
    let trust = match (time_fits, place_fits) {
        (Some(false), _) | (_, Some(false)) => EvidenceTrust::Contradicted,
        (Some(true), Some(true)) => EvidenceTrust::Consistent,
        (None, None) => EvidenceTrust::None,
        (Some(true), None) | (None, Some(true)) => EvidenceTrust::Partial,
    };
    Assessment {
        trust,
        claim_to_pin_metres: to_pin.map(whole),
        claim_to_device_metres: to_device.map(whole),
        pin_to_device_metres: pin_to_device.map(whole),
    }
}

/// Interprets the claimed place both as WGS84 and as GCJ-02. Drops an interpretation that is not a valid place.
fn readings(place: Degrees) -> Vec<Point> {
    [Crs::Wgs84, Crs::Gcj02]
        .into_iter()
        .map(|crs| to_wgs84(crs, place))
        .filter_map(|place| Point::parse(place.lng, place.lat).ok())
        .collect()
}

fn time_fits(at: DateTime<Utc>, known: &Known) -> bool {
    // The capture time and the photo time come from the same phone clock, so a wrong clock shifts both alike.
    let by_phone = known.captured_at.is_some_and(|seen| at >= earlier(seen, BEFORE) && at <= later(seen, AHEAD));
    let by_receipt = at <= later(known.received_at, AHEAD) && at >= earlier(known.received_at, QUEUED);
    by_phone || (by_receipt && known.captured_at.is_none())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "distances on Earth fit, and are positive")]
fn whole(metres: f64) -> u32 {
    metres.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::from_wgs84;

    const PIN: Degrees = Degrees { lng: 106.475, lat: 26.6115 };

    fn known() -> Known {
        Known {
            pin: Some(Point::parse(PIN.lng, PIN.lat).unwrap()),
            accuracy_metres: 20,
            device: None,
            captured_at: None,
            received_at: at(0),
        }
    }

    fn at(hours: i64) -> DateTime<Utc> {
        "2026-06-12T12:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hours)
    }

    fn trust(taken_at: Option<DateTime<Utc>>, place: Option<Degrees>, known: &Known) -> EvidenceTrust {
        assess(&Claim { taken_at, place }, known).trust
    }

    #[test]
    fn claims_are_weighed() {
        let far = Degrees { lng: PIN.lng + 0.02, ..PIN }; // about 2 km
        let queued = Known { captured_at: Some(at(-100)), ..known() };
        for (taken_at, place, known, expected) in [
            (None, None, known(), EvidenceTrust::None),
            (Some(at(-1)), None, known(), EvidenceTrust::Partial),
            (None, Some(PIN), known(), EvidenceTrust::Partial),
            (Some(at(-1)), Some(PIN), known(), EvidenceTrust::Consistent),
            (Some(at(-30 * 24)), Some(PIN), known(), EvidenceTrust::Consistent),
            (Some(at(-32 * 24)), Some(PIN), known(), EvidenceTrust::Contradicted),
            (Some(at(2)), Some(PIN), known(), EvidenceTrust::Contradicted),
            (Some(at(-1)), Some(far), known(), EvidenceTrust::Contradicted),
            (None, Some(far), known(), EvidenceTrust::Contradicted),
            (Some(at(-101)), Some(PIN), queued, EvidenceTrust::Consistent),
            (Some(at(-1)), Some(PIN), queued, EvidenceTrust::Contradicted),
        ] {
            assert_eq!(trust(taken_at, place, &known), expected, "{taken_at:?} {place:?}");
        }
    }

    /// The times of a phone reach as far as the library can count.
    #[test]
    fn no_time_of_a_phone_is_too_far() {
        let ends = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, at(0)];
        for (seen, taken, received) in
            ends.iter().flat_map(|seen| ends.iter().flat_map(move |taken| ends.map(|received| (seen, taken, received))))
        {
            let known = Known { captured_at: Some(*seen), received_at: received, ..known() };
            let expected = if seen == taken { EvidenceTrust::Partial } else { EvidenceTrust::Contradicted };
            assert_eq!(trust(Some(*taken), None, &known), expected, "{seen} {taken} {received}");
            let _judged = trust(Some(*taken), None, &Known { captured_at: None, ..known });
        }
    }

    #[test]
    fn no_accuracy_makes_a_far_claim_agree() {
        let beijing = Degrees { lng: 116.39, lat: 39.9 };
        for accuracy_metres in [0, 50, 5_000, 150_000, i32::MAX.cast_unsigned(), u32::MAX] {
            let known = Known { accuracy_metres, ..known() };
            assert_eq!(trust(Some(at(-1)), Some(beijing), &known), EvidenceTrust::Contradicted, "{accuracy_metres}");
        }
        let near = Degrees { lng: PIN.lng + 0.05, ..PIN }; // about 5 km
        assert_eq!(trust(None, Some(near), &Known { accuracy_metres: 4_500, ..known() }), EvidenceTrust::Partial);
    }

    #[test]
    fn a_phone_that_writes_the_shifted_place_is_not_far() {
        let shifted = from_wgs84(Crs::Gcj02, PIN);
        let assessed = assess(&Claim { taken_at: None, place: Some(shifted) }, &known());
        assert!(assessed.claim_to_pin_metres.unwrap() <= 1, "{assessed:?}");
    }

    #[test]
    fn who_stands_far_from_the_pin_but_with_the_phone_agrees() {
        let here = Degrees { lng: PIN.lng + 0.03, ..PIN }; // about 3 km
        let known = Known { device: Some(Point::parse(here.lng, here.lat).unwrap()), ..known() };
        let assessed = assess(&Claim { taken_at: Some(at(-1)), place: Some(here) }, &known);
        assert_eq!(assessed.trust, EvidenceTrust::Consistent);
        assert_eq!(assessed.claim_to_device_metres, Some(0));
        assert!((2_900..3_100).contains(&assessed.pin_to_device_metres.unwrap()), "{assessed:?}");
    }
}

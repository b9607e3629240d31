//! The claims of a photo, parsed from its EXIF block.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use exif::{Exif, In, Reader, Tag, Value};

/// Maximum length of the camera name and the software name, in characters. Longer names are truncated.
const CAMERA_MAX: usize = 80;
/// Maximum size of an EXIF block, in bytes: the maximum size of a JPEG segment. A larger block is ignored.
const BLOCK_MAX: usize = 64 << 10;

/// What a photo claims about when, where and with which camera it was taken. The claims are easy to forge, so they only
/// support other evidence. They may identify the reporter, so the type deliberately implements neither `Debug` nor
/// `Serialize`. Serial numbers and owner names are not parsed.
#[derive(Clone, Default, PartialEq)]
pub struct Claims {
    /// When the photo was taken, in the camera's local time: the original time, or the file change time without one.
    pub taken_at: Option<NaiveDateTime>,
    /// The UTC offset of the camera's clock, if the camera records it.
    pub offset: Option<FixedOffset>,
    /// The GPS time, in UTC. Some cameras write the time of an earlier fix.
    pub satellite_time: Option<DateTime<Utc>>,
    /// The longitude and latitude in degrees, east and north positive. The standard says WGS84, but some phones write
    /// GCJ-02.
    pub place: Option<(f64, f64)>,
    /// The camera make and model.
    pub camera: Option<String>,
    /// The software that wrote the file, if it names itself.
    pub software: Option<String>,
    /// The EXIF orientation: 1 to 8 in valid files, 1 if it is missing, 0 without a readable EXIF block.
    pub(crate) orientation: u16,
}

impl Claims {
    /// Parses a raw EXIF block (a TIFF structure, optionally with the prefix `Exif\0\0`). Malformed fields are `None`.
    #[must_use]
    pub fn read(block: &[u8]) -> Self {
        let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        if block.len() > BLOCK_MAX {
            return Self::default();
        }
        let parsed = Reader::new().continue_on_error(true).read_raw(block.to_vec());
        let Ok(exif) = parsed.or_else(|error| error.distill_partial_result(|_| {})) else {
            return Self::default();
        };
        Self {
            taken_at: text(&exif, Tag::DateTimeOriginal)
                .or_else(|| text(&exif, Tag::DateTime))
                .and_then(|text| NaiveDateTime::parse_from_str(&text, "%Y:%m:%d %H:%M:%S").ok()),
            offset: text(&exif, Tag::OffsetTimeOriginal).and_then(|text| text.parse().ok()),
            satellite_time: satellite_time(&exif),
            place: place(&exif),
            camera: camera(&exif),
            software: text(&exif, Tag::Software).map(|text| text.chars().take(CAMERA_MAX).collect()),
            orientation: exif
                .get_field(Tag::Orientation, In::PRIMARY)
                .and_then(|field| u16::try_from(field.value.get_uint(0)?).ok())
                .unwrap_or(1),
        }
    }
}

fn text(exif: &Exif, tag: Tag) -> Option<String> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(lines) => {
            let text = String::from_utf8_lossy(lines.first()?).trim_matches(['\0', ' ']).to_owned();
            (!text.is_empty()).then_some(text)
        }
        _ => None,
    }
}

fn camera(exif: &Exif) -> Option<String> {
    let parts: Vec<String> = [Tag::Make, Tag::Model].into_iter().filter_map(|tag| text(exif, tag)).collect();
    (!parts.is_empty()).then(|| parts.join(" ").chars().take(CAMERA_MAX).collect())
}

fn satellite_time(exif: &Exif) -> Option<DateTime<Utc>> {
    let day = NaiveDate::parse_from_str(&text(exif, Tag::GPSDateStamp)?, "%Y:%m:%d").ok()?;
    let [hours, minutes, seconds] = three(exif, Tag::GPSTimeStamp)?;
    let second = hours * 3_600.0 + minutes * 60.0 + seconds;
    if !(0.0..86_401.0).contains(&second) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within a day")]
    Some(day.and_hms_opt(0, 0, 0)?.and_utc() + TimeDelta::seconds(second as i64))
}

fn place(exif: &Exif) -> Option<(f64, f64)> {
    let longitude = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, "W")?;
    let latitude = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, "S")?;
    // Cameras without a GPS fix write zeros.
    let nowhere = longitude == 0.0 && latitude == 0.0;
    (longitude.abs() <= 180.0 && latitude.abs() <= 90.0 && !nowhere).then_some((longitude, latitude))
}

fn degrees(exif: &Exif, tag: Tag, side: Tag, negative: &str) -> Option<f64> {
    let [degrees, minutes, seconds] = three(exif, tag)?;
    let value = degrees + minutes / 60.0 + seconds / 3_600.0;
    let value = if text(exif, side)?.starts_with(negative) { -value } else { value };
    value.is_finite().then_some(value)
}

fn three(exif: &Exif, tag: Tag) -> Option<[f64; 3]> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else {
        return None;
    };
    let [one, two, three, ..] = parts.as_slice() else {
        return None;
    };
    Some([one.to_f64(), two.to_f64(), three.to_f64()])
}

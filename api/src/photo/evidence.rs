//! What a photo says about itself: private evidence, read once, never shown with the photo.

use chrono::{FixedOffset, NaiveDateTime};
use exif::{Exif, In, Reader, Tag, Value};

/// Letters of a camera's name, at most.
const CAMERA_MAX: usize = 80;

/// When, where and with what a photo says that it was taken. Anybody can write anything there, so this supports other
/// evidence and never stands alone. It can tell on a reporter: it has no `Debug` and no `Serialize`.
#[derive(Clone, Default, PartialEq)]
pub struct Evidence {
    /// The camera's clock when it was taken.
    pub taken_at: Option<NaiveDateTime>,
    /// The offset of that clock from UTC, where the camera says it.
    pub offset: Option<FixedOffset>,
    /// Longitude and latitude in degrees, east and north positive. By the standard WGS84; some phones write GCJ02.
    pub place: Option<(f64, f64)>,
    /// Maker and model.
    pub camera: Option<String>,
}

impl Evidence {
    /// Reads a raw EXIF block (a TIFF structure). What cannot be read is absent.
    #[must_use]
    pub fn read(raw: Vec<u8>) -> Self {
        let parsed = Reader::new().continue_on_error(true).read_raw(raw);
        let Ok(exif) = parsed.or_else(|error| error.distill_partial_result(|_| {})) else {
            return Self::default();
        };
        Self {
            taken_at: text(&exif, Tag::DateTimeOriginal)
                .or_else(|| text(&exif, Tag::DateTime))
                .and_then(|text| NaiveDateTime::parse_from_str(&text, "%Y:%m:%d %H:%M:%S").ok()),
            offset: text(&exif, Tag::OffsetTimeOriginal).and_then(|text| text.parse().ok()),
            place: place(&exif),
            camera: camera(&exif),
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

fn place(exif: &Exif) -> Option<(f64, f64)> {
    let longitude = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, "W")?;
    let latitude = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, "S")?;
    (longitude.abs() <= 180.0 && latitude.abs() <= 90.0).then_some((longitude, latitude))
}

fn degrees(exif: &Exif, tag: Tag, side: Tag, negative: &str) -> Option<f64> {
    let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else {
        return None;
    };
    let [degrees, minutes, seconds, ..] = parts.as_slice() else {
        return None;
    };
    let value = degrees.to_f64() + minutes.to_f64() / 60.0 + seconds.to_f64() / 3_600.0;
    let value = if text(exif, side)?.starts_with(negative) { -value } else { value };
    value.is_finite().then_some(value)
}

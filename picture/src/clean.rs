//! Makes of any photo two that can be shown: upright, of bounded size, and with nothing in them but pixels.

use domain::limits::{PHOTO_DISPLAY_SIDE, PHOTO_THUMBNAIL_SIDE};

use crate::claims::Claims;
use crate::fingerprint::Fingerprint;
use crate::sniff::{Kind, sniff};
use crate::{Flaw, jpeg, png, webp};

/// A photo that can be shown.
pub struct Cleaned {
    /// The version to show: JPEG, longer side at most 2,048 pixels, upright.
    pub display: Vec<u8>,
    /// The thumbnail: JPEG, longer side at most 320 pixels, upright.
    pub thumbnail: Vec<u8>,
    /// Pixels of the version to show, from left to right.
    pub width: u32,
    /// Pixels of the version to show, from top to bottom.
    pub height: u32,
    /// By which copies are found; none for a plain picture, as of a dark room.
    pub fingerprint: Option<Fingerprint>,
    /// What the file claims about itself.
    pub claims: Claims,
}

/// Cleans a photo: takes about 80 ms of a processor for one of 12 megapixels. Needs the memory that
/// [`inspect`](crate::inspect) says.
///
/// # Errors
/// Why it cannot be shown.
pub fn clean(bytes: &[u8]) -> Result<Cleaned, Flaw> {
    let (decoded, claims) = match sniff(bytes)? {
        Kind::Jpeg => {
            let frame = jpeg::Frame::read(bytes)?;
            (jpeg::decode(bytes, &frame)?, frame.exif.map(Claims::read))
        }
        Kind::Png => {
            let (pixels, exif) = png::decode(bytes)?;
            (pixels, exif.as_deref().map(Claims::read))
        }
        Kind::WebP => {
            webp::needs(bytes)?; // a frame may be larger than its canvas
            let (pixels, exif) = webp::decode(bytes)?;
            (pixels, exif.as_deref().map(Claims::read))
        }
    };
    let claims = claims.unwrap_or_default();
    let smaller = decoded.shrunk(PHOTO_DISPLAY_SIDE)?;
    let display = smaller.unwrap_or(decoded).upright(claims.orientation);
    let small = display.shrunk(PHOTO_THUMBNAIL_SIDE)?;
    let thumbnail = small.as_ref().unwrap_or(&display);
    Ok(Cleaned {
        thumbnail: thumbnail.encoded()?,
        fingerprint: Fingerprint::of(thumbnail),
        width: display.width(),
        height: display.height(),
        display: display.encoded()?,
        claims,
    })
}

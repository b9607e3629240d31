//! Header inspection: determines the format, the dimensions and the memory demand before any pixel is decoded.

use domain::limits::{PHOTO_PIXELS_MAX, PHOTO_SIDE_MAX};

use crate::sniff::{Kind, sniff};
use crate::{Flaw, jpeg, png, webp};

/// The fixed memory demand of cleaning, in bytes: both output versions, and the buffers between them and the decoder.
const ROOM: u64 = 24 << 20;

/// The header data of a photo that is safe to decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The detected format, whatever the client declared.
    pub kind: Kind,
    /// Width in pixels as stored, before the EXIF orientation is applied.
    pub width: u32,
    /// Height in pixels as stored, before the EXIF orientation is applied.
    pub height: u32,
    /// The peak memory demand of [`clean`](crate::clean()) in bytes, excluding the file itself.
    pub memory: u64,
}

/// Parses the headers of a photo. It decodes no pixel, and its own memory demand is small for any file.
///
/// # Errors
/// The [`Flaw`] for which the photo cannot be shown.
pub fn inspect(bytes: &[u8]) -> Result<Header, Flaw> {
    let kind = sniff(bytes)?;
    let (width, height, memory) = match kind {
        Kind::Jpeg => jpeg::Frame::read(bytes)?.needs(),
        Kind::Png => png::needs(bytes)?,
        Kind::WebP => webp::needs(bytes)?,
    };
    Ok(Header { kind, width, height, memory: memory.saturating_add(ROOM) })
}

/// Checks the dimensions: rejects an empty picture as [`Flaw::Unreadable`] and one above the limits as
/// [`Flaw::TooManyPixels`].
pub(crate) fn check_size(width: u32, height: u32) -> Result<(), Flaw> {
    if width == 0 || height == 0 {
        return Err(Flaw::Unreadable);
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > PHOTO_PIXELS_MAX || width.max(height) > PHOTO_SIDE_MAX {
        return Err(Flaw::TooManyPixels);
    }
    Ok(())
}

//! What a file says about its pixels before any is decoded.

use domain::limits::{PHOTO_PIXELS_MAX, PHOTO_SIDE_MAX};

use crate::sniff::{Kind, sniff};
use crate::{Flaw, jpeg, png, webp};

/// Bytes that cleaning needs whatever the photo is: both versions, and what is between them and the decoder.
const ROOM: u64 = 24 << 20;

/// The header of a photo that may be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What the file is, whatever was announced.
    pub kind: Kind,
    /// Pixels from left to right, as stored.
    pub width: u32,
    /// Pixels from top to bottom, as stored.
    pub height: u32,
    /// Bytes that [`clean`](crate::clean) needs at most, beside those of the file itself.
    pub memory: u64,
}

/// Reads the headers of a photo. Decodes no pixel, and needs little memory whatever the file says.
///
/// # Errors
/// Why it cannot be shown.
pub fn inspect(bytes: &[u8]) -> Result<Header, Flaw> {
    let kind = sniff(bytes)?;
    let (width, height, memory) = match kind {
        Kind::Jpeg => jpeg::Frame::read(bytes)?.needs(),
        Kind::Png => png::needs(bytes)?,
        Kind::WebP => webp::needs(bytes)?,
    };
    Ok(Header { kind, width, height, memory: memory.saturating_add(ROOM) })
}

/// Whether so many pixels are taken.
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

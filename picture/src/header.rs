//! The header: what a file says about its pixels before any pixel is decoded.

use domain::limits::{PHOTO_PIXELS_MAX, PHOTO_SIDE_MAX};

use crate::sniff::{Kind, sniff};
use crate::{Flaw, jpeg, png, webp};

/// Number of bytes that cleaning needs for any photo: both versions, and the buffers between them and the decoder.
const ROOM: u64 = 24 << 20;

/// The header of a photo that may be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The kind of the file, whatever the client announced.
    pub kind: Kind,
    /// Width in pixels, as stored.
    pub width: u32,
    /// Height in pixels, as stored.
    pub height: u32,
    /// The maximum number of bytes that [`clean`](crate::clean) needs, apart from those of the file itself.
    pub memory: u64,
}

/// Reads the headers of a photo. It decodes no pixel and needs little memory for any file.
///
/// # Errors
/// The reason why the photo cannot be shown.
pub fn inspect(bytes: &[u8]) -> Result<Header, Flaw> {
    let kind = sniff(bytes)?;
    let (width, height, memory) = match kind {
        Kind::Jpeg => jpeg::Frame::read(bytes)?.needs(),
        Kind::Png => png::needs(bytes)?,
        Kind::WebP => webp::needs(bytes)?,
    };
    Ok(Header { kind, width, height, memory: memory.saturating_add(ROOM) })
}

/// Checks that a photo of this size is accepted.
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

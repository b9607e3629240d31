//! What a file is, by its first bytes; and whether a JPEG is whole and sane, by its segments. Decodes nothing.

use std::io::BufRead;

use super::rejection::Rejection;

/// The types of photos that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaType {
    /// `image/jpeg`, baseline or progressive.
    Jpeg,
    /// `image/png`.
    Png,
    /// `image/webp`.
    WebP,
}

impl MediaType {
    /// Every type.
    pub const ALL: &'static [Self] = &[Self::Jpeg, Self::Png, Self::WebP];

    /// The registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }
}

/// Scans of one JPEG, at most. Progressive photos have about ten; a file of thousands is made to keep a decoder busy.
const SCANS_MAX: usize = 50;

/// What `bytes` are, whatever their name says.
///
/// # Errors
/// [`Rejection::HeicOrAvif`] and [`Rejection::NotAPhoto`].
pub fn sniff(bytes: &[u8]) -> Result<MediaType, Rejection> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Ok(MediaType::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(MediaType::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(MediaType::WebP),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] if is_heif(brand) => Err(Rejection::HeicOrAvif),
        _ => Err(Rejection::NotAPhoto),
    }
}

/// Whether the brands after `ftyp` (major, minor version, compatible ones) name a still picture.
fn is_heif(brands: &[u8]) -> bool {
    const STILL: &[&[u8; 4]] =
        &[b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"MiHE"];
    brands
        .get(..brands.len().min(64))
        .unwrap_or_default()
        .chunks_exact(4)
        .any(|brand| STILL.iter().any(|still| brand == *still))
}

/// Walks the segments of a JPEG to its end.
///
/// # Errors
/// [`Rejection::CutShort`] when the end is missing: a decoder would fill the rest with grey.
/// [`Rejection::Unreadable`] for more than 50 scans.
pub fn check_jpeg(bytes: &[u8]) -> Result<(), Rejection> {
    let mut rest = bytes.get(2..).unwrap_or_default();
    let mut scans = 0;
    while let Some((marker, after)) = next_marker(rest) {
        match marker {
            0xD9 if scans > 0 => return Ok(()),
            0x01 | 0xD0..=0xD9 => rest = after, // without a length
            _ => {
                let &[high, low, ..] = after else {
                    return Err(Rejection::CutShort);
                };
                rest = after.get(usize::from(u16::from_be_bytes([high, low]))..).ok_or(Rejection::CutShort)?;
                scans += usize::from(marker == 0xDA);
                if scans > SCANS_MAX {
                    return Err(Rejection::Unreadable);
                }
            }
        }
    }
    Err(Rejection::CutShort)
}

/// The next marker and what follows it. Coded pixels never hold one: there `FF` is followed by `00` or by `D0`–`D7`.
fn next_marker(mut bytes: &[u8]) -> Option<(u8, &[u8])> {
    loop {
        bytes.skip_until(0xFF).ok()?;
        while let [0xFF, rest @ ..] = bytes {
            bytes = rest; // fill
        }
        match bytes {
            [0x00 | 0xD0..=0xD7, rest @ ..] => bytes = rest,
            [marker, rest @ ..] => return Some((*marker, rest)),
            [] => return None,
        }
    }
}

//! Media type detection by magic bytes, independent of the file name and the declared type.

use crate::Flaw;

/// The accepted image formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `image/jpeg`, baseline or progressive.
    Jpeg,
    /// `image/png`.
    Png,
    /// `image/webp`.
    WebP,
}

impl Kind {
    /// All accepted formats.
    pub const ALL: &'static [Self] = &[Self::Jpeg, Self::Png, Self::WebP];

    /// Returns the registered media type.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
        }
    }
}

impl Kind {
    /// Parses a media type as clients write it: in any case, with parameters, and by the names that are not registered
    /// but in use. Returns `None` for any other type. The bytes decide in the end.
    #[must_use]
    pub fn named(media_type: &str) -> Option<Self> {
        let name = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match name.as_str() {
            "image/jpeg" | "image/jpg" | "image/pjpeg" | "image/jfif" => Some(Self::Jpeg),
            "image/png" | "image/x-png" => Some(Self::Png),
            "image/webp" => Some(Self::WebP),
            _ => None,
        }
    }
}

/// Detects the image format of `bytes`.
///
/// # Errors
/// [`Flaw::HeicOrAvif`] for those formats, [`Flaw::NotAPhoto`] for any other.
pub fn sniff(bytes: &[u8]) -> Result<Kind, Flaw> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Ok(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(Kind::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Kind::WebP),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] if is_still(brand) => Err(Flaw::HeicOrAvif),
        _ => Err(Flaw::NotAPhoto),
    }
}

/// Returns whether the `ftyp` box content (major brand, minor version, compatible brands) names a HEIF or AVIF brand.
/// It checks only the first 64 bytes.
fn is_still(brands: &[u8]) -> bool {
    const STILL: &[&[u8; 4]] =
        &[b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"MiHE"];
    brands
        .get(..brands.len().min(64))
        .unwrap_or_default()
        .chunks_exact(4)
        .any(|brand| STILL.iter().any(|still| brand == *still))
}

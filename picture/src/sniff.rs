//! The kind of a file by its first bytes, whatever its name says.

use crate::Flaw;

/// The kinds of photos that are accepted.
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
    /// Every kind.
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

/// Returns the kind of `bytes`.
///
/// # Errors
/// [`Flaw::HeicOrAvif`] and [`Flaw::NotAPhoto`].
pub fn sniff(bytes: &[u8]) -> Result<Kind, Flaw> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Ok(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Ok(Kind::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Kind::WebP),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] if is_still(brand) => Err(Flaw::HeicOrAvif),
        _ => Err(Flaw::NotAPhoto),
    }
}

/// Returns whether the brands after `ftyp` (major, minor version, compatible ones) name a still picture.
fn is_still(brands: &[u8]) -> bool {
    const STILL: &[&[u8; 4]] =
        &[b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"MiHE"];
    brands
        .get(..brands.len().min(64))
        .unwrap_or_default()
        .chunks_exact(4)
        .any(|brand| STILL.iter().any(|still| brand == *still))
}

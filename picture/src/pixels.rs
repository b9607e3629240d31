//! Pixel buffers: downscaling, rotating and encoding as JPEG.

use std::hash::{DefaultHasher, Hasher};

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{PixelTrait, Resizer};
use jpeg_encoder::{ColorType, Encoder};

use crate::Flaw;

/// The quality of the encoded JPEGs, from 1 to 100.
const QUALITY: u8 = 82;
/// Side of the tiles in which a picture is rotated, in pixels. Tiles keep reads and writes local, which suits the
/// cache.
const TILE: u32 = 32;

/// An RGB picture with 8 bits per channel, row by row from the top, without padding.
pub(crate) struct Pixels {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl Pixels {
    /// Creates a picture from its channel values. Returns `None` if a dimension is 0 or the length does not match.
    pub(crate) fn new(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        let fits = width > 0 && height > 0 && rgb.len() as u64 == u64::from(width) * u64::from(height) * 3;
        fits.then_some(Self { width, height, rgb })
    }

    pub(crate) const fn width(&self) -> u32 {
        self.width
    }

    pub(crate) const fn height(&self) -> u32 {
        self.height
    }

    pub(crate) fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// Returns a number that differs, in practice, for pictures that differ.
    pub(crate) fn digest(&self) -> u64 {
        let mut sum = DefaultHasher::new();
        sum.write(&self.rgb);
        sum.finish()
    }

    /// Downscales the picture so that its longer side is `side`. Returns `None` if it is not longer already.
    pub(crate) fn shrunk(&self, side: u32) -> Result<Option<Self>, Flaw> {
        let longer = self.width.max(self.height);
        if longer <= side {
            return Ok(None);
        }
        let scaled = |length: u32| {
            let exact = (u64::from(length) * u64::from(side)).div_ceil(u64::from(longer));
            u32::try_from(exact).unwrap_or(side).max(1)
        };
        let (width, height) = (scaled(self.width), scaled(self.height));
        let rgb = resized::<U8x3>(Size { width: self.width, height: self.height }, &self.rgb, Size { width, height })?;
        Ok(Some(Self { width, height, rgb }))
    }

    /// Rotates and mirrors the picture upright according to its EXIF orientation: 1 is upright already, 2 to 8 are the
    /// other orientations, and any other value leaves the picture unchanged.
    pub(crate) fn upright(self, orientation: u16) -> Self {
        let (width, height) = (i64::from(self.width), i64::from(self.height));
        let (right, below) = (width - 1, (height - 1) * width);
        // The source index of the target's first pixel, the index steps for one pixel to the right and one row down,
        // and whether width and height are swapped.
        let (first, along, down, crosswise) = match orientation {
            2 => (right, -1, width, false),
            3 => (right + below, -1, -width, false),
            4 => (below, 1, -width, false),
            5 => (0, width, 1, true),
            6 => (below, -width, 1, true),
            7 => (right + below, -width, -1, true),
            8 => (right, width, -1, true),
            _ => return self,
        };
        let (wide, high) = if crosswise { (self.height, self.width) } else { (self.width, self.height) };
        let mut rgb = vec![0; self.rgb.len()];
        for top in (0..high).step_by(TILE as usize) {
            for left in (0..wide).step_by(TILE as usize) {
                for y in top..high.min(top + TILE) {
                    let columns = left..wide.min(left + TILE);
                    let start = (y * wide + left) as usize * 3;
                    let row = rgb.get_mut(start..).unwrap_or_default().chunks_exact_mut(3);
                    for (x, to) in columns.zip(row) {
                        let from = usize::try_from(first + i64::from(x) * along + i64::from(y) * down).unwrap_or(0) * 3;
                        if let Some(from) = self.rgb.get(from..from + 3) {
                            to.copy_from_slice(from);
                        }
                    }
                }
            }
        }
        Self { width: wide, height: high, rgb }
    }

    /// Encodes the picture as a JPEG without any metadata segments.
    pub(crate) fn encoded(&self) -> Result<Vec<u8>, Flaw> {
        let side = |length: u32| u16::try_from(length).map_err(|_long| Flaw::Unreadable);
        let mut bytes = Vec::with_capacity(self.rgb.len() / 8);
        match Encoder::new(&mut bytes, QUALITY).encode(&self.rgb, side(self.width)?, side(self.height)?, ColorType::Rgb)
        {
            Ok(()) => Ok(bytes),
            Err(_) => Err(Flaw::Unreadable),
        }
    }
}

/// The size of a picture in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Resizes a picture. It is generic over the pixel type, because the resizer's dynamic interface instantiates the code
/// for all pixel types, which takes minutes to compile.
pub(crate) fn resized<P: PixelTrait>(from: Size, values: &[u8], to: Size) -> Result<Vec<u8>, Flaw> {
    let mut made = vec![0; to.width as usize * to.height as usize * P::size()];
    let (Ok(from), Ok(mut image)) = (
        TypedImageRef::<P>::from_buffer(from.width, from.height, values),
        TypedImage::<P>::from_buffer(to.width, to.height, &mut made),
    ) else {
        return Err(Flaw::Unreadable);
    };
    match Resizer::new().resize_typed(&from, &mut image, None) {
        Ok(()) => Ok(made),
        Err(_) => Err(Flaw::Unreadable),
    }
}

//! JPEG, baseline and progressive: parses the segments, and decodes at full, half, quarter or eighth scale.
//!
//! The decoder downscales in the inverse DCT: an 8×8 block yields 4×4, 2×2 or 1 pixels directly, so that the full
//! twelve million pixels of a phone photo never exist in memory.

use std::io::{BufRead, ErrorKind};

use domain::limits::PHOTO_DISPLAY_SIDE;
use jpeg_decoder::{Decoder, Error, PixelFormat};

use crate::Flaw;
use crate::header::check_size;
use crate::pixels::Pixels;

/// Maximum number of scans. Progressive photos have about ten; a file with thousands was crafted to exhaust the CPU.
const SCANS_MAX: u64 = 50;
/// Maximum product of pixels and scans, which bounds the decoding time.
const WORK_MAX: u64 = 1_200_000_000;
/// The minimum length of the decoded longer side, as a fraction (numerator, denominator) of the display side. A smaller
/// scale that reaches it is preferred to a larger one.
const MIN_SIDE_RATIO: (u32, u32) = (7, 8);

/// The header data of a JPEG, parsed from its segments.
pub(crate) struct Frame<'a> {
    width: u32,
    height: u32,
    /// The horizontal and vertical sampling factors of each component, from 1 to 4.
    sampling: Vec<(u8, u8)>,
    progressive: bool,
    /// The EXIF block of the first APP1 segment, without the prefix `Exif\0\0`.
    pub(crate) exif: Option<&'a [u8]>,
}

impl<'a> Frame<'a> {
    /// Parses the segments up to the end-of-image marker and ignores trailing bytes.
    ///
    /// # Errors
    /// [`Flaw::CutShort`] if the end-of-image marker is missing, because a decoder would fill the rest with grey.
    /// [`Flaw::TooManyPixels`] if the dimensions exceed the limits. [`Flaw::Unreadable`] for malformed segments, for
    /// more scans or more work than the limits allow, for a sample precision other than 8 bits, and for lossless,
    /// hierarchical and arithmetic-coded JPEGs.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let mut rest = bytes.get(2..).unwrap_or_default();
        let (mut frame, mut exif, mut scans) = (None, None, 0);
        while let Some((marker, after)) = next_marker(rest) {
            if marker == 0xD9 && scans > 0 {
                let frame: Self = frame.ok_or(Flaw::Unreadable)?;
                return Self { exif, ..frame }.in_bounds(scans);
            }
            if matches!(marker, 0x01 | 0xD0..=0xD9) {
                rest = after; // a standalone marker, without a length field
                continue;
            }
            let (segment, following) = segment(after)?;
            match marker {
                0xC0..=0xC2 if frame.is_none() => frame = Some(Self::of(segment, marker == 0xC2)?),
                0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return Err(Flaw::Unreadable),
                0xDA => scans += 1,
                0xE1 if exif.is_none() => exif = segment.strip_prefix(b"Exif\0\0"),
                _ => {}
            }
            if scans > SCANS_MAX {
                return Err(Flaw::Unreadable);
            }
            rest = following;
        }
        Err(Flaw::CutShort)
    }

    fn of(segment: &[u8], progressive: bool) -> Result<Self, Flaw> {
        let &[8, height_high, height_low, width_high, width_low, count, ref components @ ..] = segment else {
            return Err(Flaw::Unreadable);
        };
        let height = u16::from_be_bytes([height_high, height_low]);
        let width = u16::from_be_bytes([width_high, width_low]);
        let sampling: Vec<(u8, u8)> = components
            .chunks_exact(3)
            .filter_map(|component| component.get(1).map(|factors| (factors >> 4, factors & 15)))
            .collect();
        let known = |(horizontal, vertical): &(u8, u8)| (1..=4).contains(horizontal) && (1..=4).contains(vertical);
        if sampling.len() != usize::from(count) || !matches!(count, 1 | 3 | 4) || !sampling.iter().all(known) {
            return Err(Flaw::Unreadable);
        }
        Ok(Self { width: width.into(), height: height.into(), sampling, progressive, exif: None })
    }

    fn in_bounds(self, scans: u64) -> Result<Self, Flaw> {
        check_size(self.width, self.height)?;
        if u64::from(self.width) * u64::from(self.height) * scans > WORK_MAX {
            return Err(Flaw::Unreadable);
        }
        Ok(self)
    }

    /// Returns the width, the height, and the peak memory demand of decoding in bytes.
    pub(crate) fn needs(&self) -> (u32, u32, u64) {
        let factor = |pick: fn(&(u8, u8)) -> u8| u32::from(self.sampling.iter().map(pick).max().unwrap_or(1));
        let units = |length: u32, most: u32| u64::from(length.div_ceil(8 * most));
        let (across, down) = (factor(|one| one.0), factor(|one| one.1));
        let blocks: u64 = self.sampling.iter().map(|(one, other)| u64::from(*one) * u64::from(*other)).sum();
        let blocks = blocks * units(self.width, across) * units(self.height, down);
        let side = u64::from(8 / self.divisor());
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let shown = width * height * side * side / 64 * 4;
        let coefficients = if self.progressive { blocks * 64 * 2 } else { 0 };
        (self.width, self.height, coefficients + blocks * side * side + 2 * shown)
    }

    /// Returns the downscale divisor: the largest of 8, 4, 2 and 1 that leaves the longer side large enough for the
    /// display version.
    fn divisor(&self) -> u32 {
        let longer = self.width.max(self.height);
        let enough = PHOTO_DISPLAY_SIDE * MIN_SIDE_RATIO.0 / MIN_SIDE_RATIO.1;
        [8, 4, 2].into_iter().find(|divisor| longer.div_ceil(*divisor) >= enough).unwrap_or(1)
    }
}

/// Splits the segment at the start of `after` from the bytes that follow it. The segment is returned without its
/// two-byte length field.
fn segment(after: &[u8]) -> Result<(&[u8], &[u8]), Flaw> {
    let &[high, low, ..] = after else {
        return Err(Flaw::CutShort);
    };
    let (segment, following) =
        after.split_at_checked(usize::from(u16::from_be_bytes([high, low]))).ok_or(Flaw::CutShort)?;
    Ok((segment.get(2..).ok_or(Flaw::Unreadable)?, following))
}

/// Returns the next marker and the bytes that follow it. It skips entropy-coded data, in which `FF` is always followed
/// by `00` (byte stuffing) or `D0`–`D7` (a restart marker).
fn next_marker(mut bytes: &[u8]) -> Option<(u8, &[u8])> {
    loop {
        bytes.skip_until(0xFF).ok()?;
        while let [0xFF, rest @ ..] = bytes {
            bytes = rest; // fill bytes
        }
        match bytes {
            [0x00 | 0xD0..=0xD7, rest @ ..] => bytes = rest,
            [marker, rest @ ..] => return Some((*marker, rest)),
            [] => return None,
        }
    }
}

/// Decodes the picture at the smallest scale that leaves enough pixels for the display version.
pub(crate) fn decode(bytes: &[u8], frame: &Frame<'_>) -> Result<Pixels, Flaw> {
    let mut decoder = Decoder::new(bytes);
    decoder.read_info().map_err(|error| flaw(&error))?;
    let scaled = |length: u32| u16::try_from(length.div_ceil(frame.divisor())).unwrap_or(u16::MAX);
    let (width, height) = decoder.scale(scaled(frame.width), scaled(frame.height)).map_err(|error| flaw(&error))?;
    let samples = decoder.decode().map_err(|error| flaw(&error))?;
    let rgb = match decoder.info().map(|info| info.pixel_format) {
        Some(PixelFormat::RGB24) => samples,
        Some(PixelFormat::L8) => samples.into_iter().flat_map(|grey| [grey; 3]).collect(),
        Some(PixelFormat::CMYK32) => samples.chunks_exact(4).flat_map(of_inks).collect(),
        Some(PixelFormat::L16) | None => return Err(Flaw::Unreadable),
    };
    Pixels::new(width.into(), height.into(), rgb).ok_or(Flaw::Unreadable)
}

/// Converts a CMYK pixel to RGB. Each ink ranges from 0 (none) to 255 (full).
fn of_inks(inks: &[u8]) -> [u8; 3] {
    let &[cyan, magenta, yellow, black] = inks else {
        return [0; 3];
    };
    [cyan, magenta, yellow].map(|ink| {
        let light = (255 - u32::from(ink)) * (255 - u32::from(black));
        u8::try_from((light + 127) / 255).unwrap_or(u8::MAX)
    })
}

fn flaw(error: &Error) -> Flaw {
    match error {
        Error::Io(cause) if cause.kind() == ErrorKind::UnexpectedEof => Flaw::CutShort,
        _ => Flaw::Unreadable,
    }
}

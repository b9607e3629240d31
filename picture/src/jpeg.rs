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
    /// The length of the part up to the end of the last scan, if no end-of-image marker follows it.
    open_end: Option<usize>,
    /// The EXIF block of the first APP1 segment, without the prefix `Exif\0\0`.
    pub(crate) exif: Option<&'a [u8]>,
}

impl<'a> Frame<'a> {
    /// Parses the segments up to the end-of-image marker and ignores trailing bytes.
    ///
    /// The panoramas of some phones have no end-of-image marker: the maker's trailer follows the last scan. Such a frame
    /// has an open end, and [`decode`] finds out whether all of its pixels are there. A progressive JPEG must have the
    /// marker, because otherwise nobody knows whether further scans were to come.
    ///
    /// # Errors
    /// [`Flaw::CutShort`] if the file ends before its last scan, because a decoder would fill the rest with grey.
    /// [`Flaw::TooManyPixels`] if the dimensions exceed the limits. [`Flaw::Unreadable`] for malformed segments, for
    /// more scans or more work than the limits allow, for a sample precision other than 8 bits, and for lossless,
    /// hierarchical and arithmetic-coded JPEGs.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, Flaw> {
        let mut walk = Walk::default();
        let mut rest = bytes.get(2..).unwrap_or_default();
        let ended = loop {
            let Some((marker, after)) = next_marker(rest) else { break Err(Flaw::CutShort) };
            if walk.open_end.is_none() && walk.has_all() {
                walk.open_end = Some(bytes.len() - after.len() - 2); // where this marker begins
            }
            if marker == 0xD9 && walk.scans > 0 {
                break Ok(());
            }
            if matches!(marker, 0x01 | 0xD0..=0xD9) {
                rest = after; // a standalone marker, without a length field
                continue;
            }
            match segment(after).and_then(|(segment, following)| walk.take(marker, segment).map(|()| following)) {
                Ok(following) => rest = following,
                Err(flaw) => break Err(flaw),
            }
        };
        walk.frame(ended, bytes.len())
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
        Ok(Self { width: width.into(), height: height.into(), sampling, progressive, open_end: None, exif: None })
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

/// What a walk over the segments has found so far.
#[derive(Default)]
struct Walk<'a> {
    frame: Option<Frame<'a>>,
    exif: Option<&'a [u8]>,
    scans: u64,
    /// The number of components that the scans contain.
    components: usize,
    /// Where the first marker after the scans of all components begins.
    open_end: Option<usize>,
}

impl<'a> Walk<'a> {
    /// Takes a segment in.
    fn take(&mut self, marker: u8, segment: &'a [u8]) -> Result<(), Flaw> {
        match marker {
            0xC0..=0xC2 if self.frame.is_none() => self.frame = Some(Frame::of(segment, marker == 0xC2)?),
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return Err(Flaw::Unreadable),
            0xDA => {
                self.scans += 1;
                self.components += usize::from(segment.first().copied().unwrap_or_default());
            }
            0xE1 if self.exif.is_none() => self.exif = segment.strip_prefix(b"Exif\0\0"),
            _ => {}
        }
        if self.scans > SCANS_MAX { Err(Flaw::Unreadable) } else { Ok(()) }
    }

    /// Checks whether a baseline JPEG has had a scan for each of its components.
    fn has_all(&self) -> bool {
        self.frame.as_ref().is_some_and(|frame| !frame.progressive && self.components >= frame.sampling.len())
    }

    /// Returns the frame: of a walk that reached the end-of-image marker, or of one that broke off after the last scan.
    fn frame(self, ended: Result<(), Flaw>, length: usize) -> Result<Frame<'a>, Flaw> {
        let open_end = match ended {
            Ok(()) => None,
            Err(_) if self.has_all() => Some(self.open_end.unwrap_or(length)),
            Err(flaw) => return Err(flaw),
        };
        let frame = self.frame.ok_or(Flaw::Unreadable)?;
        Frame { exif: self.exif, open_end, ..frame }.in_bounds(self.scans)
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
///
/// # Errors
/// [`Flaw::CutShort`] if pixels are missing; [`Flaw::Unreadable`] if the picture cannot be decoded.
pub(crate) fn decode(bytes: &[u8], frame: &Frame<'_>) -> Result<Pixels, Flaw> {
    let Some(end) = frame.open_end else { return decode_ended(bytes, frame) };
    let scanned = bytes.get(..end).unwrap_or(bytes);
    let followed_by = |after: &[u8]| decode_ended(&[scanned, after, &[0xFF, 0xD9]].concat(), frame);
    let other = followed_by(&NOISE).map_err(|_unreadable| Flaw::CutShort)?.digest();
    let pixels = followed_by(&[])?;
    if pixels.digest() == other { Ok(pixels) } else { Err(Flaw::CutShort) }
}

/// Bytes that no encoder writes. A picture whose pixels depend on what follows its data is not complete: a decoder takes
/// missing bits from there.
const NOISE: [u8; 16] =
    [0xDA, 0xC3, 0x96, 0x0F, 0xE1, 0x3C, 0xA5, 0x78, 0x12, 0xED, 0xB4, 0x4B, 0x87, 0x69, 0xD2, 0x1E];

/// Decodes a file that has an end-of-image marker.
fn decode_ended(bytes: &[u8], frame: &Frame<'_>) -> Result<Pixels, Flaw> {
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

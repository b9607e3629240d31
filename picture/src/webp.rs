//! WebP: the chunks are checked before anything is decoded, because a small canvas may contain a huge frame.

use std::io::{Cursor, ErrorKind};

use image_webp::{DecodingError, WebPDecoder};

use crate::Flaw;
use crate::header::check_size;
use crate::pixels::Pixels;
use crate::png::on_white;
use crate::reduce::Reducer;

/// Memory demand per pixel while a frame is decoded, in bytes: the YUV planes, the RGBA pixels, and a copy of them.
const BYTES_A_PIXEL: u64 = 10;
/// Maximum number of chunks in one file, which bounds the parsing time. One second of animation has about thirty.
const CHUNKS_MAX: usize = 10_000;

/// Returns the width, the height, and the peak memory demand of decoding in bytes.
pub(crate) fn needs(bytes: &[u8]) -> Result<(u32, u32, u64), Flaw> {
    let mut largest = 0;
    for (width, height) in sizes(bytes)? {
        check_size(width, height)?;
        largest = largest.max(u64::from(width) * u64::from(height));
    }
    let (width, height) = open(bytes)?.dimensions();
    check_size(width, height)?;
    let canvas = u64::from(width) * u64::from(height) * 4;
    Ok((width, height, canvas + largest * BYTES_A_PIXEL + Reducer::needs(width, height)))
}

/// Decodes the first frame, blended onto white and reduced, and returns it with the EXIF block.
pub(crate) fn decode(bytes: &[u8]) -> Result<(Pixels, Option<Vec<u8>>), Flaw> {
    let mut decoder = open(bytes)?;
    let (width, height) = decoder.dimensions();
    let mut whole = vec![0; decoder.output_buffer_size().ok_or(Flaw::TooManyPixels)?];
    decoder.read_image(&mut whole).map_err(|error| flaw(&error))?;
    let mut reducer = Reducer::new(width, height);
    if decoder.has_alpha() {
        for row in whole.chunks_exact(width as usize * 4) {
            reducer.push(row.chunks_exact(4).flat_map(|pixel| match *pixel {
                [red, green, blue, alpha] => on_white([red, green, blue], alpha),
                _ => [0; 3],
            }));
        }
    } else {
        for row in whole.chunks_exact(width as usize * 3) {
            reducer.push(row.iter().copied());
        }
    }
    let exif = decoder.exif_metadata().ok().flatten();
    Ok((reducer.finish().ok_or(Flaw::Unreadable)?, exif))
}

fn open(bytes: &[u8]) -> Result<WebPDecoder<Cursor<&[u8]>>, Flaw> {
    WebPDecoder::new(Cursor::new(bytes)).map_err(|error| flaw(&error))
}

/// Returns the dimensions that all frames and their bitstreams declare, in file order. Rejects a file with too many
/// chunks.
fn sizes(bytes: &[u8]) -> Result<Vec<(u32, u32)>, Flaw> {
    let mut found = Vec::new();
    let mut rest = bytes.get(12..).unwrap_or_default();
    for _ in 0..CHUNKS_MAX {
        let Some((name, body, after)) = chunk(rest) else {
            return Ok(found);
        };
        match name {
            b"VP8 " | b"VP8L" => found.extend(frame_size(*name, body)),
            b"ANMF" => {
                // The frame header has 16 bytes (position, size, duration, flags); the chunks of the frame follow it.
                found.extend(canvas_size(body.get(6..12).unwrap_or_default()));
                let mut inner = body.get(16..).unwrap_or_default();
                while let Some((name, body, after)) = chunk(inner) {
                    found.extend(frame_size(*name, body));
                    inner = after;
                }
            }
            _ => {}
        }
        rest = after;
    }
    Err(Flaw::Unreadable)
}

/// Parses the RIFF chunk at the start of `bytes`: its `FourCC`, its payload (cut off at the end of the file) and the
/// bytes that follow it. Chunks are padded to an even length.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let (name, rest) = bytes.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let (body, _) = rest.split_at(length.min(rest.len()));
    let after = rest.get(length.checked_next_multiple_of(2)?..).unwrap_or_default();
    Some((name, body, after))
}

fn frame_size(name: [u8; 4], body: &[u8]) -> Option<(u32, u32)> {
    match (&name, body) {
        (b"VP8 ", [_, _, _, 0x9D, 0x01, 0x2A, wide, wider, high, higher, ..]) => {
            let length = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
            Some((length(*wide, *wider), length(*high, *higher)))
        }
        (b"VP8L", [0x2F, one, two, three, four, ..]) => {
            let bits = u32::from_le_bytes([*one, *two, *three, *four]);
            Some(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
        }
        _ => None,
    }
}

/// Parses a width and a height, each stored minus one in three little-endian bytes.
fn canvas_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let &[wide, wider, widest, high, higher, highest] = bytes else {
        return None;
    };
    let length = |bytes: [u8; 3]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0]) + 1;
    Some((length([wide, wider, widest]), length([high, higher, highest])))
}

fn flaw(error: &DecodingError) -> Flaw {
    match error {
        DecodingError::IoError(cause) if cause.kind() == ErrorKind::UnexpectedEof => Flaw::CutShort,
        DecodingError::MemoryLimitExceeded | DecodingError::ImageTooLarge => Flaw::TooManyPixels,
        _ => Flaw::Unreadable,
    }
}

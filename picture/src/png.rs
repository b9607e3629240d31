//! PNG, decoded row by row: a PNG that is not interlaced is never complete in memory, whatever its size.

use std::io::{Cursor, ErrorKind};

use ::png::{BitDepth, ColorType, Decoder, DecodingError, Limits, Reader, Transformations};

use crate::Flaw;
use crate::header::check_size;
use crate::pixels::Pixels;
use crate::reduce::Reducer;

/// The decoder's own memory limit in bytes, for row buffers and decompressed chunks.
const OWN_BYTES: usize = 16 << 20;

/// Returns the width, the height, and the peak memory demand of decoding in bytes.
pub(crate) fn needs(bytes: &[u8]) -> Result<(u32, u32, u64), Flaw> {
    let reader = open(bytes)?;
    let (width, height) = reader.info().size();
    let whole = if reader.info().interlaced { reader.output_buffer_size().unwrap_or(usize::MAX) } else { 0 };
    Ok((width, height, (whole as u64).saturating_add(OWN_BYTES as u64).saturating_add(Reducer::needs(width, height))))
}

/// Decodes the picture, blended onto white and reduced, and returns it with the EXIF block.
pub(crate) fn decode(bytes: &[u8]) -> Result<(Pixels, Option<Vec<u8>>), Flaw> {
    let mut reader = open(bytes)?;
    let (width, height) = reader.info().size();
    let (color, depth) = reader.output_color_type();
    if depth != BitDepth::Eight {
        return Err(Flaw::Unreadable);
    }
    let mut reducer = Reducer::new(width, height);
    if reader.info().interlaced {
        let mut whole = vec![0; reader.output_buffer_size().ok_or(Flaw::TooManyPixels)?];
        let line = reader.next_frame(&mut whole).map_err(|error| flaw(&error))?.line_size.max(1);
        for row in whole.chunks_exact(line) {
            push(&mut reducer, color, row);
        }
    } else {
        while let Some(row) = reader.next_row().map_err(|error| flaw(&error))? {
            push(&mut reducer, color, row.data());
        }
    }
    drop(reader.finish()); // the EXIF chunk may follow the pixels; an error there does not invalidate them
    let exif = reader.info().exif_metadata.as_ref().map(|block| block.to_vec());
    Ok((reducer.finish().ok_or(Flaw::CutShort)?, exif))
}

fn open(bytes: &[u8]) -> Result<Reader<Cursor<&[u8]>>, Flaw> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: OWN_BYTES });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let header = decoder.read_header_info().map_err(|error| flaw(&error))?;
    check_size(header.width, header.height)?;
    decoder.read_info().map_err(|error| flaw(&error))
}

fn push(reducer: &mut Reducer, color: ColorType, row: &[u8]) {
    match color {
        ColorType::Rgb | ColorType::Indexed => reducer.push(row.iter().copied()),
        ColorType::Grayscale => reducer.push(row.iter().flat_map(|grey| [*grey; 3])),
        ColorType::GrayscaleAlpha => reducer.push(row.chunks_exact(2).flat_map(|pixel| match *pixel {
            [grey, alpha] => on_white([grey; 3], alpha),
            _ => [0; 3],
        })),
        ColorType::Rgba => reducer.push(row.chunks_exact(4).flat_map(|pixel| match *pixel {
            [red, green, blue, alpha] => on_white([red, green, blue], alpha),
            _ => [0; 3],
        })),
    }
}

/// Blends a colour with this alpha value onto white.
pub(crate) fn on_white(color: [u8; 3], alpha: u8) -> [u8; 3] {
    color.map(|value| {
        let mixed = u32::from(value) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
        u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
    })
}

fn flaw(error: &DecodingError) -> Flaw {
    match error {
        DecodingError::IoError(cause) if cause.kind() == ErrorKind::UnexpectedEof => Flaw::CutShort,
        DecodingError::LimitsExceeded => Flaw::TooManyPixels,
        _ => Flaw::Unreadable,
    }
}

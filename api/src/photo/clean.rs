//! Makes of any photo two that can be shown: upright, of bounded size, and with nothing in them but pixels.
//!
//! Pure and slow (a tenth of a second for a phone's photo): run it where it stops no request. What cannot be cleaned is
//! not shown.

use std::io::Cursor;

use domain::limits::{PHOTO_DISPLAY_SIDE, PHOTO_PIXELS_MAX, PHOTO_THUMBNAIL_SIDE};
use fast_image_resize::Resizer;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageResult, Limits, Rgb, RgbImage, Rgba, RgbaImage};

use super::evidence::Evidence;
use super::rejection::Rejection;
use super::sniff::{MediaType, check_jpeg, sniff};

/// Quality of the JPEGs that are shown, of 100.
const QUALITY: u8 = 82;
/// Bytes of a decoded photo, at most: 50 million pixels of 4 bytes.
const DECODED_BYTES_MAX: u64 = PHOTO_PIXELS_MAX * 4;

/// A photo that can be shown.
pub struct Cleaned {
    /// What the file is, whatever was announced.
    pub media_type: MediaType,
    /// The version to show: JPEG, longer side at most 2,048 pixels, upright.
    pub display: Vec<u8>,
    /// The thumbnail: JPEG, longer side at most 320 pixels, upright.
    pub thumbnail: Vec<u8>,
    /// Pixels of the version to show, from left to right.
    pub width: u32,
    /// Pixels of the version to show, from top to bottom.
    pub height: u32,
    /// What the file says about itself.
    pub evidence: Evidence,
}

/// Cleans a photo. Pixels are counted in the header before any is decoded.
///
/// # Errors
/// Why it cannot be shown.
pub fn clean(bytes: &[u8]) -> Result<Cleaned, Rejection> {
    let media_type = sniff(bytes)?;
    if media_type == MediaType::Jpeg {
        check_jpeg(bytes)?;
    }
    let mut decoder = open(media_type, bytes).map_err(|error| unreadable(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PHOTO_PIXELS_MAX || decoder.total_bytes() > DECODED_BYTES_MAX {
        return Err(Rejection::TooManyPixels);
    }
    let exif = decoder.exif_metadata().ok().flatten().map(bare);
    let orientation = exif.as_deref().and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|error| unreadable(&error))?;

    let mut display = flat(shrink(image, PHOTO_DISPLAY_SIDE)?);
    display.apply_orientation(orientation);
    let thumbnail = encode(&shrink(display.clone(), PHOTO_THUMBNAIL_SIDE)?)?;
    Ok(Cleaned {
        media_type,
        thumbnail,
        width: display.width(),
        height: display.height(),
        display: encode(&display)?,
        evidence: exif.map(Evidence::read).unwrap_or_default(),
    })
}

/// Reads the header only.
fn open(media_type: MediaType, bytes: &[u8]) -> ImageResult<Box<dyn ImageDecoder + '_>> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    let mut decoder: Box<dyn ImageDecoder + '_> = match media_type {
        MediaType::Jpeg => Box::new(JpegDecoder::new(Cursor::new(bytes))?),
        MediaType::Png => Box::new(PngDecoder::with_limits(Cursor::new(bytes), limits.clone())?),
        MediaType::WebP => Box::new(WebPDecoder::new(Cursor::new(bytes))?),
    };
    decoder.set_limits(limits)?;
    Ok(decoder)
}

/// The EXIF block without the mark that some writers of WebP put before it.
fn bare(exif: Vec<u8>) -> Vec<u8> {
    exif.strip_prefix(b"Exif\0\0").map(<[u8]>::to_vec).unwrap_or(exif)
}

fn unreadable(error: &ImageError) -> Rejection {
    match error {
        ImageError::Limits(_) => Rejection::TooManyPixels,
        ImageError::IoError(_) => Rejection::CutShort,
        _ => Rejection::Unreadable,
    }
}

/// The same image with its longer side at most `side`, in 8 bits of RGB or RGBA.
fn shrink(image: DynamicImage, side: u32) -> Result<DynamicImage, Rejection> {
    let image = if image.color().has_alpha() {
        DynamicImage::ImageRgba8(image.into_rgba8())
    } else {
        DynamicImage::ImageRgb8(image.into_rgb8())
    };
    let longer = image.width().max(image.height());
    if longer <= side {
        return Ok(image);
    }
    let scaled = |length: u32| {
        let exact = (u64::from(length) * u64::from(side)).div_ceil(u64::from(longer));
        u32::try_from(exact).unwrap_or(side).max(1)
    };
    let mut small = DynamicImage::new(scaled(image.width()), scaled(image.height()), image.color());
    Resizer::new().resize(&image, &mut small, None).map_err(|error| {
        tracing::warn!(cause = %error, "a photo could not be made smaller");
        Rejection::Unreadable
    })?;
    Ok(small)
}

/// The same image on white paper.
fn flat(image: DynamicImage) -> DynamicImage {
    let on_white = |value: u8, alpha: u8| {
        let mixed = u32::from(value) * u32::from(alpha) + 255 * (255 - u32::from(alpha));
        u8::try_from((mixed + 127) / 255).unwrap_or(u8::MAX)
    };
    let DynamicImage::ImageRgba8(image) = image else {
        return image;
    };
    let mut paper = RgbImage::new(image.width(), image.height());
    copy(&image, &mut paper, |Rgba([red, green, blue, alpha])| {
        Rgb([on_white(red, alpha), on_white(green, alpha), on_white(blue, alpha)])
    });
    DynamicImage::ImageRgb8(paper)
}

fn copy(from: &RgbaImage, to: &mut RgbImage, change: impl Fn(Rgba<u8>) -> Rgb<u8>) {
    for (new, old) in to.pixels_mut().zip(from.pixels()) {
        *new = change(*old);
    }
}

fn encode(image: &DynamicImage) -> Result<Vec<u8>, Rejection> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(image).map_err(|error| unreadable(&error))?;
    Ok(bytes)
}

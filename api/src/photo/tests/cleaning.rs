//! Cleaning: whatever a phone sends, only upright pixels come out, or a reason why not.

use std::io::Cursor;
use std::time::{Duration, Instant};

use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::scene::{has_canary, phone_photo};
use crate::photo::clean::{Cleaned, clean};
use crate::photo::rejection::Rejection;
use crate::photo::sniff::{MediaType, check_jpeg};

const PHONES: &[&str] =
    &["slope-before.jpg", "wall-before.jpg", "wall-again.jpg", "eatery-after.jpg", "site-before.jpg"];

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Red on the left, blue on the right.
fn two_halves(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([200, 20, 20]) } else { Rgb([20, 20, 200]) }).into()
}

fn shown(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap()
}

fn rejection(bytes: &[u8]) -> Rejection {
    clean(bytes).err().expect("this must not be shown")
}

/// A JPEG with an EXIF block that says how to turn it.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let tiff =
        [b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(), &[orientation], b"\0\0\0\0\0\0"].concat();
    let segment = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = u16::try_from(segment.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &segment, &jpeg[2..]].concat()
}

#[test]
fn nothing_but_pixels_is_shown() {
    for name in PHONES {
        let original = phone_photo(name);
        assert!(has_canary(&original), "{name} should carry a canary");
        let Cleaned { display, thumbnail, width, height, evidence, .. } = clean(&original).unwrap();
        for version in [&display, &thumbnail] {
            assert!(!has_canary(version), "{name}");
            assert!(!version.windows(4).any(|window| window == b"Exif"), "{name}");
        }
        assert_eq!(shown(&display).dimensions(), (width, height));
        assert_eq!(shown(&thumbnail).dimensions(), (320, 240), "{name}: all are upright and 4:3");
        assert!(evidence.taken_at.is_some() && evidence.camera.is_some(), "{name}");
    }
}

#[test]
fn evidence_is_read_once() {
    let evidence = clean(&phone_photo("slope-before.jpg")).unwrap().evidence;
    assert_eq!(evidence.taken_at.unwrap().to_string(), "2026-06-12 19:05:44");
    assert!(evidence.camera.unwrap().contains("23127PN0CC"));
    let (longitude, latitude) = evidence.place.unwrap();
    assert!((73.0..136.0).contains(&longitude) && (18.0..54.0).contains(&latitude), "in China");
}

#[test]
fn every_orientation_comes_out_upright() {
    // Where the red half stands when the stored image has it on the left.
    let upright = encoded(&two_halves(64, 32), ImageFormat::Jpeg);
    for (orientation, (width, height), red) in [
        (1, (64, 32), (5, 16)),
        (2, (64, 32), (58, 16)),
        (3, (64, 32), (58, 16)),
        (4, (64, 32), (5, 16)),
        (5, (32, 64), (16, 5)),
        (6, (32, 64), (16, 5)),
        (7, (32, 64), (16, 58)),
        (8, (32, 64), (16, 58)),
    ] {
        let cleaned = clean(&with_orientation(&upright, orientation)).unwrap();
        assert_eq!((cleaned.width, cleaned.height), (width, height), "orientation {orientation}");
        let Rgba([r, _, b, _]) = shown(&cleaned.display).get_pixel(red.0, red.1);
        assert!(r > 150 && b < 80, "orientation {orientation}: {r} {b}");
    }
}

#[test]
fn every_type_is_taken() {
    let photo = two_halves(3000, 200);
    let progressive = include_bytes!("data/progressive.jpg");
    assert!(progressive.windows(2).any(|window| window == [0xFF, 0xC2]));
    for (bytes, media_type, size) in [
        (encoded(&photo, ImageFormat::Jpeg), MediaType::Jpeg, (2048, 137)),
        (encoded(&photo, ImageFormat::Png), MediaType::Png, (2048, 137)),
        (encoded(&photo, ImageFormat::WebP), MediaType::WebP, (2048, 137)),
        (encoded(&photo.grayscale(), ImageFormat::Jpeg), MediaType::Jpeg, (2048, 137)),
        (encoded(&DynamicImage::ImageRgb16(photo.to_rgb16()), ImageFormat::Png), MediaType::Png, (2048, 137)),
        (progressive.to_vec(), MediaType::Jpeg, (64, 40)),
        (encoded(&two_halves(1, 1), ImageFormat::Png), MediaType::Png, (1, 1)),
        (encoded(&two_halves(5000, 1), ImageFormat::Png), MediaType::Png, (2048, 1)),
    ] {
        let cleaned = clean(&bytes).unwrap();
        assert_eq!((cleaned.media_type, (cleaned.width, cleaned.height)), (media_type, size));
    }
}

#[test]
fn what_is_transparent_becomes_white() {
    let ghost: DynamicImage = RgbaImage::from_pixel(40, 40, Rgba([255, 0, 0, 0])).into();
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let cleaned = clean(&encoded(&ghost, format)).unwrap();
        let Rgba([r, g, b, _]) = shown(&cleaned.display).get_pixel(20, 20);
        assert!(r > 250 && g > 250 && b > 250);
    }
}

#[test]
fn a_pixel_bomb_is_refused_by_its_header() {
    let mut jpeg = encoded(&two_halves(64, 32), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    let mut png = encoded(&two_halves(64, 32), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]); // 30,000 × 30,000
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    for bomb in [jpeg, png] {
        let begun = Instant::now();
        assert_eq!(rejection(&bomb), Rejection::TooManyPixels);
        assert!(begun.elapsed() < Duration::from_millis(100), "{:?}", begun.elapsed());
    }
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

#[test]
fn what_is_not_whole_is_refused() {
    let jpeg = phone_photo("wall-before.jpg");
    for length in [jpeg.len() - 2, jpeg.len() / 2, 2_000] {
        assert_eq!(rejection(&jpeg[..length]), Rejection::CutShort, "{length}");
    }
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let bytes = encoded(&two_halves(300, 300), format);
        assert!(clean(&bytes[..bytes.len() / 2]).is_err());
    }
}

#[test]
fn a_jpeg_of_a_thousand_scans_is_refused() {
    let jpeg = include_bytes!("data/progressive.jpg");
    assert_eq!(check_jpeg(jpeg), Ok(()));
    let scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0, 0x7F].repeat(1_000);
    assert_eq!(check_jpeg(&[&jpeg[..jpeg.len() - 2], &scan, &[0xFF, 0xD9]].concat()), Err(Rejection::Unreadable));
}

#[test]
fn other_files_are_refused_with_what_to_send() {
    for (bytes, expected) in [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), Rejection::HeicOrAvif),
        (b"\0\0\0\x1cftypmsf1\0\0\0\0mif1heic", Rejection::HeicOrAvif),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1", Rejection::HeicOrAvif),
        (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2mp41", Rejection::NotAPhoto),
        (b"GIF89a\x01\0\x01\0", Rejection::NotAPhoto),
        (b"%PDF-1.7", Rejection::NotAPhoto),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Rejection::NotAPhoto),
        (b"", Rejection::NotAPhoto),
        (b"\x89PNG\r\n\x1a\n", Rejection::CutShort),
        (b"\xff\xd8\xff\xe0garbage", Rejection::CutShort),
    ] {
        assert_eq!(rejection(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
    }
}

//! Cleaning: whatever a phone sends, the result is upright pixels or a reason.
#![cfg(test)]

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use picture::{Cleaned, Flaw, Kind, clean, inspect};

const PHONES: &[&str] =
    &["slope-before.jpg", "wall-before.jpg", "wall-again.jpg", "eatery-after.jpg", "site-before.jpg"];

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A picture that is red on the left and blue on the right.
fn two_halves(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([200, 20, 20]) } else { Rgb([20, 20, 200]) }).into()
}

fn shown(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).unwrap()
}

fn flaw(bytes: &[u8]) -> Flaw {
    clean(bytes).err().expect("this must not be shown")
}

fn phone_photo(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/data/demo/photos").join(name)).unwrap()
}

fn has_canary(bytes: &[u8]) -> bool {
    bytes.windows(7).any(|window| window == b"CANARY-")
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
        let Cleaned { display, thumbnail, width, height, claims, .. } = clean(&original).unwrap();
        for version in [&display, &thumbnail] {
            assert!(!has_canary(version), "{name}");
            assert!(!version.windows(4).any(|window| window == b"Exif"), "{name}");
        }
        assert_eq!(shown(&display).dimensions(), (width, height));
        assert_eq!(shown(&thumbnail).dimensions(), (320, 240), "{name}: all are upright and 4:3");
        assert!(claims.taken_at.is_some() && claims.camera.is_some(), "{name}");
    }
}

#[test]
fn claims_are_read() {
    let claims = clean(&phone_photo("slope-before.jpg")).unwrap().claims;
    assert_eq!(claims.taken_at.unwrap().to_string(), "2026-06-12 19:05:44");
    assert!(claims.camera.unwrap().contains("23127PN0CC"));
    let (longitude, latitude) = claims.place.unwrap();
    assert!((73.0..136.0).contains(&longitude) && (18.0..54.0).contains(&latitude), "in China");
}

#[test]
fn every_orientation_comes_out_upright() {
    // The place of the red half after turning, when the stored image has it on the left.
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
    for (bytes, kind, size) in [
        (encoded(&photo, ImageFormat::Jpeg), Kind::Jpeg, (2048, 137)),
        (encoded(&photo, ImageFormat::Png), Kind::Png, (2048, 137)),
        (encoded(&photo, ImageFormat::WebP), Kind::WebP, (2048, 137)),
        (encoded(&photo.grayscale(), ImageFormat::Jpeg), Kind::Jpeg, (2048, 137)),
        (encoded(&DynamicImage::ImageRgb16(photo.to_rgb16()), ImageFormat::Png), Kind::Png, (2048, 137)),
        (progressive.to_vec(), Kind::Jpeg, (64, 40)),
        (encoded(&two_halves(1, 1), ImageFormat::Png), Kind::Png, (1, 1)),
        (encoded(&two_halves(5000, 1), ImageFormat::Png), Kind::Png, (2048, 1)),
    ] {
        let (header, cleaned) = (inspect(&bytes).unwrap(), clean(&bytes).unwrap());
        assert_eq!((header.kind, (cleaned.width, cleaned.height)), (kind, size));
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
        assert_eq!(inspect(&bomb), Err(Flaw::TooManyPixels));
        assert_eq!(flaw(&bomb), Flaw::TooManyPixels);
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
    for length in [jpeg.len() - 20, jpeg.len() / 2, 2_000] {
        assert_eq!(flaw(&jpeg[..length]), Flaw::CutShort, "{length}");
    }
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let bytes = encoded(&two_halves(300, 300), format);
        assert!(clean(&bytes[..bytes.len() / 2]).is_err());
    }
}

/// Browsers show a JPEG without its end marker if all pixels are there, as in the panoramas of some phones.
#[test]
fn only_missing_pixels_cut_a_photo_short() {
    let panorama = include_bytes!("data/panorama-without-end.jpg");
    assert!(!panorama.windows(2).any(|window| window == [0xFF, 0xD9]), "the file has no end marker");
    let trailer = panorama.windows(4).position(|window| window == b"SEFH").unwrap();
    for bytes in [panorama.as_slice(), &panorama[..trailer], &[&panorama[..trailer], &[0xFF, 0xD9]].concat()] {
        let cleaned = clean(bytes).unwrap();
        assert_eq!((cleaned.width, cleaned.height), (640, 480));
        assert_eq!(cleaned.display, clean(panorama).unwrap().display);
    }
    let photo = phone_photo("wall-before.jpg");
    let without_end = &photo[..photo.len() - 2];
    assert_eq!(clean(without_end).unwrap().display, clean(&photo).unwrap().display);
    let trailer = [b"SEFH".as_slice(), &[0xFF, 0xC4, 0, 9, 0xFF, 0xD3, 0xFF, 0xFF, 0x31].repeat(40)].concat();
    assert_eq!(clean(&[without_end, &trailer].concat()).unwrap().display, clean(&photo).unwrap().display);
    for lost in (8..1_500).step_by(7).chain([photo.len() / 3]) {
        let cut = [&without_end[..without_end.len() - lost], b"SEFT"].concat();
        assert_eq!(flaw(&cut), Flaw::CutShort, "{lost}");
    }
    let progressive = include_bytes!("data/progressive.jpg");
    assert_eq!(flaw(&progressive[..progressive.len() - 2]), Flaw::CutShort, "further scans may be missing");
}

#[test]
fn media_types_are_read_as_clients_write_them() {
    for (name, kind) in [
        ("image/jpeg", Some(Kind::Jpeg)),
        ("image/jpg", Some(Kind::Jpeg)),
        ("IMAGE/JPEG", Some(Kind::Jpeg)),
        ("image/pjpeg", Some(Kind::Jpeg)),
        (" image/jpeg; charset=binary", Some(Kind::Jpeg)),
        ("image/PNG", Some(Kind::Png)),
        ("image/x-png", Some(Kind::Png)),
        ("image/webp", Some(Kind::WebP)),
        ("", None),
        ("image/heic", None),
        ("jpeg", None),
        ("application/octet-stream", None),
    ] {
        assert_eq!(Kind::named(name), kind, "{name}");
    }
}

#[test]
fn a_jpeg_of_a_thousand_scans_is_refused() {
    let jpeg = include_bytes!("data/progressive.jpg");
    assert!(inspect(jpeg).is_ok());
    let scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0, 0x7F].repeat(1_000);
    assert_eq!(inspect(&[&jpeg[..jpeg.len() - 2], &scan, &[0xFF, 0xD9]].concat()), Err(Flaw::Unreadable));
}

/// A canvas of one pixel around a frame of 268 million pixels.
#[test]
fn a_webp_frame_larger_than_its_canvas_is_refused() {
    let frame = [b"VP8 \x0a\0\0\0\x10\0\0\x9d\x01\x2a".as_slice(), &[0xFF, 0x3F, 0xFF, 0x3F]].concat();
    let canvas = b"VP8X\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let length = u32::try_from(4 + canvas.len() + frame.len()).unwrap().to_le_bytes();
    let bomb = [b"RIFF".as_slice(), &length, b"WEBP", canvas, &frame].concat();
    assert_eq!((inspect(&bomb), flaw(&bomb)), (Err(Flaw::TooManyPixels), Flaw::TooManyPixels));
}

#[test]
fn a_large_photo_is_decoded_small() {
    let photo = two_halves(4_000, 3_000);
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let cleaned = clean(&encoded(&photo, format)).unwrap();
        assert!((1_792..=2_048).contains(&cleaned.width) && cleaned.width * 3 / 4 == cleaned.height, "{format:?}");
        let display = shown(&cleaned.display);
        let (Rgba([r, _, b, _]), Rgba([s, _, c, _])) =
            (display.get_pixel(100, 100), display.get_pixel(cleaned.width - 100, 100));
        assert!(r > 150 && b < 80 && s < 80 && c > 150, "{format:?}");
    }
}

#[test]
fn other_files_are_refused_with_what_to_send() {
    for (bytes, expected) in [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), Flaw::HeicOrAvif),
        (b"\0\0\0\x1cftypmsf1\0\0\0\0mif1heic", Flaw::HeicOrAvif),
        (b"\0\0\0\x20ftypavif\0\0\0\0avifmif1", Flaw::HeicOrAvif),
        (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2mp41", Flaw::NotAPhoto),
        (b"GIF89a\x01\0\x01\0", Flaw::NotAPhoto),
        (b"%PDF-1.7", Flaw::NotAPhoto),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Flaw::NotAPhoto),
        (b"", Flaw::NotAPhoto),
        (b"\x89PNG\r\n\x1a\n", Flaw::CutShort),
        (b"\xff\xd8\xff\xe0garbage", Flaw::CutShort),
        (b"\xff\xd8\xff\xe0\0\x01", Flaw::Unreadable),
    ] {
        assert_eq!(flaw(bytes), expected, "{:?}", String::from_utf8_lossy(bytes));
    }
}

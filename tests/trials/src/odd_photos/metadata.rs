//! Valid images with odd metadata, which must neither be displayed nor cause the image to be refused.

use super::jpegs::{JPEG, plain, segment, with_segment};
use super::pngs::PNG;
use super::webps::{WEBP, bitstream, extended};
use super::{CANARY, Fate, Odd, packed, pngs, webps, with};

/// Returns a little-endian TIFF structure with these entries (tag, type, count, value or offset), followed by `tail`.
/// `next` is the offset of the next directory (IFD).
fn tiff(entries: &[(u16, u16, u32, u32)], next: u32, tail: &[u8]) -> Vec<u8> {
    let mut bytes = b"II\x2a\0\x08\0\0\0".to_vec();
    bytes.extend(u16::try_from(entries.len()).expect("few entries").to_le_bytes());
    for (tag, kind, count, value) in entries {
        bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        bytes.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend(next.to_le_bytes());
    bytes.extend(tail);
    bytes
}

fn exif(block: &[u8]) -> Vec<u8> {
    [b"Exif\0\0".as_slice(), block].concat()
}

pub(super) fn all() -> Vec<Odd> {
    [segments(), broken_exif(), behind_the_end(), chunks()].concat()
}

/// Returns JPEGs with the canary in metadata segments.
fn segments() -> Vec<Odd> {
    let shown = Fate::Shown(64, 48);
    let text = CANARY.as_bytes();
    let mut all = Vec::new();
    for (name, marker, mark) in [
        ("XMP", 0xE1, b"http://ns.adobe.com/xap/1.0/\0".as_slice()),
        ("long XMP", 0xE1, b"http://ns.adobe.com/xmp/extension/\0"),
        ("IPTC", 0xED, b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x20"),
        ("a profile", 0xE2, b"ICC_PROFILE\0\x01\x01"),
        ("a profile without its first part", 0xE2, b"ICC_PROFILE\0\x09\x0b"),
        ("a comment", 0xFE, b"<?php system($_GET[0]); ?>"),
        ("a comment of HTML", 0xFE, b"<script>alert(1)</script>"),
        ("more pictures", 0xE2, b"MPF\0II\x2a\0"),
        ("a segment of its maker's", 0xEC, b"Ducky\0"),
        ("a mark of Adobe's", 0xEE, b"Adobe\0\x64\0\0\0\0\x01"),
        ("JFXX with a thumbnail", 0xE0, b"JFXX\0\x10\xff\xd8\xff"),
    ] {
        let bytes = with_segment(marker, &[mark, text].concat());
        all.push(Odd::new(format!("JPEG with {name}"), bytes, JPEG, shown));
    }
    let many = segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0".as_slice(), text].concat()).repeat(3_000);
    all.push(Odd::new("JPEG with 3,000 segments", with(&plain(), 2, &many), JPEG, shown));
    let full = [text, &vec![b'x'; 65_000]].concat();
    all.push(Odd::new("JPEG with a comment of 64 kB", with_segment(0xFE, &full), JPEG, shown));
    all
}

/// Returns EXIF blocks with invalid offsets and counts.
fn broken_exif() -> Vec<Odd> {
    let text = u32::try_from(CANARY.len()).expect("short");
    let nested = with_segment(0xE1, &exif(&with_thumbnail(&with_segment(0xE1, &exif(&with_thumbnail(&plain()))))));
    let blocks = [
        ("nothing", Vec::new()),
        ("an unknown order of bytes", b"XX\x2a\0\x08\0\0\0".to_vec()),
        ("a directory beyond its end", b"II\x2a\0\xff\xff\xff\xff".to_vec()),
        ("a directory that is its own next", tiff(&[(0x112, 3, 1, 1)], 8, b"")),
        ("65,535 entries", [b"MM\0\x2a\0\0\0\x08\xff\xff".as_slice(), CANARY.as_bytes()].concat()),
        ("values beyond its end", tiff(&[(0x10F, 2, text, 60_000), (0x110, 2, u32::MAX, 8)], 0, b"")),
        ("an owner", tiff(&[(0xA430, 2, text, 26)], 0, CANARY.as_bytes())),
        ("an unknown type", tiff(&[(0x112, 99, 1, 6)], 0, b"")),
        ("an orientation of 0", tiff(&[(0x112, 3, 1, 0)], 0, b"")),
        ("an orientation of 9", tiff(&[(0x112, 3, 1, 9)], 0, b"")),
        ("an orientation of 65,535", tiff(&[(0x112, 3, 1, 65_535)], 0, b"")),
        ("an orientation in letters", tiff(&[(0x112, 2, 4, 0x0036_0036)], 0, b"")),
        ("a place that divides by nothing", tiff(&[(0x8825, 4, 1, 26)], 0, &place_by_nothing())),
        ("a place in itself", tiff(&[(0x8825, 4, 1, 8), (0x8769, 4, 1, 8)], 8, b"")),
        ("a thumbnail", with_thumbnail(&plain())),
        ("a thumbnail beyond its end", tiff(&[(0x201, 4, 1, u32::MAX), (0x202, 4, 1, u32::MAX)], 8, b"")),
        ("zeros", vec![0; 60_000]),
        ("letters", CANARY.repeat(900).into_bytes()),
    ];
    let shown = Fate::Shown(64, 48);
    let mut all: Vec<Odd> = blocks
        .iter()
        .map(|(name, block)| {
            Odd::new(format!("JPEG with EXIF of {name}"), with_segment(0xE1, &exif(block)), JPEG, shown)
        })
        .collect();
    all.push(Odd::new("JPEG with thumbnails in thumbnails", nested, JPEG, shown));
    let turned = with_segment(0xE1, &exif(&tiff(&[(0x112, 3, 1, 6)], 0, b"")));
    all.push(Odd::new("JPEG that lies on its side", turned, JPEG, Fate::Shown(48, 64)));
    all
}

/// Returns an EXIF block with a thumbnail in its second directory (IFD1).
fn with_thumbnail(picture: &[u8]) -> Vec<u8> {
    let length = u32::try_from(picture.len()).expect("short");
    let second = tiff(&[(0x201, 4, 1, 26 + 30), (0x202, 4, 1, length)], 0, b"").split_off(8);
    tiff(&[(0x112, 3, 1, 1)], 26, &[second.as_slice(), picture].concat())
}

fn place_by_nothing() -> Vec<u8> {
    let mut directory = tiff(&[(1, 2, 2, 0x4E), (2, 5, 3, 80), (3, 2, 2, 0x45), (4, 5, 3, 80)], 0, b"").split_off(8);
    directory.extend([0; 24]);
    directory
}

/// Returns images with bytes after their end, and polyglots: files that one program reads as an image and another one
/// as something else.
fn behind_the_end() -> Vec<Odd> {
    let mut all = Vec::new();
    for (name, tail) in [
        ("a ZIP", b"PK\x03\x04\x14\0\0\0".as_slice()),
        ("a PDF", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>"),
        ("HTML", b"<html><script>alert(1)</script>"),
        ("PHP", b"<?php phpinfo(); ?>"),
    ] {
        let tail = [tail, CANARY.as_bytes()].concat();
        for (kind, media_type, bytes, fate) in [
            ("JPEG", JPEG, plain(), Fate::Shown(64, 48)),
            ("PNG", PNG, pngs::plain(&[]), Fate::Shown(40, 30)),
            ("WebP", WEBP, webps::lossless(), Fate::Shown(32, 24)),
        ] {
            let bytes = [bytes, tail.clone()].concat();
            all.push(Odd::new(format!("{kind} with {name} behind its end"), bytes, media_type, fate));
        }
    }
    for (name, bytes, media_type, fate) in [
        ("PNG called JPEG", pngs::plain(&[]), JPEG, Fate::Shown(40, 30)),
        ("JPEG called PNG", plain(), PNG, Fate::Shown(64, 48)),
        ("JPEG called WebP", plain(), WEBP, Fate::Shown(64, 48)),
        ("WebP called JPEG", webps::lossless(), JPEG, Fate::Shown(32, 24)),
    ] {
        all.push(Odd::new(name, bytes, media_type, fate));
    }
    all
}

/// Returns PNG and WebP files with the canary in metadata chunks.
fn chunks() -> Vec<Odd> {
    let text = CANARY.as_bytes();
    let keyed = [b"Comment\0".as_slice(), text].concat();
    let turned = tiff(&[(0x112, 3, 1, 8)], 0, text);
    let mut all = Vec::new();
    for (name, chunk, body) in [
        ("a text", "tEXt", keyed.clone()),
        ("a packed text", "zTXt", [b"Comment\0\0".as_slice(), &packed(text)].concat()),
        ("a text of the world", "iTXt", [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), text].concat()),
        ("a profile that is none", "iCCP", keyed.clone()),
        ("a time", "tIME", vec![7, 234, 6, 12, 1, 2, 3]),
        ("a chunk that nobody knows", "prVt", text.to_vec()),
        ("broken EXIF", "eXIf", text.to_vec()),
    ] {
        let bytes = pngs::plain(&[pngs::chunk(chunk, &body)]);
        all.push(Odd::new(format!("PNG with {name}"), bytes, PNG, Fate::Shown(40, 30)));
    }
    let bytes = pngs::plain(&[pngs::chunk("eXIf", &turned)]);
    all.push(Odd::new("PNG that lies on its side", bytes, PNG, Fate::Shown(30, 40)));
    for (name, flag, chunk, body, fate) in [
        ("XMP", 0b100, "XMP ", text.to_vec(), Fate::Shown(32, 24)),
        ("a profile", 0b10_0000, "ICCP", text.to_vec(), Fate::Shown(32, 24)),
        ("broken EXIF", 0b1000, "EXIF", text.to_vec(), Fate::Shown(32, 24)),
        ("EXIF, on its side", 0b1000, "EXIF", turned, Fate::Shown(24, 32)),
    ] {
        let bytes = webps::of(&[extended(flag, (32, 24)), bitstream(), webps::chunk(chunk, &body)]);
        all.push(Odd::new(format!("WebP with {name}"), bytes, WEBP, fate));
    }
    all
}

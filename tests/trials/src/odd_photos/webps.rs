//! Odd WebP files: animated, with frames larger than the canvas, truncated, inconsistent.

use image_webp::{ColorType, WebPEncoder};

use super::{Fate, Odd, cuts, flipped, over, two_halves};

/// The media type.
pub(super) const WEBP: &str = "image/webp";

/// A lossy WebP of 24 × 16 pixels in hexadecimal digits: red on the left, blue on the right.
const LOSSY: &str = "5249464654000000574542505650382048000000b003009d012a180010003eed62a94da9a5a3a2300801301d894013a5\
                     ebc08055ffee00019b0000feebfa657ebddb5959d3bfd0de29dfe9ffe21bd3b9b3fe868e16b4796a6e700000";

/// Returns a RIFF chunk, padded to an even length.
pub(super) fn chunk(name: &str, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("a chunk is short").to_le_bytes();
    let fill: &[u8] = if body.len() % 2 == 1 { &[0] } else { &[] };
    [name.as_bytes(), &length, body, fill].concat()
}

/// Returns a WebP file with these chunks.
pub(super) fn of(chunks: &[Vec<u8>]) -> Vec<u8> {
    let body = [b"WEBP".to_vec(), chunks.concat()].concat();
    let length = u32::try_from(body.len()).expect("a file is short").to_le_bytes();
    [b"RIFF".as_slice(), &length, &body].concat()
}

/// Returns the header chunk of an extended file (VP8X): its feature flags and its canvas size.
pub(super) fn extended(flags: u8, (width, height): (u32, u32)) -> Vec<u8> {
    chunk("VP8X", &[&[flags, 0, 0, 0], three(width - 1).as_slice(), &three(height - 1)].concat())
}

fn three(number: u32) -> [u8; 3] {
    let [low, middle, high, _] = number.to_le_bytes();
    [low, middle, high]
}

/// Returns a lossless WebP of 32 × 24 pixels.
pub(super) fn lossless() -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = WebPEncoder::new(&mut bytes);
    encoder.encode(&two_halves(32, 24), 32, 24, ColorType::Rgb8).expect("a picture can be encoded");
    bytes
}

/// Returns the bitstream chunk of the lossless WebP.
pub(super) fn bitstream() -> Vec<u8> {
    lossless().split_off(12)
}

fn animated(canvas: (u32, u32), frame: (u32, u32), frames: usize) -> Vec<u8> {
    let place = [three(0), three(0), three(frame.0 - 1), three(frame.1 - 1), three(100)].concat();
    let frame = chunk("ANMF", &[place.as_slice(), &[0], &bitstream()].concat());
    let mut chunks = vec![extended(0b10, canvas), chunk("ANIM", &[0; 6])];
    chunks.extend(std::iter::repeat_n(frame, frames));
    of(&chunks)
}

pub(super) fn all() -> Vec<Odd> {
    let odd = |name: &str, bytes: Vec<u8>, fate: Fate| Odd::new(name, bytes, WEBP, fate);
    let lossy = hex::decode(LOSSY).expect("hexadecimal digits");
    let mut all = vec![
        odd("lossy WebP", lossy.clone(), Fate::Shown(24, 16)),
        odd("lossless WebP", lossless(), Fate::Shown(32, 24)),
        odd("animated WebP of 3 frames", animated((32, 24), (32, 24), 3), Fate::Shown(32, 24)),
        odd("animated WebP of 500 frames", animated((32, 24), (32, 24), 500), Fate::Shown(32, 24)),
        odd("WebP of 10,001 chunks", of(&vec![chunk("JUNK", &[]); 10_001]), Fate::Refused),
        odd("animated WebP whose frame is larger", animated((32, 24), (16_000, 16_000), 1), Fate::Refused),
        odd("animated WebP whose canvas is larger", animated((5_000, 24), (32, 24), 1), Fate::Either),
        odd("animated WebP of 2²⁴ pixels", animated((1 << 24, 1), (32, 24), 1), Fate::Refused),
        odd("WebP whose canvas is another", of(&[extended(0, (99, 99)), bitstream()]), Fate::Either),
        odd("WebP without a picture", of(&[extended(0, (32, 24))]), Fate::Refused),
        odd("WebP of nothing", of(&[]), Fate::Refused),
        odd(
            "WebP of clear pixels without them",
            of(&[extended(0b1_0000, (24, 16)), lossy[12..].to_vec()]),
            Fate::Either,
        ),
    ];
    for (name, bytes) in [("lossy", &lossy), ("lossless", &lossless())] {
        all.extend(cuts(&format!("{name} WebP"), bytes, WEBP, &[10, 20, 50]));
        all.extend(flipped(&format!("{name} WebP"), bytes, WEBP, (8, 12)));
        for length in [[0; 4], [0xFF; 4]] {
            let name = format!("{name} WebP, {length:?} bytes");
            all.push(odd(&format!("{name} in all"), over(bytes, 4, &length), Fate::Either));
            all.push(odd(&format!("{name} in its chunk"), over(bytes, 16, &length), Fate::Either));
        }
    }
    all.push(odd("lossy WebP of 16383 × 16383", over(&lossy, 26, &[0xFF, 0x3F, 0xFF, 0x3F]), Fate::Refused));
    all.push(odd("lossless WebP of 16384 × 16384", over(&lossless(), 21, &[0xFF; 4]), Fate::Refused));
    all
}

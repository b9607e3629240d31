//! Odd JPEGs: truncated, inconsistent, huge, with every kind of chroma subsampling, and of unsupported kinds.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::{Fate, Odd, cuts, flipped, over, position, two_halves, with};

/// The media type.
pub(super) const JPEG: &str = "image/jpeg";
const WIDTH: u16 = 64;
const HEIGHT: u16 = 48;
const SHOWN: Fate = Fate::Shown(64, 48);

/// Encodes a JPEG with the encoder settings that `set` makes.
fn made(set: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 85);
    set(&mut encoder);
    encoder.encode(&two_halves(WIDTH, HEIGHT), WIDTH, HEIGHT, ColorType::Rgb).expect("a picture can be encoded");
    bytes
}

/// Returns a plain baseline JPEG of 64 × 48.
pub(super) fn plain() -> Vec<u8> {
    made(|_| {})
}

fn progressive() -> Vec<u8> {
    made(|encoder| encoder.set_progressive(true))
}

/// Returns a JPEG segment: marker, length and body.
pub(super) fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len() + 2).expect("a segment is short").to_be_bytes();
    [&[0xFF, marker], length.as_slice(), body].concat()
}

/// Returns the plain JPEG with a segment inserted after SOI.
pub(super) fn with_segment(marker: u8, body: &[u8]) -> Vec<u8> {
    with(&plain(), 2, &segment(marker, body))
}

/// Returns the plain JPEG with bytes overwritten at offset `at` of the first segment with this marker (0 is the marker
/// itself).
fn changed(marker: u8, at: usize, there: &[u8]) -> Vec<u8> {
    let plain = plain();
    let start = position(&plain, &[0xFF, marker]) + 1;
    over(&plain, start + at, there)
}

pub(super) fn all() -> Vec<Odd> {
    let odd = |name: &str, bytes: Vec<u8>, fate: Fate| Odd::new(name, bytes, JPEG, fate);
    let mut all = [samplings(), kinds(), lengths()].concat();
    all.extend(cuts("baseline JPEG", &plain(), JPEG, &[1, 3, 10, 25, 50, 75, 90, 99]));
    all.extend(cuts("progressive JPEG", &progressive(), JPEG, &[10, 40, 70, 95, 99]));
    all.extend(flipped("baseline JPEG", &plain(), JPEG, (14, 2)));
    all.extend(flipped("progressive JPEG", &progressive(), JPEG, (14, 2)));
    for (name, size) in [
        ("65535 × 65535", [0xFF, 0xFF, 0xFF, 0xFF]),
        ("65535 high", [0xFF, 0xFF, 0, 64]),
        ("no height", [0, 0, 0, 64]),
        ("no width", [0, 48, 0, 0]),
        ("larger than what is coded", [0x0F, 0xFF, 0x0F, 0xFF]),
    ] {
        let fate = if name == "65535 × 65535" || name.starts_with("no") { Fate::Refused } else { Fate::Either };
        all.push(odd(&format!("JPEG that says {name}"), changed(0xC0, 4, &size), fate));
    }
    let plain = plain();
    let scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0, 0x7F].repeat(2_000);
    all.push(odd("JPEG of 2,000 scans", with(&progressive(), progressive().len() - 2, &scan), Fate::Refused));
    all.push(odd("JPEG that begins twice", [&plain[..2], &plain].concat(), Fate::Either));
    all.push(odd("two JPEGs in one file", [plain.clone(), plain.clone()].concat(), SHOWN));
    all.push(odd("JPEG with fill bytes", with(&plain, 2, &[0xFF; 40]), SHOWN));
    all.push(odd("JPEG with rubbish between segments", with(&plain, 2, &[1, 2, 3, 4, 0xFF, 0, 5]), Fate::Either));
    all.push(odd("JPEG without its end", plain[..plain.len() - 2].to_vec(), SHOWN));
    all.push(odd("JPEG without its last pixels", plain[..plain.len() - 22].to_vec(), Fate::Refused));
    all.push(odd("JPEG that ends at once", vec![0xFF, 0xD8, 0xFF, 0xD9], Fate::Refused));
    all.push(odd("JPEG with a frame twice", twice(0xC0), Fate::Refused));
    for (name, marker) in [("quantisation", 0xDB), ("Huffman", 0xC4)] {
        all.push(odd(&format!("JPEG without {name} tables"), without(marker), Fate::Refused));
    }
    all
}

/// Returns all kinds of chroma subsampling, scans and restart intervals.
fn samplings() -> Vec<Odd> {
    use SamplingFactor as S;
    let factors = [S::F_1_1, S::F_2_1, S::F_1_2, S::F_2_2, S::F_4_1, S::F_4_2, S::F_1_4, S::F_2_4];
    let mut all = Vec::new();
    for factor in factors {
        for progressive in [false, true] {
            let bytes = made(|encoder| {
                encoder.set_sampling_factor(factor);
                encoder.set_progressive(progressive);
            });
            all.push(Odd::new(format!("JPEG of {factor:?}, progressive: {progressive}"), bytes, JPEG, Fate::Either));
        }
    }
    for interval in [1, 3, 1_000] {
        let bytes = made(|encoder| encoder.set_restart_interval(interval));
        all.push(Odd::new(format!("JPEG with restarts every {interval}"), bytes, JPEG, SHOWN));
    }
    for scans in [2, 10, 64] {
        let bytes = made(|encoder| encoder.set_progressive_scans(scans));
        let fate = if scans == 64 { Fate::Either } else { SHOWN };
        all.push(Odd::new(format!("JPEG of {scans} bands"), bytes, JPEG, fate));
    }
    all.push(Odd::new("JPEG with tables of its own", made(|e| e.set_optimized_huffman_tables(true)), JPEG, SHOWN));
    all
}

/// Returns other colour spaces, and unsupported kinds of JPEG.
fn kinds() -> Vec<Odd> {
    let odd = |name: &str, bytes: Vec<u8>, fate: Fate| Odd::new(name, bytes, JPEG, fate);
    let colors = |color: ColorType, channels: usize| {
        let mut bytes = Vec::new();
        let values: Vec<u8> = (0..64 * 48 * channels).map(|at| u8::try_from(at % 251).unwrap_or(0)).collect();
        Encoder::new(&mut bytes, 80).encode(&values, WIDTH, HEIGHT, color).expect("a picture can be encoded");
        bytes
    };
    let mut all = vec![
        odd("grey JPEG", colors(ColorType::Luma, 1), SHOWN),
        odd("CMYK JPEG", colors(ColorType::Cmyk, 4), SHOWN),
        odd("YCCK JPEG", colors(ColorType::CmykAsYcck, 4), SHOWN),
    ];
    for (name, marker) in [("lossless", 0xC3), ("hierarchical", 0xC5), ("arithmetic", 0xC9), ("JPEG-LS", 0xF7)] {
        all.push(odd(&format!("{name} JPEG"), changed(0xC0, 0, &[marker]), Fate::Refused));
    }
    for (name, at, there) in [
        ("12 bits", 3, [12_u8]),
        ("0 bits", 3, [0]),
        ("two colours", 8, [2]),
        ("no colours", 8, [0]),
        ("255 colours", 8, [255]),
        ("sampling of 0", 10, [0]),
        ("sampling of 5", 10, [0x55]),
        ("sampling of 15", 10, [0xFF]),
    ] {
        all.push(odd(&format!("JPEG of {name}"), changed(0xC0, at, &there), Fate::Refused));
    }
    for (name, at, there) in [("table 9", 11, 9_u8), ("sampling of 4 × 4", 10, 0x44), ("sampling of 3 × 1", 10, 0x31)]
    {
        all.push(odd(&format!("JPEG of {name}"), changed(0xC0, at, &[there]), Fate::Either));
    }
    all
}

/// Returns files with wrong segment lengths.
fn lengths() -> Vec<Odd> {
    let mut all = Vec::new();
    for (name, marker) in [("APP0", 0xE0), ("DQT", 0xDB), ("SOF", 0xC0), ("DHT", 0xC4), ("SOS", 0xDA)] {
        for length in [[0, 0], [0, 1], [0, 3], [0xFF, 0xFF]] {
            let name = format!("JPEG whose {name} says {length:?} bytes");
            let fate = if marker == 0xE0 && length == [0, 3] { Fate::Either } else { Fate::Refused };
            let fate = if marker == 0xDA { Fate::Either } else { fate };
            all.push(Odd::new(name, changed(marker, 1, &length), JPEG, fate));
        }
    }
    all
}

fn without(marker: u8) -> Vec<u8> {
    let mut bytes = plain();
    while let Some(start) = bytes.windows(2).position(|window| window == [0xFF, marker]) {
        let length = usize::from(u16::from_be_bytes([bytes[start + 2], bytes[start + 3]]));
        bytes.drain(start..start + 2 + length);
    }
    bytes
}

fn twice(marker: u8) -> Vec<u8> {
    let bytes = plain();
    let start = position(&bytes, &[0xFF, marker]);
    let length = usize::from(u16::from_be_bytes([bytes[start + 2], bytes[start + 3]]));
    let segment = bytes[start..start + 2 + length].to_vec();
    with(&bytes, start, &segment)
}

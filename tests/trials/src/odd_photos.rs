//! Malformed, hostile and unusual files that may be uploaded as photos. They are generated deterministically, and none
//! of them is large.
//!
//! Each file states its expected result. Hidden content, such as a text in the metadata or after the end of the image,
//! is [`CANARY`].

mod jpegs;
mod metadata;
mod others;
mod pngs;
mod webps;

use std::io::Write;

/// The marker in everything that must be removed before a photo is displayed.
pub const CANARY: &str = "CANARY-ODD";

/// The expected result for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The photo is displayed upright, with this width and height in pixels.
    Shown(u32, u32),
    /// The file is refused, with a sentence that says what to send instead.
    Refused,
    /// Either of the two is acceptable, but not a crash.
    Either,
}

/// A file that is uploaded as a photo.
#[derive(Debug, Clone)]
pub struct Odd {
    /// A description of what is odd about it.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// The media type that the phone declares.
    pub media_type: &'static str,
    /// The expected result.
    pub fate: Fate,
}

impl Odd {
    fn new(name: impl Into<String>, bytes: Vec<u8>, media_type: &'static str, fate: Fate) -> Self {
        Self { name: name.into(), bytes, media_type, fate }
    }
}

/// Returns all files, more than 200.
#[must_use]
pub fn all() -> Vec<Odd> {
    [jpegs::all(), pngs::all(), webps::all(), metadata::all(), others::all()].concat()
}

/// Returns copies of a file that are truncated at each of these percentages of its length.
fn cuts(name: &str, whole: &[u8], media_type: &'static str, parts: &[usize]) -> Vec<Odd> {
    let cut = |part: &usize| {
        let left = whole.get(..whole.len() * part / 100).unwrap_or_default().to_vec();
        Odd::new(format!("{name} cut at {part} %"), left, media_type, Fate::Refused)
    };
    parts.iter().map(cut).collect()
}

/// Returns `count` copies of a file with a few random bits flipped in each. The first `spared` bytes stay intact.
fn flipped(name: &str, whole: &[u8], media_type: &'static str, (count, spared): (u64, usize)) -> Vec<Odd> {
    let mut state = 0x1234_5678_9ABC_DEF0_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut made = Vec::new();
    for number in 0..count {
        let mut bytes = whole.to_vec();
        for _ in 0..=number % 7 {
            let length = (bytes.len() - spared).max(1) as u64;
            let at = spared + usize::try_from(next() % length).unwrap_or(0);
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << (next() % 8);
            }
        }
        made.push(Odd::new(format!("{name} with bits turned over, {number}"), bytes, media_type, Fate::Either));
    }
    made
}

/// Returns the bytes with `inserted` at offset `at`.
fn with(bytes: &[u8], at: usize, inserted: &[u8]) -> Vec<u8> {
    let (before, after) = bytes.split_at(at);
    [before, inserted, after].concat()
}

/// Returns the bytes with `there` overwriting those at offset `at`.
fn over(bytes: &[u8], at: usize, there: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    if let Some(place) = changed.get_mut(at..at + there.len()) {
        place.copy_from_slice(there);
    }
    changed
}

fn position(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).expect("the base file has it")
}

/// Returns RGB pixels (3 bytes each): red on the left, blue on the right, with some noise.
fn two_halves(width: u16, height: u16) -> Vec<u8> {
    let pixel = |x: u16, y: u16| {
        let grain = u8::try_from((u32::from(x) * 7 + u32::from(y) * 13) % 23).unwrap_or(0);
        if x < width / 2 { [180 + grain, 20, 20] } else { [20, 20, 180 + grain] }
    };
    (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect()
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}

/// Compresses bytes with zlib, as PNG requires.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).expect("a vector takes all");
    packer.finish().expect("a vector takes all")
}

//! Files that phones, bad networks and bad people send as photos: made here, the same every time, none of them large.
//!
//! Each says what has to become of it. What is hidden in one (a text in its metadata, behind its end) is [`CANARY`].

mod jpegs;
mod metadata;
mod others;
mod pngs;
mod webps;

use std::io::Write;

/// Stands in everything that must not be shown.
pub const CANARY: &str = "CANARY-ODD";

/// What has to become of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Shown, upright, with these pixels.
    Shown(u32, u32),
    /// Refused, with a sentence that says what to send.
    Refused,
    /// One of the two; never a crash.
    Either,
}

/// A file.
#[derive(Debug, Clone)]
pub struct Odd {
    /// What is odd about it.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// What the phone calls it.
    pub media_type: &'static str,
    /// What has to become of it.
    pub fate: Fate,
}

impl Odd {
    fn new(name: impl Into<String>, bytes: Vec<u8>, media_type: &'static str, fate: Fate) -> Self {
        Self { name: name.into(), bytes, media_type, fate }
    }
}

/// Returns all of them: more than 200.
#[must_use]
pub fn all() -> Vec<Odd> {
    [jpegs::all(), pngs::all(), webps::all(), metadata::all(), others::all()].concat()
}

/// Returns what is left of a file cut short at each of these parts of it, in hundredths.
fn cuts(name: &str, whole: &[u8], media_type: &'static str, parts: &[usize]) -> Vec<Odd> {
    let cut = |part: &usize| {
        let left = whole.get(..whole.len() * part / 100).unwrap_or_default().to_vec();
        Odd::new(format!("{name} cut at {part} %"), left, media_type, Fate::Refused)
    };
    parts.iter().map(cut).collect()
}

/// Returns the file with bits turned over, a few in each of `count` copies; the header of `spared` bytes stays.
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

/// Returns the same bytes with `inserted` at `at`.
fn with(bytes: &[u8], at: usize, inserted: &[u8]) -> Vec<u8> {
    let (before, after) = bytes.split_at(at);
    [before, inserted, after].concat()
}

/// Returns the same bytes with `there` written over what stands at `at`.
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

/// Red on the left, blue on the right, with a grain: 3 bytes a pixel.
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

/// Packed as PNG packs.
fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).expect("a vector takes all");
    packer.finish().expect("a vector takes all")
}

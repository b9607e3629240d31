//! A fingerprint of 64 bits by which copies of a photo are found, even if they were recompressed, reduced or
//! brightened.
//!
//! It consists of the signs of the 64 lowest frequencies of the picture's brightness (a discrete cosine transform of 32
//! × 32 means), from low to high. A sign says which of two parts is brighter, so it does not change when the whole
//! picture becomes brighter.
#![expect(clippy::cast_precision_loss, reason = "numbers up to 1,024")]

use std::f64::consts::PI;
use std::sync::LazyLock;

use fast_image_resize::pixels::U8;

use crate::pixels::{Pixels, resized};

/// Side of the picture that is transformed.
const SIDE: usize = 32;
/// Number of frequencies in each direction that are examined.
const WAVES: usize = 12;
/// A picture whose brightness differs from its mean by less than this (of 255, as a root mean square) is plain. Its
/// signs would be those of noise.
const PLAIN: f64 = 2.0;

/// A fingerprint that copies of a photo share, except for a few bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// Returns the number of bits in which two fingerprints differ: up to 8 for copies, about 32 for other photos.
    #[must_use]
    pub const fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Returns the fingerprint of a picture, or `None` for a plain picture, which would resemble every other one.
    pub(crate) fn of(picture: &Pixels) -> Option<Self> {
        let grey: Vec<u8> = picture.rgb().chunks_exact(3).map(brightness).collect();
        let side = u32::try_from(SIDE).ok()?;
        let means = resized::<U8>((picture.width(), picture.height()), &grey, (side, side)).ok()?;
        let mean = means.iter().map(|value| f64::from(*value)).sum::<f64>() / (SIDE * SIDE) as f64;
        let values: Vec<f64> = means.iter().map(|value| f64::from(*value) - mean).collect();
        let spread = values.iter().map(|value| value * value).sum::<f64>() / (SIDE * SIDE) as f64;
        if spread.sqrt() < PLAIN {
            return None;
        }
        // First by rows; then by columns, for the frequencies that count.
        let rows: Vec<Vec<f64>> =
            values.chunks_exact(SIDE).map(|row| COSINES.iter().map(|wave| dot(wave, row)).collect()).collect();
        let bits = LOWEST.iter().fold(0, |bits, (across, down)| {
            let column = rows.iter().filter_map(|row| row.get(*across).copied());
            let amount: f64 =
                COSINES.get(*down).into_iter().flatten().zip(column).map(|(cosine, value)| cosine * value).sum();
            (bits << 1) | u64::from(amount > 0.0)
        });
        Some(Self(bits))
    }
}

fn brightness(pixel: &[u8]) -> u8 {
    let &[red, green, blue] = pixel else {
        return 0;
    };
    let weighed = 299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue);
    u8::try_from((weighed + 500) / 1_000).unwrap_or(u8::MAX)
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// The cosine waves, by frequency.
static COSINES: LazyLock<Vec<Vec<f64>>> = LazyLock::new(|| {
    let wave = |frequency: usize| {
        move |place: usize| (PI * (2 * place + 1) as f64 * frequency as f64 / (2 * SIDE) as f64).cos()
    };
    (0..WAVES).map(|frequency| (0..SIDE).map(wave(frequency)).collect()).collect()
});

/// The 64 lowest frequencies in both directions, without the mean. Equal ones are in the order of their first number.
static LOWEST: LazyLock<Vec<(usize, usize)>> = LazyLock::new(|| {
    let mut all: Vec<(usize, usize)> = (0..WAVES)
        .flat_map(|across| (0..WAVES).map(move |down| (across, down)))
        .filter(|pair| *pair != (0, 0))
        .collect();
    all.sort_by_key(|(across, down)| (across * across + down * down, *across));
    all.truncate(64);
    all
});

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(value: impl Fn(u32, u32) -> u8) -> Pixels {
        let rgb = (0..240_u32).flat_map(|y| (0..320_u32).map(move |x| (x, y))).flat_map(|(x, y)| [value(x, y); 3]);
        Pixels::new(320, 240, rgb.collect()).unwrap()
    }

    #[test]
    fn each_frequency_is_one_bit() {
        assert_eq!(LOWEST.len(), 64);
        assert_eq!(LOWEST[..3], [(0, 1), (1, 0), (1, 1)]);
        let bright_above = Fingerprint::of(&picture(|_, y| if y < 120 { 200 } else { 50 })).unwrap();
        let bright_below = Fingerprint::of(&picture(|_, y| if y < 120 { 50 } else { 200 })).unwrap();
        assert_eq!((bright_above.0 >> 63, bright_below.0 >> 63), (1, 0));
    }

    #[test]
    fn plain_pictures_have_none() {
        assert_eq!(Fingerprint::of(&picture(|_, _| 7)), None);
        assert_eq!(Fingerprint::of(&picture(|x, y| u8::from((x + y) % 2 == 0) + 100)), None);
    }

    #[test]
    fn distances_count_bits() {
        assert_eq!(Fingerprint(0b1011).distance(Fingerprint(0b0010)), 2);
        assert_eq!(Fingerprint(u64::MAX).distance(Fingerprint(0)), 64);
    }
}

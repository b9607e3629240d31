//! A 64-bit perceptual hash, by which copies of a photo are found even if they were recompressed, downscaled or
//! brightened.
//!
//! The bits are the signs of the 64 lowest-frequency coefficients of a discrete cosine transform (DCT) of the
//! luminance, downscaled to 32 × 32, from low to high frequency. The mean (DC) coefficient is left out, so that
//! brightening the whole picture does not change the bits.
#![expect(clippy::cast_precision_loss, reason = "numbers up to 1,024")]

use std::f64::consts::PI;
use std::sync::LazyLock;

use fast_image_resize::pixels::U8;

use crate::pixels::{Pixels, Size, resized};

/// Side of the downscaled picture to which the DCT is applied, in pixels.
const SIDE: usize = 32;
/// Number of frequencies in each direction for which coefficients are computed. The 64 lowest of the 144 pairs are
/// used.
const WAVES: usize = 12;
/// Minimum standard deviation of the luminance (0 to 255). Below it the picture is nearly uniform, and the signs of its
/// coefficients are noise.
const PLAIN: f64 = 2.0;

/// The perceptual fingerprint of a photo. Copies of a photo differ in only a few bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// Returns the Hamming distance of two fingerprints: up to 8 for copies, about 32 for unrelated photos.
    #[must_use]
    pub const fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }

    /// Computes the fingerprint of a picture. Returns `None` for a nearly uniform picture, whose bits would be noise.
    pub(crate) fn of(picture: &Pixels) -> Option<Self> {
        let grey: Vec<u8> = picture.rgb().chunks_exact(3).map(brightness).collect();
        let side = u32::try_from(SIDE).ok()?;
        let means = resized::<U8>(
            Size { width: picture.width(), height: picture.height() },
            &grey,
            Size { width: side, height: side },
        )
        .ok()?;
        let mean = means.iter().map(|value| f64::from(*value)).sum::<f64>() / (SIDE * SIDE) as f64;
        let values: Vec<f64> = means.iter().map(|value| f64::from(*value) - mean).collect();
        let spread = values.iter().map(|value| value * value).sum::<f64>() / (SIDE * SIDE) as f64;
        if spread.sqrt() < PLAIN {
            return None;
        }
        // The two-dimensional DCT is separable: rows first, then the columns of the needed frequencies only.
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

/// The DCT basis vectors (cosine waves), indexed by frequency.
static COSINES: LazyLock<Vec<Vec<f64>>> = LazyLock::new(|| {
    let wave = |frequency: usize| {
        move |place: usize| (PI * (2 * place + 1) as f64 * frequency as f64 / (2 * SIDE) as f64).cos()
    };
    (0..WAVES).map(|frequency| (0..SIDE).map(wave(frequency)).collect()).collect()
});

/// The 64 lowest frequency pairs (across, down) in ascending order, without the DC pair (0, 0). Ties are ordered by the
/// first number, so that the bit order is stable.
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

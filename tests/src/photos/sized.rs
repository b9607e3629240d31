//! Generates valid JPEGs of any size, each with different bytes.

use fastrand::Rng;

use super::phone_photo;

/// The sample photo that all of them show.
const SEEN: &str = "eatery-after.jpg";
/// The largest and the smallest size of a JPEG segment in bytes: two bytes of marker, and a 16-bit length that includes
/// its own two bytes.
const SEGMENT: (usize, usize) = (65_537, 4);

/// Returns a photo of this size in bytes, padded with comment segments whose random content is seeded by `number`. If
/// the missing bytes are fewer than a comment segment takes, returns the unpadded photo.
#[must_use]
pub fn sized_photo(number: u64, bytes: usize) -> Vec<u8> {
    let (picture, mut random) = (phone_photo(SEEN), Rng::with_seed(number));
    let (start, rest) = picture.split_at(2);
    let (mut file, mut lacking) = (start.to_vec(), bytes.saturating_sub(picture.len()));
    while lacking >= SEGMENT.1 {
        let largest = lacking.min(SEGMENT.0);
        // The remainder must be zero or large enough for another segment.
        let size = if (1..SEGMENT.1).contains(&(lacking - largest)) { largest - SEGMENT.1 } else { largest };
        let length = u16::try_from(size - 2).unwrap_or(u16::MAX).to_be_bytes();
        file.extend_from_slice(&[0xFF, 0xFE, length[0], length[1]]);
        file.extend((SEGMENT.1..size).map(|_| random.u8(..)));
        lacking -= size;
    }
    file.extend_from_slice(rest);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_photo_has_its_size_and_can_be_shown() {
        let least = sized_photo(0, 0).len();
        for bytes in [least, least + 4, least + 65_537, least + 65_538, least + 65_540, 300_000] {
            let photo = sized_photo(7, bytes);
            assert_eq!(photo.len(), bytes);
            assert!(picture::clean(&photo).is_ok(), "{bytes}");
        }
        assert!(
            sized_photo(1, 300_000) == sized_photo(1, 300_000) && sized_photo(1, 300_000) != sized_photo(2, 300_000)
        );
    }
}

//! Similar photos: decides which pairs of photos are shown to the reviewer as possible copies.

coded_enum! {
    /// The reason why two photos are shown as similar.
    pub enum LikenessReason {
        /// The photos are the same file, byte for byte.
        SameFile = "SAME_FILE",
        /// The photos are similar, and their places are within 1,000 metres of each other.
        NearPlace = "NEAR_PLACE",
        /// The photos are similar, and they arrived within 48 hours of each other.
        NearTime = "NEAR_TIME",
        /// The photos are similar although they are close neither in place nor in time. The server found them by the
        /// picture alone.
        Elsewhere = "ELSEWHERE",
    }
}

/// Maximum Hamming distance between the 64-bit fingerprints of similar photos.
pub const ALIKE_BITS: u32 = 8;
/// Maximum distance between two places that count as near, in metres.
pub const NEAR_METRES: u32 = 1_000;
/// Maximum interval between two arrivals that count as near, in hours.
pub const NEAR_HOURS: u32 = 48;
/// Number of bits in one band of a fingerprint.
const BAND_BITS: u32 = 16;

/// Returns the reasons for showing two photos as similar, or an empty list if they are not similar: neither the same
/// file nor within [`ALIKE_BITS`]. `bits` is the Hamming distance of their fingerprints; `metres` and `hours` say how
/// far apart they are. `metres` is `None` if one of the places is not known.
#[must_use]
pub fn reasons(same_file: bool, bits: u32, metres: Option<u32>, hours: u32) -> Vec<LikenessReason> {
    if !same_file && bits > ALIKE_BITS {
        return Vec::new();
    }
    let near_place = metres.is_some_and(|metres| metres <= NEAR_METRES);
    let near_time = hours <= NEAR_HOURS;
    [
        (same_file, LikenessReason::SameFile),
        (near_place, LikenessReason::NearPlace),
        (near_time, LikenessReason::NearTime),
        (!near_place && !near_time, LikenessReason::Elsewhere),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect()
}

/// Splits a fingerprint into four bands of 16 bits, each prefixed with its band number in the bits above. Two
/// fingerprints with a Hamming distance of at most three share at least one band, so that an index on the bands finds
/// such copies without a limit on place or time.
#[must_use]
pub fn bands(fingerprint: u64) -> [i32; 4] {
    [0, 1, 2, 3].map(|number: u32| {
        let bits = (fingerprint >> (number * BAND_BITS)) & 0xFFFF;
        i32::try_from((u64::from(number) << BAND_BITS) | bits).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_say_how_photos_are_near() {
        use LikenessReason as R;
        for (same_file, bits, metres, hours, expected) in [
            (false, 9, Some(0), 0, vec![]),
            (false, 64, Some(0), 0, vec![]),
            (false, 8, Some(1_000), 49, vec![R::NearPlace]),
            (false, 0, Some(1_001), 48, vec![R::NearTime]),
            (false, 0, None, 49, vec![R::Elsewhere]),
            (true, 64, None, 49, vec![R::SameFile, R::Elsewhere]),
            (true, 0, Some(5), 5, vec![R::SameFile, R::NearPlace, R::NearTime]),
        ] {
            assert_eq!(reasons(same_file, bits, metres, hours), expected, "{bits} {metres:?} {hours}");
        }
    }

    #[test]
    fn three_bits_leave_a_band_whole() {
        let one = 0x0123_4567_89AB_CDEF;
        assert_eq!(bands(one), [0xCDEF, 0x1_89AB, 0x2_4567, 0x3_0123]);
        assert_eq!(bands(u64::MAX), [0xFFFF, 0x1_FFFF, 0x2_FFFF, 0x3_FFFF]);
        for (a, b, c) in [(0, 1, 2), (0, 16, 32), (15, 40, 63)] {
            let other = one ^ (1 << a) ^ (1 << b) ^ (1 << c);
            assert!(bands(one).iter().any(|band| bands(other).contains(band)));
        }
    }
}

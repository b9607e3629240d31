//! Unkeyed digests, which anybody can compute from a guessed word.

use aws_lc_rs::digest;
use md5::{Digest, Md5};

/// Returns the digest of a text with each common algorithm, by name.
pub(super) fn of(text: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let by = |algorithm| digest::digest(algorithm, text).as_ref().to_vec();
    vec![
        ("MD5", Md5::digest(text).to_vec()),
        ("SHA-1", by(&digest::SHA1_FOR_LEGACY_USE_ONLY)),
        ("SHA-256", by(&digest::SHA256)),
        ("SHA-512", by(&digest::SHA512)),
    ]
}

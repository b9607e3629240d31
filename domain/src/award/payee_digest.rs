//! The digest of a payee, which binds a payment to the person it was meant for without naming them.

use serde::{Deserialize, Serialize};

/// The keyed hash of a payee's name and phone number. Its stored form is 64 hexadecimal digits. Without the key it says
/// nothing about the person; with the key, an auditor can check later to whom a payment was ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PayeeDigest(pub [u8; 32]);

impl From<PayeeDigest> for String {
    fn from(digest: PayeeDigest) -> Self {
        let digits = digest.0.iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
    }
}

impl TryFrom<String> for PayeeDigest {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let wrong = "a payee digest has 64 hexadecimal digits";
        let digits: Option<Vec<u8>> =
            text.chars().map(|digit| digit.to_digit(16).and_then(|value| u8::try_from(value).ok())).collect();
        let bytes: Vec<u8> =
            digits.ok_or(wrong)?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        match <[u8; 32]>::try_from(bytes) {
            Ok(bytes) if text.len() == 64 => Ok(Self(bytes)),
            _ => Err(wrong),
        }
    }
}

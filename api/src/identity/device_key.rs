//! The Ed25519 key of a phone, and the texts that the phone signs with it. Each text begins with its purpose, so that a
//! signature for one purpose is none for another.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::content::Digest;
use domain::refusal::Refusal;
use uuid::Uuid;

/// The points of small order, as 32 little-endian bytes without the sign bit. For such a key, everybody can make
/// signatures that verify (RFC 8032, section 8.9; Chalkias, Garillot, Nikolaenko: Taming the many `EdDSAs`, table 1).
const SMALL_ORDER: [[u8; 32]; 7] = [
    ends(0x00, 0x00, 0x00),
    ends(0x01, 0x00, 0x00),
    ends(0xec, 0xff, 0x7f),
    ends(0xed, 0xff, 0x7f),
    ends(0xee, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// Returns 32 bytes: the first one, thirty times the middle one, and the last one.
const fn ends(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    let [start, .., end] = &mut bytes;
    (*start, *end) = (first, last);
    bytes
}

/// A phone's public Ed25519 key, which identifies the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceKey(pub(super) [u8; 32]);

impl DeviceKey {
    /// Parses a public key: 32 bytes in base64.
    ///
    /// # Errors
    /// `INVALID_INPUT` naming `field` if the text has another form, or if the key has a small order.
    pub(crate) fn parse(text: &str, field: &'static str) -> Result<Self, Refusal> {
        let bytes: Option<[u8; 32]> = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.filter(|bytes| !has_small_order(bytes)).map(Self).ok_or_else(|| {
            Refusal::invalid(
                field,
                "设备公钥无效，应为32字节 Ed25519 公钥的 Base64 编码。",
                "The device's public key must be a valid Ed25519 key: 32 bytes in base64.",
            )
        })
    }

    /// Checks whether the signature, in base64, is one by this key over the text.
    pub(super) fn signed(&self, text: &str, signature: &str) -> bool {
        let given = STANDARD.decode(signature).unwrap_or_default();
        UnparsedPublicKey::new(&ED25519, &self.0).verify(text.as_bytes(), &given).is_ok()
    }

    /// Verifies the phone's signature over this submission id and content hash.
    ///
    /// # Errors
    /// `INVALID_INPUT` naming `input.device.signature` if the signature is invalid.
    pub(crate) fn verify(&self, submission: Uuid, content: &Digest, signature: &str) -> Result<(), Refusal> {
        if self.signed(&submission_text(submission, content), signature) {
            return Ok(());
        }
        Err(Refusal::invalid(
            "input.device.signature",
            "设备签名与内容不符，请重新签名后提交。",
            "The device signature does not match the content. Sign the content again.",
        ))
    }

    /// Verifies the phone's signature over the session in which it is registered: only the phone itself can show it, and
    /// only its owner's session can use it.
    ///
    /// # Errors
    /// `INVALID_INPUT` naming `input.signature` if the signature is invalid.
    pub(super) fn verify_registration(&self, session: Uuid, signature: &str) -> Result<(), Refusal> {
        if self.signed(&registration_text(session), signature) {
            return Ok(());
        }
        Err(Refusal::invalid(
            "input.signature",
            "设备签名与当前登录不符，请用设备私钥重新签名。",
            "The signature is not one by this key over the current session. Sign the session again.",
        ))
    }
}

fn has_small_order(key: &[u8; 32]) -> bool {
    let mut unsigned = *key;
    let [.., last] = &mut unsigned;
    *last &= 0x7f;
    SMALL_ORDER.contains(&unsigned)
}

/// Returns the message that a phone signs for a submission: three lines, without a trailing line break.
fn submission_text(submission: Uuid, content: &Digest) -> String {
    format!("chuishao/device/1\n{submission}\n{}", hex::encode(content.0))
}

/// Returns the message that a phone signs for its registration: two lines, without a trailing line break.
fn registration_text(session: Uuid) -> String {
    format!("chuishao/register/1\n{session}")
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    use super::*;

    fn pair() -> (Ed25519KeyPair, DeviceKey) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let key = DeviceKey::parse(&STANDARD.encode(pair.public_key()), "key").unwrap();
        (pair, key)
    }

    #[test]
    fn a_signature_is_for_one_submission_and_one_content() {
        let (pair, key) = pair();
        let (id, content) = (Uuid::new_v4(), Digest([1; 32]));
        let signature = STANDARD.encode(pair.sign(submission_text(id, &content).as_bytes()));
        assert!(key.verify(id, &content, &signature).is_ok());
        for (id, content, signature) in [
            (Uuid::new_v4(), content, signature.as_str()),
            (id, Digest([2; 32]), signature.as_str()),
            (id, content, "AAAA"),
            (id, content, "not base64"),
        ] {
            assert_eq!(key.verify(id, &content, signature).unwrap_err().field, Some("input.device.signature"));
        }
        for wrong in ["", "AAAA", "?"] {
            assert_eq!(DeviceKey::parse(wrong, "key").unwrap_err().field, Some("key"));
        }
    }

    #[test]
    fn a_registration_is_for_one_session_and_no_submission() {
        let (pair, key) = pair();
        let session = Uuid::new_v4();
        let signature = STANDARD.encode(pair.sign(registration_text(session).as_bytes()));
        assert!(key.verify_registration(session, &signature).is_ok());
        assert!(key.verify_registration(Uuid::new_v4(), &signature).is_err());
        let submission = STANDARD.encode(pair.sign(submission_text(session, &Digest([1; 32])).as_bytes()));
        assert!(key.verify_registration(session, &submission).is_err());
    }

    /// For each key of small order somebody can sign without knowing a secret: the signature `R = key, S = 0` verifies
    /// for about one text in its order. None of these keys is taken, with either sign.
    #[test]
    fn a_key_for_which_everybody_can_sign_is_refused() {
        for key in SMALL_ORDER {
            for sign in [0, 0x80] {
                let mut key = key;
                key[31] |= sign;
                let refused = DeviceKey::parse(&STANDARD.encode(key), "key");
                assert_eq!(refused.unwrap_err().field, Some("key"), "{}", hex::encode(key));
            }
        }
    }
}

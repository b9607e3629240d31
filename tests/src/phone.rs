//! A phone with an Ed25519 key, which signs its submissions.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A phone and its signing key.
#[derive(Debug)]
pub struct Phone {
    pair: Ed25519KeyPair,
}

impl Phone {
    /// Creates a phone with a new random key.
    ///
    /// # Panics
    /// Panics if the system provides no randomness.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "no two are alike")]
    pub fn new() -> Self {
        let mut seed = [0; 32];
        SystemRandom::new().fill(&mut seed).expect("there is randomness");
        Self::with_seed(&seed)
    }

    /// Creates a phone from an existing key seed.
    ///
    /// # Panics
    /// Panics if the seed is not 32 bytes long.
    #[must_use]
    pub fn with_seed(seed: &[u8]) -> Self {
        Self { pair: Ed25519KeyPair::from_seed_unchecked(seed).expect("any 32 bytes are a seed") }
    }

    /// Returns the public key, in the encoding that the API expects.
    #[must_use]
    pub fn public_key(&self) -> String {
        BASE64_STANDARD.encode(self.pair.public_key())
    }

    /// Returns the signature over a text, in the encoding that the API expects.
    #[must_use]
    pub fn signature(&self, text: &str) -> String {
        BASE64_STANDARD.encode(self.pair.sign(text.as_bytes()))
    }

    /// Returns the input of `registerDevice` for the session with this id.
    #[must_use]
    pub fn registration(&self, session: &str) -> Value {
        let signature = self.signature(&format!("chuishao/register/1\n{session}"));
        json!({ "publicKey": self.public_key(), "signature": signature })
    }

    /// Returns the submission with its signature added.
    #[must_use]
    pub fn signs(&self, input: &Value) -> Value {
        let id = input["submissionId"].as_str().expect("a submission has an id");
        let text = format!("chuishao/device/1\n{id}\n{}", content_hash(input));
        let signature = self.signature(&text);
        let mut signed = input.clone();
        signed["device"] = json!({ "publicKey": self.public_key(), "signature": signature });
        signed
    }
}

/// Returns the content hash of a submission, computed as the published schema specifies. Supports only submissions
/// without accused units and times.
///
/// # Panics
/// Panics if the value is not a valid submission.
#[must_use]
pub fn content_hash(input: &Value) -> String {
    let e7 = |degrees: &Value| (degrees.as_f64().expect("degrees") * 1e7).round();
    let text = |value: &Value| serde_json::to_string(value).expect("JSON");
    let place = &input["place"];
    let mut photos = input["photos"].as_array().cloned().unwrap_or_default();
    photos.sort_by_key(|photo| text(&photo["id"]));
    let photos: Vec<String> = photos
        .iter()
        .map(|photo| format!(r#"{{"id":{},"sha256":{}}}"#, text(&photo["id"]), text(&photo["sha256"])))
        .collect();
    let canonical = format!(
        r#"{{"accused":null,"capturedAt":null,"category":{},"crs":{},"emergency":{},"lat":{},"lng":{},"photos":[{}],"text":{}}}"#,
        text(&input["category"]),
        text(&place["crs"]),
        input["emergency"].as_bool().unwrap_or_default(),
        e7(&place["lat"]),
        e7(&place["lng"]),
        photos.join(","),
        text(&input["text"]),
    );
    let id = input["submissionId"].as_str().expect("a submission has an id");
    hex::encode(Sha256::digest(["chuishao/content/1", id, &canonical].concat()))
}

//! Signs upload policies and photo links, which clients send back to the server.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::identity::Keys;

/// Computes HMAC-SHA-256 with the upload key. Only the closure holds the key.
pub type Mac = Arc<dyn Fn(&[u8]) -> [u8; 32] + Send + Sync>;

/// Returns the HMAC function of an installation's upload key without exposing the key.
#[must_use]
pub fn mac_of(keys: &Keys) -> Mac {
    let keys = keys.clone();
    Arc::new(move |bytes| {
        let mut mac = [0; 32];
        for (to, from) in mac.iter_mut().zip(keys.upload_mac(bytes)) {
            *to = from;
        }
        mac
    })
}

/// The purpose of a signature. It is part of the signed message, so that a policy's signature is never valid for a
/// link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The signature allows a client to write one key.
    Upload,
    /// The signature allows a client to read one version of one photo.
    Link,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Upload => "chuishao/photo/upload/1\n",
            Self::Link => "chuishao/photo/link/1\n",
        }
    }
}

/// Signs policies and links, and knows the server's public URL.
#[derive(Clone)]
pub struct UrlSigner {
    mac: Mac,
    public_url: Arc<str>,
}

impl UrlSigner {
    /// Creates a signer from `mac`, for clients that reach the server under `public_url`.
    #[must_use]
    pub fn new(mac: Mac, public_url: &str) -> Self {
        Self { mac, public_url: public_url.trim_end_matches('/').into() }
    }

    /// Returns the server's public URL without a trailing slash.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Returns the signature of `text` as 64 hexadecimal digits.
    #[must_use]
    pub fn sign(&self, purpose: Purpose, text: &str) -> String {
        hex::encode(self.bytes(purpose, text))
    }

    /// Verifies a signature of `text`, in constant time.
    #[must_use]
    pub fn has_signed(&self, purpose: Purpose, text: &str, signature: &str) -> bool {
        let mut given = [0; 32];
        hex::decode_to_slice(signature, &mut given).is_ok()
            && verify_slices_are_equal(&given, &self.bytes(purpose, text)).is_ok()
    }

    fn bytes(&self, purpose: Purpose, text: &str) -> [u8; 32] {
        (self.mac)(&[purpose.word().as_bytes(), text.as_bytes()].concat())
    }
}

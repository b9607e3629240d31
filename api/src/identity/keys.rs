//! The keys of an installation, which are stored outside the database.
//!
//! There are six secrets and two series of signing keys. The newest key of a series signs; older keys only verify, and
//! stay in the published key set. Secrets cannot be printed, and no function returns them.
//!
//! | file | field | use |
//! |---|---|---|
//! | `kek` | `kek` | the key-encryption key: encrypts columns and wraps data keys |
//! | `k_index` | `index` | blind indexes of phone numbers, hashes of one-time codes and of requests, ids of phones |
//! | `k_link` | `link` | authorship slots, and tags of phone owners |
//! | `k_follow` | `follow` | follow-up codes 查询码 |
//! | `k_accused` | `accused` | keyed hashes of accused units |
//! | `k_upload` | `upload` | upload policies and photo links |
//! | `jwt-*.pem` | `tokens` | access tokens |
//! | `receipt-*.pem` | `receipts` | receipts 回执 |

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::zeroize::Zeroizing;
use serde_json::{Value, json};

use super::key_folder::{self, BadKeys, RECEIPT_KEYS, SECRETS, TOKEN_KEYS};
use super::seal::{SealKey, key_name};

/// All keys of an installation. Cloning is cheap, because clones share the keys.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    kek: SealKey,
    index: hmac::Key,
    link: hmac::Key,
    follow: hmac::Key,
    accused: hmac::Key,
    upload: hmac::Key,
    backup: hmac::Key,
    names: BTreeMap<String, String>,
    tokens: SigningKeys,
    receipts: SigningKeys,
}

/// An Ed25519 signing key with its key id, the `kid` of RFC 7517.
pub(super) struct SigningKey {
    pub(super) kid: String,
    pub(super) pair: Ed25519KeyPair,
    pub(super) encoding: EncodingKey,
    pub(super) decoding: DecodingKey,
}

/// The signing keys for one use, oldest first. There is always at least one.
pub(super) struct SigningKeys {
    older: Vec<SigningKey>,
    newest: SigningKey,
}

impl Keys {
    /// Checks whether the folder contains any file. The key set in it may be incomplete.
    #[must_use]
    pub fn are_in(folder: &Path) -> bool {
        key_folder::is_used(folder)
    }

    /// Generates all keys in `folder` (mode 0700, files 0600) and syncs them to disk before it returns.
    ///
    /// # Errors
    /// Returns a message if the folder already contains files or is not writable.
    pub fn make(folder: &Path) -> Result<Self, BadKeys> {
        key_folder::make(folder)?;
        Self::load(folder)
    }

    /// Adds a new token key and a new receipt key. They sign from the next server start on; the older keys still
    /// verify.
    ///
    /// # Errors
    /// Returns a message if the existing keys cannot be loaded or the folder is not writable.
    pub fn add_signers(folder: &Path) -> Result<Self, BadKeys> {
        Self::load(folder)?;
        key_folder::add_signers(folder)?;
        Self::load(folder)
    }

    /// Loads all keys from the key folder.
    ///
    /// # Errors
    /// Returns a message that names the file that is missing, malformed, or accessible to users other than its owner.
    pub fn load(folder: &Path) -> Result<Self, BadKeys> {
        key_folder::check(folder)?;
        let [kek, index, link, follow, accused, upload] = SECRETS.map(|name| key_folder::secret(folder, name));
        let (kek, index, link, follow, accused, upload) = (kek?, index?, link?, follow?, accused?, upload?);
        let secrets = [&kek, &index, &link, &follow, &accused, &upload];
        let mac = |secret: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, secret);
        Ok(Self(Arc::new(Inner {
            kek: SealKey::new(&kek).map_err(|why| BadKeys(format!("the key `kek` cannot be used: {why}")))?,
            index: mac(&index),
            link: mac(&link),
            follow: mac(&follow),
            accused: mac(&accused),
            upload: mac(&upload),
            backup: backup_key(&secrets),
            names: SECRETS.iter().zip(secrets).map(|(file, secret)| ((*file).to_owned(), key_name(secret))).collect(),
            tokens: SigningKeys::load(folder, TOKEN_KEYS)?,
            receipts: SigningKeys::load(folder, RECEIPT_KEYS)?,
        })))
    }

    pub(super) fn kek(&self) -> &SealKey {
        &self.0.kek
    }

    pub(super) fn index(&self) -> &hmac::Key {
        &self.0.index
    }

    pub(super) fn link(&self) -> &hmac::Key {
        &self.0.link
    }

    pub(super) fn follow(&self) -> &hmac::Key {
        &self.0.follow
    }

    pub(super) fn accused(&self) -> &hmac::Key {
        &self.0.accused
    }

    pub(super) fn tokens(&self) -> &SigningKeys {
        &self.0.tokens
    }

    pub(super) fn receipts(&self) -> &SigningKeys {
        &self.0.receipts
    }

    /// Returns the 32-byte HMAC-SHA-256 for an upload policy or a photo link.
    #[must_use]
    pub fn upload_mac(&self, bytes: &[u8]) -> Vec<u8> {
        hmac::sign(&self.0.upload, bytes).as_ref().to_vec()
    }

    /// Verifies a MAC of [`Keys::upload_mac`] in constant time.
    #[must_use]
    pub fn is_upload_mac(&self, bytes: &[u8], mac: &[u8]) -> bool {
        hmac::verify(&self.0.upload, bytes, mac).is_ok()
    }

    /// Returns the 32-byte HMAC-SHA-256 of a backup manifest. Its key is derived from all six secrets.
    #[must_use]
    pub fn backup_mac(&self, bytes: &[u8]) -> Vec<u8> {
        hmac::sign(&self.0.backup, bytes).as_ref().to_vec()
    }

    /// Returns a fingerprint of each secret, by file name: eight hexadecimal digits that never change and do not reveal
    /// it.
    #[must_use]
    pub fn names(&self) -> BTreeMap<String, String> {
        self.0.names.clone()
    }

    /// Returns the id of the key-encryption key, which includes the algorithm. [`Keys::seal`] stores it beside each
    /// ciphertext.
    #[must_use]
    pub fn seal_name(&self) -> &str {
        self.0.kek.id()
    }

    /// Returns the key ids of all keys that sign or verify receipts.
    #[must_use]
    pub fn receipt_names(&self) -> BTreeSet<String> {
        self.0.receipts.all().map(|signer| signer.kid.clone()).collect()
    }

    /// Returns the public token and receipt keys as a JSON Web Key Set (RFC 7517), for `/.well-known/jwks.json`.
    #[must_use]
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = self.0.tokens.all().chain(self.0.receipts.all()).map(SigningKey::jwk).collect();
        json!({ "keys": keys })
    }
}

/// Derives the MAC key for backups. It changes if any of the secrets changes.
fn backup_key(secrets: &[&Zeroizing<Vec<u8>>]) -> hmac::Key {
    let mut all = Zeroizing::new(Vec::new());
    for secret in secrets {
        let part = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"chuishao/backup/1");
        all.extend_from_slice(part.as_ref());
    }
    hmac::Key::new(hmac::HMAC_SHA256, &all)
}

impl SigningKey {
    fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.pair.public_key());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.kid, "x": x })
    }

    fn load(folder: &Path, file: &str, kid: &str) -> Result<Self, BadKeys> {
        let der = key_folder::private_key(folder, file)?;
        let unusable = || BadKeys(format!("the key `{file}` is not an Ed25519 key in PKCS#8"));
        let Ok(pair) = Ed25519KeyPair::from_pkcs8(&der) else {
            return Err(unusable());
        };
        let decoding = DecodingKey::from_ed_der(pair.public_key().as_ref());
        Ok(Self { kid: kid.to_owned(), encoding: EncodingKey::from_ed_der(&der), decoding, pair })
    }
}

impl SigningKeys {
    fn load(folder: &Path, prefix: &str) -> Result<Self, BadKeys> {
        let mut all = Vec::new();
        for (file, kid) in key_folder::signer_files(folder, prefix)? {
            all.push(SigningKey::load(folder, &file, &kid)?);
        }
        match all.pop() {
            Some(newest) => Ok(Self { older: all, newest }),
            None => Err(BadKeys(format!("no key `{prefix}<name>.pem` exists in {}", folder.display()))),
        }
    }

    /// Returns the key that signs, which is the newest.
    pub(super) fn newest(&self) -> &SigningKey {
        &self.newest
    }

    /// Returns all keys that verify, oldest first.
    pub(super) fn all(&self) -> impl Iterator<Item = &SigningKey> {
        self.older.iter().chain(std::iter::once(&self.newest))
    }

    /// Returns the key with this key id, or `None` if there is none.
    pub(super) fn named(&self, kid: &str) -> Option<&SigningKey> {
        self.all().find(|signer| signer.kid == kid)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn keys_are_made_once_and_for_their_owner_alone() {
        let world = tempfile::tempdir().unwrap();
        let folder = world.path().join("a/keys");
        assert!(!Keys::are_in(&folder));
        let made = Keys::make(&folder).unwrap();
        assert!(Keys::are_in(&folder));
        assert!(Keys::make(&folder).is_err_and(|why| why.0.contains("not overwritten")));
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        for file in fs::read_dir(&folder).unwrap() {
            assert_eq!(file.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let loaded = Keys::load(&folder).unwrap();
        assert_eq!(loaded.jwks(), made.jwks());
        assert!(loaded.is_upload_mac(b"policy", &made.upload_mac(b"policy")));
        assert!(!loaded.is_upload_mac(b"other", &made.upload_mac(b"policy")));
    }

    #[test]
    fn what_is_missing_or_open_is_named() {
        let world = tempfile::tempdir().unwrap();
        let folder = world.path().join("keys");
        assert!(Keys::load(&folder).is_err_and(|why| why.0.contains("keys")));
        Keys::make(&folder).unwrap();
        fs::set_permissions(folder.join("k_link"), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Keys::load(&folder).is_err_and(|why| why.0.contains("k_link") && why.0.contains("600")));
        fs::remove_file(folder.join("k_link")).unwrap();
        assert!(Keys::load(&folder).is_err_and(|why| why.0.contains("k_link")));
    }

    #[test]
    fn a_new_signer_signs_and_the_old_one_stays() {
        let world = tempfile::tempdir().unwrap();
        let folder = world.path().join("keys");
        let old = Keys::make(&folder).unwrap();
        let new = Keys::add_signers(&folder).unwrap();
        assert_ne!(old.tokens().newest().kid, new.tokens().newest().kid);
        assert!(new.tokens().named(&old.tokens().newest().kid).is_some());
        assert_eq!(new.jwks()["keys"].as_array().unwrap().len(), 4);
    }
}

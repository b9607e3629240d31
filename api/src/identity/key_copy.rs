//! A copy of all keys in one passphrase-encrypted file. It belongs in a safe, never in the same place as the backups.
//!
//! Argon2id, which is deliberately slow and memory-hard, derives a key from the passphrase. That key encrypts the key
//! files with AES-256-GCM, with the Argon2id parameters and the salt as additional authenticated data. The file
//! contains neither the passphrase nor anything that speeds up guessing it.

use std::collections::BTreeMap;
use std::path::Path;

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::key_folder::{self, BadKeys, Files};
use super::keys::Keys;
use super::seal::KEY_BYTES;

/// The minimum passphrase length in characters.
pub(crate) const PASSPHRASE_MIN: usize = 12;

const FORMAT: &str = "chuishao/keys/1";
const SALT_BYTES: usize = 16;
/// The Argon2id parameters of a new copy. Deriving the key takes about a second on one core.
const NEW: Argon2Cost = Argon2Cost { memory: 128 * 1024, passes: 3 };
/// The maximum Argon2id parameters that are accepted from a file, so that a manipulated copy cannot exhaust the memory.
const MOST: Argon2Cost = Argon2Cost { memory: 1024 * 1024, passes: 16 };

/// The parameters of Argon2id.
struct Argon2Cost {
    /// The memory cost in KiB.
    memory: u32,
    /// The number of passes (the time cost).
    passes: u32,
}

/// The JSON content of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyCopy {
    format: String,
    /// The Argon2id memory cost in KiB.
    memory: u32,
    /// The Argon2id time cost in passes.
    passes: u32,
    /// The Argon2id salt, in base64.
    salt: String,
    /// Nonce, ciphertext and tag, in base64.
    sealed: String,
}

/// Encrypts all keys of a folder and returns the bytes of the copy.
///
/// # Errors
/// Returns a message if the keys cannot be read or if the passphrase has fewer than [`PASSPHRASE_MIN`] characters.
pub(crate) fn seal(folder: &Path, passphrase: &SecretString) -> Result<Vec<u8>, BadKeys> {
    if passphrase.expose_secret().chars().count() < PASSPHRASE_MIN {
        return Err(BadKeys(format!("the passphrase must have at least {PASSPHRASE_MIN} characters")));
    }
    Keys::load(folder)?;
    let mut salt = [0; SALT_BYTES];
    rand::fill(&mut salt).map_err(|_unspecified| BadKeys("the system provides no random numbers".to_owned()))?;
    let Argon2Cost { memory, passes } = NEW;
    let mut copy =
        KeyCopy { format: FORMAT.to_owned(), memory, passes, salt: STANDARD.encode(salt), sealed: String::new() };
    let mut body = Zeroizing::new(plain(&key_folder::all(folder)?)?);
    let key = key(&copy, passphrase)?;
    let nonce = key
        .seal_in_place_append_tag(Aad::from(copy.binding()), &mut *body)
        .map_err(|_unspecified| BadKeys("the keys cannot be encrypted".to_owned()))?;
    copy.sealed = STANDARD.encode([nonce.as_ref().as_slice(), &body].concat());
    let mut bytes = serde_json::to_vec(&copy).map_err(unreadable)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Verifies that a copy is intact and that the passphrase decrypts it. Returns the names of its key files.
///
/// # Errors
/// Returns a message if the passphrase is wrong, if the file was truncated or altered, or if it is not a copy of keys.
pub(crate) fn check(bytes: &[u8], passphrase: &SecretString) -> Result<Vec<String>, BadKeys> {
    Ok(open(bytes, passphrase)?.into_keys().collect())
}

/// Restores the key files of a copy into a folder that must be empty or new.
///
/// # Errors
/// Returns a message if [`check`] fails, if the folder already contains files, or if it is not writable.
pub(crate) fn restore(bytes: &[u8], passphrase: &SecretString, folder: &Path) -> Result<Keys, BadKeys> {
    key_folder::check_unused(folder)?;
    key_folder::put(folder, &open(bytes, passphrase)?)?;
    Keys::load(folder)
}

fn open(bytes: &[u8], passphrase: &SecretString) -> Result<Files, BadKeys> {
    let copy: KeyCopy = serde_json::from_slice(bytes).map_err(unreadable)?;
    if copy.format != FORMAT || copy.memory > MOST.memory || copy.passes > MOST.passes {
        return Err(BadKeys("the file is not a copy of keys in a format that this program reads".to_owned()));
    }
    let closed = || BadKeys("the passphrase is wrong, or the file was altered".to_owned());
    let mut body = Zeroizing::new(STANDARD.decode(&copy.sealed).map_err(|_bad_digit| closed())?);
    let (nonce, sealed) = body.split_at_mut_checked(NONCE_LEN).ok_or_else(closed)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_wrong_length| closed())?;
    let key = key(&copy, passphrase)?;
    let opened = key.open_in_place(nonce, Aad::from(copy.binding()), sealed).map_err(|_unspecified| closed())?;
    let files: BTreeMap<String, String> = serde_json::from_slice(opened).map_err(unreadable)?;
    let is_name = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if !files.keys().all(is_name) {
        return Err(BadKeys("the file contains an entry that is not a key".to_owned()));
    }
    Ok(files.into_iter().map(|(name, text)| (name, Zeroizing::new(text))).collect())
}

impl KeyCopy {
    /// Returns the additional authenticated data of the ciphertext: the Argon2id parameters and the salt.
    fn binding(&self) -> Vec<u8> {
        format!("{FORMAT}\nargon2id {} {} {}", self.memory, self.passes, self.salt).into_bytes()
    }
}

fn key(copy: &KeyCopy, passphrase: &SecretString) -> Result<RandomizedNonceKey, BadKeys> {
    let unusable = |why: argon2::Error| BadKeys(format!("the file is not a copy of keys: {why}"));
    let params = Params::new(copy.memory, copy.passes, 1, Some(KEY_BYTES)).map_err(unusable)?;
    let mut secret = Zeroizing::new([0; KEY_BYTES]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose_secret().as_bytes(), copy.salt.as_bytes(), secret.as_mut_slice())
        .map_err(unusable)?;
    RandomizedNonceKey::new(&AES_256_GCM, secret.as_slice())
        .map_err(|_unspecified| BadKeys("the keys cannot be encrypted".to_owned()))
}

fn plain(files: &Files) -> Result<Vec<u8>, BadKeys> {
    let texts: BTreeMap<&str, &str> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    serde_json::to_vec(&texts).map_err(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn unreadable(why: serde_json::Error) -> BadKeys {
    BadKeys(format!("the file is not a copy of keys: {why}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn phrase(text: &str) -> SecretString {
        text.into()
    }

    #[test]
    fn a_copy_gives_the_keys_back_to_whoever_knows_the_passphrase() {
        let world = tempfile::tempdir().unwrap();
        let (from, to) = (world.path().join("from"), world.path().join("to"));
        Keys::make(&from).unwrap();
        let keys = Keys::add_signers(&from).unwrap();
        let copy = seal(&from, &phrase("correct horse battery")).unwrap();

        assert!(restore(&copy, &phrase("correct horse batters"), &to).is_err_and(|why| why.0.contains("passphrase")));
        assert!(!to.exists(), "nothing is left of what was refused");
        let restored = restore(&copy, &phrase("correct horse battery"), &to).unwrap();
        assert_eq!((restored.jwks(), restored.names()), (keys.jwks(), keys.names()));
        for file in fs::read_dir(&from).unwrap() {
            let name = file.unwrap().file_name();
            assert_eq!(fs::read(from.join(&name)).unwrap(), fs::read(to.join(&name)).unwrap());
        }
        let again = restore(&copy, &phrase("correct horse battery"), &to);
        assert!(again.is_err_and(|why| why.0.contains("not overwritten")));
    }

    #[test]
    fn a_copy_shows_no_key() {
        let world = tempfile::tempdir().unwrap();
        Keys::make(world.path()).unwrap();
        let copy = seal(world.path(), &phrase("correct horse battery")).unwrap();
        for (name, text) in key_folder::all(world.path()).unwrap() {
            let text = text.as_bytes();
            assert!(!copy.windows(16).any(|part| text.windows(16).any(|key| key == part)), "{name}");
        }
        assert!(seal(world.path(), &phrase("too short")).is_err_and(|why| why.0.contains("12")));
    }

    #[test]
    fn a_copy_that_was_cut_or_altered_is_refused() {
        let world = tempfile::tempdir().unwrap();
        Keys::make(world.path()).unwrap();
        let phrase = phrase("correct horse battery");
        let copy = seal(world.path(), &phrase).unwrap();
        assert_eq!(check(&copy, &phrase).unwrap().len(), 8);
        for at in (0..copy.len()).step_by(copy.len() / 8) {
            let mut changed = copy.clone();
            changed[at] ^= 4;
            assert!(check(&changed, &phrase).is_err(), "byte {at}");
            assert!(check(&copy[..at], &phrase).is_err(), "{at} bytes");
        }
    }
}

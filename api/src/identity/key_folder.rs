//! The key folder: its permissions, its required files, and its creation.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use secrecy::zeroize::Zeroizing;
use uuid::Uuid;

use super::seal::{KEY_BYTES, fresh_secret};

/// Why the keys cannot be used, as a message that names the file or folder.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadKeys(pub String);

/// The secret files, each with 32 bytes in hexadecimal: the key-encryption key, and the keys of the keyed hashes.
pub(super) const SECRETS: [&str; 6] = ["kek", "k_index", "k_link", "k_follow", "k_accused", "k_upload"];
/// The file name prefix of token signing keys.
pub(super) const TOKEN_KEYS: &str = "jwt-";
/// The file name prefix of receipt signing keys.
pub(super) const RECEIPT_KEYS: &str = "receipt-";

/// The contents of key files, keyed by file name.
pub(super) type Files = BTreeMap<String, Zeroizing<String>>;

const PEM_FIRST: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_LAST: &str = "-----END PRIVATE KEY-----";

/// Checks whether the folder contains any file.
pub(super) fn is_used(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some())
}

/// Rejects a folder that does not exist or is accessible to other users.
pub(super) fn check(folder: &Path) -> Result<(), BadKeys> {
    let shown = folder.display();
    let about = fs::metadata(folder).map_err(|why| BadKeys(format!("cannot read the key folder {shown}: {why}")))?;
    if about.permissions().mode() & 0o077 != 0 {
        return Err(BadKeys(format!("the key folder {shown} is accessible to others: run chmod 700 {shown}")));
    }
    Ok(())
}

/// Creates the folder with all keys. If the folder is new, a crash leaves either the complete key set or no folder.
pub(super) fn make(folder: &Path) -> Result<(), BadKeys> {
    check_unused(folder)?;
    write_all(folder, fill).map_err(|why| BadKeys(format!("cannot create keys in {}: {why}", folder.display())))
}

/// Rejects a folder that contains any file.
pub(super) fn check_unused(folder: &Path) -> Result<(), BadKeys> {
    if is_used(folder) {
        return Err(BadKeys(format!("{} already contains files, and keys are not overwritten", folder.display())));
    }
    Ok(())
}

fn write_all(folder: &Path, fill: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    if folder.exists() {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        return fill(folder);
    }
    let parent = folder.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let new = folder.with_extension(format!("making-{}", Uuid::new_v4().simple()));
    DirBuilder::new().mode(0o700).create(&new)?;
    fill(&new)?;
    fs::rename(&new, folder)?;
    sync(parent)
}

/// Reads all key files of the folder, keyed by file name.
pub(super) fn all(folder: &Path) -> Result<Files, BadKeys> {
    let mut names: Vec<String> = SECRETS.map(str::to_owned).to_vec();
    for prefix in [TOKEN_KEYS, RECEIPT_KEYS] {
        names.extend(signer_files(folder, prefix)?.into_iter().map(|(file, _)| file));
    }
    names.into_iter().map(|name| Ok((name.clone(), read(folder, &name)?))).collect()
}

/// Writes these key files into a folder that must be empty or new.
pub(super) fn put(folder: &Path, files: &Files) -> Result<(), BadKeys> {
    check_unused(folder)?;
    let fill = |folder: &Path| {
        files.iter().try_for_each(|(name, text)| write(folder, name, text.as_bytes()))?;
        sync(folder)
    };
    write_all(folder, fill).map_err(|why| BadKeys(format!("cannot write keys in {}: {why}", folder.display())))
}

fn fill(folder: &Path) -> io::Result<()> {
    for name in SECRETS {
        let secret = fresh_secret().map_err(io::Error::other)?;
        let text = Zeroizing::new(hex::encode(secret.as_slice()) + "\n");
        write(folder, name, text.as_bytes())?;
    }
    write_signers(folder)
}

/// Generates a new token key and a new receipt key.
pub(super) fn add_signers(folder: &Path) -> Result<(), BadKeys> {
    write_signers(folder).map_err(|why| BadKeys(format!("cannot add keys in {}: {why}", folder.display())))
}

fn write_signers(folder: &Path) -> io::Result<()> {
    for prefix in [TOKEN_KEYS, RECEIPT_KEYS] {
        // The `jsonwebtoken` crate accepts PKCS#8 version 1 only.
        let der = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).map_err(io::Error::other)?;
        let body = Zeroizing::new(STANDARD.encode(der.as_ref())); // 64 characters: a one-line body
        let text = Zeroizing::new(format!("{PEM_FIRST}\n{}\n{PEM_LAST}\n", *body));
        write(folder, &format!("{prefix}{}.pem", new_kid()), text.as_bytes())?;
    }
    sync(folder)
}

/// Generates a key id: the UTC time to the millisecond, and six random digits. Key ids sort by time.
fn new_kid() -> String {
    let id = Uuid::now_v7();
    let (seconds, nanos) = id.get_timestamp().map_or((0, 0), |at| at.to_unix());
    let at = DateTime::from_timestamp(i64::try_from(seconds).unwrap_or_default(), nanos).unwrap_or_default();
    let random = id.simple().to_string().split_off(26);
    format!("{}-{random}", at.format("%Y%m%dT%H%M%S%3fZ"))
}

fn write(folder: &Path, name: &str, text: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(folder.join(name))?;
    file.write_all(text)?;
    file.sync_all()
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Reads and decodes a 32-byte secret.
pub(super) fn secret(folder: &Path, name: &str) -> Result<Zeroizing<Vec<u8>>, BadKeys> {
    let text = read(folder, name)?;
    let mut secret = Zeroizing::new(vec![0; KEY_BYTES]);
    hex::decode_to_slice(text.trim(), &mut secret)
        .map_err(|why| BadKeys(format!("the key `{name}` must be 64 hex digits: {why}")))?;
    Ok(secret)
}

/// Returns the signing key files with this prefix, oldest first, each with its key id.
pub(super) fn signer_files(folder: &Path, prefix: &str) -> Result<Vec<(String, String)>, BadKeys> {
    let unreadable = |why: io::Error| BadKeys(format!("cannot read the key folder {}: {why}", folder.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        let kid = file.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(".pem")).map(str::to_owned);
        if let Some(kid) = kid {
            files.push((file, kid));
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// Reads a private key file and returns the DER content of its PEM.
pub(super) fn private_key(folder: &Path, name: &str) -> Result<Zeroizing<Vec<u8>>, BadKeys> {
    let text = read(folder, name)?;
    let body = text.trim().strip_prefix(PEM_FIRST).and_then(|rest| rest.strip_suffix(PEM_LAST));
    let body = Zeroizing::new(body.unwrap_or_default().split_whitespace().collect::<String>());
    match STANDARD.decode(body.as_bytes()) {
        Ok(der) if !der.is_empty() => Ok(Zeroizing::new(der)),
        _ => Err(BadKeys(format!("the key `{name}` is not a private key in PEM"))),
    }
}

fn read(folder: &Path, name: &str) -> Result<Zeroizing<String>, BadKeys> {
    let path = folder.join(name);
    let shown = path.display();
    let unreadable = |why: io::Error| BadKeys(format!("cannot read the key `{name}` at {shown}: {why}"));
    if fs::metadata(&path).map_err(unreadable)?.permissions().mode() & 0o077 != 0 {
        return Err(BadKeys(format!("the key `{name}` is accessible to others: run chmod 600 {shown}")));
    }
    fs::read_to_string(&path).map(Zeroizing::new).map_err(unreadable)
}

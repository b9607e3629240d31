//! Reads the sources of settings: the environment, the TOML file of `--config`, and files that hold one secret each.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;

use super::error::BadSetting;

/// The prefix of every environment variable that is a setting.
const PREFIX: &str = "CHUISHAO_";
/// The prefix, after the first one, of variables for the test harness. They are not settings.
const HARNESS: &str = "TEST_";
/// The suffix of a setting whose value is the path of a file that holds a secret.
pub(super) const FILE: &str = "_FILE";

/// The source from which the text of a setting was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SettingOrigin {
    Environment,
    /// The file of `--config`.
    Settings(PathBuf),
    /// A file that holds this one secret.
    Secret(PathBuf),
}

impl fmt::Display for SettingOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str("the environment"),
            Self::Settings(path) | Self::Secret(path) => path.display().fmt(f),
        }
    }
}

/// The text of a setting and its source.
pub(super) struct Given {
    pub(super) text: Zeroizing<String>,
    pub(super) origin: SettingOrigin,
}

/// The texts of settings by their names, without the prefix.
pub(super) type Texts = BTreeMap<String, Given>;

/// Returns the variables of the environment that begin with the prefix.
///
/// # Errors
/// Returns a sentence about the first value that is not UTF-8.
pub(super) fn environment(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Texts, BadSetting> {
    let mut texts = Texts::new();
    for (name, value) in variables {
        let Some(key) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        let Ok(text) = value.into_string() else {
            return Err(BadSetting(format!("{PREFIX}{key} must be a text in UTF-8")));
        };
        insert(&mut texts, key.to_owned(), text, SettingOrigin::Environment);
    }
    Ok(texts)
}

/// Returns the keys and values of the settings file.
///
/// # Errors
/// Returns a sentence if the file cannot be read, is not TOML, or holds a value that is no text, number or boolean.
pub(super) fn settings_file(path: &Path) -> Result<Texts, BadSetting> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| BadSetting(format!("cannot read {shown}: {error}")))?;
    // The whole message of the parser quotes the line, which may contain a secret.
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        BadSetting(format!("{shown}, line {}: {}", before.matches('\n').count() + 1, error.message()))
    })?;
    let mut texts = Texts::new();
    for (key, value) in table {
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(_) | toml::Value::Boolean(_) => value.to_string(),
            _ => return Err(BadSetting(format!("{shown}: `{key}` must be a text, a number, true or false"))),
        };
        insert(&mut texts, key.to_uppercase(), text, SettingOrigin::Settings(path.to_owned()));
    }
    Ok(texts)
}

/// Makes texts from pairs, for tests.
#[cfg(test)]
pub(super) fn pairs(pairs: BTreeMap<String, String>) -> Texts {
    let mut texts = Texts::new();
    for (key, text) in pairs {
        insert(&mut texts, key, text, SettingOrigin::Environment);
    }
    texts
}

fn insert(texts: &mut Texts, key: String, text: String, origin: SettingOrigin) {
    if !key.starts_with(HARNESS) {
        texts.insert(key, Given { text: Zeroizing::new(text), origin });
    }
}

/// Puts `upper` over `lower`. A secret and the file that holds it are two forms of one setting: either of them in
/// `upper` hides both in `lower`.
pub(super) fn overlay(mut lower: Texts, upper: Texts, secrets: &[&str]) -> Texts {
    for secret in secrets {
        let forms = [(*secret).to_owned(), format!("{secret}{FILE}")];
        if forms.iter().any(|form| upper.contains_key(form)) {
            lower.retain(|key, _| !forms.contains(key));
        }
    }
    lower.extend(upper);
    lower
}

/// Replaces the path of a file that holds a secret by the content of the file.
///
/// # Errors
/// Returns a sentence if the secret itself is set too, or the file cannot be read.
pub(super) fn read_secret(texts: &mut Texts, secret: &str) -> Result<(), BadSetting> {
    let Some(file) = texts.remove(&format!("{secret}{FILE}")) else { return Ok(()) };
    if texts.contains_key(secret) {
        return Err(BadSetting(format!(
            "{PREFIX}{secret} and {PREFIX}{secret}{FILE} are both set: set only one of them"
        )));
    }
    let path = PathBuf::from(file.text.as_str());
    let text = std::fs::read_to_string(&path).map_err(|error| {
        BadSetting(format!(
            "{PREFIX}{secret}{FILE} must name a readable file; {} cannot be read: {error}",
            path.display()
        ))
    })?;
    let text = Zeroizing::new(text);
    let text = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
    texts.insert(secret.to_owned(), Given { text, origin: SettingOrigin::Secret(path) });
    Ok(())
}

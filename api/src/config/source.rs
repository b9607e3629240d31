//! Reads the sources of settings: the environment, the TOML file given by `--config`, and files that contain one secret
//! each.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;

use super::error::BadSetting;

/// The prefix of the environment variables that are settings.
const PREFIX: &str = "CHUISHAO_";
/// The second prefix of variables for the test harness (`CHUISHAO_TEST_…`), which are not settings.
const HARNESS: &str = "TEST_";
/// The suffix of a variable whose value is the path of a file that contains the secret setting.
pub(super) const FILE: &str = "_FILE";

/// The source of a setting's value, for error messages and `chuishao config`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SettingOrigin {
    Environment,
    /// The TOML file given by `--config`.
    Settings(PathBuf),
    /// A file that contains only this secret.
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

/// The unparsed value of a setting, and its source.
pub(super) struct Given {
    pub(super) text: Zeroizing<String>,
    pub(super) origin: SettingOrigin,
}

/// The unparsed values of settings, by name without the prefix.
pub(super) type Texts = BTreeMap<String, Given>;

/// Returns the environment variables with the prefix, except those of the test harness.
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
        from_environment(&mut texts, key.to_owned(), text);
    }
    Ok(texts)
}

/// Parses the settings file, and returns its keys in upper case and their values.
///
/// # Errors
/// Returns a sentence if the file cannot be read, is not valid TOML, or contains a value other than a string, an
/// integer or a boolean.
pub(super) fn settings_file(path: &Path) -> Result<Texts, BadSetting> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| BadSetting(format!("cannot read {shown}: {error}")))?;
    // The full parser message would quote the line, which may contain a secret.
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
        // Only the environment has variables of the test harness: in the file, such a key is a mistake like any other.
        let given = Given { text: Zeroizing::new(text), origin: SettingOrigin::Settings(path.to_owned()) };
        texts.insert(key.to_uppercase(), given);
    }
    Ok(texts)
}

/// Converts key-value pairs to unparsed values, for tests.
#[cfg(test)]
pub(super) fn pairs(pairs: BTreeMap<String, String>) -> Texts {
    let mut texts = Texts::new();
    for (key, text) in pairs {
        from_environment(&mut texts, key, text);
    }
    texts
}

fn from_environment(texts: &mut Texts, key: String, text: String) {
    if !key.starts_with(HARNESS) {
        texts.insert(key, Given { text: Zeroizing::new(text), origin: SettingOrigin::Environment });
    }
}

/// Merges two sources; `upper` takes precedence. A secret and the path of its file are two forms of one setting: either
/// of them in `upper` overrides both in `lower`.
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

/// Replaces the path of a secret's file with the contents of the file.
///
/// # Errors
/// Returns a sentence if the secret itself is set as well, or if the file cannot be read or is empty.
pub(super) fn read_secret(texts: &mut Texts, secret: &str) -> Result<(), BadSetting> {
    let Some(file) = texts.remove(&format!("{secret}{FILE}")) else { return Ok(()) };
    if texts.contains_key(secret) {
        return Err(BadSetting(format!(
            "{PREFIX}{secret} and {PREFIX}{secret}{FILE} are both set: set only one of them"
        )));
    }
    let path = PathBuf::from(file.text.as_str());
    // Somebody may have given the secret itself, so only what looks like a path is printed.
    let is_path = path.is_absolute() && !file.text.contains("://");
    let shown = if is_path { path.display().to_string() } else { "it".to_owned() };
    let text = std::fs::read_to_string(&path).map_err(|error| {
        BadSetting(format!("{PREFIX}{secret}{FILE} must name a readable file; {shown} cannot be read: {error}"))
    })?;
    let text = Zeroizing::new(text);
    let text = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
    if text.is_empty() {
        return Err(BadSetting(format!("{PREFIX}{secret}{FILE} names {}, which is empty", path.display())));
    }
    texts.insert(secret.to_owned(), Given { text, origin: SettingOrigin::Secret(path) });
    Ok(())
}

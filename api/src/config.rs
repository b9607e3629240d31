//! The settings. Each one is an environment variable `CHUISHAO_NAME`, or the same name in lower case in the TOML file
//! given by `--config`. The environment takes precedence. No other code reads the environment.
//!
//! | file | what |
//! |---|---|
//! | `settings` | every setting: name, unit, default, help; one struct per concern |
//! | `setting` | what one setting is: its help, unit and default, and whether it is a secret |
//! | `value` | parses the texts |
//! | `source` | reads the environment, the settings file, and files that hold a secret |
//! | `describe` | the output of `chuishao config` |

mod describe;
mod error;
mod setting;
mod settings;
mod source;
mod value;

use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, Args, Command, FromArgMatches};

pub(crate) use self::error::BadSetting;
use self::setting::{is_secret, unit};
pub(crate) use self::settings::{
    CodeSenderKind, DatabaseSettings, FolderSettings, HttpSettings, IntakeSettings, LimitSettings, LogFormat,
    LogSettings, PayerKind, PhotoSettings, S3Settings, ServiceSettings,
};
use self::source::{Given, SettingOrigin, Texts};
pub(crate) use self::value::MetricsListen;

/// The settings of the process, parsed and validated once at start-up.
#[derive(Debug, Clone, Args)]
pub(crate) struct Config {
    /// How clients reach the server.
    #[command(flatten)]
    pub http: HttpSettings,
    /// The folders for local files.
    #[command(flatten)]
    pub folders: FolderSettings,
    /// The database connection.
    #[command(flatten)]
    pub database: DatabaseSettings,
    /// The S3 bucket for photos.
    #[command(flatten)]
    pub s3: S3Settings,
    /// How photos are prepared for display.
    #[command(flatten)]
    pub photos: PhotoSettings,
    /// The concurrency limits and the request deadline.
    #[command(flatten)]
    pub limits: LimitSettings,
    /// How submissions are batched.
    #[command(flatten)]
    pub intake: IntakeSettings,
    /// The external services: the code sender and the payer.
    #[command(flatten)]
    pub services: ServiceSettings,
    /// What is logged to standard error, and in which format.
    #[command(flatten)]
    pub log: LogSettings,
    /// The settings that were given explicitly, by name.
    #[arg(skip)]
    stated: BTreeMap<String, Stated>,
}

/// A setting that was given explicitly. `text` is `None` for a secret.
#[derive(Debug, Clone)]
struct Stated {
    text: Option<String>,
    origin: SettingOrigin,
}

impl Config {
    /// Loads the settings from the environment and, if given, the settings file.
    ///
    /// # Errors
    /// Returns a sentence for every setting that is unknown or cannot be used.
    pub(crate) fn load(
        file: Option<&Path>,
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, BadSetting> {
        let mut lower = file.map(source::settings_file).transpose()?.unwrap_or_default();
        let mut upper = source::environment(environment)?;
        let command = command();
        for texts in [&mut lower, &mut upper] {
            drop_empty(texts, &command);
        }
        let secrets: Vec<&str> =
            command.get_arguments().filter(|arg| is_secret(arg)).map(|arg| arg.get_id().as_str()).collect();
        Self::from_texts(source::overlay(lower, upper, &secrets))
    }

    /// Parses settings from values by name, without the prefix. All others have their defaults.
    ///
    /// # Errors
    /// Returns a sentence for every setting that is unknown or cannot be used.
    #[cfg(test)]
    pub(crate) fn from_values(given: BTreeMap<String, String>) -> Result<Self, BadSetting> {
        Self::from_texts(source::pairs(given))
    }

    fn from_texts(mut texts: Texts) -> Result<Self, BadSetting> {
        let mut command = command();
        let known: BTreeMap<String, Arg> =
            command.get_arguments().map(|arg| (arg.get_id().to_string(), arg.clone())).collect();
        drop_empty(&mut texts, &command);
        let mut wrong = Vec::new();
        for (key, _) in known.iter().filter(|(_, arg)| is_secret(arg)) {
            wrong.extend(source::read_secret(&mut texts, key).err().map(|bad| bad.0));
        }
        let mut stated = BTreeMap::new();
        for (key, given) in &texts {
            match known.get(key) {
                None => wrong.push(sentence(key, given, "is not a setting: `chuishao config` prints all settings")),
                Some(arg) => {
                    wrong.extend(fault(&mut command, arg, given));
                    let text = (!is_secret(arg)).then(|| given.text.to_string());
                    stated.insert(key.clone(), Stated { text, origin: given.origin.clone() });
                }
            }
        }
        if !wrong.is_empty() {
            return Err(BadSetting(wrong.join("\n")));
        }
        let arguments = texts.iter().map(|(key, given)| argument(key, given));
        let read = command.try_get_matches_from_mut(arguments).and_then(|found| Self::from_arg_matches(&found));
        let config = Self { stated, ..read.map_err(|error| BadSetting(error.kind().to_string()))? };
        config.check_s3()?;
        Ok(config)
    }

    /// Returns the key folder: the setting, or `keys` in the data folder.
    #[must_use]
    pub(crate) fn keys_folder(&self) -> PathBuf {
        self.folders.keys.clone().unwrap_or_else(|| self.folders.data.join("keys"))
    }

    /// Returns the photo folder: the setting, or `photos` in the data folder. It is unused with S3.
    #[must_use]
    pub(crate) fn photo_folder(&self) -> PathBuf {
        self.folders.photos.clone().unwrap_or_else(|| self.folders.data.join("photos"))
    }

    /// Checks whether the database is the SQLite file in the data folder, the default without a database URL.
    #[must_use]
    pub(crate) fn is_sqlite(&self) -> bool {
        self.database.url.is_none()
    }

    /// Checks whether photos are stored in S3.
    #[must_use]
    pub(crate) fn has_s3(&self) -> bool {
        self.s3.endpoint.is_some()
    }

    /// Checks that the endpoint and the bucket are either both set or both missing, and that no other setting of the bucket
    /// is given without them, because it would have no effect.
    fn check_s3(&self) -> Result<(), BadSetting> {
        match (&self.s3.endpoint, &self.s3.bucket) {
            (Some(_), Some(_)) => Ok(()),
            (None, None) => match self.stated.keys().find(|key| key.starts_with("S3_")) {
                None => Ok(()),
                Some(key) => Err(BadSetting(format!(
                    "CHUISHAO_{key} has no effect by itself: set CHUISHAO_S3_ENDPOINT and CHUISHAO_S3_BUCKET too, or \
                     remove it"
                ))),
            },
            (Some(_), None) | (None, Some(_)) => {
                let why = "CHUISHAO_S3_ENDPOINT and CHUISHAO_S3_BUCKET go together: set both of them or neither";
                Err(BadSetting(why.to_owned()))
            }
        }
    }

    /// Checks whether this setting was given explicitly, rather than left at its default.
    #[must_use]
    pub(crate) fn is_set(&self, key: &str) -> bool {
        self.stated.contains_key(key)
    }
}

/// Removes the empty values of optional settings. They count as not given, because a variable may exist and be empty; so an
/// empty variable must not hide the value in the settings file either.
fn drop_empty(texts: &mut Texts, command: &Command) {
    let is_optional = |key: &str| {
        let setting = command.get_arguments().find(|arg| arg.get_id() == key);
        setting.is_some_and(|arg| arg.get_default_values().is_empty())
    };
    texts.retain(|key, given| !given.text.is_empty() || !is_optional(key.trim_end_matches(source::FILE)));
}

/// Builds an internal command line on which every setting is an argument `--NAME`, so that `clap` provides its type,
/// default and help.
fn command() -> Command {
    Config::augment_args(Command::new("settings").no_binary_name(true).disable_help_flag(true))
}

fn argument(key: &str, given: &Given) -> OsString {
    format!("--{key}={}", given.text.as_str()).into()
}

/// Returns a sentence that says why the value is invalid for the setting, or `None` if it is valid.
fn fault(command: &mut Command, setting: &Arg, given: &Given) -> Option<String> {
    let key = setting.get_id().as_str();
    let error = command.try_get_matches_from_mut([argument(key, given)]).err()?;
    let reason = match error.source() {
        Some(cause) => cause.to_string(),
        None => format!("must be one of: {}", unit(setting)),
    };
    let shown = if is_secret(setting) { String::new() } else { format!("; it is `{}`", given.text.as_str()) };
    Some(sentence(key, given, &format!("{reason}{shown}")))
}

fn sentence(key: &str, given: &Given, what: &str) -> String {
    match &given.origin {
        SettingOrigin::Environment => format!("CHUISHAO_{key} {what}"),
        file => format!("{file}: CHUISHAO_{key} {what}"),
    }
}

#[cfg(test)]
mod tests;

//! What `chuishao config` prints: every setting with its help, unit, default and value in force.

use clap::Arg;
use clap::builder::PossibleValue;

use super::source::FILE;
use super::{Config, command, is_secret};

impl Config {
    /// Every setting with its value in force. Secrets are masked.
    #[must_use]
    pub(crate) fn describe(&self) -> String {
        let command = command();
        let blocks: Vec<String> = command.get_arguments().map(|setting| self.block(setting)).collect();
        blocks.join("\n")
    }

    fn block(&self, setting: &Arg) -> String {
        let key = setting.get_id().as_str();
        let default = default(setting);
        let (value, origin) = match self.stated.get(key) {
            None => (default.clone().unwrap_or_else(|| "(not set)".to_owned()), "default".to_owned()),
            Some(stated) => {
                (stated.text.clone().unwrap_or_else(|| "(set, hidden)".to_owned()), format!("from {}", stated.origin))
            }
        };
        let (help, unit, default) = (help(setting), unit(setting), default.as_deref().unwrap_or("none"));
        let file = if is_secret(setting) {
            format!(" CHUISHAO_{key}{FILE} may name a file that holds the value instead.")
        } else {
            String::new()
        };
        format!("# {help}\n# Unit: {unit}. Default: {default}.{file}\nCHUISHAO_{key}={value}  # {origin}\n")
    }
}

/// The help as it stands in the source; `clap` takes the last full stop away.
pub(super) fn help(setting: &Arg) -> String {
    setting.get_help().map(|help| format!("{help}.")).unwrap_or_default()
}

/// The unit, or the words that are allowed.
pub(super) fn unit(setting: &Arg) -> String {
    let words = setting.get_possible_values();
    if words.is_empty() {
        return setting.get_value_names().unwrap_or_default().join(", ");
    }
    words.iter().map(PossibleValue::get_name).collect::<Vec<_>>().join(", ")
}

/// The default; `None` if there is none.
pub(super) fn default(setting: &Arg) -> Option<String> {
    setting.get_default_values().first().map(|value| value.to_string_lossy().into_owned())
}

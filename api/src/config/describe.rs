//! The output of `chuishao config`: every setting with its help, unit, default and current value.

use clap::Arg;

use super::setting::{default, help, is_secret, unit};
use super::source::FILE;
use super::{Config, command};

impl Config {
    /// Returns the description of every setting with its current value. Secrets are masked.
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
            None => {
                let origin = if default.is_some() { "default" } else { "not set" };
                (default.clone().unwrap_or_default(), origin.to_owned())
            }
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

//! The metadata of a setting: its help, unit and default, and whether it is a secret.

use std::any::TypeId;

use clap::Arg;
use clap::builder::PossibleValue;
use secrecy::SecretString;

/// Returns the help text as in the source. `clap` removes the final full stop, so it is added again.
pub(super) fn help(setting: &Arg) -> String {
    setting.get_help().map(|help| format!("{help}.")).unwrap_or_default()
}

/// Returns the unit, or the possible values of an enumeration.
pub(super) fn unit(setting: &Arg) -> String {
    let words = setting.get_possible_values();
    if words.is_empty() {
        return setting.get_value_names().unwrap_or_default().join(", ");
    }
    words.iter().map(PossibleValue::get_name).collect::<Vec<_>>().join(", ")
}

/// Returns the default, or `None` if the setting has no default.
pub(super) fn default(setting: &Arg) -> Option<String> {
    setting.get_default_values().first().map(|value| value.to_string_lossy().into_owned())
}

/// Checks whether a setting is a secret, whose value is never printed. Its type decides: [`SecretString`].
pub(super) fn is_secret(setting: &Arg) -> bool {
    setting.get_value_parser().type_id() == TypeId::of::<SecretString>()
}

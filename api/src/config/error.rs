//! The error of unusable settings.

/// The error of unusable settings: one line for each of them, with its name and the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadSetting(pub String);

//! The error of settings that cannot be used.

/// The error of settings that cannot be used: one sentence for each wrong setting, which names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct BadSetting(pub String);

//! The demonstration: a fresh world, the whole story over HTTP.

use std::process::ExitCode;

use crate::config::Config;
use crate::start::StartError;

/// Plays the story.
///
/// # Errors
/// When the world cannot be made.
pub async fn run(_config: Config, _once: bool) -> Result<ExitCode, StartError> {
    Err(StartError::Other("not yet".to_owned()))
}

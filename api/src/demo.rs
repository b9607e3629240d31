//! The demonstration: a fresh world, the whole story over HTTP.

use std::process::ExitCode;

use crate::config::Config;
use crate::start::StartError;

/// Plays the story.
///
/// # Errors
/// When the world cannot be made.
pub(crate) async fn run(config: Config, once: bool) -> Result<ExitCode, StartError> {
    let _ = (config, once);
    std::future::ready(Err(StartError::Other("the demonstration is not part of this version".to_owned()))).await
}

//! The options of `chuishao demo`.

use clap::Args;
use domain::refusal::Language;

/// How the demonstration is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Ends after the story: exit code 0 only if every step did what it says.
    #[arg(long)]
    pub(super) once: bool,
    /// Language of the story.
    #[arg(long, default_value = "en", value_parser = language)]
    pub(super) language: Language,
}

fn language(word: &str) -> Result<Language, String> {
    match word {
        "en" => Ok(Language::English),
        "zh" | "zh-CN" => Ok(Language::Chinese),
        _ => Err("en or zh-CN".to_owned()),
    }
}

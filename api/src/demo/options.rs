//! The options of `chuishao demo`.

use clap::Args;
use domain::refusal::Language;

/// How the demonstration is told.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoOptions {
    /// Exits after the story, with code 0 only if every step succeeded.
    #[arg(long)]
    pub(super) once: bool,
    /// The language of the story: en or zh-CN.
    #[arg(long, default_value = "en", value_parser = language)]
    pub(super) language: Language,
}

fn language(word: &str) -> Result<Language, String> {
    match word {
        "en" => Ok(Language::English),
        "zh" | "zh-CN" => Ok(Language::Chinese),
        _ => Err("the language must be en or zh-CN".to_owned()),
    }
}

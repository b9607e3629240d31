//! The command line of `chuishao demo`.

use clap::Args;
use domain::refusal::Language;

/// The command-line options of `chuishao demo`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoOptions {
    /// Exits after the last step, with code 0 only if every step succeeded.
    #[arg(long)]
    pub(super) once: bool,
    /// The language of the output: en or zh-CN.
    #[arg(long, default_value = "en", value_parser = parse_language)]
    pub(super) language: Language,
}

fn parse_language(text: &str) -> Result<Language, String> {
    match text {
        "en" => Ok(Language::English),
        "zh" | "zh-CN" => Ok(Language::Chinese),
        _ => Err("the language must be en or zh-CN".to_owned()),
    }
}

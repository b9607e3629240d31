//! What a step gives, or why it broke; and texts in both languages.

use domain::refusal::Language;

/// A step did not do what it says, or could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken(pub(super) String);

/// What a step gives, or why its scene ends here.
pub(super) type StepResult<T> = Result<T, Broken>;

impl Broken {
    /// Broken, and why.
    pub(super) fn because(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    zh: String,
    en: String,
}

impl Line {
    /// The text in the reader's language.
    pub(super) fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// A text in Chinese and in English.
pub(super) fn both(zh: impl Into<String>, en: impl Into<String>) -> Line {
    Line { zh: zh.into(), en: en.into() }
}

//! The result of a step, and texts in both languages.

use domain::refusal::Language;

/// The error of a step: why it failed, or how its effect differs from the expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken(pub(super) String);

/// The result of a step. An error ends its scene.
pub(super) type StepResult<T> = Result<T, Broken>;

impl Broken {
    /// Creates the error from its reason.
    pub(super) fn because(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BilingualText {
    zh: String,
    en: String,
}

impl BilingualText {
    /// Returns the text in this language.
    pub(super) fn text(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// Creates a text from its Chinese and English versions.
pub(super) fn both(zh: impl Into<String>, en: impl Into<String>) -> BilingualText {
    BilingualText { zh: zh.into(), en: en.into() }
}

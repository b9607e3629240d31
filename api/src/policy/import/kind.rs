//! The kinds of files of rules.

/// The kind of rules in a file. Its words are those of `chuishao import`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// Areas, as `GeoJSON`.
    Areas,
    /// Units, as CSV.
    Units,
    /// The lists of places, industries and disasters, as CSV.
    Codes,
    /// Categories, as CSV.
    Categories,
    /// Duties, as CSV.
    Duties,
    /// Holidays and make-up days, as CSV.
    Calendar,
    /// Policies, as TOML.
    Policies,
}

impl RuleKind {
    /// Every kind, in an order in which each refers only to kinds before it.
    pub const ALL: &'static [Self] =
        &[Self::Areas, Self::Units, Self::Codes, Self::Categories, Self::Duties, Self::Calendar, Self::Policies];

    /// Returns the word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Areas => "areas",
            Self::Units => "units",
            Self::Codes => "codes",
            Self::Categories => "categories",
            Self::Duties => "duties",
            Self::Calendar => "calendar",
            Self::Policies => "policies",
        }
    }

    /// Returns the kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

//! The kinds of files of rules.

/// What a file holds: the words of `chuishao import`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// Areas, `GeoJSON`.
    Areas,
    /// Units, CSV.
    Units,
    /// The lists of places, industries and disasters, CSV.
    Codes,
    /// Categories, CSV.
    Categories,
    /// Duties, CSV.
    Duties,
    /// Holidays and make-up days, CSV.
    Calendar,
    /// Policies, TOML.
    Policies,
}

impl RuleKind {
    /// Every kind, in an order in which each names only what came before.
    pub const ALL: &'static [Self] =
        &[Self::Areas, Self::Units, Self::Codes, Self::Categories, Self::Duties, Self::Calendar, Self::Policies];

    /// The word on the command line.
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

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

//! The kinds of rule files.

/// The kind of a rule file. Its words are the arguments of `chuishao import`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// Areas, as `GeoJSON`.
    Areas,
    /// Units, as CSV.
    Units,
    /// Code lists: place kinds, industries and disaster kinds, as CSV.
    Codes,
    /// Hazard categories, as CSV.
    Categories,
    /// Duty lists, as CSV.
    Duties,
    /// Holidays and make-up days, as CSV.
    Calendar,
    /// Policies, as TOML.
    Policies,
}

impl RuleKind {
    /// All kinds, in dependency order: each references only kinds before it.
    pub const ALL: &'static [Self] =
        &[Self::Areas, Self::Units, Self::Codes, Self::Categories, Self::Duties, Self::Calendar, Self::Policies];

    /// Returns the word for this kind on the command line.
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

    /// Parses the word on the command line.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

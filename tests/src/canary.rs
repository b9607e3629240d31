//! Canaries: unique words that identify a person and must never leak. A [`Searcher`] looks for each of them in every
//! form in which it might leak: plain, encoded, reversed, insufficiently masked, or as an unkeyed digest.

use std::{collections::HashSet, fmt};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

mod digests;
mod forms;

use forms::Form;

/// The number of bytes of context on each side of a finding.
const AROUND: usize = 60;

/// A word that identifies a person and must not leak.
#[derive(Debug, Clone)]
pub struct Canary {
    whose: String,
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Phone,
    Name,
    Word,
}

impl Canary {
    /// Creates a canary for a phone number of eleven digits. The searcher looks for every notation of it, and for
    /// masked forms that show more digits than the development sender, which shows the first three and the last four.
    #[must_use]
    pub fn phone(whose: &str, text: &str) -> Self {
        assert!(text.len() == 11 && text.bytes().all(|byte| byte.is_ascii_digit()), "{text} is no phone number");
        Self::new(whose, text, Kind::Phone)
    }

    /// Creates a canary for a name whose words occur nowhere else. The searcher looks for the full name and for each of
    /// its words; for a name of one word, for each pair of adjacent letters.
    #[must_use]
    pub fn name(whose: &str, text: &str) -> Self {
        Self::new(whose, text, Kind::Name)
    }

    /// Creates a canary for any other word: a token, a code, a marker in a photo.
    #[must_use]
    pub fn word(whose: &str, text: &str) -> Self {
        Self::new(whose, text, Kind::Word)
    }

    fn new(whose: &str, text: &str, kind: Kind) -> Self {
        Self { whose: whose.to_owned(), text: text.to_owned(), kind }
    }
}

/// Bytes to search, with a name for the failure message.
#[derive(Debug, Clone)]
pub struct Haystack {
    /// The origin of the bytes.
    pub place: String,
    /// The bytes to search.
    pub bytes: Vec<u8>,
}

impl Haystack {
    /// Creates a haystack.
    pub fn new(place: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { place: place.into(), bytes: bytes.into() }
    }
}

/// An occurrence of a canary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The person and the word.
    pub canary: String,
    /// The form in which the word was found.
    pub form: String,
    /// The origin of the haystack.
    pub place: String,
    /// The surrounding text, with control characters replaced.
    pub around: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}) in {}: …{}…", self.canary, self.form, self.place, self.around)
    }
}

/// Searches for all forms of many canaries in one pass. ASCII letters match case-insensitively.
#[derive(Debug)]
pub struct Searcher {
    automaton: AhoCorasick,
    /// The canary and the form of each pattern, by pattern index.
    patterns: Vec<(String, String)>,
}

impl Searcher {
    /// Builds a searcher for these canaries.
    #[must_use]
    pub fn new(canaries: &[Canary]) -> Self {
        let (mut bytes, mut patterns, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for canary in canaries {
            let word = format!("{} {}", canary.whose, canary.text);
            for Form { name, pattern } in forms::of(canary) {
                assert!(pattern.len() >= 6, "{word}: the form {name} is too short to be told from chance");
                if seen.insert(pattern.to_ascii_lowercase()) {
                    bytes.push(pattern);
                    patterns.push((word.clone(), name));
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(bytes)
            .expect("the patterns are few");
        Self { automaton, patterns }
    }

    /// Returns the number of distinct patterns.
    #[must_use]
    pub fn patterns(&self) -> usize {
        self.patterns.len()
    }

    /// Returns the findings in a haystack, at most one for each pattern.
    #[must_use]
    pub fn find(&self, haystack: &Haystack) -> Vec<Finding> {
        let (mut findings, mut seen) = (Vec::new(), HashSet::new());
        for found in self.automaton.find_overlapping_iter(&haystack.bytes) {
            let pattern = found.pattern().as_usize();
            let Some((canary, form)) = self.patterns.get(pattern).filter(|_| seen.insert(pattern)) else { continue };
            let (from, to) = (found.start().saturating_sub(AROUND), haystack.bytes.len().min(found.end() + AROUND));
            let around = String::from_utf8_lossy(haystack.bytes.get(from..to).unwrap_or_default());
            findings.push(Finding {
                canary: canary.clone(),
                form: form.clone(),
                place: haystack.place.clone(),
                around: around.chars().map(|letter| if letter.is_control() { '·' } else { letter }).collect(),
            });
        }
        findings
    }

    /// Returns the findings in all haystacks.
    #[must_use]
    pub fn find_in(&self, haystacks: &[Haystack]) -> Vec<Finding> {
        haystacks.iter().flat_map(|haystack| self.find(haystack)).collect()
    }
}

#[cfg(test)]
mod tests;

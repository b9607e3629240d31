//! Canaries: words that stand for a person and must never be seen. A [`Searcher`] looks for each in every form in which
//! it might be carried out: as it is, encoded, turned round, masked too little, or as a digest that anybody can compute.

use std::{collections::HashSet, fmt};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

mod digests;
mod forms;

use forms::Form;

/// Bytes that are shown on both sides of a finding.
const AROUND: usize = 60;

/// A word that stands for somebody.
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
    /// Makes a phone number of eleven digits. Looked for in every way to write it, and masked by less than the development
    /// sender does, who shows three digits at the beginning and four at the end.
    #[must_use]
    pub fn phone(whose: &str, text: &str) -> Self {
        assert!(text.len() == 11 && text.bytes().all(|byte| byte.is_ascii_digit()), "{text} is no phone number");
        Self::new(whose, text, Kind::Phone)
    }

    /// Makes a name of words that nobody else has. Looked for with each of its words, and without any one of its letters.
    #[must_use]
    pub fn name(whose: &str, text: &str) -> Self {
        Self::new(whose, text, Kind::Name)
    }

    /// Any other word: a token, a code, a mark in a photo.
    #[must_use]
    pub fn word(whose: &str, text: &str) -> Self {
        Self::new(whose, text, Kind::Word)
    }

    fn new(whose: &str, text: &str, kind: Kind) -> Self {
        Self { whose: whose.to_owned(), text: text.to_owned(), kind }
    }
}

/// Something to look through, with a name for the message.
#[derive(Debug, Clone)]
pub struct Haystack {
    /// Where it comes from.
    pub place: String,
    /// What was there.
    pub bytes: Vec<u8>,
}

impl Haystack {
    /// Makes a haystack.
    pub fn new(place: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { place: place.into(), bytes: bytes.into() }
    }
}

/// A canary that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose it is, and which word.
    pub canary: String,
    /// In which form.
    pub form: String,
    /// Where.
    pub place: String,
    /// The bytes around it, printable.
    pub around: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}) in {}: …{}…", self.canary, self.form, self.place, self.around)
    }
}

/// Looks for many canaries in all their forms at once. Letters match in both cases.
#[derive(Debug)]
pub struct Searcher {
    automaton: AhoCorasick,
    /// Canary and form of each pattern.
    patterns: Vec<(String, String)>,
}

impl Searcher {
    /// Makes a searcher of these canaries.
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

    /// Returns how many patterns it knows.
    #[must_use]
    pub fn patterns(&self) -> usize {
        self.patterns.len()
    }

    /// Returns what is found, each canary once in each form and place.
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

    /// Returns what is found in all of them.
    #[must_use]
    pub fn find_in(&self, haystacks: &[Haystack]) -> Vec<Finding> {
        haystacks.iter().flat_map(|haystack| self.find(haystack)).collect()
    }
}

#[cfg(test)]
mod tests;

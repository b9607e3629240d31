//! The human-readable diff of an import.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::policy::RuleVersion;
use serde::Serialize;

/// The maximum number of lines shown per kind of change.
const SHOWN: usize = 500;
/// The maximum number of characters shown per value.
const VALUE_SHOWN: usize = 120;

/// The parts of a document, by name.
pub(crate) type DocumentParts = BTreeMap<String, String>;

/// The changes that an import would make, or has made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The kind of file, as named on the command line.
    pub kind: String,
    /// The file name.
    pub file: String,
    /// The SHA-256 hash of the file, in hexadecimal; a keyed hash for a file of officers, which contains numbers.
    pub sha256: String,
    /// The keys of the new rows.
    pub added: Vec<String>,
    /// The rows whose values change.
    pub changed: Vec<Change>,
    /// How many rows of the file equal the stored ones.
    pub unchanged: usize,
    /// The revision that this import created; `None` for a dry run or if no row changed.
    pub revision: Option<RuleVersion>,
}

/// A row whose values change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The key of the row.
    pub key: String,
    /// The columns whose values differ.
    pub fields: Vec<FieldChange>,
}

/// A column whose value changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The column name.
    pub name: Cow<'static, str>,
    /// The stored value.
    pub from: String,
    /// The value in the file.
    pub to: String,
}

impl Change {
    /// Returns the columns whose values differ between two versions of one row.
    #[must_use]
    pub fn between(stored: Vec<(&'static str, String)>, wanted: Vec<(&'static str, String)>) -> Vec<FieldChange> {
        let pairs = stored.into_iter().zip(wanted).filter(|(stored, wanted)| stored.1 != wanted.1);
        pairs.map(|((name, from), (_, to))| FieldChange { name: name.into(), from, to }).collect()
    }

    /// Returns the parts that differ between two versions of a document. A missing part counts as empty.
    #[must_use]
    pub fn between_parts(stored: &DocumentParts, wanted: &DocumentParts) -> Vec<FieldChange> {
        let names: BTreeSet<&String> = stored.keys().chain(wanted.keys()).collect();
        let part = |parts: &DocumentParts, name: &String| parts.get(name).cloned().unwrap_or_default();
        let changes = names.into_iter().map(|name| FieldChange {
            name: name.clone().into(),
            from: part(stored, name),
            to: part(wanted, name),
        });
        changes.filter(|change| change.from != change.to).collect()
    }
}

impl Difference {
    /// Checks whether the file changes no stored row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for key in self.added.iter().take(SHOWN) {
            writeln!(f, "+ {key}")?;
        }
        if self.added.len() > SHOWN {
            writeln!(f, "+ … and {} more", self.added.len() - SHOWN)?;
        }
        for change in self.changed.iter().take(SHOWN) {
            let fields: Vec<String> = change.fields.iter().map(FieldChange::to_string).collect();
            writeln!(f, "~ {}: {}", change.key, fields.join("; "))?;
        }
        if self.changed.len() > SHOWN {
            writeln!(f, "~ … and {} more", self.changed.len() - SHOWN)?;
        }
        let (added, changed) = (self.added.len(), self.changed.len());
        write!(
            f,
            "{} from {}: + {added} added, ~ {changed} changed, = {} unchanged",
            self.kind, self.file, self.unchanged
        )?;
        match self.revision {
            Some(RuleVersion(number)) => write!(f, "; revision {number}"),
            None => write!(f, "; nothing written"),
        }
    }
}

impl fmt::Display for FieldChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &str| match text.char_indices().nth(VALUE_SHOWN) {
            _ if text.is_empty() => "(none)".to_owned(),
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.to_owned(),
        };
        write!(f, "{} {} → {}", self.name, shown(&self.from), shown(&self.to))
    }
}

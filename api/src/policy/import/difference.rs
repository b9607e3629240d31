//! What an import changes, for people.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::policy::RuleVersion;
use serde::Serialize;

/// How many lines of one kind are shown at most.
const SHOWN: usize = 500;
/// Characters of one value that are shown, at most.
const VALUE_SHOWN: usize = 120;

/// The parts of a document by their names.
pub(crate) type DocumentParts = BTreeMap<String, String>;

/// What an import changes, or changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What was imported, as the command line says it.
    pub kind: String,
    /// The name of the file.
    pub file: String,
    /// SHA-256 of the file, in hex.
    pub sha256: String,
    /// Rows that are new, each by its key.
    pub added: Vec<String>,
    /// Rows that change.
    pub changed: Vec<Change>,
    /// Rows that are as they were.
    pub unchanged: usize,
    /// The revision that this import made; none for a dry run, or where nothing changed.
    pub revision: Option<RuleVersion>,
}

/// A row that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Its key.
    pub key: String,
    /// The columns that differ.
    pub fields: Vec<FieldChange>,
}

/// A column that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// The column.
    pub name: Cow<'static, str>,
    /// What is stored.
    pub from: String,
    /// What the file says.
    pub to: String,
}

impl Change {
    /// The columns that differ between two versions of one row.
    #[must_use]
    pub fn between(stored: Vec<(&'static str, String)>, wanted: Vec<(&'static str, String)>) -> Vec<FieldChange> {
        let pairs = stored.into_iter().zip(wanted).filter(|(stored, wanted)| stored.1 != wanted.1);
        pairs.map(|((name, from), (_, to))| FieldChange { name: name.into(), from, to }).collect()
    }

    /// The parts that differ between two versions of one document, by name; a part that one of them lacks is empty.
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
    /// Whether the file says what is stored already.
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

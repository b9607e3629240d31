//! Keeps the parsed documents of recent requests. All phones of one version send the same document with other variables,
//! and parsing it takes longer than any other single step before a request is executed.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use async_graphql::parser::types::ExecutableDocument;

/// The number of documents that are kept. If there are more, all are forgotten and parsed again.
const DOCUMENTS_MAX: usize = 256;
/// The length, in bytes, above which a document is not kept.
const BYTES_MAX: usize = 8 * 1024;

/// The parsed documents by their text. Memory is bounded by the number and the length of the documents.
#[derive(Debug, Default)]
pub(crate) struct Documents(RwLock<HashMap<String, ExecutableDocument>>);

impl Documents {
    /// Returns a copy of the parsed document with this text; `None` if it is not kept.
    pub(super) fn parsed(&self, text: &str) -> Option<ExecutableDocument> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(text).cloned()
    }

    /// Keeps a document that was parsed from this text, unless it is long or holds a text of its own: that may be a name
    /// or a number, which is nothing to keep in memory.
    pub(super) fn keep(&self, text: &str, document: &ExecutableDocument) {
        if text.len() > BYTES_MAX || text.contains('"') {
            return;
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= DOCUMENTS_MAX {
            kept.clear();
        }
        kept.insert(text.to_owned(), document.clone());
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn kept(text: &str) -> bool {
        let documents = Documents::default();
        documents.keep(text, &parse_query(text).unwrap());
        documents.parsed(text).is_some_and(|document| document.operations.iter().count() == 1)
    }

    #[test]
    fn short_documents_without_texts_are_kept() {
        assert!(kept("query($i: ID!) { report(id: $i) { id } }"));
        assert!(!kept(r#"{ report(id: "13900000000") { id } }"#));
        assert!(!kept(&format!("{{ {} }}", "id ".repeat(BYTES_MAX / 3))));
        assert!(Documents::default().parsed("{ id }").is_none());
    }

    #[test]
    fn their_number_is_bounded() {
        let documents = Documents::default();
        let text = |n: usize| format!("{{ a{n} }}");
        for n in 0..=DOCUMENTS_MAX {
            documents.keep(&text(n), &parse_query(text(n)).unwrap());
        }
        assert!(documents.parsed(&text(0)).is_none());
        assert!(documents.parsed(&text(DOCUMENTS_MAX)).is_some());
    }
}

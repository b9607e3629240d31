//! Collects the problems of a file, each with its location and advice, so that one error reports all of them.

use std::fmt;

use domain::refusal::Refusal;

use crate::error::ApiError;

/// The maximum number of problems that one error lists.
const SHOWN: usize = 200;

/// A problem in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The line number, starting at 1; `None` for the file as a whole.
    pub line: Option<u64>,
    /// The column or property name; `None` for the line as a whole.
    pub column: Option<String>,
    /// What is wrong, and how to correct it.
    pub what: String,
}

/// The problems of one file, in order of detection.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    /// Records a problem of the whole file.
    pub(crate) fn file(&mut self, what: impl Into<String>) {
        self.0.push(Problem { line: None, column: None, what: what.into() });
    }

    /// Records a problem of a line.
    pub(crate) fn line(&mut self, line: u64, what: impl Into<String>) {
        self.0.push(Problem { line: Some(line), column: None, what: what.into() });
    }

    /// Records a problem of one value.
    pub(crate) fn at(&mut self, line: u64, column: &str, what: impl Into<String>) {
        self.0.push(Problem { line: Some(line), column: Some(column.to_owned()), what: what.into() });
    }

    /// Records several problems of one value.
    pub(crate) fn all_at(&mut self, line: u64, column: &str, what: Vec<String>) {
        for what in what {
            self.at(line, column, what);
        }
    }

    /// Rejects the file if any problems were recorded.
    ///
    /// # Errors
    /// `INVALID_INPUT` for `file`, with every problem on a line of its own, in the order of the file.
    pub(crate) fn refuse(mut self, file: &str) -> Result<(), ApiError> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort_by_key(|problem| problem.line);
        let mut lines: Vec<String> = self.0.iter().take(SHOWN).map(|problem| format!("{file} {problem}")).collect();
        if self.0.len() > SHOWN {
            lines.push(format!("… and {} more", self.0.len() - SHOWN));
        }
        let (count, lines) = (self.0.len(), lines.join("\n"));
        Err(Refusal::invalid(
            "file",
            format!("{file} 共有 {count} 处问题，未导入任何内容：\n{lines}"),
            format!("{file} has {count} problem(s); nothing was imported:\n{lines}"),
        )
        .into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, &self.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column `{column}`: {}", self.what),
            (Some(line), None) => write!(f, "line {line}: {}", self.what),
            (None, _) => write!(f, "whole file: {}", self.what),
        }
    }
}

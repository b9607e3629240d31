//! What one submission became: its rows in every table, so that others can write the same.

/// What a column of a row takes in each report that is written after its example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// What the example has.
    Same,
    /// The report's id.
    Report,
    /// The name of the report's stream.
    Stream,
    /// An id of its own for each row.
    Id,
    /// 32 bytes of its own for each row.
    Bytes,
    /// The id of the event.
    Event,
    /// Counted by the database.
    Left,
}

/// A table that a submission writes, and the columns that differ from report to report.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Which rows are the example's, as a condition with `$1` for the report's id as text.
    pub of_report: &'static str,
    fills: &'static [(&'static str, Fill)],
}

impl Table {
    /// Returns what this column takes.
    #[must_use]
    pub fn fill(&self, column: &str) -> Fill {
        self.fills.iter().find(|(name, _)| *name == column).map_or(Fill::Same, |(_, fill)| *fill)
    }
}

/// Every table that a submission writes, in the order in which it does.
pub const TABLES: &[Table] = &[
    Table {
        name: "report",
        of_report: "id = (SELECT id FROM one)",
        fills: &[("id", Fill::Report), ("submission_key", Fill::Bytes)],
    },
    Table {
        name: "authorship",
        of_report: "report_id = (SELECT id FROM one)",
        fills: &[("report_id", Fill::Report), ("slot", Fill::Bytes)],
    },
    Table {
        name: "report_secret",
        of_report: "report_id = (SELECT id FROM one)",
        fills: &[("report_id", Fill::Report)],
    },
    Table {
        name: "photo",
        of_report: "parent_id = (SELECT id FROM one)",
        fills: &[("id", Fill::Id), ("parent_id", Fill::Report), ("client_id", Fill::Id)],
    },
    Table {
        name: "clock",
        of_report: "stream = (SELECT stream FROM one)",
        fills: &[("id", Fill::Id), ("stream", Fill::Stream)],
    },
    Table {
        name: "event",
        of_report: "stream = (SELECT stream FROM one)",
        fills: &[("id", Fill::Event), ("stream", Fill::Stream)],
    },
    Table {
        name: "event_waiting",
        of_report: "false",
        fills: &[("number", Fill::Left), ("event_id", Fill::Event), ("leaf", Fill::Bytes)],
    },
];

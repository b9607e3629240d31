//! Describes the rows that one submission writes in every table, so that the baselines can write equal rows.

/// The value of a column in each copy of the sample row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// The value in the sample.
    Same,
    /// The id of the copied report.
    Report,
    /// The name of its event stream.
    Stream,
    /// A new UUID for each row.
    Id,
    /// 32 new bytes for each row.
    Bytes,
    /// The id of its event.
    Event,
    /// Omitted, because the database generates it.
    Left,
}

/// A table that a submission writes, and the columns whose values differ between reports.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The table name.
    pub name: &'static str,
    /// The SQL condition for the rows of the sample, with `$1` for the report id as text.
    pub of_report: &'static str,
    fills: &'static [(&'static str, Fill)],
}

impl Table {
    /// Returns the kind of value for this column.
    #[must_use]
    pub fn fill(&self, column: &str) -> Fill {
        self.fills.iter().find(|(name, _)| *name == column).map_or(Fill::Same, |(_, fill)| *fill)
    }
}

/// All tables that a submission writes, in the order in which it writes them.
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

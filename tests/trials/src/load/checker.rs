//! The checker: compares the receipts on the phones with the server's responses, and directly with the database rows.
//!
//! | fault | meaning |
//! |---|---|
//! | lost | there is a receipt but no report |
//! | doubled | there are two reports for one submission |
//! | altered | a report or a receipt differs from what the phone has |
//! | ghost | no phone sent the report |
//! | incomplete | some of the rows that a submission writes are missing |

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::content::submission_key;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    outbox::{Line, Receipt},
    wire::{Reply, Wire, receipt},
    written::Written,
};

pub mod rows;

use rows::Row;

/// The number of examples that are kept for each kind of fault.
const EXAMPLES: usize = 10;
/// The number of submissions per status query: the server's limit.
const ASKED_TOGETHER: usize = 100;
/// The maximum number of submissions that are sent again at the end.
const REPLAYED: usize = 200;

const STATUS: &str = "query($ids: [UUID!]!) { submissionStatus(ids: $ids) {
    submissionId known receipt { reportId submissionId contentHash receivedAt signature } photos { id } } }";
const SUBMIT: &str = "mutation($i: SubmitReportInput!) { submitReport(input: $i) {
    receipt { reportId submissionId contentHash receivedAt signature } replayed } }";

/// The faults of one kind: their number, and descriptions of the first ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Faults {
    /// The number of faults.
    pub count: usize,
    /// Descriptions of the first ten.
    pub examples: Vec<String>,
}

impl Faults {
    fn add(&mut self, example: impl FnOnce() -> String) {
        self.count += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(example());
        }
    }
}

/// The findings of the checker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// Submissions that phones stored before sending them.
    pub sent: usize,
    /// Submissions whose receipt a phone has stored.
    pub acknowledged: usize,
    /// Reports in the database. `None` if only the server was queried.
    pub reports: Option<usize>,
    /// Submissions whose status was queried by id.
    pub asked: usize,
    /// Submissions that were sent again at the end.
    pub sent_again: usize,
    /// Receipts without a report.
    pub lost: Faults,
    /// Submissions with two reports.
    pub doubled: Faults,
    /// Reports or receipts that differ from what the phone has.
    pub altered: Faults,
    /// Reports that no phone sent.
    pub ghosts: Faults,
    /// Reports with missing rows.
    pub incomplete: Faults,
}

impl Findings {
    /// Returns each kind of fault with its name.
    #[must_use]
    pub fn faults(&self) -> [(&'static str, &Faults); 5] {
        [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("altered", &self.altered),
            ("ghosts", &self.ghosts),
            ("incomplete", &self.incomplete),
        ]
    }

    /// Checks whether there are no faults.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.faults().iter().all(|(_, faults)| faults.count == 0)
    }
}

/// The submissions and receipts that phones have stored.
#[derive(Debug, Default)]
pub struct History {
    sent: HashMap<Uuid, Written>,
    receipts: HashMap<Uuid, Vec<Receipt>>,
}

impl History {
    /// Builds the history from the lines of the outboxes.
    #[must_use]
    pub fn of(lines: Vec<Line>) -> Self {
        let mut history = Self::default();
        for line in lines {
            match line {
                Line::Sent(written) => drop(history.sent.insert(written.submission, written)),
                Line::Acked(receipt) => history.receipts.entry(receipt.submission_id).or_default().push(receipt),
            }
        }
        history
    }

    /// Returns all submissions.
    pub fn written(&self) -> impl Iterator<Item = &Written> {
        self.sent.values()
    }

    /// Starts the findings with the checks that need only the outboxes: all receipts of a submission are equal, and
    /// match what was sent.
    #[must_use]
    pub fn findings(&self) -> Findings {
        let mut found = Findings { sent: self.sent.len(), acknowledged: self.receipts.len(), ..Findings::default() };
        for (id, receipts) in &self.receipts {
            let Some(written) = self.sent.get(id) else {
                found.ghosts.add(|| format!("a receipt for {id}, which was never sent"));
                continue;
            };
            if receipts.iter().any(|one| *one != receipts[0]) {
                found.altered.add(|| format!("two receipts for {id}: {receipts:?}"));
            }
            let hash = written.hash();
            if receipts[0].content_hash != hash {
                found.altered.add(|| format!("the hash of {id} is {hash}, received was {:?}", receipts[0]));
            }
        }
        found
    }

    /// Compares the history with all reports in the database.
    pub fn compare(&self, rows: &[Row], found: &mut Findings) {
        found.reports = Some(rows.len());
        let ids: HashMap<_, _> = self.sent.keys().map(|id| (submission_key(*id), *id)).collect();
        let mut by_id: HashMap<Uuid, Vec<&Row>> = HashMap::new();
        for row in rows {
            match ids.get(&row.key) {
                Some(id) => by_id.entry(*id).or_default().push(row),
                None => found.ghosts.add(|| format!("report {} by nobody: {}", row.report, row.text)),
            }
        }
        let mut by_text: HashMap<&str, usize> = HashMap::new();
        for row in rows {
            *by_text.entry(&row.text).or_default() += 1;
        }
        for (text, _) in by_text.iter().filter(|(_, count)| **count > 1) {
            found.doubled.add(|| format!("several reports say: {text}"));
        }
        for (id, written) in &self.sent {
            let (mine, promised) = (by_id.get(id).map_or(&[][..], Vec::as_slice), self.receipts.get(id));
            if mine.is_empty() && promised.is_some() {
                found.lost.add(|| format!("{id}, promised by {promised:?}"));
            }
            for row in mine {
                row.compare(written, promised.map(|receipts| &receipts[0]), found);
            }
        }
    }

    /// Queries the status of every submission from the server, and sends some submissions again.
    pub async fn ask(&self, wire: &Wire, found: &mut Findings) {
        let ids: Vec<Uuid> = self.sent.keys().copied().collect();
        for some in ids.chunks(ASKED_TOGETHER) {
            let Reply::Data(data) = wire.ask(None, STATUS, json!({ "ids": some })).await else {
                found.lost.add(|| format!("the server does not tell what became of {} submissions", some.len()));
                continue;
            };
            let told = data["submissionStatus"].as_array().cloned().unwrap_or_default();
            for (id, told) in some.iter().zip(&told) {
                found.asked += 1;
                self.hold(*id, told, found);
            }
        }
        for (id, promised) in self.receipts.iter().take(REPLAYED) {
            let Some(written) = self.sent.get(id) else { continue };
            found.sent_again += 1;
            let told = wire.ask(None, SUBMIT, json!({ "i": written.input() })).await;
            let again =
                if let Reply::Data(data) = &told { receipt(data.pointer("/submitReport/receipt")) } else { None };
            if again.as_ref() != promised.first() {
                found.altered.add(|| format!("{id} sent again: {told:?} instead of {promised:?}"));
            }
        }
    }

    /// Compares the status of one submission with its receipt.
    fn hold(&self, id: Uuid, told: &Value, found: &mut Findings) {
        let (said, promised) = (receipt(told.get("receipt")), self.receipts.get(&id).and_then(|all| all.first()));
        match (&said, promised) {
            (None, Some(promised)) => found.lost.add(|| format!("{promised:?}: the server knows nothing of it")),
            (Some(said), Some(promised)) if said != promised => {
                found.altered.add(|| format!("{promised:?} has become {said:?}"));
            }
            _ => {}
        }
        let announced = self.sent.get(&id).map_or(0, |written| written.photos.len());
        if said.is_some() && told["photos"].as_array().map(Vec::len) != Some(announced) {
            found.incomplete.add(|| format!("{id} announced {announced} photos: {told}"));
        }
    }
}

impl Row {
    fn compare(&self, written: &Written, promised: Option<&Receipt>, found: &mut Findings) {
        let is_same = self.text == written.text
            && self.hash == written.hash()
            && (self.lng_e7, self.lat_e7) == (written.lng_e7.into(), written.lat_e7.into())
            && self.emergency == written.emergency;
        if !is_same {
            found.altered.add(|| format!("{written:?} is kept as {self:?}"));
        }
        if let Some(promised) = promised {
            let at: Option<DateTime<Utc>> = promised.received_at.parse().ok();
            if self.report != promised.report_id || self.hash != promised.content_hash || Some(self.received_at) != at {
                found.altered.add(|| format!("{promised:?} was promised, kept is {self:?}"));
            }
        }
        let parts = &self.parts;
        let is_whole = parts.received == 1
            && parts.authors == 1
            && parts.secrets == 1
            && parts.clocks >= 1
            && parts.photos == written.photos.len()
            && parts.hazards == usize::from(self.emergency);
        if !is_whole {
            found.incomplete.add(|| format!("{self:?}"));
        }
    }
}

#[cfg(test)]
mod tests;

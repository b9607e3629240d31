//! The outbox of a phone: a file to which it appends each submission before sending it, and each receipt, which counts
//! only after it was flushed to the disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::written::Written;

/// A receipt as a phone stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The report id.
    pub report_id: Uuid,
    /// The submission id.
    pub submission_id: Uuid,
    /// The hash of the content that the server received.
    pub content_hash: String,
    /// When the server received it, in the server's notation, because the signature covers this text.
    pub received_at: String,
    /// The server's signature over the other fields.
    pub signature: String,
}

/// A line of the outbox file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// A submission that will be sent.
    Sent(Written),
    /// A receipt. There can be several for one submission, if the phone asked again.
    Acked(Receipt),
}

/// The outbox file of one phone.
#[derive(Debug, Clone)]
pub struct Outbox(Arc<File>);

impl Outbox {
    /// Opens the outbox file of this phone in a folder, creating it if necessary.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn open(folder: &Path, phone: usize) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(folder.join(format!("phone-{phone:04}.jsonl")))?;
        Ok(Self(Arc::new(file)))
    }

    /// Appends a submission before it is sent.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn will_send(&self, written: &Written) -> io::Result<()> {
        write(&self.0, &[Line::Sent(written.clone())])
    }

    /// Appends receipts. They are flushed to the disk when this returns.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub async fn keep(&self, receipts: Vec<Receipt>) -> io::Result<()> {
        let file = Arc::clone(&self.0);
        let flushed = tokio::task::spawn_blocking(move || {
            write(&file, &receipts.into_iter().map(Line::Acked).collect::<Vec<_>>())?;
            file.sync_data()
        });
        flushed.await.map_err(io::Error::other)?
    }
}

/// Writes all of these lines with one call, so that a truncated file can be detected.
fn write(mut file: &File, lines: &[Line]) -> io::Result<()> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    file.write_all(&text)
}

/// Reads the outboxes of all phones in a folder, phone by phone.
///
/// # Errors
/// Returns an I/O error, also for a line that cannot be parsed.
pub fn read(folder: &Path) -> io::Result<Vec<Line>> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            for line in fs::read_to_string(path)?.lines() {
                lines.push(serde_json::from_str(line)?);
            }
        }
    }
    Ok(lines)
}

//! The outbox of a phone: a file to which it writes what it will send, before it sends it, and every receipt, which
//! counts only when it is on the disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::written::Written;

/// A receipt as a phone keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The report.
    pub report_id: Uuid,
    /// The submission.
    pub submission_id: Uuid,
    /// What was received, as a hash.
    pub content_hash: String,
    /// When, as the server wrote it.
    pub received_at: String,
    /// The signature over all that.
    pub signature: String,
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Will be sent.
    Sent(Written),
    /// Was acknowledged; several times where the phone asked again.
    Acked(Receipt),
}

/// The file of one phone.
#[derive(Debug, Clone)]
pub struct Outbox(Arc<File>);

impl Outbox {
    /// Opens the file of this phone in a folder, and makes it where missing.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn open(folder: &Path, phone: usize) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(folder.join(format!("phone-{phone:04}.jsonl")))?;
        Ok(Self(Arc::new(file)))
    }

    /// Writes down what will be sent.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn will_send(&self, written: &Written) -> io::Result<()> {
        write(&self.0, &[Line::Sent(written.clone())])
    }

    /// Writes down receipts; when this returns, they are on the disk.
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

/// One write for all of these lines: a file that is cut off can be told from one that is whole.
fn write(mut file: &File, lines: &[Line]) -> io::Result<()> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    file.write_all(&text)
}

/// Returns every line of all phones of a folder, phone after phone.
///
/// # Errors
/// Whatever the file system says, and for a line that is none of ours.
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

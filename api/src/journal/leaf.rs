//! The leaf hash of an event, which the journal stores beside the position. It makes later changes to an event row
//! detectable.

use entity::event;
use sha2::{Digest, Sha256};

/// The name of this form of a leaf. Leaves of build 9ba7ad8 have no name before their fields.
const FORM: &[u8] = b"chuishao/leaf/1";

/// Computes the SHA-256 of the name of the form and the event's fields, each prefixed with its length so that field boundaries are unambiguous.
/// Timestamps are truncated to milliseconds, so that the event in memory and the row read back from either database
/// have the same leaf.
pub(super) fn leaf(event: &event::Model) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(FORM);
    let fields = [
        event.id.0.to_string(),
        event.stream.clone(),
        event.stream_version.to_string(),
        event.kind.clone(),
        event.payload.clone(),
        event.actor.map(|id| id.to_string()).unwrap_or_default(),
        event.post.map(|id| id.to_string()).unwrap_or_default(),
        event.occurred_at.timestamp_millis().to_string(),
        event.recorded_at.timestamp_millis().to_string(),
        event.rule_version.0.to_string(),
    ];
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hash.finalize().to_vec()
}

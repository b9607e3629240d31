//! The leaf of an event: what the journal keeps of it beside its position, so that whoever changes an event afterwards
//! contradicts the journal.

use entity::event;
use sha2::{Digest, Sha256};

/// SHA-256 of the event's fields, each with its length before it. Times count in milliseconds, so that it is the same of
/// the event that was written and of the row that any database gives back.
pub(super) fn leaf(event: &event::Model) -> Vec<u8> {
    let mut hash = Sha256::new();
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

//! An event that the sequencer has not yet appended to the journal.

use domain::id::EventId;
use sea_orm::entity::prelude::*;

/// An event that the sequencer has not yet appended to the journal.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_waiting")]
pub struct Model {
    /// The number that the database assigned on insertion. Within a stream it follows the order of the versions.
    #[sea_orm(primary_key)]
    pub number: i64,
    /// The event that waits for its journal position.
    pub event_id: EventId,
    /// The SHA-256 hash of the event's canonical form.
    pub leaf: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

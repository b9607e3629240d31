//! An event that the sequencer has not yet placed in the journal.

use domain::id::EventId;
use sea_orm::entity::prelude::*;

/// An event that the sequencer has not yet placed in the journal.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_waiting")]
pub struct Model {
    /// The number, in the order in which events were written. Inside a stream this is the order of the versions.
    #[sea_orm(primary_key)]
    pub number: i64,
    /// The event.
    pub event_id: EventId,
    /// The SHA-256 hash of the event's canonical form.
    pub leaf: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

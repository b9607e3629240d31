//! An event that the sequencer has yet to place.

use domain::id::EventId;
use sea_orm::entity::prelude::*;

/// An event that the sequencer has yet to place.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_waiting")]
pub struct Model {
    /// In the order in which events were written: inside a stream, that of its versions.
    #[sea_orm(primary_key)]
    pub number: i64,
    /// The event.
    pub event_id: EventId,
    /// SHA-256 of the event's canonical form.
    pub leaf: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

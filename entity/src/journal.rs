//! An entry of the journal, which orders all events.

use domain::id::EventId;
use sea_orm::entity::prelude::*;

/// An entry of the journal, which orders all events.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    /// The position, counted from 1 without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The event.
    pub event_id: EventId,
    /// The SHA-256 hash of the event's canonical form.
    pub leaf: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

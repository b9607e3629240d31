//! A journal entry. The journal puts the events of all streams into one total order.

use domain::id::EventId;
use sea_orm::entity::prelude::*;

/// A journal entry. The journal puts the events of all streams into one total order.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    /// The journal position, counted from 1 without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The event at this position.
    pub event_id: EventId,
    /// The SHA-256 hash of the event's canonical form.
    pub leaf: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

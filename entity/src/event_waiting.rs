//! An event that the sequencer has yet to place.

use domain::id::EventId;
use sea_orm::entity::prelude::*;

/// An event that the sequencer has yet to place.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_waiting")]
pub struct Model {
    /// The event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: EventId,
}

impl ActiveModelBehavior for ActiveModel {}

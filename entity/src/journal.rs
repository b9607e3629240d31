//! The order of all events.

use domain::id::EventId;
use sea_orm::entity::prelude::*;

/// The order of all events.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    /// Gap-free from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The event.
    pub event_id: EventId,
    /// SHA-256 of the event's canonical form.
    pub leaf: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

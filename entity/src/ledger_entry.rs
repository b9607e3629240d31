//! One side of a movement of money. The sides of one event sum to zero.

use domain::award::Account;
use domain::id::{AwardId, EventId};
use domain::money::Fen;
use sea_orm::entity::prelude::*;

/// One side of a movement of money. The sides of one event sum to zero.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub struct Model {
    /// Row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// For which award.
    pub award_id: AwardId,
    /// The event that moved it.
    pub event_id: EventId,
    /// The account.
    pub account: Account,
    /// Plus or minus.
    pub amount_fen: Fen,
    /// When.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

//! One side of a movement of money. The sum of the sides of one event is 0.

use domain::award::Account;
use domain::id::{AwardId, EventId};
use domain::money::Fen;
use sea_orm::entity::prelude::*;

/// One side of a movement of money. The sum of the sides of one event is 0.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub struct Model {
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The award.
    pub award_id: AwardId,
    /// The event that moved the money.
    pub event_id: EventId,
    /// The account.
    pub account: Account,
    /// The change of the account, positive or negative.
    pub amount_fen: Fen,
    /// The time.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

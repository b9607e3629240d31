//! A posting of the award ledger: one side of a transfer. The postings of one event add up to 0.

use domain::award::Account;
use domain::id::{AwardId, EventId};
use domain::money::Fen;
use sea_orm::entity::prelude::*;

/// A posting of the award ledger: one side of a transfer. The postings of one event add up to 0.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_entry")]
pub struct Model {
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The award to which the money belongs.
    pub award_id: AwardId,
    /// The event that caused the transfer.
    pub event_id: EventId,
    /// The account whose balance changes.
    pub account: Account,
    /// The change of the balance in fen; negative if money leaves the account.
    pub amount_fen: Fen,
    /// The version of the event in the award's stream, which orders the postings.
    pub stream_version: i64,
    /// When the posting was made.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

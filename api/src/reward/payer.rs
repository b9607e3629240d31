//! Who pays.

use async_trait::async_trait;
use domain::money::Fen;
use uuid::Uuid;

/// What came of an order to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Paid, under the payer's own reference.
    Paid {
        /// What the payer's side calls it.
        reference: String,
    },
    /// Certainly not paid.
    Failed,
    /// Nobody knows yet: ask again under the same key, never pay again.
    Unknown,
}

/// Pays awards. An order is known by its key: the same key twice pays once.
#[async_trait]
pub trait Payer: Send + Sync {
    /// Pays `amount` under `key`, or says what came of that key before.
    async fn pay(&self, key: Uuid, amount: Fen) -> Outcome;
}

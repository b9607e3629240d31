//! The payment provider interface, and a fake provider for development and tests.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use domain::money::Fen;
use uuid::Uuid;

/// The outcome of a payment order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The provider paid the order.
    Paid {
        /// The transaction reference that the provider assigned.
        reference: String,
    },
    /// The provider definitively did not pay the order, so a new attempt is safe.
    Failed,
    /// The outcome is unknown, for example after a timeout. The server retries under the same key and never starts a
    /// second payment.
    Unknown,
}

/// A payment provider. The key is an idempotency key: an implementation must pay each key at most once.
#[async_trait]
pub(crate) trait Payer: Send + Sync {
    /// Pays `amount` under `key`, or returns the outcome of an earlier call with that key.
    async fn pay(&self, key: Uuid, amount: Fen) -> Outcome;
}

/// A fake provider for development, which moves no money. It pays immediately and keeps the orders in memory.
///
/// The last two digits of the amount in fen select the behaviour: `..13` always fails; `..14` fails for the first order
/// of that amount and succeeds for the next one; `..17` is paid, but the first call reports an unknown outcome, and a
/// retry with the same key reports the payment.
#[derive(Debug, Default)]
pub(crate) struct TestPayer {
    orders: Mutex<HashMap<Uuid, Order>>,
    #[cfg(test)]
    hangs: std::sync::atomic::AtomicBool,
}

/// The order stored for a key, with the number of calls under that key.
#[derive(Debug, Clone)]
struct Order {
    amount: Fen,
    asked: u32,
    paid: bool,
}

impl TestPayer {
    /// Returns the number of paid orders and their total amount.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn paid(&self) -> (usize, Fen) {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let paid: Vec<Fen> = orders.values().filter(|order| order.paid).map(|order| order.amount).collect();
        (paid.len(), Fen(paid.iter().map(|amount| amount.0).sum()))
    }

    /// Sets whether calls hang forever instead of returning an outcome.
    #[cfg(test)]
    pub(crate) fn hang(&self, hangs: bool) {
        self.hangs.store(hangs, std::sync::atomic::Ordering::SeqCst);
    }
}

#[async_trait]
impl Payer for TestPayer {
    async fn pay(&self, key: Uuid, amount: Fen) -> Outcome {
        #[cfg(test)]
        if self.hangs.load(std::sync::atomic::Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let ending = amount.0.rem_euclid(100);
        let same_amount = orders.iter().any(|(other, order)| *other != key && order.amount == amount);
        let fails = ending == 13 || (ending == 14 && !same_amount);
        let order = orders.entry(key).or_insert(Order { amount, asked: 0, paid: !fails });
        order.asked += 1;
        match (order.paid, ending, order.asked) {
            (false, ..) => Outcome::Failed,
            (true, 17, 1) => Outcome::Unknown,
            (true, ..) => Outcome::Paid { reference: format!("TEST-{}", key.simple()) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_is_paid_once() {
        let payer = TestPayer::default();
        let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
        let paid = payer.pay(first, Fen(5_000)).await;
        assert_eq!(payer.pay(first, Fen(5_000)).await, paid);
        assert_eq!(payer.paid(), (1, Fen(5_000)));
        assert_ne!(payer.pay(second, Fen(5_000)).await, paid);
        assert_eq!(payer.paid(), (2, Fen(10_000)));
    }

    #[tokio::test]
    async fn endings_of_the_amount_make_it_fail_or_forget() {
        let payer = TestPayer::default();
        let key = Uuid::new_v4();
        assert_eq!(
            [payer.pay(key, Fen(113)).await, payer.pay(key, Fen(113)).await],
            [Outcome::Failed, Outcome::Failed]
        );
        let key = Uuid::new_v4();
        assert_eq!(payer.pay(key, Fen(114)).await, Outcome::Failed);
        assert_eq!(payer.pay(key, Fen(114)).await, Outcome::Failed, "the same key keeps its answer");
        assert!(matches!(payer.pay(Uuid::new_v4(), Fen(114)).await, Outcome::Paid { .. }));
        let key = Uuid::new_v4();
        assert_eq!(payer.pay(key, Fen(117)).await, Outcome::Unknown);
        assert!(matches!(payer.pay(key, Fen(117)).await, Outcome::Paid { .. }));
        assert_eq!(payer.paid(), (2, Fen(231)));
    }
}

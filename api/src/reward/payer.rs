//! Who pays.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use domain::money::Fen;
use uuid::Uuid;

/// What came of an order to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
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
pub(crate) trait Payer: Send + Sync {
    /// Pays `amount` under `key`, or says what came of that key before.
    async fn pay(&self, key: Uuid, amount: Fen) -> Outcome;
}

/// A payer for development: no money moves. It pays at once and remembers the keys.
///
/// The last two digits of the amount tell it to behave otherwise: `..13` always fails, `..14` fails the first order of
/// that amount and pays the next, `..17` has been paid but is not known to be until the same key is asked for again.
#[derive(Debug, Default)]
pub(crate) struct TestPayer {
    orders: Mutex<HashMap<Uuid, Order>>,
    #[cfg(test)]
    hangs: std::sync::atomic::AtomicBool,
}

/// What the test payer remembers of a key.
#[derive(Debug, Clone)]
struct Order {
    amount: Fen,
    asked: u32,
    paid: bool,
}

impl TestPayer {
    /// How many orders were paid, and how much altogether.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn paid(&self) -> (usize, Fen) {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let paid: Vec<Fen> = orders.values().filter(|order| order.paid).map(|order| order.amount).collect();
        (paid.len(), Fen(paid.iter().map(|amount| amount.0).sum()))
    }

    /// Whether it answers at all.
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

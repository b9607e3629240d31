//! Who sends one-time codes.

use async_trait::async_trait;

/// Sends one-time codes to phones.
#[async_trait]
pub trait CodeSender: Send + Sync {
    /// Sends `code` to `phone`. Implementations never log either.
    ///
    /// # Errors
    /// `false` when the message was not taken.
    async fn send(&self, phone: &str, code: &str) -> bool;
}

//! Senders of one-time codes 验证码.

use std::io::Write;

use async_trait::async_trait;
use uuid::Uuid;

use super::person::Phone;

/// Sends one-time codes to phones. Implementations never log a number or a code.
#[async_trait]
pub(crate) trait CodeSender: Send + Sync {
    /// Sends the `code` of this `request`. Returns `false` if the message was not accepted.
    async fn send(&self, phone: &Phone, request: Uuid, code: &str) -> bool;
}

/// The sender for development. It prints each code as one line on standard output, with the number masked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ConsoleSender;

#[async_trait]
impl CodeSender for ConsoleSender {
    async fn send(&self, phone: &Phone, request: Uuid, code: &str) -> bool {
        let line = format!("one-time code for {} (request {request}): {code}\n", phone.masked());
        let mut out = std::io::stdout().lock();
        out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_ok()
    }
}

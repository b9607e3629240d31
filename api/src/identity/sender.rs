//! The sender interface for one-time codes 验证码.

use std::io::Write;

use async_trait::async_trait;
use uuid::Uuid;

use super::person::Phone;

/// Sends one-time codes by text message. Implementations never log a phone number or a code.
#[async_trait]
pub(crate) trait CodeSender: Send + Sync {
    /// Sends the `code` of code request `request`. Returns `false` if the message was not accepted for delivery.
    async fn send(&self, phone: &Phone, request: Uuid, code: &str) -> bool;
}

/// The development sender. It prints each code as one line on standard output, with the phone number masked.
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

//! The sender of one-time codes in the demo. It keeps the codes in memory, so that the demo can log in as its people.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::identity::Phone;
use crate::identity::sender::{CodeSender, ConsoleSender};

/// How long [`Codes::take`] waits for a code.
const CODE_TIMEOUT: Duration = Duration::from_secs(30);

/// Keeps the codes while the demo plays its steps. Afterwards prints them, as the development sender does.
#[derive(Debug, Default)]
pub(super) struct Codes {
    by_request: Mutex<HashMap<Uuid, String>>,
    arrived: Notify,
    prints: AtomicBool,
}

impl Codes {
    /// Waits for the code that belongs to this `requestCode` call, and takes it out. The server sends the code after
    /// its response. Returns `None` if no code arrives within 30 seconds.
    pub(super) async fn take(&self, request_id: Uuid) -> Option<String> {
        let code = async {
            loop {
                let mut arrived = std::pin::pin!(self.arrived.notified());
                arrived.as_mut().enable(); // before the lookup, so that a code that arrives before the wait is not missed
                let code = self.by_request.lock().unwrap_or_else(PoisonError::into_inner).remove(&request_id);
                if let Some(code) = code {
                    return code;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(CODE_TIMEOUT, code).await.ok()
    }

    /// Prints all later codes, for people who use the server after the demo.
    pub(super) fn start_printing(&self) {
        self.prints.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl CodeSender for Codes {
    async fn send(&self, phone: &Phone, request: Uuid, code: &str) -> bool {
        if self.prints.load(Ordering::Relaxed) {
            return ConsoleSender.send(phone, request, code).await;
        }
        self.by_request.lock().unwrap_or_else(PoisonError::into_inner).insert(request, code.to_owned());
        self.arrived.notify_waiters();
        true
    }
}

//! The sender of one-time codes in the demonstration, from which the players read their codes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::identity::Phone;
use crate::identity::sender::{CodeSender, ConsoleSender};

/// The timeout for the arrival of a code.
const PATIENCE: Duration = Duration::from_secs(30);

/// Stores codes for the players while the story runs. After the story, prints them as the development sender does.
#[derive(Debug, Default)]
pub(super) struct Codes {
    kept: Mutex<HashMap<Uuid, String>>,
    came: Notify,
    over: AtomicBool,
}

impl Codes {
    /// Waits for the code of a request, which is sent after the response, and removes it. Returns `None` if none
    /// arrives within the timeout.
    pub(super) async fn take(&self, request: Uuid) -> Option<String> {
        let arrives = async {
            loop {
                let mut came = std::pin::pin!(self.came.notified());
                came.as_mut().enable(); // registered before the lookup, so that no code is missed in between
                let code = self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&request);
                if let Some(code) = code {
                    return code;
                }
                came.await;
            }
        };
        tokio::time::timeout(PATIENCE, arrives).await.ok()
    }

    /// Switches to printing codes, for people who try the server after the story.
    pub(super) fn speak(&self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

#[async_trait]
impl CodeSender for Codes {
    async fn send(&self, phone: &Phone, request: Uuid, code: &str) -> bool {
        if self.over.load(Ordering::Relaxed) {
            return ConsoleSender.send(phone, request, code).await;
        }
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(request, code.to_owned());
        self.came.notify_waiters();
        true
    }
}

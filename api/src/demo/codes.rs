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

/// The time for which a player waits for a code.
const PATIENCE: Duration = Duration::from_secs(30);

/// Keeps codes while the story runs. After it, prints them as the development sender does.
#[derive(Debug, Default)]
pub(super) struct Codes {
    kept: Mutex<HashMap<Uuid, String>>,
    came: Notify,
    over: AtomicBool,
}

impl Codes {
    /// Waits for the code of a request and removes it, because codes are sent after the answer. Returns `None` if none
    /// arrives in time.
    pub(super) async fn take(&self, request: Uuid) -> Option<String> {
        let arrives = async {
            loop {
                let mut came = std::pin::pin!(self.came.notified());
                came.as_mut().enable(); // before the look, so that no code arrives unseen in between
                let code = self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&request);
                if let Some(code) = code {
                    return code;
                }
                came.await;
            }
        };
        tokio::time::timeout(PATIENCE, arrives).await.ok()
    }

    /// Ends the story: from now on, codes are printed for people who try the server.
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

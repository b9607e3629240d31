//! The sender of one-time codes in the demonstration: the players read theirs here, as from a phone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::identity::Phone;
use crate::identity::sender::{CodeSender, ConsoleSender};

/// How long a player looks at the phone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Keeps codes while the story is played, and prints them, as the development sender does, when it is over.
#[derive(Debug, Default)]
pub(super) struct Codes {
    kept: Mutex<HashMap<Uuid, String>>,
    came: Notify,
    over: AtomicBool,
}

impl Codes {
    /// The code of a request, once; waits for it: codes are sent after the answer that promises them.
    pub(super) async fn take(&self, request: Uuid) -> Option<String> {
        let arrives = async {
            loop {
                let mut came = std::pin::pin!(self.came.notified());
                came.as_mut().enable(); // before looking, so that none comes unseen in between
                let code = self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&request);
                if let Some(code) = code {
                    return code;
                }
                came.await;
            }
        };
        tokio::time::timeout(PATIENCE, arrives).await.ok()
    }

    /// The story is over: from now on codes are printed for whoever plays on.
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

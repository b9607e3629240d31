//! The [`App`]: the shared state that every service needs, behind one `Arc`. A part is a trait object only if tests
//! replace it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use tokio::sync::Notify;

use crate::config::Config;
use crate::database::Database;
use crate::error::ApiResult;
use crate::identity::followup::WrongCodes;
use crate::identity::keys::Keys;
use crate::identity::sender::CodeSender;
use crate::identity::sightings::Sightings;
use crate::photo::darkroom::Darkroom;
use crate::photo::room::Room;
use crate::photo::store::PhotoStore;
use crate::policy::rulebook::RuleBook;
use crate::policy::rulebook_cache::RuleBookCache;
use crate::reward::payer::Payer;

/// A handle to the shared state of the running server. Cloning it only increments a reference count.
#[derive(Clone)]
pub(crate) struct App(Arc<AppParts>);

/// The state that an [`App`] shares.
pub(crate) struct AppParts {
    /// The settings, which do not change while the process runs.
    pub config: Config,
    /// The connection pools of the database.
    pub database: Database,
    /// The signing and encryption keys, which are stored outside the database.
    pub keys: Keys,
    /// The photo store: a folder or an S3 bucket.
    pub photos: Arc<dyn PhotoStore>,
    /// The darkroom, which re-encodes stored photos into copies that are safe to display.
    pub darkroom: Arc<Darkroom>,
    /// The room on the disk that is set aside for photos which are arriving.
    pub photo_room: Room,
    /// The counters of wrong follow-up codes.
    pub wrong_codes: WrongCodes,
    /// The signs of people that wait to be written: logins, refreshed sessions, submissions.
    pub sightings: Sightings,
    /// The sender of one-time codes.
    pub sender: Arc<dyn CodeSender>,
    /// The payment service that pays out awards.
    pub payer: Arc<dyn Payer>,
    /// The base URL at which clients reach the server, without a trailing slash.
    pub public_url: String,
    /// The cache of the rules in force. It reloads them after an import has changed them.
    pub rule_books: RuleBookCache,
    /// Wakes the sequencer after a commit. This is only a hint: the sequencer polls the table of waiting events anyway.
    pub wake: Notify,
    /// Wakes the journal followers after events were sequenced. This is only a hint: the followers poll the journal
    /// table anyway.
    pub placed: Notify,
    /// The clock.
    pub clock: AppClock,
}

/// The clock of the app: that of the machine. Only the demonstration puts it forward, to show in seconds what takes days.
#[derive(Debug, Default)]
pub(crate) struct AppClock {
    ahead_ms: AtomicI64,
}

impl AppClock {
    /// Puts the clock forward so that it is at least `to` now.
    pub(crate) fn put_forward(&self, to: DateTime<Utc>) {
        self.ahead_ms.fetch_add((to - self.now()).num_milliseconds().max(0), Ordering::Relaxed);
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock of the machine")]
    fn now(&self) -> DateTime<Utc> {
        (Utc::now() + TimeDelta::milliseconds(self.ahead_ms.load(Ordering::Relaxed))).trunc_subsecs(3)
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

impl std::ops::Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

impl App {
    /// Creates the app from its parts.
    #[must_use]
    pub(crate) fn new(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }

    /// Returns the current time, truncated to milliseconds, the precision at which both engines store times.
    #[must_use]
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Returns the read connection pool.
    #[must_use]
    pub(crate) fn db(&self) -> &DatabaseConnection {
        &self.database.read
    }

    /// Begins a write transaction.
    pub(crate) async fn begin_write(&self) -> ApiResult<DatabaseTransaction> {
        Ok(self.database.begin_write().await?)
    }

    /// Begins a write transaction for a batch of submissions, on the connections reserved for them.
    pub(crate) async fn begin_batch(&self) -> ApiResult<DatabaseTransaction> {
        Ok(self.database.begin_batch().await?)
    }

    /// Commits the transaction and wakes the sequencer, since the transaction may have written events.
    ///
    /// # Errors
    /// `TRY_LATER` if the database does not respond. It is then unknown whether the transaction was committed.
    pub(crate) async fn commit(&self, txn: DatabaseTransaction) -> ApiResult<()> {
        let committed = txn.commit().await;
        self.database.trouble.saw(&committed);
        committed?;
        self.wake.notify_one();
        Ok(())
    }

    /// Returns the rules for a decision: those of the rule revision that is visible to the transaction.
    pub(crate) async fn rules(&self, txn: &DatabaseTransaction) -> ApiResult<Arc<RuleBook>> {
        self.rule_books.current(txn).await
    }

    /// Returns the rules that were loaded last, to prepare a decision before its transaction. The transaction must then
    /// check whether they are still in force.
    pub(crate) async fn rules_at_hand(&self) -> ApiResult<Arc<RuleBook>> {
        match self.rule_books.at_hand() {
            Some(rules) => Ok(rules),
            None => self.rules_to_read().await,
        }
    }

    /// Returns the rules currently in force, for queries.
    pub(crate) async fn rules_to_read(&self) -> ApiResult<Arc<RuleBook>> {
        self.rule_books.current(self.db()).await
    }
}

//! The [`App`]: everything that a service needs, in one value that is cheap to clone. A part is a trait only if tests
//! replace it.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use sea_orm::{DatabaseConnection, DatabaseTransaction};
use tokio::sync::Notify;

use crate::config::Config;
use crate::database::Database;
use crate::error::ApiResult;
use crate::identity::keys::Keys;
use crate::identity::sender::CodeSender;
use crate::photo::darkroom::Darkroom;
use crate::photo::store::PhotoStore;
use crate::policy::rulebook::RuleBook;
use crate::policy::rulebook_cache::RuleBookCache;
use crate::reward::payer::Payer;

/// The running server.
#[derive(Clone)]
pub(crate) struct App(Arc<AppParts>);

/// The parts of the server.
pub(crate) struct AppParts {
    /// The settings in force.
    pub config: Config,
    /// The database.
    pub database: Database,
    /// The keys, which live outside the database.
    pub keys: Keys,
    /// The store of the photos.
    pub photos: Arc<dyn PhotoStore>,
    /// The darkroom, which turns stored photos into clean ones that may be shown.
    pub darkroom: Arc<Darkroom>,
    /// The sender of one-time codes.
    pub sender: Arc<dyn CodeSender>,
    /// The payer of awards.
    pub payer: Arc<dyn Payer>,
    /// The URL at which clients reach the server, without a slash at its end.
    pub public_url: String,
    /// The cache of the rules in force. It reads them again after an import has changed them.
    pub rule_books: RuleBookCache,
    /// Wakes the sequencer. This is only a hint: the sequencer takes the waiting events from their table.
    pub wake: Notify,
    /// Wakes the followers of the journal. This is only a hint: the followers read the journal table.
    pub placed: Notify,
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

    /// Returns the time, in whole milliseconds, which is the precision of both engines.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    #[expect(clippy::unused_self, reason = "the clock belongs to the app, so that a test can set it")]
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(3)
    }

    /// Returns the connection for reading.
    #[must_use]
    pub(crate) fn db(&self) -> &DatabaseConnection {
        &self.database.read
    }

    /// Begins a transaction that will write.
    pub(crate) async fn begin_write(&self) -> ApiResult<DatabaseTransaction> {
        Ok(self.database.begin_write().await?)
    }

    /// Begins a transaction that will write a batch of submissions.
    pub(crate) async fn begin_batch(&self) -> ApiResult<DatabaseTransaction> {
        Ok(self.database.begin_batch().await?)
    }

    /// Commits, and wakes the sequencer, since events may wait.
    ///
    /// # Errors
    /// `TRY_LATER` if the database does not answer. It is then unknown whether the transaction was committed.
    pub(crate) async fn commit(&self, txn: DatabaseTransaction) -> ApiResult<()> {
        let committed = txn.commit().await;
        self.database.trouble.saw(&committed);
        committed?;
        self.wake.notify_one();
        Ok(())
    }

    /// Returns the rules in force for a decision: those of the revision that the transaction sees.
    pub(crate) async fn rules(&self, txn: &DatabaseTransaction) -> ApiResult<Arc<RuleBook>> {
        self.rule_books.current(txn).await
    }

    /// Returns the rules that were read last, to prepare a decision outside of its transaction. The transaction must
    /// then check whether they are still in force.
    pub(crate) async fn rules_at_hand(&self) -> ApiResult<Arc<RuleBook>> {
        match self.rule_books.at_hand() {
            Some(rules) => Ok(rules),
            None => self.rules_to_read().await,
        }
    }

    /// Returns the rules in force now, for reading.
    pub(crate) async fn rules_to_read(&self) -> ApiResult<Arc<RuleBook>> {
        self.rule_books.current(self.db()).await
    }
}

//! Everything a service needs, in one value that is cheap to clone. Only what has a second form in tests is a trait.

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
pub(crate) struct App(Arc<Parts>);

/// What the server is made of.
pub(crate) struct Parts {
    /// The settings in force.
    pub config: Config,
    /// The database.
    pub database: Database,
    /// The keys, which live outside the database.
    pub keys: Keys,
    /// Where photos lie.
    pub photos: Arc<dyn PhotoStore>,
    /// Where they are made ready to show.
    pub darkroom: Arc<Darkroom>,
    /// Who sends one-time codes.
    pub sender: Arc<dyn CodeSender>,
    /// Who pays awards.
    pub payer: Arc<dyn Payer>,
    /// URL under which clients reach the server, without a slash at its end.
    pub public_url: String,
    /// The rules in force, re-read when an import has changed them.
    pub rule_books: RuleBookCache,
    /// Hurries the sequencer; the table is the truth.
    pub wake: Notify,
    /// Hurries the followers of the journal; the table is the truth.
    pub placed: Notify,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Gathers the parts.
    #[must_use]
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The time, in whole milliseconds: what both engines keep.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    #[expect(clippy::unused_self, reason = "the clock belongs to the app, so that a test can set it")]
    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(3)
    }

    /// The connection for reading.
    #[must_use]
    pub(crate) fn db(&self) -> &DatabaseConnection {
        &self.database.read
    }

    /// Begins a transaction that will write.
    ///
    /// # Errors
    /// `TRY_LATER` when the database is not answering.
    pub(crate) async fn begin_write(&self) -> ApiResult<DatabaseTransaction> {
        Ok(self.database.begin_write().await?)
    }

    /// Begins a transaction that will write a batch of submissions.
    ///
    /// # Errors
    /// `TRY_LATER` when the database is not answering.
    pub(crate) async fn begin_batch(&self) -> ApiResult<DatabaseTransaction> {
        Ok(self.database.begin_batch().await?)
    }

    /// Commits, and lets the sequencer know that events wait.
    ///
    /// # Errors
    /// `TRY_LATER` when the database is not answering: whether it was committed is then unknown.
    pub(crate) async fn commit(&self, txn: DatabaseTransaction) -> ApiResult<()> {
        let committed = txn.commit().await;
        self.database.trouble.saw(&committed);
        committed?;
        self.wake.notify_one();
        Ok(())
    }

    /// The rules in force now, for a decision: read under the revision that the transaction sees.
    ///
    /// # Errors
    /// When the database is not answering or holds rules that cannot be read.
    pub(crate) async fn rules(&self, txn: &DatabaseTransaction) -> ApiResult<Arc<RuleBook>> {
        self.rule_books.current(txn).await
    }

    /// The rules that were read last, for preparing a decision outside of its transaction, which must then see whether
    /// they are still those in force.
    ///
    /// # Errors
    /// As [`App::rules`].
    pub(crate) async fn rules_at_hand(&self) -> ApiResult<Arc<RuleBook>> {
        match self.rule_books.at_hand() {
            Some(rules) => Ok(rules),
            None => self.rules_to_read().await,
        }
    }

    /// The rules in force now, for reading.
    ///
    /// # Errors
    /// As [`App::rules`].
    pub(crate) async fn rules_to_read(&self) -> ApiResult<Arc<RuleBook>> {
        self.rule_books.current(self.db()).await
    }
}

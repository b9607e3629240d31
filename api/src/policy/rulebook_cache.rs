//! The rulebook cache keeps the newest rulebook in memory and reloads it from the database after an import.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::policy::RuleVersion;
use entity::{area, area_code, calendar_day, category, code_entry, duty, policy, revision, unit};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter};
use tokio::sync::{Mutex, MutexGuard};

use super::roster::RosterRows;
use super::rulebook::{RuleBook, RuleRows};
use crate::area::Areas;
use crate::error::{ApiError, ApiResult};

/// How long a request waits while another one loads the rules. After that it loads them itself, because on PostgreSQL
/// the other request may in turn be waiting for the connection that this one holds.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often loading one revision is attempted. An attempt is void if an import commits while it runs.
const ATTEMPTS: usize = 4;

/// The cache for the newest rulebook that this process has loaded.
#[derive(Debug, Default)]
pub struct RuleBookCache {
    held: RwLock<Option<Arc<RuleBook>>>,
    reading: Mutex<()>,
}

impl RuleBookCache {
    /// Returns the rulebook of the newest revision that `db` sees. On a cache hit this takes a single query.
    ///
    /// # Errors
    /// `TRY_LATER` if imports keep committing while the rules are loaded.
    pub async fn current<C: ConnectionTrait>(&self, db: &C) -> ApiResult<Arc<RuleBook>> {
        let newest = revision::Entity::newest(db).await?;
        if let Some(book) = self.held(newest) {
            return Ok(book);
        }
        let _turn: Option<MutexGuard<'_, ()>> = tokio::time::timeout(PATIENCE, self.reading.lock()).await.ok();
        for _ in 0..ATTEMPTS {
            let before = revision::Entity::newest(db).await?;
            if let Some(book) = self.held(before) {
                return Ok(book);
            }
            let book = Arc::new(self.read(db, before).await?);
            if revision::Entity::newest(db).await? == before {
                self.keep(&book);
                return Ok(book);
            }
        }
        Err(domain::Code::TryLater.into())
    }

    /// Returns the cached rulebook without querying, if there is one. A caller can prepare a decision with it before
    /// its transaction, which then checks the result under the revision that it sees.
    #[must_use]
    pub fn at_hand(&self) -> Option<Arc<RuleBook>> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn held(&self, number: i64) -> Option<Arc<RuleBook>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|book| book.version.0 == number).cloned()
    }

    fn keep(&self, book: &Arc<RuleBook>) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_none_or(|older| older.version <= book.version) {
            *held = Some(Arc::clone(book));
        }
    }

    async fn read<C: ConnectionTrait>(&self, db: &C, number: i64) -> ApiResult<RuleBook> {
        let areas = self.areas(db, number).await?;
        let rows = RuleRows {
            units: unit::Entity::find().all(db).await?,
            codes: code_entry::Entity::find().all(db).await?,
            categories: category::Entity::find().all(db).await?,
            duties: duty::Entity::find().all(db).await?,
            days: calendar_day::Entity::find().all(db).await?,
            policies: policy::Entity::find().all(db).await?,
            roster: RosterRows::load(db, number).await?,
        };
        RuleBook::build(RuleVersion(number), areas, rows)
    }

    /// Returns the areas of revision `number`. It reuses the cached areas if no area file has been imported since,
    /// because parsing boundaries takes most of the loading time.
    async fn areas<C: ConnectionTrait>(&self, db: &C, number: i64) -> ApiResult<Arc<Areas>> {
        if let Some(book) = self.at_hand().filter(|book| book.version.0 <= number) {
            let since = revision::COLUMN.number.gt(book.version.0);
            let moved = revision::Entity::find().filter(since).filter(revision::COLUMN.kind.eq("areas"));
            if moved.one(db).await?.is_none() {
                return Ok(Arc::clone(&book.areas));
            }
        }
        let rows = area::Entity::find().all(db).await?;
        let codes = area_code::Entity::find().all(db).await?;
        let built = tokio::task::spawn_blocking(move || Areas::build(rows, codes)).await;
        Ok(Arc::new(built.map_err(ApiError::internal)??))
    }
}

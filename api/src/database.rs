//! The database: one writer and several readers on SQLite, one pool on PostgreSQL. Write transactions begin only here.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use migration::Migrator;
use sea_orm::sea_query::LockType;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    IsolationLevel, QuerySelect, Select, SqliteTransactionMode, SqlxPostgresConnector, SqlxSqliteConnector, Statement,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::{MigratorTrait, SchemaManager};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::telemetry::statements;

pub(crate) mod checkpoint;
mod trouble;

pub(crate) use trouble::Trouble;

/// The length of SQLite's write-ahead log, in pages (160 MB), after which a commit moves the pages itself: the last
/// resort if [`checkpoint`] does not do so in time.
const CHECKPOINT_LAST_RESORT: &str = "40000";

/// The name of the SQLite file in the data folder.
pub(crate) const SQLITE_FILE: &str = "chuishao.db";

/// The page cache of a connection, in negative KiB: twice the pages that the largest batch changes, so that SQLite
/// writes no page before the commit. A larger cache would be slower: nearly every commit splits a page of an index, and
/// SQLite then visits the whole cache, which with 32 MB took a third of the writer's time. The operating system caches
/// the file anyway.
const SQLITE_CACHE: &str = "-8192";
/// The prepared statements that a connection keeps. There are many, because a batch has another statement for each
/// length.
const SQLITE_STATEMENTS: usize = 256;
/// The connections to PostgreSQL that are reserved for submissions: one for each write queue.
const WRITE_QUEUES: u32 = 2;
/// A connection for submissions that was used within this time is not tested before its next use: under load, the test
/// would cost one more round trip for each batch.
const FRESH: Duration = Duration::from_millis(100);

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one writer.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

/// The connections to the database.
#[derive(Debug, Clone)]
pub struct Database {
    /// The kind of database.
    pub engine: Engine,
    /// The connections that only read.
    pub read: DatabaseConnection,
    write: DatabaseConnection,
    /// The connections for batches of submissions. On PostgreSQL they are separate: no other request occupies them, and
    /// each batch reaches a backend that has prepared its statements. On SQLite this is the one writer.
    intake: DatabaseConnection,
    /// The connection that moves pages of SQLite's write-ahead log into the file while the writer writes.
    aside: Option<DatabaseConnection>,
    /// Whether the database accepts writes.
    pub trouble: Arc<Trouble>,
}

impl Database {
    /// Opens the SQLite file in `folder`, and creates it if it is missing.
    ///
    /// The pool discards a writer that is still in a transaction. If a commit fails because of a full disk or a disk
    /// error, SQLite ends the transaction by itself, and the driver's rollback fails. The driver would then treat each
    /// later transaction as a savepoint of one that no one commits, and the server would confirm data that never
    /// reaches the disk.
    pub async fn open_sqlite(folder: &Path) -> Result<Self, DbErr> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join(SQLITE_FILE))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full) // an answer means that the commit has reached the disk
            .foreign_keys(true)
            .statement_cache_capacity(SQLITE_STATEMENTS)
            .busy_timeout(Duration::from_secs(5))
            .pragma("temp_store", "memory")
            .pragma("cache_size", SQLITE_CACHE)
            .pragma("wal_autocheckpoint", CHECKPOINT_LAST_RESORT);
        // The database is a local file, so testing the connection before each transaction would only cost time.
        let one = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
        let one = one.before_acquire(|writer, _| Box::pin(async move { Ok(!writer.is_in_transaction()) }));
        let write = one.connect_with(options.clone()).await.map_err(conn)?;
        let aside = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options.clone());
        let read = SqlitePoolOptions::new()
            .max_connections(4)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "on"))
            .await
            .map_err(conn)?;
        let mut read = SqlxSqliteConnector::from_sqlx_sqlite_pool(read);
        let mut write = SqlxSqliteConnector::from_sqlx_sqlite_pool(write);
        statements::watch(&mut read);
        statements::watch(&mut write);
        let aside = Some(SqlxSqliteConnector::from_sqlx_sqlite_pool(aside));
        Ok(Self { engine: Engine::Sqlite, read, intake: write.clone(), write, aside, trouble: Arc::default() })
    }

    /// Connects to PostgreSQL with at most this many connections, but with at least two of each kind. If submissions
    /// are written in batches, some connections are reserved for them; otherwise any connection writes a submission.
    pub async fn open_postgres(url: &str, connections: u32, batches: bool) -> Result<Self, DbErr> {
        let options = PgConnectOptions::from_str(url).map_err(conn)?.options([
            ("statement_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("timezone", "UTC"),
        ]);
        let pool = |most| PgPoolOptions::new().max_connections(most).acquire_timeout(Duration::from_secs(8));
        let kept = if batches { WRITE_QUEUES } else { 0 };
        let both = pool(connections.saturating_sub(kept).max(WRITE_QUEUES))
            .connect_with(options.clone())
            .await
            .map_err(conn)?;
        let mut both = SqlxPostgresConnector::from_sqlx_postgres_pool(both);
        statements::watch(&mut both);
        let mut intake = both.clone();
        if batches {
            let reserved = pool(kept).test_before_acquire(false).before_acquire(|backend, seen| {
                Box::pin(async move { Ok(seen.idle_for < FRESH || backend.ping().await.is_ok()) })
            });
            intake = SqlxPostgresConnector::from_sqlx_postgres_pool(reserved.connect_lazy_with(options));
            statements::watch(&mut intake);
        }
        let (engine, read) = (Engine::Postgres, both.clone());
        Ok(Self { engine, read, write: both, intake, aside: None, trouble: Arc::default() })
    }

    /// Begins a transaction that will write. On SQLite it is IMMEDIATE, so that a write after a read cannot fail.
    pub async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        begin_write(&self.write).await
    }

    /// Begins a transaction that will write a batch of submissions.
    pub async fn begin_batch(&self) -> Result<DatabaseTransaction, DbErr> {
        begin_write(&self.intake).await
    }

    /// Begins a transaction that reads a snapshot of the database, without a time limit. Returns it with the name of
    /// the snapshot, so that PostgreSQL's own tools can read the same snapshot. Only for PostgreSQL.
    pub async fn begin_snapshot(&self) -> Result<(DatabaseTransaction, String), DbErr> {
        let options = TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        };
        let txn = self.write.begin_with_options(options).await?;
        for limit in ["statement_timeout", "idle_in_transaction_session_timeout"] {
            txn.execute_unprepared(&format!("SET LOCAL {limit} = 0")).await?;
        }
        let ask = Statement::from_string(DbBackend::Postgres, "SELECT pg_export_snapshot() AS name");
        let row = txn.query_one_raw(ask).await?.ok_or_else(|| DbErr::Custom("a snapshot has no name".to_owned()))?;
        let name = row.try_get("", "name")?;
        Ok((txn, name))
    }

    /// Copies the committed data into a new file, while other connections continue to read and write. Only for SQLite.
    pub async fn copy_into(&self, file: &Path) -> Result<(), DbErr> {
        let file = file.to_str().ok_or_else(|| DbErr::Custom("the name of the copy is not UTF-8".to_owned()))?;
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [file.into()]);
        self.write.execute_raw(copy).await?;
        Ok(())
    }

    /// Applies the pending migrations.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        Migrator::up(&self.write, None).await
    }

    /// Returns the names of all migrations, the oldest first.
    #[must_use]
    pub fn migrations() -> Vec<String> {
        Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
    }

    /// Returns the number of pending migrations.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations(&self.write).await?.len())
    }

    /// Checks whether the database has tables of this program, of any schema version.
    pub async fn has_tables(&self) -> Result<bool, DbErr> {
        let schema = SchemaManager::new(&self.read);
        Ok(schema.has_table("seaql_migrations").await? || schema.has_table("report").await?)
    }

    /// Checks whether the database answers.
    pub async fn answers(&self) -> bool {
        self.read.execute_unprepared("SELECT 1").await.is_ok()
    }

    /// Closes all connections. SQLite then leaves one file.
    pub async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        if let Some(aside) = self.aside {
            aside.close().await?;
        }
        self.intake.close().await?;
        self.write.close().await
    }
}

/// Opens a copy of the SQLite file that no server uses, with one connection. SQLite overwrites the rows that are
/// deleted from it.
pub(crate) async fn open_sqlite_copy(file: &Path) -> Result<DatabaseConnection, DbErr> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false) // the copy is consistent, and whole tables are deleted
        .pragma("secure_delete", "on")
        .pragma("temp_store", "memory");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(conn)?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

async fn begin_write(by: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    by.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() }).await
}

fn conn(error: sqlx::Error) -> DbErr {
    DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into()))
}

/// Returns the select with a lock on its rows against other deciders: `FOR NO KEY UPDATE` on PostgreSQL, which does not
/// conflict with the foreign-key checks of rows that refer to them. SQLite needs no lock, since it has one writer.
#[must_use]
pub(crate) fn locked<E: EntityTrait>(select: Select<E>) -> Select<E> {
    select.lock(LockType::NoKeyUpdate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sqlite_is_compiled_as_the_settings_of_this_folder_say() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open_sqlite(folder.path()).await.unwrap();
        let ask = Statement::from_string(DbBackend::Sqlite, "PRAGMA compile_options");
        let options = database.read.query_all_raw(ask).await.unwrap();
        let options: Vec<String> = options.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        for (wanted, there) in
            [("ENABLE_QPSG", true), ("DEFAULT_MEMSTATUS=0", true), ("ENABLE_MEMORY_MANAGEMENT", false)]
        {
            assert_eq!(options.iter().any(|option| option == wanted), there, "{wanted}: {options:?}");
        }
        database.close().await.unwrap();
    }
}

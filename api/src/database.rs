//! The database connections: one writer and several readers on SQLite; on PostgreSQL one pool, and a reserved pool for
//! batches of submissions. Write transactions begin only here.

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

/// The size of SQLite's write-ahead log, in pages of 4 KiB (160 MB in total), at which SQLite itself checkpoints during a
/// commit. It is a last resort, in case [`checkpoint`] does not keep up.
const CHECKPOINT_LAST_RESORT: &str = "40000";

/// The name of the SQLite file in the data folder.
pub(crate) const SQLITE_FILE: &str = "chuishao.db";

/// The page cache of a connection, in KiB (8 MiB): SQLite reads a negative value as KiB, a positive one as pages. This is
/// twice the pages that the largest batch changes, so that SQLite writes no page before the commit. A larger cache would be slower: nearly every
/// commit splits an index page, and SQLite then scans the whole cache, which with 32 MiB took a third of the writer's
/// time. The operating system caches the file anyway.
const SQLITE_CACHE: &str = "-8192";
/// The number of prepared statements that a connection caches. It is large, because a batch insert of n rows is a
/// different statement for each n.
const SQLITE_STATEMENTS: usize = 256;
/// The number of PostgreSQL connections reserved for batches of submissions: one for each write queue.
const RESERVED_CONNECTIONS: u32 = 2;
/// The smallest number of PostgreSQL connections for all other requests.
const GENERAL_CONNECTIONS_MIN: u32 = 2;
/// A reserved connection that was used within this time is not pinged before its next use: under load, the ping would
/// cost one more round trip per batch.
const PING_AFTER_IDLE: Duration = Duration::from_millis(100);

/// The database engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// An SQLite file, which allows one writer at a time.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

/// The connection pools of the database. Clones share them.
#[derive(Debug, Clone)]
pub struct Database {
    /// The engine behind the pools.
    pub engine: Engine,
    /// The read pool. On SQLite its connections are read-only (`query_only`); on PostgreSQL it is the general pool,
    /// which can also write; [`Self::begin_write`] is for writes.
    pub read: DatabaseConnection,
    write: DatabaseConnection,
    /// The pool for batches of submissions. If PostgreSQL was opened with `batches`, this pool is separate: no other
    /// request occupies its connections, and they keep their prepared statements. Otherwise this is the write pool.
    intake: DatabaseConnection,
    /// The SQLite connection for checkpoints, which does not block the writer. `None` on PostgreSQL.
    checkpointer: Option<DatabaseConnection>,
    /// Tracks whether the database accepts writes.
    pub trouble: Arc<Trouble>,
}

impl Database {
    /// Opens the SQLite file in `folder`, creating it if it is missing.
    ///
    /// The pool discards a writer connection that still believes it is in a transaction. If a commit fails because of a
    /// full disk or a disk error, SQLite rolls the transaction back itself, and the driver's own rollback then fails. The
    /// driver would nest every later transaction as a savepoint inside a transaction that is never committed, and the
    /// server would confirm data that never reaches the disk.
    pub async fn open_sqlite(folder: &Path) -> Result<Self, DbErr> {
        let options = SqliteConnectOptions::new()
            .filename(folder.join(SQLITE_FILE))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full) // a response means that the commit has reached the disk
            .foreign_keys(true)
            .statement_cache_capacity(SQLITE_STATEMENTS)
            .busy_timeout(Duration::from_secs(5))
            .pragma("temp_store", "memory")
            .pragma("cache_size", SQLITE_CACHE)
            .pragma("wal_autocheckpoint", CHECKPOINT_LAST_RESORT);
        // The database is a local file, so pinging the connection before each transaction would only cost time.
        let writer_pool = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
        let writer_pool =
            writer_pool.before_acquire(|writer, _| Box::pin(async move { Ok(!writer.is_in_transaction()) }));
        let write = writer_pool.connect_with(options.clone()).await.map_err(conn)?;
        let checkpointer = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options.clone());
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
        let checkpointer = Some(SqlxSqliteConnector::from_sqlx_sqlite_pool(checkpointer));
        Ok(Self { engine: Engine::Sqlite, read, intake: write.clone(), write, checkpointer, trouble: Arc::default() })
    }

    /// Connects to PostgreSQL with `connections` connections in total, or more if a pool would otherwise have fewer than
    /// two. With `batches`, two connections are reserved for batches of submissions; otherwise submissions use the
    /// general pool.
    pub async fn open_postgres(url: &str, connections: u32, batches: bool) -> Result<Self, DbErr> {
        let options = PgConnectOptions::from_str(url).map_err(conn)?.options([
            ("statement_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("timezone", "UTC"),
        ]);
        let pool = |max| PgPoolOptions::new().max_connections(max).acquire_timeout(Duration::from_secs(8));
        let reserved_count = if batches { RESERVED_CONNECTIONS } else { 0 };
        let general = pool(connections.saturating_sub(reserved_count).max(GENERAL_CONNECTIONS_MIN))
            .connect_with(options.clone())
            .await
            .map_err(conn)?;
        let mut general = SqlxPostgresConnector::from_sqlx_postgres_pool(general);
        statements::watch(&mut general);
        let mut intake = general.clone();
        if batches {
            let reserved = pool(reserved_count).test_before_acquire(false).before_acquire(|connection, metadata| {
                Box::pin(async move { Ok(metadata.idle_for < PING_AFTER_IDLE || connection.ping().await.is_ok()) })
            });
            intake = SqlxPostgresConnector::from_sqlx_postgres_pool(reserved.connect_lazy_with(options));
            statements::watch(&mut intake);
        }
        let (engine, read) = (Engine::Postgres, general.clone());
        Ok(Self { engine, read, write: general, intake, checkpointer: None, trouble: Arc::default() })
    }

    /// Begins a write transaction. On SQLite it is `IMMEDIATE`: it takes the write lock at once, so that a
    /// transaction that first reads and then writes cannot fail with `SQLITE_BUSY`.
    pub async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        begin_write(&self.write).await
    }

    /// Begins a write transaction for a batch of submissions.
    pub async fn begin_batch(&self) -> Result<DatabaseTransaction, DbErr> {
        begin_write(&self.intake).await
    }

    /// Begins a read-only transaction on a snapshot of the database, and disables its timeouts. Returns it with the exported
    /// snapshot name, so that `pg_dump` can read the same snapshot. Only for PostgreSQL.
    pub async fn begin_snapshot(&self) -> Result<(DatabaseTransaction, String), DbErr> {
        let options = TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        };
        let txn = self.read.begin_with_options(options).await?;
        for limit in ["statement_timeout", "idle_in_transaction_session_timeout"] {
            txn.execute_unprepared(&format!("SET LOCAL {limit} = 0")).await?;
        }
        let query = Statement::from_string(DbBackend::Postgres, "SELECT pg_export_snapshot() AS name");
        let row = txn.query_one_raw(query).await?;
        let row = row.ok_or_else(|| DbErr::Custom("PostgreSQL returned no snapshot name".to_owned()))?;
        let name = row.try_get("", "name")?;
        Ok((txn, name))
    }

    /// Copies the committed data into a new file with `VACUUM INTO`. `VACUUM INTO` reads one snapshot, so
    /// other processes, such as a running server, can read and write in the meantime. Writes of this process wait. Only
    /// for SQLite.
    pub async fn copy_into(&self, file: &Path) -> Result<(), DbErr> {
        let file = file.to_str().ok_or_else(|| DbErr::Custom("the path of the copy is not valid UTF-8".to_owned()))?;
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [file.into()]);
        self.write.execute_raw(copy).await?;
        Ok(())
    }

    /// Applies the pending migrations.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        Migrator::up(&self.write, None).await
    }

    /// Returns the names of all migrations known to this build, oldest first.
    #[must_use]
    pub fn migrations() -> Vec<String> {
        Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
    }

    /// Returns the number of migrations that have not been applied yet.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations(&self.write).await?.len())
    }

    /// Checks whether the database contains tables of this program, in any schema version.
    pub async fn has_tables(&self) -> Result<bool, DbErr> {
        let schema = SchemaManager::new(&self.read);
        Ok(schema.has_table("seaql_migrations").await? || schema.has_table("report").await?)
    }

    /// Checks whether the database responds to a query.
    pub async fn is_responding(&self) -> bool {
        self.read.execute_unprepared("SELECT 1").await.is_ok()
    }

    /// Closes all connections. If no other process has the file open, SQLite then checkpoints the write-ahead log and
    /// deletes it.
    pub async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        if let Some(checkpointer) = self.checkpointer {
            checkpointer.close().await?;
        }
        self.intake.close().await?;
        self.write.close().await
    }
}

/// Opens a copy of the SQLite file with one connection. No server uses the copy. `secure_delete` makes SQLite overwrite
/// deleted rows with zeros.
pub(crate) async fn open_sqlite_copy(file: &Path) -> Result<DatabaseConnection, DbErr> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false) // the copy is already consistent, and the caller deletes whole tables
        .pragma("secure_delete", "on")
        .pragma("temp_store", "memory");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(conn)?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

async fn begin_write(connection: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let sqlite_transaction_mode = Some(SqliteTransactionMode::Immediate);
    connection.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() }).await
}

fn conn(error: sqlx::Error) -> DbErr {
    DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into()))
}

/// Adds a row lock to the select, so that no other transaction can change or lock the same rows: `FOR NO KEY UPDATE` on
/// PostgreSQL, which does not conflict with foreign-key checks of referencing rows. SQLite needs no row lock, since it
/// has one writer.
#[must_use]
pub(crate) fn locked<E: EntityTrait>(select: Select<E>) -> Select<E> {
    select.lock(LockType::NoKeyUpdate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sqlite_has_the_compile_options_of_the_cargo_config() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open_sqlite(folder.path()).await.unwrap();
        let pragma = Statement::from_string(DbBackend::Sqlite, "PRAGMA compile_options");
        let options = database.read.query_all_raw(pragma).await.unwrap();
        let options: Vec<String> = options.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        for (option, is_expected) in
            [("ENABLE_QPSG", true), ("DEFAULT_MEMSTATUS=0", true), ("ENABLE_MEMORY_MANAGEMENT", false)]
        {
            assert_eq!(options.iter().any(|known| known == option), is_expected, "{option}: {options:?}");
        }
        database.close().await.unwrap();
    }
}

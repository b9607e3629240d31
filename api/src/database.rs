//! The database: one writer and several readers on SQLite, one pool on PostgreSQL, and the only door to a write
//! transaction.

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

/// Pages of the log after which a commit of SQLite moves them itself, 160 MB: the last resort, should [`checkpoint`] not get to
/// it.
const CHECKPOINT_LAST_RESORT: &str = "40000";

/// Name of the SQLite file in the data folder.
pub(crate) const SQLITE_FILE: &str = "chuishao.db";

/// Pages that a connection keeps, in negative KiB: twice those that the largest batch changes, so that none has to leave
/// before its commit. More would be slower: nearly every commit splits a page of an index, and after that SQLite walks over
/// all that it keeps, which with 32 MB was a third of the writer's time; the system keeps the file's pages anyway.
const SQLITE_CACHE: &str = "-8192";
/// Statements that a connection keeps prepared: those of a batch are as many as its lengths differ.
const SQLITE_STATEMENTS: usize = 256;
/// Connections to PostgreSQL that are kept for submissions: one for each lane.
const LANES: u32 = 2;
/// For so long a connection for submissions needs not be asked whether it is still there: under load that would be one more
/// way to the database for each batch.
const FRESH: Duration = Duration::from_millis(100);

/// The kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file, one writer.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

/// The connections.
#[derive(Debug, Clone)]
pub struct Database {
    /// Which kind.
    pub engine: Engine,
    /// For reading alone.
    pub read: DatabaseConnection,
    write: DatabaseConnection,
    /// For batches of submissions. On PostgreSQL apart from the others: nobody else holds what a batch is written by, and
    /// batch after batch comes to the same backend, which has at hand what it needs. On SQLite there is one writer.
    intake: DatabaseConnection,
    /// Moves pages of SQLite's write-ahead log into the file while the writer writes.
    aside: Option<DatabaseConnection>,
    /// Whether it takes writes.
    pub trouble: Arc<Trouble>,
}

impl Database {
    /// Opens, and makes where missing, the SQLite file in `folder`.
    ///
    /// A writer that comes back in a transaction is thrown away. When a commit fails for a full disk or an error of it,
    /// SQLite has ended the transaction by itself, so that the driver's own end of it fails, and the driver takes the next one
    /// for a part of it: savepoints then follow one another in a transaction that nobody commits, and answers would be given
    /// for what is on no disk.
    ///
    /// # Errors
    /// Whatever the file system or SQLite says.
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
        // The writer is a file of this machine: asking before each transaction whether it is still there only costs.
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

    /// Connects to PostgreSQL by so many connections at most, though never fewer than two of each kind. Some of them are kept for submissions, where those come in
    /// batches: without them each submission is written by any connection.
    ///
    /// # Errors
    /// Whatever the server says.
    pub async fn open_postgres(url: &str, connections: u32, batches: bool) -> Result<Self, DbErr> {
        let options = PgConnectOptions::from_str(url).map_err(conn)?.options([
            ("statement_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("timezone", "UTC"),
        ]);
        let pool = |most| PgPoolOptions::new().max_connections(most).acquire_timeout(Duration::from_secs(8));
        let kept = if batches { LANES } else { 0 };
        let both =
            pool(connections.saturating_sub(kept).max(LANES)).connect_with(options.clone()).await.map_err(conn)?;
        let mut both = SqlxPostgresConnector::from_sqlx_postgres_pool(both);
        statements::watch(&mut both);
        let mut intake = both.clone();
        if batches {
            let lanes = pool(kept).test_before_acquire(false).before_acquire(|backend, seen| {
                Box::pin(async move { Ok(seen.idle_for < FRESH || backend.ping().await.is_ok()) })
            });
            intake = SqlxPostgresConnector::from_sqlx_postgres_pool(lanes.connect_lazy_with(options));
            statements::watch(&mut intake);
        }
        let (engine, read) = (Engine::Postgres, both.clone());
        Ok(Self { engine, read, write: both, intake, aside: None, trouble: Arc::default() })
    }

    /// Begins a transaction that will write: IMMEDIATE on SQLite, so that reading first and writing then cannot fail.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        begin_write(&self.write).await
    }

    /// The same, for a batch of submissions.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn begin_batch(&self) -> Result<DatabaseTransaction, DbErr> {
        begin_write(&self.intake).await
    }

    /// Begins a transaction that reads what is committed now, for as long as it takes, and gives its name: PostgreSQL's own
    /// tools read the very same under it. On PostgreSQL alone.
    ///
    /// # Errors
    /// Whatever the database says.
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

    /// Writes what is committed now into a new file, while whoever else goes on reading and writing. On SQLite alone.
    ///
    /// # Errors
    /// Whatever SQLite says.
    pub async fn copy_into(&self, file: &Path) -> Result<(), DbErr> {
        let file = file.to_str().ok_or_else(|| DbErr::Custom("the name of the copy is not UTF-8".to_owned()))?;
        let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [file.into()]);
        self.write.execute_raw(copy).await?;
        Ok(())
    }

    /// Brings the schema to its newest shape.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        Migrator::up(&self.write, None).await
    }

    /// The names of all migrations, the oldest first.
    #[must_use]
    pub fn migrations() -> Vec<String> {
        Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
    }

    /// How many migrations are still to be applied.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations(&self.write).await?.len())
    }

    /// Whether it has tables of ours, of whatever schema version.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn has_tables(&self) -> Result<bool, DbErr> {
        let schema = SchemaManager::new(&self.read);
        Ok(schema.has_table("seaql_migrations").await? || schema.has_table("report").await?)
    }

    /// Whether the database answers.
    pub async fn answers(&self) -> bool {
        self.read.execute_unprepared("SELECT 1").await.is_ok()
    }

    /// Ends all connections; SQLite leaves one file.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn close(self) -> Result<(), DbErr> {
        self.read.close().await?;
        if let Some(aside) = self.aside {
            aside.close().await?;
        }
        self.intake.close().await?;
        self.write.close().await
    }
}

/// Opens a copy of the SQLite file that nobody serves, by one connection. What is deleted from it is overwritten.
///
/// # Errors
/// Whatever the file system or SQLite says.
pub(crate) async fn open_sqlite_copy(file: &Path) -> Result<DatabaseConnection, DbErr> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false) // it is consistent already; rows go by the table
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

/// The same select, locking its rows against other deciders: `FOR NO KEY UPDATE` on PostgreSQL, which does not fight
/// with the foreign-key checks of rows that name them; nothing on SQLite, where the transaction is alone.
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

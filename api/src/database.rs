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

pub mod checkpoint;
mod trouble;

pub use trouble::Trouble;

/// Name of the SQLite file in the data folder.
pub const SQLITE_FILE: &str = "chuishao.db";

/// Pages that a connection keeps, in negative KiB. Keys are random, so that a report touches dozens of pages anywhere; with
/// SQLite's own 2 MB they are read again and again.
const SQLITE_CACHE: &str = "-32768";
/// Statements that a connection keeps prepared: those of a batch are as many as its lengths differ.
const SQLITE_STATEMENTS: usize = 256;
/// Rows that are written to see whether the database takes writes, and bytes of each: no more than an index of PostgreSQL
/// takes.
const TRIED_ROWS: usize = 32;
const TRIED_BYTES: usize = 2_000;

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
            .pragma("wal_autocheckpoint", checkpoint::LAST_RESORT);
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
        Ok(Self { engine: Engine::Sqlite, read, write, aside, trouble: Arc::default() })
    }

    /// Connects to PostgreSQL.
    ///
    /// # Errors
    /// Whatever the server says.
    pub async fn open_postgres(url: &str, connections: u32) -> Result<Self, DbErr> {
        let options = PgConnectOptions::from_str(url).map_err(conn)?.options([
            ("statement_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "10s"),
            ("timezone", "UTC"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(8))
            .connect_with(options)
            .await
            .map_err(conn)?;
        let mut both = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        statements::watch(&mut both);
        Ok(Self { engine: Engine::Postgres, read: both.clone(), write: both, aside: None, trouble: Arc::default() })
    }

    /// Begins a transaction that will write: IMMEDIATE on SQLite, so that reading first and writing then cannot fail.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn begin_write(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.write.begin_with_options(options).await
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

    /// Whether it takes writes: as the last one ended, and where that failed, as one ends that is made now. One at a
    /// time tries; for others nothing has changed meanwhile.
    pub async fn takes_writes(&self) -> bool {
        let Some(_turn) = self.trouble.turn_to_try() else { return !self.trouble.is_there() };
        let written = self.write_something().await;
        self.trouble.saw(&written);
        written.is_ok()
    }

    /// Writes rows and removes them, about as much as a report writes, so that something has to reach the disk and nothing has
    /// changed. (A row that is written anew as it is costs SQLite nothing.)
    async fn write_something(&self) -> Result<(), DbErr> {
        let rows: Vec<String> = (0..TRIED_ROWS).map(|row| format!("('tried {row:0>TRIED_BYTES$}', 0)")).collect();
        let txn = self.begin_write().await?;
        let insert = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES {}", rows.join(","));
        txn.execute_unprepared(&insert).await?;
        txn.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE 'tried %'").await?;
        txn.commit().await
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
        self.write.close().await
    }
}

/// Opens a copy of the SQLite file that nobody serves, by one connection. What is deleted from it is overwritten.
///
/// # Errors
/// Whatever the file system or SQLite says.
pub async fn open_sqlite_copy(file: &Path) -> Result<DatabaseConnection, DbErr> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(false) // it is consistent already; rows go by the table
        .pragma("secure_delete", "on")
        .pragma("temp_store", "memory");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(conn)?;
    Ok(SqlxSqliteConnector::from_sqlx_sqlite_pool(pool))
}

fn conn(error: sqlx::Error) -> DbErr {
    DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into()))
}

/// The same select, locking its rows against other deciders: `FOR NO KEY UPDATE` on PostgreSQL, which does not fight
/// with the foreign-key checks of rows that name them; nothing on SQLite, where the transaction is alone.
#[must_use]
pub fn locked<E: EntityTrait>(select: Select<E>) -> Select<E> {
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

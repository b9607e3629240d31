//! The database of a test, on either engine.

use std::path::Path;

use tempfile::TempDir;
use tests::postgres;
use tokio::sync::OnceCell;

use crate::database::{Database, Engine};

/// A migrated database of one test. On PostgreSQL it is dropped with this value, on SQLite it is removed with its
/// folder.
pub(crate) struct TestDatabase {
    pub(crate) database: Database,
    _own: Option<postgres::Database>,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// Makes the database in a folder that is removed with this value.
    pub(crate) async fn alone(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rows = Self::on(engine, folder.path()).await;
        Self { _folder: Some(folder), ..rows }
    }

    /// Makes the database, for SQLite as a file in this folder.
    pub(crate) async fn on(engine: Engine, folder: &Path) -> Self {
        match engine {
            Engine::Sqlite => {
                let database = Database::open_sqlite(folder).await.unwrap();
                database.migrate().await.unwrap();
                Self { database, _own: None, _folder: None }
            }
            Engine::Postgres => {
                let own = migrated().await.copy().await;
                let database = Database::open_postgres(own.url(), 8, true).await.unwrap();
                Self { database, _own: Some(own), _folder: None }
            }
        }
    }
}

/// Returns a PostgreSQL database with the newest schema, made once in a test process.
async fn migrated() -> &'static postgres::Template {
    static MIGRATED: OnceCell<postgres::Template> = OnceCell::const_new();
    let fill = async |url: &str| {
        let database = Database::open_postgres(url, 2, false).await.unwrap();
        database.migrate().await.unwrap();
        database.close().await.unwrap();
    };
    MIGRATED.get_or_init(|| postgres::Template::fill(fill)).await
}

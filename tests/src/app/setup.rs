//! A builder for servers under test, and the resources that several processes of one installation share.

use std::{path::Path, sync::Arc};

use sea_orm::{ConnectOptions, DatabaseConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::{
    EmptyPlace, Engine, Installation, SQLITE_FILE, TestApp,
    binary::{MAKE_KEYS, MIGRATE, succeed},
};
use crate::{
    postgres::{Database, Template},
    scratch,
    store::Store,
};

/// The name of the key folder within the shared folder.
pub(super) const KEYS: &str = "keys";

/// Builds an installation and starts its servers: `Setup::on(engine).with_store().set("CHUISHAO_…", "…").start()`.
#[derive(Debug)]
pub struct Setup {
    engine: Engine,
    store: bool,
    settings: Vec<(String, String)>,
    ground: Ground,
}

/// What is prepared before the server starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ground {
    /// The schema and the keys, which a server on PostgreSQL does not create itself.
    Ready,
    /// Nothing: an empty database and no keys.
    Empty,
}

impl Setup {
    /// Creates a builder with default settings on this engine, with photos in a folder.
    #[must_use]
    pub fn on(engine: Engine) -> Self {
        Self { engine, store: false, settings: Vec::new(), ground: Ground::Ready }
    }

    /// Stores photos in an S3-compatible store.
    #[must_use]
    pub fn with_store(mut self) -> Self {
        self.store = true;
        self
    }

    /// Sets an environment variable of the server. A later value for the same name takes precedence.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts one process and waits until it is listening.
    pub async fn start(self) -> TestApp {
        TestApp::start_in(Installation::of(Arc::new(self.build().await))).await
    }

    /// Creates an installation without starting a server: an empty database, no keys, no photos.
    pub async fn empty_place(self) -> EmptyPlace {
        EmptyPlace::of(Arc::new(Self { ground: Ground::Empty, ..self }.build().await))
    }

    /// Starts several processes that share one database and one S3 store.
    ///
    /// # Panics
    /// Panics on SQLite, which allows one process only.
    pub async fn start_many(self, count: usize) -> Vec<TestApp> {
        assert_eq!(self.engine, Engine::Postgres, "several processes share a PostgreSQL, never an SQLite file");
        let shared = Arc::new(self.with_store().build().await);
        let installations = (0..count).map(|_| Installation::of(Arc::clone(&shared)));
        futures::future::join_all(installations.map(TestApp::start_in)).await
    }

    async fn build(self) -> Shared {
        let folder = scratch::folder();
        let mut settings = vec![("CHUISHAO_KEYS_DIR".to_owned(), path_text(&folder.path().join(KEYS)))];
        let database = match (self.engine, self.ground) {
            (Engine::Sqlite, _) => None,
            (Engine::Postgres, Ground::Empty) => Some(Database::empty().await),
            (Engine::Postgres, Ground::Ready) => Some(migrated().await.copy().await),
        };
        if let Some(database) = &database {
            settings.push(("CHUISHAO_DATABASE_URL".to_owned(), database.url().to_owned()));
            // A folder that all processes of the installation share. The server ignores it if an S3 store is
            // configured.
            settings.push(("CHUISHAO_PHOTO_DIR".to_owned(), path_text(&folder.path().join("photos"))));
            if self.ground == Ground::Ready {
                succeed(MAKE_KEYS, &settings).await;
            }
        }
        let store = self.store.then(Store::start);
        settings.extend(store.iter().flat_map(store_settings));
        settings.extend(self.settings);
        Shared { database, store, settings, folder }
    }
}

/// The resources that the processes of one installation share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) database: Option<Database>,
    pub(super) store: Option<Store>,
    settings: Vec<(String, String)>,
    /// Contains the key folder and the photo folder.
    pub(super) folder: TempDir,
}

impl Shared {
    /// Returns the settings of a process with this data folder. Port 0 makes it listen on any free port, for clients and for
    /// operators.
    pub(super) fn settings_for(&self, data: &Path) -> Vec<(String, String)> {
        let mut settings = vec![
            ("CHUISHAO_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
            ("CHUISHAO_METRICS_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
            ("CHUISHAO_DATA_DIR".to_owned(), path_text(data)),
        ];
        settings.extend(self.settings.iter().cloned());
        settings
    }

    /// Connects to the database. On SQLite, opens the existing file in this data folder.
    pub(super) async fn rows_in(&self, data: &Path) -> DatabaseConnection {
        if let Some(database) = &self.database {
            return database.connect().await;
        }
        let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rw", data.join(SQLITE_FILE).display()));
        options.max_connections(1).sqlx_logging(false);
        sea_orm::Database::connect(options).await.expect("there is a database")
    }
}

/// Returns a template database with the newest schema, migrated once per test process.
async fn migrated() -> &'static Template {
    static MIGRATED: OnceCell<Template> = OnceCell::const_new();
    let fill = async |url: &str| succeed(MIGRATE, &[("CHUISHAO_DATABASE_URL".to_owned(), url.to_owned())]).await;
    MIGRATED.get_or_init(|| Template::fill(fill)).await
}

/// Returns the settings with which a server uses this store.
pub(super) fn store_settings(store: &Store) -> [(String, String); 5] {
    [
        ("CHUISHAO_S3_ENDPOINT".to_owned(), store.endpoint()),
        ("CHUISHAO_S3_REGION".to_owned(), Store::REGION.to_owned()),
        ("CHUISHAO_S3_BUCKET".to_owned(), Store::BUCKET.to_owned()),
        ("CHUISHAO_S3_ACCESS_KEY".to_owned(), Store::ACCESS_KEY.to_owned()),
        ("CHUISHAO_S3_SECRET_KEY".to_owned(), Store::SECRET_KEY.to_owned()),
    ]
}

fn path_text(path: &Path) -> String {
    path.to_str().expect("the scratch folder has a name in UTF-8").to_owned()
}

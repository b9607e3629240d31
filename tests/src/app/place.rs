//! A place in which nothing was ever started, for commands that fill one.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Output,
    sync::Arc,
};

use sea_orm::{ConnectionTrait, DatabaseConnection};
use tempfile::TempDir;

use super::{
    TestApp, binary,
    setup::{KEYS, World},
};
use crate::{scratch, store::Store};

/// An empty database or data folder, an empty folder for keys, an empty folder or store for photos.
#[derive(Debug)]
pub struct EmptyPlace {
    world: Arc<World>,
    data: TempDir,
}

impl EmptyPlace {
    pub(super) fn of(world: Arc<World>) -> Self {
        Self { world, data: scratch::folder() }
    }

    /// Runs a command of the binary with the settings of this place.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        binary::run(arguments, &self.world.settings_for(self.data.path())).await
    }

    /// The folder of the keys.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.world.shared.path().join(KEYS)
    }

    /// The store, when there is one.
    #[must_use]
    pub fn store(&self) -> Option<&Store> {
        self.world.store.as_ref()
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// A connection to the rows, once there are any.
    pub async fn rows(&self) -> DatabaseConnection {
        self.world.rows_in(self.data.path()).await
    }

    /// Everything that lies here, by name: files with their bytes, folders, objects, tables. Two looks that are equal mean
    /// that nothing was touched.
    pub async fn look(&self) -> BTreeMap<String, Vec<u8>> {
        let mut seen = BTreeMap::new();
        walk(self.data.path(), "data", &mut seen);
        walk(self.world.shared.path(), "shared", &mut seen);
        if let Some(store) = &self.world.store {
            walk(&store.file(Store::BUCKET, ""), "bucket", &mut seen);
        }
        if let Some(database) = &self.world.database {
            let ask = "SELECT relname::text AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace";
            let ask = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, ask);
            for row in database.connect().await.query_all_raw(ask).await.expect("a catalogue can be read") {
                seen.insert(format!("table {}", row.try_get::<String>("", "name").expect("a name")), Vec::new());
            }
        }
        seen
    }

    /// Starts a server here and waits until it listens.
    pub async fn serve(self) -> TestApp {
        TestApp::start_with(self.world, self.data).await
    }
}

fn walk(folder: &Path, shown: &str, seen: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("the folder is ours to read") {
        let path = entry.expect("the folder is ours to read").path();
        let name = format!("{shown}/{}", path.file_name().expect("it has a name").to_string_lossy());
        if path.is_dir() {
            seen.insert(format!("{name}/"), Vec::new());
            walk(&path, &name, seen);
        } else {
            seen.insert(name, fs::read(&path).expect("the file is ours to read"));
        }
    }
}

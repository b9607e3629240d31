//! An empty installation, as the target of commands such as `restore`.

use std::{collections::BTreeMap, fs, ops::Deref, path::Path, sync::Arc};

use sea_orm::ConnectionTrait;

use super::{Installation, TestApp, setup::Shared};
use crate::store::Store;

/// An installation in which no server was ever started: empty database, data folder, key folder and photo store.
#[derive(Debug)]
pub struct EmptyPlace(Installation);

impl Deref for EmptyPlace {
    type Target = Installation;

    fn deref(&self) -> &Installation {
        &self.0
    }
}

impl EmptyPlace {
    pub(super) fn of(shared: Arc<Shared>) -> Self {
        Self(Installation::of(shared))
    }

    /// Returns a snapshot of the installation by name: files and objects with their contents, folders, and tables. If
    /// two snapshots are equal, no file, folder, object or table was added, removed or rewritten in between; rows in
    /// PostgreSQL are not compared.
    pub async fn look(&self) -> BTreeMap<String, Vec<u8>> {
        let mut seen = BTreeMap::new();
        walk(self.data(), "data", &mut seen);
        walk(self.shared.folder.path(), "shared", &mut seen);
        if let Some(store) = self.store() {
            walk(&store.file(Store::BUCKET, ""), "bucket", &mut seen);
        }
        if let Some(database) = &self.shared.database {
            let ask = "SELECT relname::text AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace";
            let ask = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, ask);
            for row in database.connect().await.query_all_raw(ask).await.expect("a catalogue can be read") {
                seen.insert(format!("table {}", row.try_get::<String>("", "name").expect("a name")), Vec::new());
            }
        }
        seen
    }

    /// Starts a server in this installation and waits until it is listening.
    pub async fn serve(self) -> TestApp {
        TestApp::start_in(self.0).await
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

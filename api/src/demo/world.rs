//! The world of the story: fresh, in a temporary folder, and gone when it ends.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use uuid::Uuid;

use super::codes::Codes;
use super::options::Options;
use crate::app::App;
use crate::config::{BadSetting, Config};
use crate::database::Database;
use crate::identity::Keys;
use crate::import::import_file;
use crate::policy::defaults::{DEMO, DEMO_OFFICERS, DEMO_POSTS};
use crate::policy::import::Mode;
use crate::start::{self, StartError};
use crate::telemetry;

/// A district with its officers, and a port to be served on.
pub(super) struct World {
    /// The app.
    pub(super) app: App,
    /// The port.
    pub(super) listener: TcpListener,
    /// Where the players find their one-time codes.
    pub(super) codes: Arc<Codes>,
    /// Everything that is kept locally; goes when dropped.
    pub(super) folder: TempDir,
    /// Where the rows lie, in a word.
    pub(super) database: &'static str,
    /// Where the photos lie, in a word.
    pub(super) photos: &'static str,
    /// URL of the server.
    pub(super) url: String,
}

impl World {
    /// Makes the world: SQLite and a folder, or the database and the bucket that the settings name.
    ///
    /// # Errors
    /// When the database has our tables already, and whatever else keeps a server from starting.
    pub(super) async fn make(config: &Config, options: &Options) -> Result<Self, StartError> {
        let folder = tempfile::Builder::new().prefix("chuishao-demo-").tempdir().map_err(no_folder)?;
        let config = settings(config, folder.path(), options)?;
        telemetry::log(&config);
        if !config.is_sqlite() {
            fresh_schema(&config).await?;
        }
        Keys::make(&config.folder("KEYS_DIR", "keys"))?;
        let listener = listener(&config)?;
        let bound = listener.local_addr().map_err(|cause| StartError::Io { what: "listening".into(), cause })?;
        let codes = Arc::new(Codes::default());
        let url = start::public_url(&config, bound);
        let (database, photos) =
            (if config.is_sqlite() { "SQLite" } else { "PostgreSQL" }, if config.has_s3() { "S3" } else { "folder" });
        let app = start::open(config, bound, Arc::<Codes>::clone(&codes)).await?;
        import(&app).await?;
        Ok(Self { app, listener, codes, folder, database, photos, url })
    }
}

fn no_folder(cause: std::io::Error) -> StartError {
    StartError::Io { what: "a temporary folder cannot be created".into(), cause }
}

/// The settings as they were given, but for what a world of its own needs: folder, keys, a prefix in the bucket.
fn settings(config: &Config, folder: &Path, options: &Options) -> Result<Config, BadSetting> {
    let inside = |name: &str| folder.join(name).display().to_string();
    let mut config = config.with("DATA_DIR", &inside("data"))?.with("KEYS_DIR", &inside("keys"))?;
    if config.has_s3() {
        let prefix = format!("{}demo-{}/", config.text("S3_PREFIX"), Uuid::new_v4().simple());
        config = config.with("S3_PREFIX", &prefix)?;
    } else {
        config = config.with("PHOTO_DIR", &inside("photos"))?;
    }
    if options.once && !config.is_set("LISTEN") {
        config = config.with("LISTEN", "127.0.0.1:0")?;
    }
    // The story is what is read here; what the log says beside it are warnings.
    for (key, value) in [("LOG", "warn"), ("LOG_FORMAT", "text")] {
        if !config.is_set(key) {
            config = config.with(key, value)?;
        }
    }
    Ok(config)
}

/// The schema on PostgreSQL, in a database that has none of our tables: the story never plays in a world that lives.
async fn fresh_schema(config: &Config) -> Result<(), StartError> {
    let database = start::database(config).await?;
    if database.has_tables().await? {
        return Err(StartError::Other(
            "the database in CHUISHAO_DATABASE_URL already contains tables of this program: the demo needs an \
             empty one, such as `createdb chuishao_demo`"
                .to_owned(),
        ));
    }
    database.migrate().await?;
    Ok(database.close().await?)
}

/// The port of the settings; where the default is taken and nobody asked for it, any that is free.
fn listener(config: &Config) -> Result<TcpListener, StartError> {
    match start::bind(config) {
        Err(_) if !config.is_set("LISTEN") => start::bind(&config.with("LISTEN", "127.0.0.1:0")?),
        bound => bound,
    }
}

async fn import(app: &App) -> Result<(), StartError> {
    let (config, database): (&Config, &Database) = (&app.config, &app.database);
    let rules = DEMO.iter().map(|file| (file.kind.word(), file.name, file.bytes));
    let staff = [("officers", "officers.csv", DEMO_OFFICERS), ("posts", "posts.csv", DEMO_POSTS)];
    for (kind, name, bytes) in rules.chain(staff) {
        import_file(config, database, (kind, Mode::Write), (name, bytes)).await?;
    }
    Ok(())
}

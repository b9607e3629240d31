//! The world of the story: fresh, in a temporary folder, and gone when it ends.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use uuid::Uuid;

use super::codes::Codes;
use super::options::Options;
use crate::app::App;
use crate::config::{Config, LogFormat};
use crate::database::Database;
use crate::identity::Keys;
use crate::import::{NamedFile, import_file};
use crate::policy::defaults::{DEMO, DEMO_OFFICERS, DEMO_POSTS};
use crate::policy::import::Mode;
use crate::start::{self, StartError};
use crate::telemetry;

/// Any port that is free.
const ANY_PORT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

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
        let config = settings(config, folder.path(), options);
        telemetry::log(&config);
        if !config.is_sqlite() {
            fresh_schema(&config).await?;
        }
        Keys::make(&config.keys_folder())?;
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
fn settings(config: &Config, folder: &Path, options: &Options) -> Config {
    let mut config = config.clone();
    config.folders.data = folder.join("data");
    config.folders.keys = Some(folder.join("keys"));
    if config.has_s3() {
        let above = config.s3.prefix.take().unwrap_or_default();
        config.s3.prefix = Some(format!("{above}demo-{}/", Uuid::new_v4().simple()));
    } else {
        config.folders.photos = Some(folder.join("photos"));
    }
    if options.once && !config.is_set("LISTEN") {
        config.http.listen = ANY_PORT;
    }
    // The story is what is read here; what the log says beside it are warnings.
    if !config.is_set("LOG") {
        "warn".clone_into(&mut config.log.filter);
    }
    if !config.is_set("LOG_FORMAT") {
        config.log.format = LogFormat::Text;
    }
    config
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
        Err(_) if !config.is_set("LISTEN") => {
            let mut config = config.clone();
            config.http.listen = ANY_PORT;
            start::bind(&config)
        }
        bound => bound,
    }
}

async fn import(app: &App) -> Result<(), StartError> {
    let (config, database): (&Config, &Database) = (&app.config, &app.database);
    let rules = DEMO.iter().map(|file| (file.kind.word(), file.name, file.bytes));
    let staff = [("officers", "officers.csv", DEMO_OFFICERS), ("posts", "posts.csv", DEMO_POSTS)];
    for (kind, name, bytes) in rules.chain(staff) {
        import_file(config, database, kind, Mode::Write, NamedFile { name, bytes }).await?;
    }
    Ok(())
}

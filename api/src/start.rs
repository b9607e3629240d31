//! Makes a running app from the settings. The database, the keys and the photo store are checked before the server
//! answers any request.

use std::fs::{File, OpenOptions};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use sea_orm::DbErr;
use secrecy::ExposeSecret;
use tokio::sync::Notify;

use crate::app::{App, AppClock, AppParts};
use crate::config::{BadSetting, CodeSenderKind, Config, MetricsListen, PayerKind};
use crate::console::now;
use crate::database::{Database, SQLITE_FILE};
use crate::error::ApiError;
use crate::identity::followup::WrongCodes;
use crate::identity::sender::{CodeSender, ConsoleSender};
use crate::identity::sightings::Sightings;
use crate::identity::{BadKeys, Keys};
use crate::photo;
use crate::policy::calendar_end::CalendarEnd;
use crate::policy::import::first_rules;
use crate::policy::rulebook_cache::RuleBookCache;
use crate::private::{self, NotPrivate};
use crate::retry::retry;
use crate::reward::payer::TestPayer;
use crate::server::Listeners;

/// How long a command that only shows something waits for the database.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// The reason why a command cannot start, as a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// A setting is unknown or invalid.
    #[error("{0}")]
    Setting(#[from] BadSetting),
    /// The keys cannot be created or loaded.
    #[error("{0}")]
    Keys(#[from] BadKeys),
    /// Other users of the host can read the data folder, or it cannot be created.
    #[error("{0}")]
    NotPrivate(#[from] NotPrivate),
    /// The database cannot be opened, or a statement failed.
    #[error("the database cannot be used: {0}")]
    Database(#[from] DbErr),
    /// An operating-system call failed, such as creating a folder or binding a port.
    #[error("{what}: {cause}")]
    Io {
        /// The operation that failed, for the message.
        what: String,
        /// The error of the operating system.
        cause: std::io::Error,
    },
    /// Another precondition is not met.
    #[error("{0}")]
    Other(String),
}

impl From<ApiError> for StartError {
    fn from(error: ApiError) -> Self {
        match &error {
            ApiError::Refused(refusal) => Self::Other(refusal.text(domain::refusal::Language::English).to_owned()),
            ApiError::Internal(cause) => Self::Other(format!("internal error: {cause}")),
        }
    }
}

/// Returns a function for `map_err` that adds the failed operation to an I/O error.
pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> StartError {
    let what = what.into();
    move |cause| StartError::Io { what, cause }
}

/// The file lock that reserves the data folder for this process until it is dropped.
#[derive(Debug)]
pub(crate) struct Hold(#[expect(dead_code, reason = "the lock lives as long as the file is open")] File);

/// Creates the data folder if necessary, and locks it, so that no two servers write to the same SQLite file.
///
/// # Errors
/// Returns a sentence if another process holds the lock, or if the folder or the lock file cannot be created.
pub(crate) fn hold(folder: &Path) -> Result<Hold, StartError> {
    let shown = folder.display();
    private::data_folder(folder)?;
    let path = folder.join("chuishao.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(io(format!("{} cannot be written", path.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(Hold(file)),
        Err(_) => Err(StartError::Other(format!(
            "another chuishao process is using {shown}: stop it, or set CHUISHAO_DATA_DIR to another folder"
        ))),
    }
}

/// Connects to the configured database, creating a missing SQLite file. Applies no migrations.
pub(crate) async fn database(config: &Config) -> Result<Database, StartError> {
    let Some(url) = &config.database.url else {
        let folder = &config.folders.data;
        private::data_folder(folder)?;
        return Ok(Database::open_sqlite(folder).await?);
    };
    let batches = config.intake.batch > 1;
    Ok(Database::open_postgres(url.expose_secret(), config.database.connections, batches).await?)
}

/// Loads the keys from the configured folder. On SQLite, they are created at the first start.
///
/// # Errors
/// Returns a sentence if the keys are invalid, or if they are missing on PostgreSQL: several processes share them, so
/// no process may create its own.
pub(crate) fn keys(config: &Config) -> Result<Keys, StartError> {
    let folder = config.keys_folder();
    if !Keys::are_in(&folder) {
        if config.is_sqlite() {
            return Ok(Keys::make(&folder)?);
        }
        return Err(StartError::Other(format!(
            "{} contains no keys: run `chuishao keys make` once, and share the folder by CHUISHAO_KEYS_DIR",
            folder.display()
        )));
    }
    Ok(Keys::load(&folder)?)
}

/// Binds the configured listen address.
pub(crate) fn bind(config: &Config) -> Result<TcpListener, StartError> {
    let address = config.http.listen;
    TcpListener::bind(address).map_err(io(format!("cannot listen on {address}")))
}

/// Binds the listeners for clients and for operators.
///
/// # Errors
/// Returns a sentence that says what to set if a port is in use. A server whose operators see no metrics would look as if
/// all were well, so it does not start without that listener either.
pub(crate) fn listeners(config: &Config) -> Result<Listeners, StartError> {
    let clients = bind(config)?;
    let MetricsListen(operators) = config.http.metrics;
    let bind_operators = |address: SocketAddr| {
        let what = "set CHUISHAO_METRICS_LISTEN to another address, or to an empty value for no metrics";
        TcpListener::bind(address).map_err(io(format!("{what}; cannot listen on {address}")))
    };
    Ok(Listeners { clients, operators: operators.map(bind_operators).transpose()? })
}

/// Returns the base URL at which clients reach the server: the setting, otherwise the listen address, with `127.0.0.1`
/// in place of an unspecified address. The `Host` header of a request is never used, since a client can forge it.
#[must_use]
pub(crate) fn public_url(config: &Config, bound: SocketAddr) -> String {
    if let Some(url) = &config.http.public_url {
        return url.trim_end_matches('/').to_owned();
    }
    let ip = if bound.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { bound.ip() };
    format!("http://{}", SocketAddr::new(ip, bound.port()))
}

/// Opens everything that the app needs: database, keys, photo store, darkroom and payer. Imports the national default
/// rules into an empty database. On SQLite, pending migrations are applied; on PostgreSQL, the schema must be up to
/// date.
pub(crate) async fn open(config: Config, bound: SocketAddr, sender: Arc<dyn CodeSender>) -> Result<App, StartError> {
    if !config.is_sqlite() && !config.has_s3() && config.folders.photos.is_none() {
        return Err(StartError::Other(
            "several processes can share a PostgreSQL database, so they also need a shared photo store: set \
             CHUISHAO_S3_ENDPOINT and CHUISHAO_S3_BUCKET, or CHUISHAO_PHOTO_DIR to a shared folder"
                .to_owned(),
        ));
    }
    close_folders(&config)?;
    let database = ready_database(&config).await?;
    let keys = keys(&config)?;
    let public_url = public_url(&config, bound);
    let photos = photo::open(&config, &public_url, photo::mac_of(&keys)).await?;
    let darkroom = photo::Darkroom::open(&config)?;
    let payer = match config.services.payer {
        PayerKind::Test => Arc::new(TestPayer::default()),
    };
    let app = App::new(AppParts {
        config,
        database,
        keys,
        photos,
        darkroom,
        photo_room: photo::room::Room::default(),
        wrong_codes: WrongCodes::default(),
        sightings: Sightings::default(),
        sender,
        payer,
        public_url,
        rule_books: RuleBookCache::default(),
        wake: Notify::new(),
        placed: Notify::new(),
        clock: AppClock::default(),
    });
    // Another process may import the defaults at the same moment. The retry then finds them.
    if retry(|| first_rules(&app.database, app.now()).boxed()).await? {
        tracing::info!("the national defaults were imported: codes, categories, calendar, policies");
    }
    Ok(app)
}

/// Takes the permissions of other users from the folders of data and photos, as far as they exist: photos, parts of uploads
/// and keys are in them, whatever the database is.
fn close_folders(config: &Config) -> Result<(), StartError> {
    private::close(&config.folders.data)?;
    if !config.has_s3() {
        private::close(&config.photo_folder())?;
    }
    Ok(())
}

/// Returns until when the calendar of the database is complete; `None` if there is no database yet, or it does not answer.
/// It creates and changes nothing.
pub(crate) async fn calendar_end(config: &Config) -> Option<CalendarEnd> {
    if config.is_sqlite() && !config.folders.data.join(SQLITE_FILE).exists() {
        return None;
    }
    let read = async {
        let database = database(config).await.ok()?;
        let rules = RuleBookCache::default().current(&database.read).await.ok()?;
        Some(CalendarEnd::of(&rules, now()))
    };
    tokio::time::timeout(ANSWERS_WITHIN, read).await.ok().flatten()
}

/// Opens the database and ensures that its schema is up to date. On SQLite, pending migrations are applied.
///
/// # Errors
/// Returns a sentence if migrations are pending on PostgreSQL. They are not applied here, because other processes may
/// be using the database.
pub(crate) async fn ready_database(config: &Config) -> Result<Database, StartError> {
    let database = database(config).await?;
    if config.is_sqlite() {
        database.migrate().await?;
        return Ok(database);
    }
    match database.pending_migrations().await? {
        0 => Ok(database),
        n => Err(StartError::Other(format!("the database lacks {n} migrations: run `chuishao migrate` first"))),
    }
}

/// Creates the configured sender of one-time codes.
#[must_use]
pub(crate) fn sender(config: &Config) -> Arc<dyn CodeSender> {
    match config.services.code_sender {
        CodeSenderKind::Console => Arc::new(ConsoleSender),
    }
}

//! Prepares the server of the story, with its local data in a temporary folder that is deleted at the end.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use uuid::Uuid;

use super::codes::Codes;
use super::options::DemoOptions;
use crate::app::App;
use crate::config::{Config, LogFormat};
use crate::database::Database;
use crate::identity::Keys;
use crate::import::{NamedFile, import_file};
use crate::policy::defaults::{DEMO, DEMO_OFFICERS, DEMO_POSTS, NATIONAL};
use crate::policy::import::{Mode, RuleKind};
use crate::start::{self, StartError};
use crate::telemetry;

/// The loopback address with port 0, which lets the system choose a free port.
const ANY_PORT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

/// The app with the sample district and its officers, and a bound listener for the server.
pub(super) struct DemoWorld {
    /// The app.
    pub(super) app: App,
    /// The bound listener.
    pub(super) listener: TcpListener,
    /// The sender that stores one-time codes for the players.
    pub(super) codes: Arc<Codes>,
    /// The temporary folder for local data. It is deleted when dropped.
    pub(super) folder: TempDir,
    /// The name of the database engine, for the introduction.
    pub(super) database: &'static str,
    /// The name of the photo store, for the introduction.
    pub(super) photos: &'static str,
    /// The base URL of the server.
    pub(super) url: String,
}

impl DemoWorld {
    /// Prepares the server with SQLite and a local folder, or with the configured database and bucket.
    ///
    /// # Errors
    /// Returns an error if the start fails, for example because the database already has tables of this program.
    pub(super) async fn make(config: &Config, options: &DemoOptions) -> Result<Self, StartError> {
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

/// Returns the given settings with isolated data: a temporary folder, new keys, and a separate prefix in the bucket.
fn settings(config: &Config, folder: &Path, options: &DemoOptions) -> Config {
    let mut config = config.clone();
    config.folders.data = folder.join("data");
    config.folders.keys = Some(folder.join("keys"));
    if config.has_s3() {
        let above = config.s3.prefix.take().unwrap_or_default();
        config.s3.prefix = Some(format!("{}/demo-{}", above.trim_end_matches('/'), Uuid::new_v4().simple()));
    } else {
        config.folders.photos = Some(folder.join("photos"));
    }
    if options.once && !config.is_set("LISTEN") {
        config.http.listen = ANY_PORT;
    }
    // The terminal shows the story, so the log is limited to warnings.
    if !config.is_set("LOG") {
        "warn".clone_into(&mut config.log.filter);
    }
    if !config.is_set("LOG_FORMAT") {
        config.log.format = LogFormat::Text;
    }
    config
}

/// Applies the migrations on PostgreSQL. Rejects a database that already has tables of this program, so that the story
/// never runs on real data.
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

/// Binds the configured listen address. If it is in use and was not set explicitly, binds any free port.
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
    for file in NATIONAL.iter().filter(|file| file.kind == RuleKind::Policies) {
        let policies = without_veil(file.bytes)?;
        let file = NamedFile { name: file.name, bytes: policies.as_bytes() };
        import_file(config, database, RuleKind::Policies.word(), Mode::Write, file).await?;
    }
    Ok(())
}

/// Returns the policies with a time veil of 0 minutes, so that the story does not wait for a boundary before each review.
fn without_veil(policies: &[u8]) -> Result<String, StartError> {
    let wrong =
        |cause: &dyn std::fmt::Display| StartError::Other(format!("the national policies cannot be read: {cause}"));
    let text = std::str::from_utf8(policies).map_err(|cause| wrong(&cause))?;
    let mut file: toml::Table = text.parse().map_err(|cause: toml::de::Error| wrong(&cause))?;
    let documents = file.get_mut("policy").and_then(toml::Value::as_array_mut).into_iter().flatten();
    for document in documents {
        if document.get("kind").and_then(toml::Value::as_str) == Some("handling")
            && let Some(body) = document.get_mut("body").and_then(toml::Value::as_table_mut)
        {
            body.insert("veil_minutes".to_owned(), toml::Value::Integer(0));
        }
    }
    Ok(file.to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::refusal::Language;

    use super::*;

    #[test]
    fn the_demo_has_a_prefix_of_its_own_below_the_given_one() {
        let options = DemoOptions { once: true, language: Language::English };
        for (given, above) in [("", "/demo-"), ("photos", "photos/demo-"), ("photos/", "photos/demo-")] {
            let values = [("S3_ENDPOINT", "https://s3.example"), ("S3_BUCKET", "b"), ("S3_PREFIX", given)];
            let values: BTreeMap<_, _> = values.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
            let config = settings(&Config::from_values(values).unwrap(), Path::new("/nowhere"), &options);
            assert!(config.s3.prefix.unwrap().starts_with(above), "{given}");
        }
    }
}

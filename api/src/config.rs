//! Settings: one table of every key with its default, its unit and its purpose. Nothing else reads the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

/// One setting: an environment variable `CHUISHAO_<KEY>`, or the same key in lower case in the file of `--config`.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The key, without the prefix.
    pub key: &'static str,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What it is for, with its unit.
    pub purpose: &'static str,
    /// Whether `config` must not print its value.
    pub secret: bool,
}

const fn setting(key: &'static str, default: &'static str, purpose: &'static str) -> Setting {
    Setting { key, default, purpose, secret: false }
}

const fn secret(key: &'static str, purpose: &'static str) -> Setting {
    Setting { key, default: "", purpose, secret: true }
}

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    setting("LISTEN", "127.0.0.1:8080", "address and port to listen on; port 0 takes a free one"),
    setting("DATA_DIR", "./data", "folder of the SQLite database, the photos and the keys"),
    secret("DATABASE_URL", "postgres://… ; without it: SQLite in the data folder"),
    setting("DATABASE_CONNECTIONS", "16", "connections to PostgreSQL, at most"),
    setting(
        "PG_TOOLS_DIR",
        "",
        "folder of pg_dump and pg_restore, for backups of PostgreSQL; default: found on the PATH",
    ),
    setting("KEYS_DIR", "", "folder of the keys, mode 0700; default: keys/ in the data folder"),
    setting("PHOTO_DIR", "", "folder of the photos; default: photos/ in the data folder"),
    setting("PHOTO_THREADS", "0", "threads that make photos ready to show; 0: half as many as cores"),
    setting(
        "PHOTO_QUEUE",
        "32",
        "photos taken in at once; more wait in the database and are finished in the background",
    ),
    setting("PHOTO_MEMORY_MIB", "320", "memory for decoding photos, in MiB; one that needs more is refused"),
    setting("PHOTO_WAIT_MS", "8000", "how long completePhoto waits for a photo to be ready, in milliseconds"),
    setting("S3_ENDPOINT", "", "S3 endpoint, such as https://s3.example; without it photos stay in the photo folder"),
    setting("S3_PUBLIC_ENDPOINT", "", "endpoint that phones reach; default: the S3 endpoint"),
    setting("S3_REGION", "us-east-1", "S3 region"),
    setting("S3_BUCKET", "", "S3 bucket"),
    setting("S3_ACCESS_KEY", "", "S3 access key"),
    secret("S3_SECRET_KEY", "S3 secret key"),
    setting("S3_PATH_STYLE", "true", "bucket in the path (true) or in the host name (false)"),
    setting("S3_PREFIX", "", "prefix of every key in the bucket"),
    setting("PUBLIC_URL", "", "URL under which clients reach the server; default: from the listen address"),
    setting("GRAPHIQL", "true", "whether GET /graphiql serves the explorer"),
    setting("LOG", "info", "log filter, such as info,chuishao=debug"),
    setting("LOG_FORMAT", "json", "json or text"),
    setting("DEADLINE_SECONDS", "10", "time until an answer is given up, in seconds; the work goes on"),
    setting(
        "IN_FLIGHT",
        "256",
        "requests worked on at once; beside them a quarter as many emergencies, and a sixteenth as many submitReports",
    ),
    setting("QUEUE", "512", "requests of each of these three kinds that may wait for their turn"),
    setting(
        "INTAKE_BATCH",
        "64",
        "submissions that one transaction writes, at most: what comes while a batch is being written makes the next one; \
         1 writes each alone",
    ),
    setting(
        "INTAKE_QUEUE",
        "1024",
        "submissions that may wait to be written; ordinary ones, emergencies and those of submitReports apart",
    ),
    setting(
        "CODE_SENDER",
        "console",
        "who sends one-time codes: console (development: prints them on standard output)",
    ),
    setting("PAYER", "test", "who pays awards: test (development: pays at once)"),
    setting("WORKERS", "0", "HTTP worker threads; 0: as many as cores"),
];

/// A setting that cannot be used, in a sentence that names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadSetting(pub String);

/// The settings in force.
#[derive(Clone)]
pub struct Config {
    values: BTreeMap<&'static str, String>,
    set: Vec<&'static str>,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Folder of everything that is kept locally.
    pub data_dir: PathBuf,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("listen", &self.listen).finish_non_exhaustive() // values may be secrets
    }
}

impl Config {
    /// Reads the environment and, if named, the file.
    ///
    /// # Errors
    /// A sentence that names an unknown or unusable setting.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, BadSetting> {
        let mut given: BTreeMap<String, String> = match file {
            Some(path) => read_file(path)?,
            None => BTreeMap::new(),
        };
        for (name, value) in environment {
            if let Some(key) = name.strip_prefix("CHUISHAO_") {
                given.insert(key.to_owned(), value);
            }
        }
        Self::from_values(given)
    }

    /// Settings from values by key, the rest by default.
    ///
    /// # Errors
    /// A sentence that names an unknown or unusable setting.
    pub fn from_values(given: BTreeMap<String, String>) -> Result<Self, BadSetting> {
        let mut values: BTreeMap<&'static str, String> =
            SETTINGS.iter().map(|setting| (setting.key, setting.default.to_owned())).collect();
        let mut set = Vec::new();
        for (key, value) in given {
            // The test harness talks to its own parts under this prefix.
            if key.starts_with("TEST_") {
                continue;
            }
            let Some(known) = SETTINGS.iter().find(|setting| setting.key == key) else {
                return Err(BadSetting(format!("CHUISHAO_{key} is not a setting: `chuishao config` lists them all")));
            };
            set.push(known.key);
            values.insert(known.key, value);
        }
        let mut config = Self { values, set, listen: SocketAddr::from(([127, 0, 0, 1], 0)), data_dir: PathBuf::new() };
        config.listen = config.parse("LISTEN", "an address and port, such as 127.0.0.1:8080")?;
        config.data_dir = PathBuf::from(config.text("DATA_DIR"));
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), BadSetting> {
        for key in ["DEADLINE_SECONDS", "IN_FLIGHT", "QUEUE", "WORKERS", "DATABASE_CONNECTIONS", "PHOTO_THREADS"] {
            self.number(key)?;
        }
        for key in ["INTAKE_BATCH", "INTAKE_QUEUE"] {
            if !(1..=10_000).contains(&self.number(key)?) {
                return Err(BadSetting(format!("CHUISHAO_{key} must be a whole number from 1 to 10000")));
            }
        }
        self.within("PHOTO_QUEUE", 1, 10_000)?;
        self.within("PHOTO_MEMORY_MIB", 64, 1 << 20)?;
        self.within("PHOTO_WAIT_MS", 0, 60_000)?;
        for key in ["GRAPHIQL", "S3_PATH_STYLE"] {
            self.parse::<bool>(key, "true or false")?;
        }
        for (key, words) in [("LOG_FORMAT", &["json", "text"][..]), ("CODE_SENDER", &["console"]), ("PAYER", &["test"])]
        {
            if !words.contains(&self.text(key)) {
                return Err(BadSetting(format!("CHUISHAO_{key} must be one of: {}", words.join(", "))));
            }
        }
        if self.text("S3_ENDPOINT").is_empty() != self.text("S3_BUCKET").is_empty() {
            return Err(BadSetting("CHUISHAO_S3_ENDPOINT and CHUISHAO_S3_BUCKET go together: set both or none".into()));
        }
        if !self.is_sqlite() && !self.text("DATABASE_URL").starts_with("postgres") {
            return Err(BadSetting("CHUISHAO_DATABASE_URL must begin with postgres:// (SQLite needs no URL)".into()));
        }
        Ok(())
    }

    /// The text of a setting; empty where none was given.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.values.get(key).map_or("", String::as_str)
    }

    /// A secret setting.
    #[must_use]
    pub fn secret(&self, key: &str) -> SecretString {
        self.text(key).into()
    }

    /// A number.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn number(&self, key: &str) -> Result<usize, BadSetting> {
        self.parse(key, "a whole number")
    }

    fn within(&self, key: &str, least: usize, most: usize) -> Result<(), BadSetting> {
        let number = self.number(key)?;
        if (least..=most).contains(&number) {
            return Ok(());
        }
        Err(BadSetting(format!("CHUISHAO_{key} must be from {least} to {most}")))
    }

    /// Whether a switch is on.
    #[must_use]
    pub fn is_on(&self, key: &str) -> bool {
        self.text(key) == "true"
    }

    /// The folder of a setting, or `name` in the data folder.
    #[must_use]
    pub fn folder(&self, key: &str, name: &str) -> PathBuf {
        match self.text(key) {
            "" => self.data_dir.join(name),
            path => PathBuf::from(path),
        }
    }

    /// Whether the database is SQLite in the data folder.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.text("DATABASE_URL").is_empty()
    }

    /// Whether photos go to S3.
    #[must_use]
    pub fn has_s3(&self) -> bool {
        !self.text("S3_ENDPOINT").is_empty()
    }

    /// Whether somebody set this key.
    #[must_use]
    pub fn is_set(&self, key: &str) -> bool {
        self.set.contains(&key)
    }

    /// The same settings with one changed: for commands that make a world of their own.
    ///
    /// # Errors
    /// A sentence that names the setting.
    pub fn with(&self, key: &str, value: &str) -> Result<Self, BadSetting> {
        let mut given: BTreeMap<String, String> =
            self.set.iter().map(|key| ((*key).to_owned(), self.text(key).to_owned())).collect();
        given.insert(key.to_owned(), value.to_owned());
        Self::from_values(given)
    }

    fn parse<T: std::str::FromStr>(&self, key: &str, wanted: &str) -> Result<T, BadSetting> {
        self.text(key).trim().parse().ok().ok_or_else(|| BadSetting(format!("CHUISHAO_{key} must be {wanted}")))
    }

    /// Every setting with its value, for `chuishao config`. Secrets are masked.
    #[must_use]
    pub fn describe(&self) -> String {
        let mut lines = Vec::new();
        for setting in SETTINGS {
            let value = match self.text(setting.key) {
                "" => "(not set)",
                _ if setting.secret => "(set, hidden)",
                value => value,
            };
            let mark = if self.is_set(setting.key) { "" } else { "  # default" };
            lines.push(format!("# {}\nCHUISHAO_{}={value}{mark}\n", setting.purpose, setting.key));
        }
        lines.join("\n")
    }
}

fn read_file(path: &Path) -> Result<BTreeMap<String, String>, BadSetting> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| BadSetting(format!("cannot read {shown}: {error}")))?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| BadSetting(format!("{shown}: {error}")))?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(_) | toml::Value::Boolean(_) => value.to_string(),
            _ => return Err(BadSetting(format!("{shown}: `{key}` must be a text, a number or a switch"))),
        };
        values.insert(key.to_uppercase(), text);
    }
    Ok(values)
}

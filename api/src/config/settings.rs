//! Every setting: its name, unit, default and help, one struct per concern.
//!
//! `clap` reads them: an argument `--NAME` stands for the variable `CHUISHAO_NAME`. The comment of a field is the help
//! that `chuishao config` prints, and `value_name` is the unit.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{StringValueParser, TypedValueParser};
use clap::{ArgAction, Args, ValueEnum};
use domain::limits;
use secrecy::SecretString;

use super::value::{
    MetricsListen, address, client_time, connections, decoding_memory, filter, folder, http_url, metrics_listen,
    milliseconds, name, open_connections, postgres_url, queue_length, reserve, seconds, switch, threads, up_to_10_000,
};
use crate::client_time::ClientTime;

/// How clients reach the server.
#[derive(Debug, Clone, Args)]
pub(crate) struct HttpSettings {
    /// The address and port on which the server listens. Port 0 takes any free port.
    #[arg(id = "LISTEN", long, value_name = "address:port", default_value = "127.0.0.1:8080", value_parser = address)]
    pub listen: SocketAddr,
    /// The address and port on which the server answers `/metrics`, `/livez` and `/readyz` for operators. Each process on
    /// a machine needs a port of its own. An empty value switches this listener off.
    #[arg(id = "METRICS_LISTEN", long, value_name = "address:port", default_value = "127.0.0.1:9464",
        value_parser = metrics_listen)]
    pub metrics: MetricsListen,
    /// The URL under which clients reach the server. By default it is made from the listen address.
    #[arg(id = "PUBLIC_URL", long, value_name = "URL", value_parser = http_url)]
    pub public_url: Option<String>,
    /// Whether `GET /graphiql` serves the explorer for GraphQL. With auto, it does so if the server listens on a loopback
    /// address and has no public URL.
    #[arg(id = "GRAPHIQL", long, value_enum, default_value_t = Explorer::Auto)]
    pub graphiql: Explorer,
    /// The number of HTTP worker threads. 0 starts one for each core.
    #[arg(id = "WORKERS", long, value_name = "threads", default_value_t = 0, value_parser = threads)]
    pub workers: usize,
    /// The number of connections that are open at once. Further clients wait until the operating system passes them on.
    /// The number is lower if the process may not open as many files.
    #[arg(id = "CONNECTIONS", long, value_name = "connections", default_value_t = 4_096,
        value_parser = open_connections)]
    pub connections: usize,
    /// The time within which a client must send the head of a request. For a body, an upload and the reading of an answer
    /// it has one second more for every 4 KiB.
    #[arg(id = "CLIENT_SECONDS", long, value_name = "seconds", default_value = "20", value_parser = client_time)]
    pub client_time: ClientTime,
}

/// When the explorer for GraphQL is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Explorer {
    /// If only this machine reaches the server.
    Auto,
    /// Always.
    True,
    /// Never.
    False,
}

impl HttpSettings {
    /// Checks whether the explorer is served. With `auto`, it is not if a proxy may stand in front of the server: the
    /// proxy would show it to everybody.
    #[must_use]
    pub(crate) fn serves_graphiql(&self) -> bool {
        match self.graphiql {
            Explorer::Auto => self.listen.ip().is_loopback() && self.public_url.is_none(),
            Explorer::True => true,
            Explorer::False => false,
        }
    }
}

/// How many requests are processed, and for how long.
#[derive(Debug, Clone, Args)]
pub(crate) struct LimitSettings {
    /// The time after which a request is answered with an error. A mutation that has begun still completes.
    #[arg(id = "DEADLINE_SECONDS", long, value_name = "seconds", value_parser = seconds,
        default_value = limits::DEADLINE_SECONDS.to_string())]
    pub deadline: Duration,
    /// The number of requests that are processed at once. A quarter as many emergencies and a sixteenth as many calls
    /// of `submitReports` are processed in addition.
    #[arg(id = "IN_FLIGHT", long, value_name = "requests", default_value_t = limits::IN_FLIGHT_MAX,
        value_parser = up_to_10_000)]
    pub in_flight: usize,
    /// The number of requests of each of these three kinds that may wait to be processed.
    #[arg(id = "QUEUE", long, value_name = "requests", default_value_t = limits::QUEUE_MAX,
        value_parser = queue_length)]
    pub queue: usize,
}

/// Where local files lie.
#[derive(Debug, Clone, Args)]
pub(crate) struct FolderSettings {
    /// The folder of the SQLite database. It also holds the photos and the keys unless they have folders of their own.
    #[arg(id = "DATA_DIR", long, value_name = "folder", default_value = "./data", value_parser = folder)]
    pub data: PathBuf,
    /// The folder of the keys, with mode 0700. The default is keys/ in the data folder.
    #[arg(id = "KEYS_DIR", long, value_name = "folder")]
    pub keys: Option<PathBuf>,
    /// The folder of the photos if they are not kept in S3. The default is photos/ in the data folder. Processes that
    /// share a database must share this folder.
    #[arg(id = "PHOTO_DIR", long, value_name = "folder")]
    pub photos: Option<PathBuf>,
}

/// How rows are stored.
#[derive(Debug, Clone, Args)]
pub(crate) struct DatabaseSettings {
    /// The URL of the PostgreSQL database, such as `postgres://user:password@host/database`. Without it, the server uses
    /// SQLite in the data folder.
    #[arg(id = "DATABASE_URL", long, value_name = "URL", value_parser = postgres_url)]
    pub url: Option<SecretString>,
    /// The maximum number of connections to PostgreSQL for each process. Fewer than 4 count as 4; two of them are
    /// reserved for submissions.
    #[arg(id = "DATABASE_CONNECTIONS", long, value_name = "connections", default_value_t = 16,
        value_parser = connections)]
    pub connections: u32,
    /// The folder of `pg_dump` and `pg_restore`, which back up and restore PostgreSQL. By default they are found on the
    /// PATH.
    #[arg(id = "PG_TOOLS_DIR", long, value_name = "folder")]
    pub tools: Option<PathBuf>,
}

/// How submissions are written.
#[derive(Debug, Clone, Args)]
pub(crate) struct IntakeSettings {
    /// The maximum number of submissions that one transaction writes. Submissions that arrive during a write form the
    /// next batch. 1 writes each submission by itself.
    #[arg(id = "INTAKE_BATCH", long, value_name = "submissions", default_value_t = 64, value_parser = up_to_10_000)]
    pub batch: usize,
    /// The number of submissions that may wait to be written. Ordinary submissions, emergencies and those of
    /// `submitReports` are counted separately.
    #[arg(id = "INTAKE_QUEUE", long, value_name = "submissions", default_value_t = 1_024,
        value_parser = up_to_10_000)]
    pub queue: usize,
}

/// How photos are prepared for display.
#[derive(Debug, Clone, Args)]
pub(crate) struct PhotoSettings {
    /// The number of threads that prepare photos for display. 0 starts half as many as there are cores.
    #[arg(id = "PHOTO_THREADS", long, value_name = "threads", default_value_t = 0,
        value_parser = threads)]
    pub threads: usize,
    /// The number of photos that are processed at once. Further photos wait in the database and are processed in the
    /// background.
    #[arg(id = "PHOTO_QUEUE", long, value_name = "photos", default_value_t = 32, value_parser = up_to_10_000)]
    pub queue: usize,
    /// The memory for decoding photos. A photo that needs more is refused.
    #[arg(id = "PHOTO_MEMORY_MIB", long, value_name = "MiB", default_value_t = 320,
        value_parser = decoding_memory)]
    pub memory_mib: u32,
    /// The free space that photos leave on the disk of the photo folder. Below it, photos are refused for the time being,
    /// while reports are still taken. 0 lets photos fill the disk.
    #[arg(id = "PHOTO_RESERVE_MIB", long, value_name = "MiB", default_value_t = 1_024, value_parser = reserve)]
    pub reserve_mib: u64,
    /// The time for which `completePhoto` waits until a photo is ready.
    #[arg(id = "PHOTO_WAIT_MS", long, value_name = "milliseconds", default_value = "8000", value_parser = milliseconds)]
    pub wait: Duration,
}

/// The bucket of the photos.
#[derive(Debug, Clone, Args)]
pub(crate) struct S3Settings {
    /// The URL of the S3 endpoint, such as `https://s3.example`. Without it, photos stay in the photo folder.
    #[arg(id = "S3_ENDPOINT", long, value_name = "URL", value_parser = http_url)]
    pub endpoint: Option<String>,
    /// The URL of the endpoint to which phones send photos. The default is the S3 endpoint.
    #[arg(id = "S3_PUBLIC_ENDPOINT", long, value_name = "URL", value_parser = http_url)]
    pub public_endpoint: Option<String>,
    /// The region of the S3 bucket.
    #[arg(id = "S3_REGION", long, value_name = "name", default_value = "us-east-1", value_parser = name)]
    pub region: String,
    /// The name of the S3 bucket. It must be set if the endpoint is set.
    #[arg(id = "S3_BUCKET", long, value_name = "name", value_parser = name)]
    pub bucket: Option<String>,
    /// The access key of the S3 bucket.
    #[arg(id = "S3_ACCESS_KEY", long, value_name = "text",
        value_parser = StringValueParser::new().map(SecretString::from))]
    pub access_key: Option<SecretString>,
    /// The secret key of the S3 bucket.
    #[arg(id = "S3_SECRET_KEY", long, value_name = "text",
        value_parser = StringValueParser::new().map(SecretString::from))]
    pub secret_key: Option<SecretString>,
    /// Whether URLs name the bucket in their path (true) or in their host name (false).
    #[arg(id = "S3_PATH_STYLE", long, value_name = "true, false", action = ArgAction::Set, default_value_t = true,
        value_parser = switch)]
    pub path_style: bool,
    /// The prefix of every key in the bucket.
    #[arg(id = "S3_PREFIX", long, value_name = "text")]
    pub prefix: Option<String>,
}

/// What is logged on standard error.
#[derive(Debug, Clone, Args)]
pub(crate) struct LogSettings {
    /// The filter of the log on standard error, such as info,chuishao=debug.
    #[arg(id = "LOG", long, value_name = "filter", default_value = "info", value_parser = filter)]
    pub filter: String,
    /// The format of a line of the log.
    #[arg(id = "LOG_FORMAT", long, value_enum, default_value_t = LogFormat::Json)]
    pub format: LogFormat,
}

/// The format of a line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// A JSON object.
    Json,
    /// A line for people.
    Text,
}

/// The services outside that the server uses.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServiceSettings {
    /// The sender of one-time codes. The only one so far is console, which prints them on standard output and is meant
    /// for development.
    #[arg(id = "CODE_SENDER", long, value_enum, default_value_t = CodeSenderKind::Console)]
    pub code_sender: CodeSenderKind,
    /// The payer of awards. The only one so far is test, which pays at once and is meant for development.
    #[arg(id = "PAYER", long, value_enum, default_value_t = PayerKind::Test)]
    pub payer: PayerKind,
}

/// The senders of one-time codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CodeSenderKind {
    /// Prints the codes on standard output.
    Console,
}

/// The payers of awards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PayerKind {
    /// Pays at once, without money.
    Test,
}

//! Parsers for the values of settings. Each error is the end of a sentence that begins with the name of the setting.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use reqwest::Url;
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::client_time::ClientTime;

/// The address of the listener for operators; `None` if it is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MetricsListen(pub Option<SocketAddr>);

/// Parses a socket address: an IP address and a port.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    parse(text, "an address and port, such as 127.0.0.1:8080")
}

/// Parses the address of the listener for operators. An empty text switches it off.
pub(super) fn metrics_listen(text: &str) -> Result<MetricsListen, String> {
    if text.trim().is_empty() {
        return Ok(MetricsListen(None));
    }
    let wanted = "an address and port, such as 127.0.0.1:9464, or empty for no metrics";
    parse(text, wanted).map(|address| MetricsListen(Some(address)))
}

/// Parses the URL of an HTTP server, and returns it without blanks around it and without slashes at its end. It has a
/// host, and no credentials, query or fragment: paths are appended to it.
pub(super) fn http_url(text: &str) -> Result<String, String> {
    let text = text.trim().trim_end_matches('/');
    let usable = Url::parse(text).is_ok_and(|url| {
        let is_http = ["http", "https"].contains(&url.scheme()) && url.has_host();
        let has_more = url.query().is_some() || url.fragment().is_some();
        is_http && !has_more && url.username().is_empty() && url.password().is_none()
    });
    let wanted =
        "a URL with http:// or https:// and a host, such as https://chuishao.example, without a password, `?` or `#`";
    if usable { Ok(text.to_owned()) } else { Err(must_be(wanted)) }
}

/// Parses a name: a text without blanks.
pub(super) fn name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_name = !text.is_empty() && !text.contains(char::is_whitespace);
    if is_name { Ok(text.to_owned()) } else { Err(must_be("a name without blanks")) }
}

/// Parses the path of a folder, which need not exist yet.
pub(super) fn folder(text: &str) -> Result<PathBuf, String> {
    if text.trim().is_empty() { Err(must_be("the path of a folder, such as ./data")) } else { Ok(PathBuf::from(text)) }
}

/// Parses `true` or `false`.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    parse(text, "true or false")
}

/// Parses a number of threads, 0 to 1,024.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    within(text, 0, 1_024)
}

/// Parses a number of connections to the database, 0 to 10,000.
pub(super) fn connections(text: &str) -> Result<u32, String> {
    within(text, 0, 10_000)
}

/// Parses a number of connections of clients, 16 to 1,000,000.
pub(super) fn open_connections(text: &str) -> Result<usize, String> {
    within(text, 16, 1_000_000)
}

/// Parses the length of a queue in which requests wait, 0 to 100,000.
pub(super) fn queue_length(text: &str) -> Result<usize, String> {
    within(text, 0, 100_000)
}

/// Parses a queue length or a concurrency limit, 1 to 10,000.
pub(super) fn up_to_10_000(text: &str) -> Result<usize, String> {
    within(text, 1, 10_000)
}

/// Parses the memory for decoding in MiB, 64 to 1,048,576 (1 TiB).
pub(super) fn decoding_memory(text: &str) -> Result<u32, String> {
    within(text, 64, 1 << 20)
}

/// Parses a free space in MiB, 0 to 1,073,741,824 (1 PiB).
pub(super) fn reserve(text: &str) -> Result<u64, String> {
    within(text, 0, 1 << 30)
}

/// Parses a duration in milliseconds, at most one minute.
pub(super) fn milliseconds(text: &str) -> Result<Duration, String> {
    within(text, 0, 60_000).map(Duration::from_millis)
}

/// Parses a duration in whole seconds, from one second to one hour.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    within(text, 1, 3_600).map(Duration::from_secs)
}

/// Parses the constant part of the deadlines of clients, in seconds.
pub(super) fn client_time(text: &str) -> Result<ClientTime, String> {
    seconds(text).map(ClientTime::new)
}

/// Parses a filter of the log and returns it unchanged. A single word must be a level: the library would take a
/// misspelt level for the name of a module, log that module alone, and so lose the log without a word.
pub(super) fn filter(text: &str) -> Result<String, String> {
    let is_plain = !text.contains('[');
    let mut words = text.split(',').map(str::trim).filter(|part| is_plain && !part.contains('='));
    let is_valid =
        EnvFilter::try_new(text).is_ok() && words.all(|word| !word.is_empty() && word.parse::<LevelFilter>().is_ok());
    let wanted = "levels off, error, warn, info, debug or trace, for all or for a module, such as info,chuishao=debug";
    if is_valid { Ok(text.to_owned()) } else { Err(must_be(wanted)) }
}

/// Parses a PostgreSQL URL, which must begin with `postgres://` or `postgresql://`. The result is a secret, because it may contain a
/// password.
pub(super) fn postgres_url(text: &str) -> Result<SecretString, String> {
    let text = text.trim();
    if ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.into())
    } else {
        Err("must begin with postgres:// (SQLite needs no URL)".to_owned())
    }
}

fn within<T: Copy + FromStr + PartialOrd + Display>(text: &str, least: T, most: T) -> Result<T, String> {
    let wanted = format!("a whole number from {least} to {most}");
    let number = parse(text, &wanted)?;
    if least <= number && number <= most { Ok(number) } else { Err(must_be(&wanted)) }
}

fn parse<T: FromStr>(text: &str, wanted: &str) -> Result<T, String> {
    text.trim().parse().ok().ok_or_else(|| must_be(wanted))
}

fn must_be(wanted: &str) -> String {
    format!("must be {wanted}")
}

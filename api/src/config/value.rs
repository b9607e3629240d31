//! Parsers for the values of settings. Each error is the end of a sentence that begins with the name of the setting.

use std::fmt::Display;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;

/// Parses a socket address: an IP address and a port.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    parse(text, "an address and port, such as 127.0.0.1:8080")
}

/// Parses `true` or `false`.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    parse(text, "true or false")
}

/// Parses a non-negative integer.
pub(super) fn count(text: &str) -> Result<usize, String> {
    parse(text, "a whole number")
}

/// Parses a number of connections, a non-negative integer.
pub(super) fn connections(text: &str) -> Result<u32, String> {
    parse(text, "a whole number")
}

/// Parses a queue length or a concurrency limit, 1 to 10,000.
pub(super) fn up_to_10_000(text: &str) -> Result<usize, String> {
    within(text, 1, 10_000)
}

/// Parses a size in MiB, 64 to 1,048,576 (1 TiB).
pub(super) fn mebibytes(text: &str) -> Result<u32, String> {
    within(text, 64, 1 << 20)
}

/// Parses a duration in milliseconds, at most one minute.
pub(super) fn milliseconds(text: &str) -> Result<Duration, String> {
    within(text, 0, 60_000).map(Duration::from_millis)
}

/// Parses a duration in whole seconds.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    parse(text, "a whole number of seconds").map(Duration::from_secs)
}

/// Parses a PostgreSQL URL, which must begin with `postgres`. The result is a secret, because it may contain a
/// password.
pub(super) fn postgres_url(text: &str) -> Result<SecretString, String> {
    if text.starts_with("postgres") {
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

//! From the text of a setting to its value. An error is the end of a sentence that begins with the name of the setting.

use std::fmt::Display;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use secrecy::SecretString;

/// An address with its port.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    parse(text, "an address and port, such as 127.0.0.1:8080")
}

/// `true` or `false`.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    parse(text, "true or false")
}

/// A whole number without an upper limit.
pub(super) fn count(text: &str) -> Result<usize, String> {
    parse(text, "a whole number")
}

/// A number of connections.
pub(super) fn connections(text: &str) -> Result<u32, String> {
    parse(text, "a whole number")
}

/// A number of things that may wait, or be processed at once.
pub(super) fn up_to_10_000(text: &str) -> Result<usize, String> {
    within(text, 1, 10_000)
}

/// A size in whole MiB.
pub(super) fn mebibytes(text: &str) -> Result<u32, String> {
    within(text, 64, 1 << 20)
}

/// A time in whole milliseconds, of a minute at most.
pub(super) fn milliseconds(text: &str) -> Result<Duration, String> {
    within(text, 0, 60_000).map(Duration::from_millis)
}

/// A time in whole seconds.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    parse(text, "a whole number of seconds").map(Duration::from_secs)
}

/// The URL of a PostgreSQL database, which may hold a password.
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

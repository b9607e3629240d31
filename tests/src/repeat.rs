//! How often something is tried: in the test suite as often as it takes to see a fault, by hand as often as one likes.

/// As often as the environment variable says, else `usual`.
///
/// # Panics
/// Panics if the variable is set and is not a number.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "how long to try is no setting of the server")]
pub fn times(variable: &str, usual: usize) -> usize {
    let said = std::env::var(variable).ok();
    said.map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not `{text}`")))
}

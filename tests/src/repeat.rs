//! The number of repetitions of a randomised test: small by default in the test suite, and configurable for long runs
//! by hand.

/// Returns the number of repetitions from the environment variable, or `usual` if it is not set.
///
/// # Panics
/// Panics if the variable is set and is not a number.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "how long to try is no setting of the server")]
pub fn times(variable: &str, usual: usize) -> usize {
    let said = std::env::var(variable).ok();
    said.map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not `{text}`")))
}

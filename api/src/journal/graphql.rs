//! History, as the published schema shows it.

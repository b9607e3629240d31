//! The keys, which live outside the database.

/// All keys of an installation.
#[derive(Clone)]
pub struct Keys;

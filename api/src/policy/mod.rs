//! Rules as dated data: categories, duties, calendar, policies; the rulebook that decisions read; routing; the importer
//! of every file.
//!
//! A decision reads the [`rulebook::RuleBook`] of the revision that its transaction sees, asks pure functions of it, and
//! keeps its version. Nothing else reads these tables.

pub mod clocks;
pub mod dated;
pub mod defaults;
pub mod duties;
pub mod graphql;
pub mod import;
pub mod loader;
mod reasons;
pub mod route;
pub mod routing;
pub mod rulebook;
pub mod rulebook_cache;
#[cfg(test)]
mod tests;
pub mod units;

pub use rulebook::RuleBook;

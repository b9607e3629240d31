//! Rules are dated data: categories, duties, the calendar and policies. This slice has the rulebook that decisions
//! read, routing, and the importer of every file.
//!
//! A decision reads the [`rulebook::RuleBook`] of the revision that its transaction sees, calls its pure functions and
//! stores its version. No other slice reads these tables.

pub(crate) mod clocks;
pub(crate) mod dated;
pub(crate) mod defaults;
pub(crate) mod duties;
pub(crate) mod graphql;
pub(crate) mod import;
pub(crate) mod loader;
mod reasons;
pub(crate) mod route;
pub(crate) mod routing;
pub(crate) mod rulebook;
pub(crate) mod rulebook_cache;
#[cfg(test)]
mod tests;
pub(crate) mod units;

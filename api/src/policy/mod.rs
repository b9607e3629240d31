//! Rules as dated data: categories, duties, the calendar and policies. This slice owns the rulebook on which decisions
//! rest, the routing, and the importer for every kind of rule file.
//!
//! A decision loads the [`rulebook::RuleBook`] of the revision that its transaction sees, calls its pure functions and
//! stores the revision number. No other slice queries these tables.

pub(crate) mod calendar_end;
pub(crate) mod clocks;
pub(crate) mod dated;
pub(crate) mod defaults;
pub(crate) mod duties;
pub(crate) mod graphql;
pub(crate) mod import;
pub(crate) mod loader;
mod reasons;
pub(crate) mod recounting;
pub(crate) mod roster;
pub(crate) mod route;
pub(crate) mod routing;
pub(crate) mod rulebook;
pub(crate) mod rulebook_cache;
#[cfg(test)]
mod tests;
pub(crate) mod todos;
pub(crate) mod units;

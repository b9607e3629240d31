//! Rules as dated data: categories, duties, calendar, policies; the rulebook that decisions read; routing.

pub mod clocks;
pub mod rulebook;

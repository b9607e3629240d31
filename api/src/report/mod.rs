//! Reports 报告: their rows, their access rules, and callbacks 回访, which ask reporters for an opinion after closure.
//!
//! Officers and authors receive different GraphQL object types, so that fields reserved for the author cannot leak to
//! officers.

pub(crate) mod bars;
pub(crate) mod callbacks;
pub(crate) mod deadlines;
pub(crate) mod following;
pub(crate) mod graphql;
pub(crate) mod loader;
pub(crate) mod reading;
pub(crate) mod referrals;
pub(crate) mod rows;
pub(crate) mod same_photo;
pub(crate) mod todos;
pub(crate) mod unassigned;

//! Units 单位, officers 工作人员, the posts 岗位 that officers hold, and the duty roster 值班.
//!
//! Units are rules and belong to the rulebook. Officers and posts are queried when needed. Officers' phone numbers are
//! in the vault, which this slice never accesses directly: the caller passes a [`phones::Phones`].

pub(crate) mod graphql;
pub(crate) mod import;
pub(crate) mod loader;
pub(crate) mod phones;
pub(crate) mod reviewers;
pub(crate) mod roster;
pub(crate) mod rows;
pub(crate) mod service;
#[cfg(test)]
mod tests;

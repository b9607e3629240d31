//! Units 单位, officers 工作人员 and their posts 岗位.
//!
//! Units are rules and part of the rule book. Officers and posts are read from the database when they are needed. The
//! phone number of an officer is in the vault, which this slice never names: the caller passes a [`phones::Phones`].

pub(crate) mod graphql;
pub(crate) mod import;
pub(crate) mod loader;
pub(crate) mod phones;
mod rows;
pub(crate) mod service;
#[cfg(test)]
mod tests;

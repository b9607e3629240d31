//! Units 单位, officers 工作人员 and their posts 岗位.
//!
//! Units are rules and come with the rulebook. Officers and posts are read where they are asked for; how to reach an
//! officer lies in the vault, which this slice never names: whoever calls it brings a [`phones::Phones`].

pub(crate) mod graphql;
pub(crate) mod import;
pub(crate) mod loader;
pub(crate) mod phones;
mod rows;
pub(crate) mod service;
#[cfg(test)]
mod tests;

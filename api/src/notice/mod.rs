//! Notices 通知: the in-app messages to the author of a report.
//!
//! A follower of the journal ([`follower`]) writes them asynchronously; a business transaction never inserts one. A
//! notice row stores the kind and a few facts as codes ([`kind`]). Its text is rendered on read, in the language of the
//! request ([`texts`]). A notice never identifies an officer, and only the author of the report can read it or mark it
//! as read ([`service`]).

pub(crate) mod follower;
pub(crate) mod graphql;
pub(crate) mod kind;
pub(crate) mod loader;
mod rules;
pub(crate) mod service;
mod texts;

#[cfg(test)]
mod tests;

//! Notices 通知: what the author of a report hears in the app.
//!
//! A follower of the journal ([`follower`]) writes them after the events that they tell of; nothing announces anything
//! from inside a business transaction. An entry holds what happened and a few facts as codes ([`kind`]); its words are
//! made when it is read, in the reader's language ([`texts`]). It never names an officer, and nobody but the author of
//! the report reads it or marks it as read ([`service`]).

pub(crate) mod follower;
pub(crate) mod graphql;
pub(crate) mod kind;
pub(crate) mod loader;
mod rules;
pub(crate) mod service;
mod texts;

#[cfg(test)]
mod tests;

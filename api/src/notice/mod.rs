//! Notices 通知: the news that the author of a report receives in the app.
//!
//! A follower of the journal ([`follower`]) writes them after their events; a business transaction never writes one. An
//! entry stores the kind of event and a few facts as codes ([`kind`]). Its text is made when it is read, in the
//! reader's language ([`texts`]). An entry never names an officer, and only the author of the report can read it or
//! mark it as read ([`service`]).

pub(crate) mod follower;
pub(crate) mod graphql;
pub(crate) mod kind;
pub(crate) mod loader;
mod rules;
pub(crate) mod service;
mod texts;

#[cfg(test)]
mod tests;

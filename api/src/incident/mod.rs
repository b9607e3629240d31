//! Incidents 突发事件 and the situation reports 信息报告 that units send about them to the units above.
//!
//! An incident comes from a hazard or stands alone. Every step locks its row, decides ([`domain::incident`]) and saves what changed
//! together with the events ([`rows`]). A report is a row that never changes, but for its links: the correction 更正 that took its
//! place, and its acknowledgement 签收. Its texts are notes, so that the journal binds them.

mod facts;
pub(crate) mod graphql;
pub(crate) mod loader;
mod opening;
pub(crate) mod reading;
pub(crate) mod rows;
mod service;
mod written;

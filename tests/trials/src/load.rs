//! The load test: phones on a bad network must deliver every report while the server is being killed. A checker then
//! proves that no report was lost, duplicated or altered.
//!
//! | module | contents |
//! |---|---|
//! | [`plan`] | the parameters of a run, and its seed |
//! | [`run`] | executes a run, from the first submission to the check |
//! | [`written`] | a submission as its phone stores it |
//! | [`outbox`] | the persistent outbox of a phone: its submissions and receipts |
//! | [`phone`] | a phone, which repeats each submission unchanged until it has a receipt |
//! | [`sending`] | the resumable upload of a photo |
//! | [`wire`] | one request, and its possible outcomes |
//! | [`site`] | the server and its database, and how to kill them |
//! | [`troubles`] | kills them at random times, and measures the recovery |
//! | [`checker`] | compares receipts with the server's responses and its rows |
//! | [`tally`], [`outcome`] | the shared counters, and the result of a run |

pub mod checker;
pub mod outbox;
pub mod outcome;
pub mod phone;
pub mod plan;
pub mod run;
pub mod sending;
pub mod site;
pub mod tally;
pub mod troubles;
pub mod wire;
pub mod written;

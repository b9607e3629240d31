//! Phones with a bad network that must get every report through, a server that is killed meanwhile, and the proof that
//! nothing was lost, doubled or altered.
//!
//! | word | what it is |
//! |---|---|
//! | [`plan`] | what is done in a run; its seed |
//! | [`run`] | a run from the first submission to the check |
//! | [`written`] | a submission as a phone writes it |
//! | [`outbox`] | the disk of a phone: what it will send, and the receipts that it has |
//! | [`phone`] | sends the very same until it has a receipt |
//! | [`sending`] | a photo on its way |
//! | [`wire`] | one request and all that can come of it |
//! | [`site`] | the server with its database, and how they are killed |
//! | [`troubles`] | when they are killed, and how soon they serve again |
//! | [`checker`] | receipts held against the server's words and its rows |
//! | [`tally`], [`outcome`] | what was counted and what it shows |

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

//! The rows of Chuishao 吹哨: one file a table, with the only ways to reach it.
//!
//! Finders are scoped: what a caller may not see is not found. Statuses are written by the services that decided
//! them, in one place each.

pub mod amendment;
pub mod area;
pub mod area_code;
pub mod assignment;
pub mod award;
pub mod batch;
pub mod calendar_day;
pub mod callback;
pub mod category;
pub mod clock;
pub mod code_entry;
pub mod duty;
pub mod event;
pub mod event_waiting;
pub mod follower;
pub mod hazard;
pub mod inbox_entry;
pub mod journal;
pub mod ledger_entry;
pub mod note;
pub mod officer;
pub mod payment;
pub mod photo;
pub mod photo_fingerprint;
pub mod photo_key;
pub mod policy;
pub mod post;
pub mod report;
pub mod request;
pub mod revision;
pub mod scope;
pub mod subject;
pub mod unit;
pub mod upload;
pub mod upload_piece;
pub mod vault;
pub mod whistle;

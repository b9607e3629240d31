//! The database entities of Chuishao 吹哨: one module for each table, with its row type and shared query conditions.
//!
//! Queries take the caller's scope, so that they never return rows that the caller may not see. A status column is
//! written only by the service that decides on that status.

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
pub mod clock_recount;
pub mod code_entry;
pub mod correction_order;
pub mod duty;
pub mod event;
pub mod event_waiting;
pub mod follower;
pub mod hazard;
pub mod inbox_entry;
pub mod incident;
pub mod inspection;
pub mod journal;
mod json_list;
pub mod ledger_entry;
pub mod moved_report;
pub mod note;
pub mod officer;
pub mod payment;
pub mod penalty;
pub mod photo;
pub mod photo_fingerprint;
pub mod photo_key;
pub mod policy;
pub mod post;
pub mod report;
pub mod request;
pub mod revision;
pub mod scope;
pub mod shift;
pub mod situation_report;
pub mod subject;
pub mod subject_code;
pub mod supervision;
pub mod todo;
pub mod todo_fill;
pub mod unassigned_report;
pub mod unit;
pub mod unit_successor;
pub mod upload;
pub mod upload_piece;
pub mod vault;
pub mod whistle;

pub use json_list::JsonList;

//! Intake: a report is never lost and never doubled.
//!
//! [`submission`] turns what a phone sends into checked values, [`submit`] writes a slice of them in one transaction and
//! answers each after the commit, [`replay`] decides what the same submission gets that was here before, [`later`] is
//! what an author does afterwards, [`status`] tells what became of a submission, [`photos`] how its photos come.

pub mod graphql;
pub mod input;
pub mod later;
pub mod photos;
pub mod replay;
pub mod status;
pub mod submission;
pub mod submit;

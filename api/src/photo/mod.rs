//! Photos 照片: evidence before, during and after.
//!
//! A parent (a report, an assignment) *announces* its photos: id, hash, size, type. A phone then asks for a *plan* and
//! sends the bytes by a form POST, to S3 or to our own door. *Completing* re-reads them, compares size and hash, looks
//! at the type, bounds the pixels, and makes two upright versions without any metadata; the original is sealed. Only
//! what is VERIFIED is ever shown, and only under links that end.
//!
//! This slice never decides who may: the slice that owns the parent authorises, and calls it.

pub mod store;

mod answer;
mod bucket;
mod disk;
mod incoming;
mod policy;
mod signer;

pub use signer::{Mac, Signer};
pub use store::{PhotoStore, UploadPlan, open};

/// Adds the routes under `/photos`.
pub fn routes(routes: &mut actix_web::web::ServiceConfig) {
    routes.route("/photos/incoming", actix_web::web::post().to(incoming::take));
}

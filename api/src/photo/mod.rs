//! Photos 照片: evidence from before, during and after the work.
//!
//! A parent (a report or an assignment) *announces* its photos with id, hash, size and media type. A phone then
//! requests an *upload plan* and sends the bytes by a form POST, to S3 or to this server ([`incoming`]), or piece by
//! piece ([`resumable`]). *Completing* a photo makes it STORED. The [`darkroom`] then re-reads the bytes, compares size
//! and hash, checks the file format, limits the pixel count, and renders a display version and a thumbnail, both
//! upright and without metadata. The original is sealed, its EXIF claims go to the vault, and a perceptual fingerprint
//! is stored, by which near-duplicates are found ([`alike`]). Only a VERIFIED photo is shown, and only through links
//! that expire.
//!
//! This slice does not check permissions. The slice that owns the parent checks them before it calls this one.

pub(crate) mod alike;
pub(crate) mod backlog;
pub(crate) mod complete;
pub(crate) mod darkroom;
pub(crate) mod disk;
pub(crate) mod evidence;
pub(crate) mod graphql;
pub(crate) mod links;
pub(crate) mod loader;
pub(crate) mod original;
pub(crate) mod rejection;
pub(crate) mod reserve;
pub(crate) mod resumable;
pub(crate) mod room;
pub(crate) mod seal;
pub(crate) mod service;
pub(crate) mod signer;
pub(crate) mod store;
pub(crate) mod sweep;

mod bucket;
mod develop;
mod finish;
mod incoming;
mod open;
mod policy;
mod rows;

#[cfg(test)]
mod tests;

pub(crate) use complete::complete;
pub(crate) use darkroom::Darkroom;
pub(crate) use open::open;
pub(crate) use service::{Announced, Announcement, announce, check, expected_of, plan};
pub(crate) use signer::mac_of;
pub(crate) use sweep::sweep;

/// Registers the routes under `/photos` and `/uploads`. They need the [`App`](crate::app::App) and the
/// [`TaskRunner`](crate::task_runner::TaskRunner) as application data.
pub(crate) fn routes(routes: &mut actix_web::web::ServiceConfig) {
    use actix_web::web::{get, post};
    routes
        .route("/photos/incoming", post().to(incoming::take))
        .route("/photos/{photo}/{version}", get().to(links::show))
        .configure(resumable::routes);
}

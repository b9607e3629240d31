//! Photo processing: decodes an untrusted photo and re-encodes it as a display version and a thumbnail without
//! metadata. It also extracts the EXIF claims and computes a perceptual fingerprint for finding copies.
//!
//! The crate is pure and CPU-bound: it depends on no database, no network and no clock, and starts no threads of its
//! own. It is a separate crate so that it is optimised even in debug builds, so that its benchmark builds in a minute,
//! and so that the code that decodes hostile bytes is isolated from everything else. There are two steps, so that the
//! caller can limit the memory: [`inspect`] parses only the headers and returns how much memory [`clean()`] will need.
//!
//! A decoder that this crate uses may parallelise its work with `rayon`. [`stay_on_this_thread`] keeps it on the
//! calling thread.

mod claims;
mod clean;
mod fingerprint;
mod header;
mod jpeg;
mod pixels;
mod png;
mod reduce;
mod sniff;
mod webp;

pub use claims::Claims;
pub use clean::{Cleaned, clean};
pub use fingerprint::Fingerprint;
pub use header::{Header, inspect};
pub use sniff::{Kind, sniff};

/// The error for a file that cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Flaw {
    /// The file is HEIC, HEIF or AVIF.
    #[error("HEIC or AVIF")]
    HeicOrAvif,
    /// The file is not a JPEG, PNG or WebP.
    #[error("not a photo")]
    NotAPhoto,
    /// The header declares more pixels than the limits allow, or decoding would exceed a memory limit.
    #[error("too many pixels")]
    TooManyPixels,
    /// The file is truncated.
    #[error("cut short")]
    CutShort,
    /// The file is malformed, or uses a feature that is not supported.
    #[error("unreadable")]
    Unreadable,
}

/// Pins the decoders to the calling thread for the thread's lifetime, by giving it a `rayon` pool of its own with one
/// thread. Call it on dedicated worker threads. A second call has no effect.
pub fn stay_on_this_thread() {
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    // The pool outlives this handle and ends with the thread. An error means that the thread belongs to a pool already.
    drop(alone.build());
}

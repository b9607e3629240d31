//! Pictures: turns the bytes of any photo into two clean pictures, with the claims of the file about itself and a
//! fingerprint by which copies are found.
//!
//! The crate is pure and slow: it knows no database, no network and no clock, and it starts no thread. It stands alone
//! so that it is optimised in every build, so that a benchmark builds in a minute, and so that the code that decodes
//! hostile bytes can reach nothing else. There are two steps, so that the caller can limit the memory: [`inspect`]
//! reads the headers only and returns how much [`clean`] will need.
//!
//! A decoder of this crate may spread its work over the threads of the process. [`stay_on_this_thread`] keeps it on the
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

/// The reason why a file cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Flaw {
    /// The file is HEIC, HEIF or AVIF.
    #[error("HEIC or AVIF")]
    HeicOrAvif,
    /// The file is not a JPEG, PNG or WebP.
    #[error("not a photo")]
    NotAPhoto,
    /// The header announces more pixels than are accepted.
    #[error("too many pixels")]
    TooManyPixels,
    /// The file ends too early.
    #[error("cut short")]
    CutShort,
    /// The file cannot be decoded.
    #[error("unreadable")]
    Unreadable,
}

/// Keeps the decoders on the calling thread for as long as this thread lives. It is for threads that only process
/// pictures. A second call has no effect.
pub fn stay_on_this_thread() {
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    // The pool ends with the thread. An error means that the thread already belongs to a pool.
    drop(alone.build());
}

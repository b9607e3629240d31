//! Pictures: the bytes of any photo in, two clean pictures out, with what the file claims about itself and a
//! fingerprint by which copies are found.
//!
//! Pure and slow: no database, no network, no clock, no thread of its own. It stands alone so that it is optimised in
//! every build, so that a benchmark builds it in a minute, and so that what decodes hostile bytes can reach nothing
//! else. Two steps, so that the caller can bound the memory: [`inspect`] reads headers only and says how much
//! [`clean`] will need.
//!
//! A decoder of this crate may spread its work over the threads of the process; [`stay_on_this_thread`] keeps it on
//! the thread that calls.

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

/// Why a file cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Flaw {
    /// HEIC, HEIF or AVIF.
    #[error("HEIC or AVIF")]
    HeicOrAvif,
    /// Neither JPEG nor PNG nor WebP.
    #[error("not a photo")]
    NotAPhoto,
    /// More pixels than are taken, said by the header.
    #[error("too many pixels")]
    TooManyPixels,
    /// The file ends too early.
    #[error("cut short")]
    CutShort,
    /// The file cannot be decoded.
    #[error("unreadable")]
    Unreadable,
}

/// Keeps the decoders on the calling thread from now on, as long as it lives: for threads that are kept for pictures.
/// Asked twice, the second time does nothing.
pub fn stay_on_this_thread() {
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
    // The pool ends with the thread; an error means that the thread is in a pool already.
    drop(alone.build());
}

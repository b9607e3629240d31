//! The extent of a file in its container.

/// The extent of a file in its container: the offset of its first byte, and its size in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) at: u64,
    pub(super) bytes: u64,
}

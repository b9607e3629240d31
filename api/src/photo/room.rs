//! The room on the disk that is set aside, in this process, for photos which are arriving. Photos that arrive together share
//! what is free: the room that one of them still needs is set aside until its bytes are on the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The bytes that are set aside for photos which are arriving in this process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Room(Arc<AtomicU64>);

impl Room {
    /// Sets room aside, whether or not it is free.
    pub(super) fn set_aside(&self, bytes: u64) -> SetAside {
        self.0.fetch_add(bytes, Ordering::AcqRel);
        SetAside { room: self.clone(), bytes }
    }

    /// Returns how many bytes are set aside.
    pub(super) fn all(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

/// Room for the bytes of one photo that are still to be written. It is given back on drop.
#[derive(Debug)]
pub(super) struct SetAside {
    room: Room,
    bytes: u64,
}

impl SetAside {
    /// Gives back the room for bytes that are on the disk now.
    pub(super) fn written(&mut self, bytes: u64) {
        let bytes = bytes.min(self.bytes);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.room.0.fetch_sub(bytes, Ordering::AcqRel);
    }
}

impl Drop for SetAside {
    fn drop(&mut self) {
        self.written(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_set_aside_until_it_is_written_or_given_up() {
        let room = Room::default();
        let (mut one, other) = (room.set_aside(10), room.set_aside(5));
        assert_eq!(room.all(), 15);
        one.written(4);
        assert_eq!(room.all(), 11);
        drop(other);
        assert_eq!(room.all(), 6);
        one.written(100);
        assert_eq!(room.all(), 0);
        drop(one);
        assert_eq!(room.all(), 0);
    }
}

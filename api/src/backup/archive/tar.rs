//! Writes and reads single-file backups: tar archives (POSIX ustar), which any tar tool can open.
//!
//! The crate `tar` writes the header fields. There is exactly one valid header for a name, a size and a time, and an
//! archive is rejected if any header, or any byte between the files, differs from what this program writes. No byte of
//! an archive is therefore left unchecked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use tar::{EntryType, Header};

use super::extent::Extent;

/// The size of a header in bytes. File contents are padded to a multiple of it.
pub(super) const BLOCK: usize = 512;
/// The end-of-archive marker: two blocks of zeros.
pub(super) const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

/// The maximum length of a name in bytes. The format would split a longer name into two fields.
const NAME_MAX: usize = 100;
/// The latest time, in seconds since 1970, that eleven octal digits can represent.
const TIME_MAX: u64 = 0o777_7777_7777;

/// Returns the header of a file with this size in bytes and this time in seconds since 1970. Returns `None` if the name
/// is empty, too long, or leads out of the archive.
pub(super) fn header(name: &str, bytes: u64, time: u64) -> Option<[u8; BLOCK]> {
    if name.len() > NAME_MAX {
        return None;
    }
    let mut header = Header::new_ustar();
    header.set_path(name).ok()?;
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o600);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(bytes);
    header.set_mtime(time.min(TIME_MAX));
    header.set_cksum();
    // The checksum has six digits, as in most tools. The crate writes seven, which earlier builds would reject as an
    // altered header.
    let sum = format!("{:06o}\0 ", header.cksum().ok()?);
    header.as_old_mut().cksum.copy_from_slice(sum.as_bytes());
    Some(*header.as_bytes())
}

/// Returns the number of padding bytes after a file of this size.
pub(super) fn padding(bytes: u64) -> usize {
    let over = usize::try_from(bytes % BLOCK as u64).unwrap_or_default();
    if over == 0 { 0 } else { BLOCK - over }
}

/// Returns the extent of each file in an archive. The inner `Err` gives the reason if a byte outside of the files
/// differs from what this program writes.
pub(super) fn index(archive: &mut File) -> io::Result<Result<BTreeMap<String, Extent>, &'static str>> {
    let length = archive.seek(SeekFrom::End(0))?;
    let (mut files, mut at) = (BTreeMap::new(), 0_u64);
    loop {
        let Some(block) = read_block::<BLOCK>(archive, at, length)? else { return Ok(Err("it ends too early")) };
        if block == [0; BLOCK] {
            let is_end = read_block::<{ 2 * BLOCK }>(archive, at, length)? == Some(END)
                && at.checked_add(END.len() as u64) == Some(length);
            return Ok(if is_end { Ok(files) } else { Err("its end is not where it belongs") });
        }
        let Some((name, bytes)) = parse(&block) else { return Ok(Err("a header in it was altered")) };
        at = at.saturating_add(BLOCK as u64);
        let filled = at.saturating_add(bytes);
        let next = filled.saturating_add(padding(bytes) as u64);
        if next > length {
            return Ok(Err("it ends too early"));
        }
        let mut rest = Vec::new();
        archive.seek(SeekFrom::Start(filled))?;
        Read::by_ref(archive).take(padding(bytes) as u64).read_to_end(&mut rest)?;
        if rest.iter().any(|byte| *byte != 0) || files.insert(name, Extent { at, bytes }).is_some() {
            return Ok(Err("it holds what was never written into it"));
        }
        at = next;
    }
}

/// Parses the name and the size in a header. Returns `None` if this program would write a different header for them.
fn parse(block: &[u8; BLOCK]) -> Option<(String, u64)> {
    let read = Header::from_byte_slice(block);
    let name = std::str::from_utf8(&read.path_bytes()).ok()?.to_owned();
    let (bytes, time) = (read.entry_size().ok()?, read.mtime().ok()?);
    (header(&name, bytes, time)? == *block).then_some((name, bytes))
}

fn read_block<const N: usize>(archive: &mut File, at: u64, length: u64) -> io::Result<Option<[u8; N]>> {
    if at.saturating_add(N as u64) > length {
        return Ok(None);
    }
    let mut block = [0; N];
    archive.seek(SeekFrom::Start(at))?;
    archive.read_exact(&mut block)?;
    Ok(Some(block))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest size that eleven octal digits can represent. A larger one is written in binary, as GNU tar does.
    const OCTAL_MAX: u64 = 0o777_7777_7777;

    #[test]
    fn a_header_says_what_it_was_made_of_and_no_bit_of_it_may_change() {
        for bytes in [0, 1, 511, OCTAL_MAX, OCTAL_MAX + 1, u64::MAX] {
            let block = header("photos/shown/ab/ab12", bytes, 1_800_000_000).unwrap();
            assert_eq!(parse(&block), Some(("photos/shown/ab/ab12".to_owned(), bytes)));
            for bit in 0..BLOCK * 8 {
                let mut changed = block;
                changed[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(parse(&changed), None, "bit {bit}");
            }
        }
        assert_eq!(header("", 0, 0), None);
        assert_eq!(header(&"a".repeat(101), 0, 0), None);
    }

    #[test]
    fn a_header_is_the_one_that_earlier_builds_wrote() {
        for (bytes, time) in [(0, 0), (513, 1_700_000_000), (OCTAL_MAX, OCTAL_MAX), (OCTAL_MAX + 1, 7), (u64::MAX, 7)] {
            for name in ["rows.db", "photos/shown/ab/ab12", &"a".repeat(100)] {
                assert_eq!(header(name, bytes, time), Some(as_before(name, bytes, time)), "{name}, {bytes} bytes");
            }
        }
    }

    /// Returns the header that builds before the crate `tar` wrote, byte by byte.
    fn as_before(name: &str, bytes: u64, time: u64) -> [u8; BLOCK] {
        let mut block = [0; BLOCK];
        let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
        put(0, name.as_bytes());
        for (at, text) in [(100, "0000600\0"), (108, "0000000\0"), (116, "0000000\0"), (156, "0"), (257, "ustar\x0000")]
        {
            put(at, text.as_bytes());
        }
        if bytes <= OCTAL_MAX {
            put(124, format!("{bytes:011o}\0").as_bytes());
        } else {
            put(124, &[0x80, 0, 0, 0]);
            put(128, &bytes.to_be_bytes());
        }
        put(136, format!("{time:011o}\0").as_bytes());
        put(148, &[b' '; 8]);
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        block
    }

    #[test]
    fn a_file_is_filled_up_to_a_whole_block() {
        assert_eq!([0, 1, 511, 512, 513].map(padding), [0, 511, 1, 0, 511]);
    }
}

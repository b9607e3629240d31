//! The form of one file: a tar archive (POSIX ustar), which any tool opens.
//!
//! A header has one form for its name, size and time, and is compared with it byte by byte; so is what stands between
//! the files. That way nothing of an archive is outside of what is checked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::Extent;

/// Bytes of a header; what follows it is filled up to a whole number of them.
pub(super) const BLOCK: usize = 512;
/// Bytes at the end of an archive: two blocks of zeros.
pub(super) const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

const NAME_MAX: usize = 100;
/// What eleven octal digits hold; above it a size is written in binary, as GNU tar does.
const OCTAL_MAX: u64 = 0o777_7777_7777;
const SIZE_AT: usize = 124;
const TIME_AT: usize = 136;
const SUM_AT: usize = 148;

/// The header of a file of so many bytes, written at a time (seconds since 1970); `None` for a name that is too long.
pub(super) fn header(name: &str, bytes: u64, time: u64) -> Option<[u8; BLOCK]> {
    if name.is_empty() || name.len() > NAME_MAX {
        return None;
    }
    let mut block = [0; BLOCK];
    put(&mut block, 0, name.as_bytes());
    for (at, text) in [(100, "0000600\0"), (108, "0000000\0"), (116, "0000000\0"), (156, "0"), (257, "ustar\x0000")] {
        put(&mut block, at, text.as_bytes());
    }
    if bytes <= OCTAL_MAX {
        put(&mut block, SIZE_AT, format!("{bytes:011o}\0").as_bytes());
    } else {
        put(&mut block, SIZE_AT, &[0x80, 0, 0, 0]);
        put(&mut block, SIZE_AT + 4, &bytes.to_be_bytes());
    }
    put(&mut block, TIME_AT, format!("{:011o}\0", time.min(OCTAL_MAX)).as_bytes());
    put(&mut block, SUM_AT, &[b' '; 8]);
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut block, SUM_AT, format!("{sum:06o}\0 ").as_bytes());
    Some(block)
}

/// Zeros that follow a file of so many bytes.
pub(super) fn padding(bytes: u64) -> usize {
    let over = usize::try_from(bytes % BLOCK as u64).unwrap_or_default();
    if over == 0 { 0 } else { BLOCK - over }
}

/// Where each file of an archive lies. `Err` with what is wrong, if a single byte outside of the files is not as it was
/// written.
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

fn parse(block: &[u8; BLOCK]) -> Option<(String, u64)> {
    let field = |at: usize, length: usize| block.get(at..at + length).unwrap_or_default();
    let text = |bytes: &[u8]| Some(std::str::from_utf8(bytes).ok()?.trim_end_matches('\0').to_owned());
    let number = |bytes: &[u8]| u64::from_str_radix(&text(bytes)?, 8).ok();
    let name = text(field(0, NAME_MAX))?;
    let size = field(SIZE_AT, 12);
    let bytes = match size.split_first() {
        Some((0x80, _)) => u64::from_be_bytes(size.get(4..)?.try_into().ok()?),
        _ => number(size)?,
    };
    let time = number(field(TIME_AT, 12))?;
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

fn put(block: &mut [u8; BLOCK], at: usize, text: &[u8]) {
    for (to, from) in block.iter_mut().skip(at).zip(text) {
        *to = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_file_is_filled_up_to_a_whole_block() {
        assert_eq!([0, 1, 511, 512, 513].map(padding), [0, 511, 1, 0, 511]);
    }
}

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use chrono::DateTime;

use super::{ArchiveReader, ArchiveWriter, ManifestLine};

const FILES: [(&str, &[u8]); 3] = [("rows.db", b"rows"), ("photos/shown/ab/ab12", &[7; 512]), ("manifest.json", b"")];

fn write(target: &Path) -> Vec<ManifestLine> {
    let mut writer = ArchiveWriter::create(target, DateTime::from_timestamp(1_700_000_000, 0).unwrap()).unwrap();
    let lines = FILES.map(|(name, bytes)| writer.put(name, bytes).unwrap());
    writer.finish().unwrap();
    lines.to_vec()
}

#[test]
fn what_was_written_is_read_from_a_folder_and_from_a_file() {
    let world = tempfile::tempdir().unwrap();
    for name in ["folder", "one.tar"] {
        let target = world.path().join(name);
        let lines = write(&target);
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o077, 0, "for its owner alone");
        let source = ArchiveReader::open(&target).unwrap();
        assert_eq!(source.names().count(), FILES.len());
        for ((name, bytes), line) in FILES.iter().zip(lines) {
            let mut read = Vec::new();
            source.read(name).unwrap().read_to_end(&mut read).unwrap();
            assert_eq!((read.as_slice(), line.bytes), (*bytes, bytes.len() as u64));
            assert_eq!(source.bytes(name), Some(line.bytes));
        }
        assert_eq!(source.bytes("another"), None);
    }
    let left: Vec<_> = fs::read_dir(world.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing is left beside them: {left:?}");
}

#[test]
fn other_tools_open_the_one_file() {
    let world = tempfile::tempdir().unwrap();
    write(&world.path().join("one.tar"));
    let done = Command::new("tar").args(["-xf", "one.tar"]).current_dir(world.path()).output().unwrap();
    assert!(done.status.success() && done.stderr.is_empty(), "{}", String::from_utf8_lossy(&done.stderr));
    for (name, bytes) in FILES {
        assert_eq!(fs::read(world.path().join(name)).unwrap(), bytes);
    }
}

#[test]
fn no_byte_of_an_archive_is_unwatched() {
    let world = tempfile::tempdir().unwrap();
    let path = world.path().join("one.tar");
    write(&path);
    let whole = fs::read(&path).unwrap();
    let inside = |at: usize| {
        let source = ArchiveReader::open(&path).unwrap();
        source.files.values().any(|place| (place.at..place.at + place.bytes).contains(&(at as u64)))
    };
    for at in 0..whole.len() {
        if !inside(at) {
            let mut changed = whole.clone();
            changed[at] ^= 0x20;
            fs::write(&path, &changed).unwrap();
            assert!(ArchiveReader::open(&path).is_err(), "byte {at}");
            fs::write(&path, &whole).unwrap();
        }
    }
    for length in [0, 1, 511, 512, whole.len() - 1024, whole.len() - 512, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(ArchiveReader::open(&path).is_err(), "{length} bytes of {}", whole.len());
    }
    fs::write(&path, [whole.as_slice(), &[0]].concat()).unwrap();
    assert!(ArchiveReader::open(&path).is_err());
}

#[test]
fn what_lies_beside_it_meanwhile_is_for_its_owner_alone() {
    let world = tempfile::tempdir().unwrap();
    let writer = ArchiveWriter::create(&world.path().join("one.tar"), DateTime::UNIX_EPOCH).unwrap();
    let scratch = writer.scratch().unwrap();
    for entry in fs::read_dir(world.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", entry.file_name());
    }
    let (copy, world) = (scratch.path().to_owned(), world.path());
    drop((scratch, writer));
    assert!(!copy.exists() && fs::read_dir(world).unwrap().count() == 0, "and is gone with it");
}

#[test]
fn nothing_is_overwritten_and_nothing_half_is_left() {
    let world = tempfile::tempdir().unwrap();
    let began = DateTime::UNIX_EPOCH;
    for (name, made) in [("folder", "folder/kept"), ("one.tar", "one.tar")] {
        let target = world.path().join(name);
        let mut writer = ArchiveWriter::create(&target, began).unwrap();
        writer.add("rows.db").unwrap().write_all(b"half").unwrap();
        drop(writer);
        assert!(!target.exists());

        fs::create_dir_all(world.path().join(made).parent().unwrap()).unwrap();
        fs::write(world.path().join(made), b"kept").unwrap();
        let refused = ArchiveWriter::create(&target, began).map(drop).unwrap_err();
        assert!(refused.to_string().contains("never overwrites"), "{refused}");
        assert_eq!(fs::read(world.path().join(made)).unwrap(), b"kept");
    }
    let refused = ArchiveWriter::create(&world.path().join("not-mounted/one.tar"), began).map(drop).unwrap_err();
    assert!(refused.to_string().contains("mounted"), "{refused}");
    assert_eq!(fs::read_dir(world.path()).unwrap().count(), 2);
}

/// Returns an archive with one file, `rows.db` with the contents `rows`, that builds before the crate `tar` would have
/// written, byte by byte.
fn archive_of_an_earlier_build() -> Vec<u8> {
    let mut bytes = vec![0; 4 * 512];
    let header = [
        (0, "rows.db"),
        (100, "0000600\0" /* mode */),
        (108, "0000000\0" /* user */),
        (116, "0000000\0" /* group */),
        (124, "00000000004\0" /* size */),
        (136, "14524770400\0" /* time: 2023-11-14 22:13:20 */),
        (148, "007272\0 " /* sum of the header */),
        (156, "0" /* a file */),
        (257, "ustar\x0000"),
    ];
    for (at, text) in header.into_iter().chain([(512, "rows")]) {
        bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    bytes
}

#[test]
fn an_archive_of_an_earlier_build_is_read_and_written_again() {
    let world = tempfile::tempdir().unwrap();
    let (before, now) = (world.path().join("before.tar"), world.path().join("now.tar"));
    let whole = archive_of_an_earlier_build();
    fs::write(&before, &whole).unwrap();

    let source = ArchiveReader::open(&before).unwrap();
    let mut read = Vec::new();
    source.read("rows.db").unwrap().read_to_end(&mut read).unwrap();
    assert_eq!(read, b"rows");

    let mut writer = ArchiveWriter::create(&now, DateTime::from_timestamp(1_700_000_000, 0).unwrap()).unwrap();
    writer.put("rows.db", b"rows").unwrap();
    writer.finish().unwrap();
    assert_eq!(fs::read(&now).unwrap(), whole, "byte by byte");
}

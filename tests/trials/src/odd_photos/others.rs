//! Files that are not images, or images in an unsupported format.

use super::{Fate, Odd};

pub(super) fn all() -> Vec<Odd> {
    let files: &[(&str, &[u8])] = &[
        ("HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        ("HEIC of bursts", b"\0\0\0\x1cftypmsf1\0\0\0\0mif1heic"),
        ("HEIF", b"\0\0\0\x18ftypmif1\0\0\0\0mif1heif"),
        ("AVIF", b"\0\0\0\x20ftypavif\0\0\0\0avifmif1"),
        ("AVIF of bursts", b"\0\0\0\x18ftypavis\0\0\0\0avismsf1"),
        ("a film", b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2mp41"),
        ("GIF", b"GIF89a\x01\0\x01\0\0\0\0;"),
        ("BMP", b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\x18\0"),
        ("TIFF", b"II\x2a\0\x08\0\0\0\0\0"),
        ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("PDF", b"%PDF-1.7\n"),
        ("ZIP", b"PK\x03\x04"),
        ("a program", b"\x7fELF\x02\x01\x01\0"),
        ("HTML", b"<!doctype html><img src=x onerror=alert(1)>"),
        ("a script that begins as GIF", b"GIF89a=1;alert(1)//"),
        ("a PDF before a JPEG", b"%PDF-1.7\n\xff\xd8\xff\xe0"),
        ("one byte", b"\xff"),
        ("zeros", &[0; 4_096]),
        ("the beginning of a JPEG", b"\xff\xd8\xff"),
        ("the beginning of a PNG", b"\x89PNG\r\n\x1a\n"),
        ("the beginning of a WebP", b"RIFF\0\0\0\0WEBP"),
        ("words", "照片在路上".as_bytes()),
    ];
    let odd = |(name, bytes): &(&str, &[u8])| Odd::new(*name, bytes.to_vec(), "image/jpeg", Fate::Refused);
    files.iter().map(odd).collect()
}

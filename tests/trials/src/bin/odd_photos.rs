//! Writes the odd photos of the tests into a folder, for `tests/long/odd-photos`.
#![expect(clippy::expect_used, reason = "a helper that cannot go on says why")]

use std::path::PathBuf;

use clap::Parser;
use trials::odd_photos::all;

/// Writes the odd photos that the tests make into a folder that is there, each with the extension of the media type that a phone
/// announces it as, whatever it is.
#[derive(Debug, Parser)]
#[command(name = "odd-photos")]
struct Options {
    /// The folder.
    folder: PathBuf,
}

fn main() {
    let folder = Options::parse().folder;
    for (number, odd) in all().into_iter().enumerate() {
        let extension = odd.media_type.trim_start_matches("image/");
        let name: String = odd.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let file = folder.join(format!("made-{number}-{name}.{extension}"));
        std::fs::write(file, odd.bytes).expect("the folder can be written");
    }
}

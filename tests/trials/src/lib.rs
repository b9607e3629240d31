//! Load tests, benchmarks and fault injection. Each one is a command, and most also run in a short form in the test
//! suite.
//!
//! | module | contents | command |
//! |---|---|---|
//! | [`bench`](mod@bench) | benchmarks `submitReport` against the bare databases | `bench-submit` |
//! | [`disk`] | failing and full disks | `disk-faults` |
//! | [`load`] | phones on a bad network that must deliver every report, and the proof that they did | `load` |
//! | [`odd_photos`] | malformed, hostile and unusual files that are uploaded as photos | `odd-photos` |
//! | [`slow_clients`] | clients that send or read hardly anything, and what others notice of them | `slow-clients` |
//! | [`places`] | random points over a file of areas, half of them at borders | `bench-areas` |
//!
//! The scripts in `tests/long` run the commands; `docs/benchmarks.md` lists their results.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "an instrument that cannot go on says why; that is all its panics mean"
)]

pub mod bench;
pub mod disk;
pub mod load;
pub mod odd_photos;
pub mod places;
pub mod slow_clients;

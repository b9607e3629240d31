//! Instruments that try the server for longer, or measure it: each is a command, and most have a short form in the test suite.
//!
//! | module | what it holds | command |
//! |---|---|---|
//! | [`bench`] | what submitting costs, beside the bare databases | `bench-submit` |
//! | [`disk`] | a disk that fails or is full | `disk-faults` |
//! | [`load`] | phones with a bad network that must get every report through, and the proof that they did | `load` |
//! | [`odd_photos`] | files that are sent as photos, and are not what they should be | `odd-photos` |
//! | [`places`] | places at random over a file of areas, half of them at borders | `bench-areas` |
//!
//! The commands of `tests/long` run them; `docs/benchmarks.md` says what they showed.
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

//! The harness: what a test needs around the server under test.
//!
//! | word | what it gives |
//! |---|---|
//! | [`app`] | the server as a process of its own, on either engine, with a log that must stay clean |
//! | [`canary`] | words that must not be seen, and a searcher that knows their forms |
//! | [`client`] | a GraphQL client, and requests that no honest client would send |
//! | [`crash`] | a server that crashes after a chosen statement |
//! | [`disk`] | a disk that is full, or that fails |
//! | [`handling`] | those who take a report and its award to their end together |
//! | [`load`] | phones with a bad network that must get every report through, and the proof that they did |
//! | [`people`] | persons of the district, with a sentence for each thing that they do |
//! | [`odd_photos`] | files that are sent as photos, and are not what they should be |
//! | [`photos`] | sending photos as a phone does, and looking at what is served |
//! | [`places`] | places at random over a file of areas, half of them at borders |
//! | [`postgres`] | a throw-away PostgreSQL, a fresh database for each test |
//! | [`store`] | an S3-compatible store that verifies signatures and policies |
//! | [`process`] | a child process with its lines, ended with its test |
//! | [`random`] | random numbers that come again with the same seed |
//! | [`repeat`] | how often something is tried |
//! | [`scratch`] | a folder for temporary files that goes when the test process goes, however it goes |
//! | [`waiting`] | asking again until the background has done its part |
//!
//! Nothing here outlives the test process: every child waits on a pipe that the kernel closes for us.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a harness that cannot go on says why and fails the test; that is all its panics mean"
)]

pub mod app;
pub mod bench;
pub mod canary;
pub mod client;
pub mod crash;
pub mod disk;
pub mod handling;
pub mod load;
pub mod odd_photos;
pub mod people;
pub mod phone;
pub mod photos;
pub mod places;
pub mod postgres;
pub mod process;
pub mod random;
pub mod repeat;
pub mod scratch;
pub mod store;
pub mod tus;
pub mod under_test;
pub mod waiting;
pub mod world;

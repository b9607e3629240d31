//! The harness: what a test needs around the server under test.
//!
//! | word | what it gives |
//! |---|---|
//! | [`app`] | the server as a process of its own, on either engine, with a log that must stay clean |
//! | [`canary`] | words that must not be seen, and a searcher that knows their forms |
//! | [`client`] | a GraphQL client, and requests that no honest client would send |
//! | [`count`] | a number that many tasks count up together |
//! | [`crash`] | a server that crashes after a chosen statement |
//! | [`disk`] | a disk that is full |
//! | [`handling`] | those who take a report and its award to their end together |
//! | [`people`] | persons of the district, with a sentence for each thing that they do |
//! | [`photos`] | sending photos as a phone does, and looking at what is served |
//! | [`postgres`] | a throw-away PostgreSQL, a fresh database for each test |
//! | [`steps`] | the mutations with their inputs, by name |
//! | [`store`] | an S3-compatible store that verifies signatures and policies |
//! | [`proxy`] | a bad network between phones and the server |
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
pub mod canary;
pub mod client;
pub mod count;
pub mod crash;
pub mod disk;
pub mod handling;
pub mod people;
pub mod phone;
pub mod photos;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod random;
pub mod repeat;
pub mod scratch;
pub mod steps;
pub mod store;
pub mod tus;
pub mod under_test;
pub mod waiting;
pub mod world;

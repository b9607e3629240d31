//! The end-to-end test harness: starts the server under test, and simulates its clients, its dependencies and their
//! failures.
//!
//! | module | what it provides |
//! |---|---|
//! | [`app`] | the server as a separate process, on either engine, whose log must contain no unexpected warnings |
//! | [`canary`] | canary words that must not leak, and a searcher that knows their encodings |
//! | [`client`] | a GraphQL client, which can also send malformed requests |
//! | [`count`] | an atomic counter that tasks share |
//! | [`crash`] | makes a server kill itself after a chosen number of SQL statements |
//! | [`disk`] | simulates a full disk |
//! | [`handling`] | groups of officers who process a report and its award to the end |
//! | [`people`] | the people of the sample district, with one method for each of their actions |
//! | [`photos`] | uploads photos as a phone does, and inspects the JPEGs that the server returns |
//! | [`postgres`] | a temporary PostgreSQL cluster, with a new database for each test |
//! | [`steps`] | the mutations by name, with their input types and result fields |
//! | [`store`] | an S3-compatible store that verifies signatures and policies, and can simulate faults |
//! | [`proxy`] | a TCP proxy that simulates a bad network between phones and the server |
//! | [`process`] | a child process, its output by line; it ends with its test |
//! | [`random`] | reproducible random numbers from a seed |
//! | [`repeat`] | the number of repetitions of randomised tests |
//! | [`scratch`] | temporary folders that are removed even if the test process is killed |
//! | [`shapes`] | what the statements of a request look like to whoever measures them |
//! | [`waiting`] | polls until background work is done |
//!
//! No child process outlives the test process: each one reads from a pipe that the kernel closes when the test process
//! ends, and exits at the end of that input.
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
pub mod shapes;
pub mod steps;
pub mod store;
pub mod tus;
pub mod under_test;
pub mod waiting;
pub mod world;

//! The rules of the tree itself: which file may name what, how long it may be, and that no files import one another in a
//! circle. `tests/tree.rs` reads every file of the workspace and applies [`rules::ALL`] and [`graph::circles`].
//!
//! A rule that is in the way is changed here, with its reason, in the same commit as the code that needs it.

pub mod graph;
pub mod rules;
pub mod slices;
pub mod source;
pub mod words;

//! The rules for the source tree: which file may name which modules and crates, how long it may be, and that there are
//! no import cycles. `tests/tree.rs` reads every file of the workspace and applies [`rules::ALL`] and
//! [`graph::circles`].
//!
//! Change a rule that is in your way here, with the reason, in the same commit as the code that needs it.

pub mod graph;
pub mod rules;
pub mod slices;
pub mod source;
pub mod words;

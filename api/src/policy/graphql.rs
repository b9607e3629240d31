//! The rules as clients see them.

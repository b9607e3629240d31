//! Areas as clients see them.

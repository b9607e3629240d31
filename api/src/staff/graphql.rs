//! Units and officers as clients see them.

//! Reports 报告: their rows, who may see them, and callbacks 回访.
//!
//! Handlers and authors see two different objects. The object for handlers does not contain what only the author may
//! know.

pub(crate) mod bars;
pub(crate) mod callbacks;
pub(crate) mod graphql;
pub(crate) mod loader;
pub(crate) mod reading;
pub(crate) mod rows;
pub(crate) mod same_photo;

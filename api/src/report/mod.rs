//! Reports 报告: what people saw, as rows; who may see them; callbacks 回访.
//!
//! Handlers and authors see two different objects: what an author may know of the own report never lies in the object
//! that a handler gets.

pub(crate) mod bars;
pub(crate) mod callbacks;
pub(crate) mod graphql;
pub(crate) mod loader;
pub(crate) mod reading;
pub(crate) mod rows;
pub(crate) mod same_photo;

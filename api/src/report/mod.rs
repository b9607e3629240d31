//! Reports 报告: what people saw, as rows; who may see them; callbacks 回访.
//!
//! Handlers and authors see two different objects: what an author may know of the own report never lies in the object
//! that a handler gets.

pub mod bars;
pub mod callbacks;
pub mod graphql;
pub mod loader;
pub mod reading;
pub mod rows;
pub mod same_photo;

//! Photos 照片: plans to upload, completion, cleaning, links.

pub mod store;

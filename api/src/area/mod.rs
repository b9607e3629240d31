//! Areas 区域: the tree province → city → county → township → village → grid cell, the area boundaries, and the point
//! location that finds the areas in which a place lies.
//!
//! All areas of a deployment are held in memory ([`Areas`]), because even a city of 20 million people has only some ten
//! thousand grid cells. The importer in the slice `policy` writes the area rows.

pub(crate) mod bands;
pub(crate) mod graphql;
pub(crate) mod index;
mod locate;
pub(crate) mod node;
pub(crate) mod shape;
#[cfg(test)]
mod tests;

pub use index::Areas;
pub use locate::Located;
pub(crate) use node::AreaNode;

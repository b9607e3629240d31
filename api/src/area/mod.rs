//! Areas 区域: the tree province → city → county → township → village → grid, the boundaries, and the search for the
//! areas in which a place lies.
//!
//! All areas of a deployment are in memory ([`Areas`]), because a city of 20 million people has only some ten thousand
//! grids. The importer of the slice `policy` writes them.

mod bands;
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

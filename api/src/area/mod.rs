//! Areas 区域: the tree province → city → county → township → village → grid, its boundaries, and which of them a
//! place lies in.
//!
//! All areas of a deployment are held in memory ([`Areas`]): a city of 20 million people has some ten thousand grids.
//! They are written by the importer of the slice `policy`.

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

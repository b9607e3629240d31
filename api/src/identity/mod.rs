//! Identity: who is who. The only slice that names the vault's tables; plaintext identity types have no `Debug`, no
//! `Display`, no `Serialize` and no GraphQL output.
//!
//! Other slices ask here, and get as little as they need: who wrote a report as a sealed [`PersonId`], whether a unit
//! is barred as a condition for their own finders, whether an award may be collected as yes or no.

pub mod authorship;
pub mod bars;
mod key_folder;
pub mod keys;
mod person;
pub mod seal;
pub mod secrets;
pub mod sender;
#[cfg(test)]
mod testing;

pub use authorship::{Authorship, Naming, WrittenBy};
pub use keys::{BadKeys, Keys};
pub use person::{PersonId, Phone};

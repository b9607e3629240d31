//! Identity: who is who. The only slice that names the vault's tables; plaintext identity types have no `Debug`, no
//! `Display`, no `Serialize` and no GraphQL output.
//!
//! Other slices ask here, and get as little as they need: who wrote a report as a sealed [`PersonId`], whether a unit
//! is barred as a condition for their own finders, whether an award may be collected as yes or no.

mod access;
pub mod appointment;
pub mod authorship;
pub mod bars;
pub mod codes;
mod contact;
pub mod devices;
pub mod followup;
pub mod graphql;
pub mod key_copy;
mod key_folder;
mod key_seal;
pub mod keys;
pub mod officers;
pub mod payee;
pub mod people;
pub mod person;
pub mod receipt;
pub mod represented;
pub mod seal;
pub mod secrets;
pub mod sender;
pub mod session;
pub mod sweep;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod viewer;

pub use access::{caller_from_token, caller_of};
pub use authorship::{Authorship, Naming, WrittenBy};
pub use bars::not_barred;
pub use contact::Contact;
pub use key_folder::BadKeys;
pub use keys::Keys;
pub use person::{PersonId, PersonName, Phone};
pub use sweep::LOGIN_TABLES;

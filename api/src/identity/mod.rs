//! Identities, logins and keys. Only this slice accesses the tables of the vault 保险库, which hold the encrypted
//! identities. Types that hold a plaintext identity implement neither `Debug` nor `Display` nor `Serialize`, and have
//! no GraphQL type.
//!
//! Other slices query this one and learn as little as they need: the author of a report as an opaque [`PersonId`](person::PersonId), the
//! barred units as a condition for their own queries, and "may this award be collected?" as yes or no.
//!
//! Newcomers should read [`keys`] and [`seal`] first, then [`authorship`], [`session`] and [`tokens`].

mod access;
pub(crate) mod appointment;
pub(crate) mod authorship;
pub(crate) mod bars;
pub(crate) mod codes;
mod contact;
mod device_key;
pub(crate) mod devices;
pub(crate) mod followup;
pub(crate) mod graphql;
pub(crate) mod holders;
pub(crate) mod key_copy;
mod key_folder;
mod key_seal;
pub(crate) mod keys;
mod known;
pub(crate) mod last_seen;
mod login;
mod mixing;
pub(crate) mod officer_numbers;
pub(crate) mod officers;
pub(crate) mod payee;
pub(crate) mod people;
pub(crate) mod person;
pub(crate) mod receipt;
pub(crate) mod represented;
pub(crate) mod seal;
pub mod secrets;
pub(crate) mod sender;
pub(crate) mod session;
pub(crate) mod sightings;
pub(crate) mod sweep;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub(crate) mod tokens;
pub(crate) mod viewer;

pub(crate) use access::caller_from_token;
pub(crate) use authorship::Naming;
pub(crate) use contact::{Contact, ContactFields};
pub(crate) use key_folder::BadKeys;
pub use keys::Keys;
pub(crate) use person::Phone;
pub(crate) use sweep::LOGIN_TABLES;

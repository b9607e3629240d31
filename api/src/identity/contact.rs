//! Contacts: a person whom a reporter names, either the payee of an award or the person on whose behalf 代报 a report
//! is submitted.

use std::fmt;

use aws_lc_rs::hmac;
use domain::refusal::Refusal;
use serde::{Deserialize, Serialize};

use super::keys::Keys;
use super::person::{PersonName, Phone};

/// A person's name and phone number. Its `Debug` output shows neither.
#[derive(Clone)]
pub struct Contact {
    name: PersonName,
    phone: Phone,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact").finish_non_exhaustive()
    }
}

/// The paths of a contact's two input fields, one of which an error names.
#[derive(Debug, Clone, Copy)]
pub struct ContactFields {
    /// The path of the name field, such as `input.name`.
    pub name: &'static str,
    /// The path of the phone number field, such as `input.phone`.
    pub phone: &'static str,
}

impl Contact {
    /// Parses a name and a phone number.
    ///
    /// # Errors
    /// `INVALID_INPUT` naming the field that is not valid.
    pub fn parse(name: &str, phone: &str, fields: ContactFields) -> Result<Self, Refusal> {
        Ok(Self { name: PersonName::parse(name, fields.name)?, phone: Phone::parse(phone, fields.phone)? })
    }

    /// Returns a keyed hash of the name and the number, by which the same contact is recognised.
    pub(crate) fn fingerprint(&self, keys: &Keys) -> String {
        let mut hash = hmac::Context::with_key(keys.index());
        hash.update(b"chuishao/contact/1");
        for part in [self.phone.expose(), self.name.expose()] {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hex::encode(hash.sign())
    }

    /// Converts the contact to the form that is encrypted.
    pub(super) fn record(&self) -> ContactRecord {
        ContactRecord { name: self.name.expose().to_owned(), phone: self.phone.expose().to_owned() }
    }
}

/// The JSON form in which a contact is encrypted.
#[derive(Serialize, Deserialize)]
pub(super) struct ContactRecord {
    name: String,
    phone: String,
}

impl ContactRecord {
    /// Returns the phone number. This is always `Some`, because a JSON string is valid UTF-8.
    pub(super) fn phone(&self) -> Option<Phone> {
        Phone::opened(self.phone.as_bytes())
    }
}

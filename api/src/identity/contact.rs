//! Contacts: a person whom a reporter names, namely the payee of an award or the person on whose behalf 代报 a report is
//! submitted.

use std::fmt;

use domain::refusal::Refusal;
use serde::{Deserialize, Serialize};

use super::person::{PersonName, Phone};

/// The name and the number of a person. Its `Debug` form shows neither.
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

/// The paths of the two input fields of a contact. A refusal names one of them.
#[derive(Debug, Clone, Copy)]
pub struct ContactFields {
    /// The field of the name, such as `input.name`.
    pub name: &'static str,
    /// The field of the number, such as `input.phone`.
    pub phone: &'static str,
}

impl Contact {
    /// Reads a name and a number as people write them.
    ///
    /// # Errors
    /// `INVALID_INPUT` naming the one of the two fields that is not valid.
    pub fn parse(name: &str, phone: &str, fields: ContactFields) -> Result<Self, Refusal> {
        Ok(Self { name: PersonName::parse(name, fields.name)?, phone: Phone::parse(phone, fields.phone)? })
    }

    /// Returns the form in which the contact is sealed.
    pub(super) fn record(&self) -> ContactRecord {
        ContactRecord { name: self.name.expose().to_owned(), phone: self.phone.expose().to_owned() }
    }
}

/// The form in which a contact is sealed, as JSON.
#[derive(Serialize, Deserialize)]
pub(super) struct ContactRecord {
    name: String,
    phone: String,
}

impl ContactRecord {
    /// Returns the number, or `None` if the stored text is not UTF-8.
    pub(super) fn phone(&self) -> Option<Phone> {
        Phone::opened(self.phone.as_bytes())
    }
}

//! Opaque in-process types for an identity: the id, phone number and name of a member of the public. None of them can
//! be printed, serialised or sent to a client.

use aws_lc_rs::hmac;
use domain::id::UnitId;
use domain::refusal::Refusal;
use domain::written;
use secrecy::zeroize::Zeroizing;
use uuid::Uuid;

use super::keys::Keys;

/// The in-process id of a member of the public. It cannot be printed, serialised or sent to a client.
#[derive(Clone)]
pub(crate) struct PersonId(Uuid);

impl PersonId {
    pub(super) const fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// Returns the id of a person who has no row, for the tests of other slices.
    #[cfg(test)]
    pub(crate) fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Returns the raw bytes, as input for keyed hashes and encryption only.
    #[must_use]
    pub(crate) fn bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    pub(super) const fn uuid(&self) -> Uuid {
        self.0
    }

    /// Checks whether both ids belong to the same person.
    #[must_use]
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

/// A Chinese mobile number in E.164: `+86` and eleven digits. It cannot be printed.
#[derive(Clone)]
pub(crate) struct Phone(Zeroizing<String>);

impl Phone {
    /// Parses a phone number as people write it ([`written::mobile`]).
    ///
    /// # Errors
    /// `INVALID_INPUT` naming `field`. The error never contains the number.
    pub(crate) fn parse(text: &str, field: &'static str) -> Result<Self, Refusal> {
        if let Some(digits) = written::mobile(text).map(Zeroizing::new) {
            return Ok(Self(Zeroizing::new(format!("+86{}", *digits))));
        }
        Err(Refusal::invalid(field, "请填写11位手机号码。", "Enter a Chinese mobile number of eleven digits."))
    }

    /// Restores a phone number from decrypted bytes, or returns `None` if they are not UTF-8.
    pub(super) fn opened(bytes: &[u8]) -> Option<Self> {
        std::str::from_utf8(bytes).ok().map(|text| Self(Zeroizing::new(text.to_owned())))
    }

    /// Returns the number in E.164, as input for encryption, keyed hashes and the message sender only.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the number masked as `199****0001`, for the person themself and for the development sender.
    pub(super) fn masked(&self) -> String {
        let digits: Vec<char> = self.0.chars().skip(3).collect();
        let part = |from: usize, length: usize| digits.iter().skip(from).take(length).collect::<String>();
        format!("{}****{}", part(0, 3), part(7, 4))
    }
}

/// A person's name: 2 to 50 characters without surrounding spaces or control characters. It cannot be printed.
#[derive(Clone)]
pub(crate) struct PersonName(Zeroizing<String>);

impl PersonName {
    /// Parses a name after trimming surrounding spaces.
    ///
    /// # Errors
    /// `INVALID_INPUT` naming `field`. The error never contains the name.
    pub(crate) fn parse(text: &str, field: &'static str) -> Result<Self, Refusal> {
        let name = text.trim();
        if (2..=50).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
            return Ok(Self(Zeroizing::new(name.to_owned())));
        }
        Err(Refusal::invalid(field, "请填写2至50个字的姓名。", "Enter a name of 2 to 50 characters."))
    }

    /// Returns the name, as input for encryption only.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl Keys {
    /// Returns the blind index of a phone number, by which its row is found: HMAC-SHA-256(index key, number in E.164).
    pub(super) fn phone_index(&self, phone: &Phone) -> Vec<u8> {
        hmac::sign(self.index(), phone.expose().as_bytes()).as_ref().to_vec()
    }

    /// Returns the authorship slot of a person's n-th report: HMAC-SHA-256(link key, person ‖ n as eight bytes).
    pub(super) fn link_slot(&self, person: &PersonId, n: u64) -> Vec<u8> {
        let mut slot = hmac::Context::with_key(self.link());
        slot.update(person.bytes());
        slot.update(&n.to_be_bytes());
        slot.sign().as_ref().to_vec()
    }

    /// Returns the keyed hash of an accused unit: HMAC-SHA-256(accused key, unit id).
    pub(super) fn accused_tag(&self, unit: UnitId) -> Vec<u8> {
        hmac::sign(self.accused(), unit.0.as_bytes()).as_ref().to_vec()
    }

    /// Returns the keyed form of a hash in the table `request`: of the caller with the request id, or of the input.
    pub(crate) fn request_mac(&self, what: &[u8], hash: &[u8]) -> Vec<u8> {
        let mut mac = hmac::Context::with_key(self.index());
        mac.update(b"chuishao/request/1");
        mac.update(what);
        mac.update(hash);
        mac.sign().as_ref().to_vec()
    }

    /// Returns the keyed hash of a one-time code, bound to its code request.
    pub(super) fn code_hash(&self, request: Uuid, code: &str) -> Vec<u8> {
        let mut hash = hmac::Context::with_key(self.index());
        hash.update(b"chuishao/one-time-code/1");
        hash.update(request.as_bytes());
        hash.update(code.as_bytes());
        hash.sign().as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_written_in_many_ways() {
        for written in [
            "19900000001",
            "+8619900000001",
            "+86 199-0000-0001",
            "008619900000001",
            "8619900000001",
            " (199) 0000 0001 ",
            "１９９0000０００１",
            "＋８６１９９0000０００１",
        ] {
            let phone = Phone::parse(written, "input.phone");
            assert!(phone.is_ok_and(|phone| phone.expose() == "+8619900000001" && phone.masked() == "199****0001"));
        }
    }

    #[test]
    fn what_is_not_a_mobile_number_is_refused_without_being_repeated() {
        for written in ["", "1990000000", "199000000011", "12900000001", "+85219900000", "1990000000a", "+1 2025550123"]
        {
            let refusal = Phone::parse(written, "input.phone").err().unwrap();
            assert_eq!(refusal.field, Some("input.phone"));
            assert!(written.is_empty() || !format!("{refusal:?}").contains(written));
        }
    }
}

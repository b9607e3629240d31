//! The author of a report that is being submitted, and the plaintext of the authorship.

use crate::identity::person::PersonId;

/// The maximum number of bind parameters per statement, well below the limit of either database engine.
pub(super) const VALUES_MAX: usize = 8_192;

/// The author of a report that is being submitted.
#[derive(Clone, Copy)]
pub(crate) enum WrittenBy<'a> {
    /// 实名.
    Named(&'a PersonId),
    /// 保密.
    Confidential(&'a PersonId),
    /// 匿名.
    Anonymous,
    /// 实名, signed by a phone whose owner is not known yet. The id is that of the phone.
    NamedByDevice(&'a PersonId),
    /// 保密, signed by a phone whose owner is not known yet. The id is that of the phone.
    ConfidentialByDevice(&'a PersonId),
}

impl<'a> WrittenBy<'a> {
    /// Returns the person or phone in whose slots the report is recorded; `None` for an anonymous report.
    #[must_use]
    pub(crate) fn person(self) -> Option<&'a PersonId> {
        self.parts().1
    }

    /// Returns the author, if it is a person who is known.
    #[must_use]
    pub(crate) const fn known_person(self) -> Option<&'a PersonId> {
        match self {
            Self::Named(person) | Self::Confidential(person) => Some(person),
            Self::Anonymous | Self::NamedByDevice(_) | Self::ConfidentialByDevice(_) => None,
        }
    }

    /// Returns the stored mode number, and the person or phone. `reading::open` is the inverse.
    pub(super) fn parts(self) -> (u8, Option<&'a PersonId>) {
        match self {
            Self::Named(person) => (1, Some(person)),
            Self::Confidential(person) => (2, Some(person)),
            Self::Anonymous => (3, None),
            Self::NamedByDevice(device) => (4, Some(device)),
            Self::ConfidentialByDevice(device) => (5, Some(device)),
        }
    }

    /// Encodes the plaintext, which has the same length for every report: one byte for the mode, then sixteen bytes for
    /// the person id, which are zero if there is none.
    pub(super) fn plain(self) -> [u8; 17] {
        let (mode, person) = self.parts();
        let mut plain = [0; 17];
        let (first, rest) = plain.split_at_mut(1);
        first.fill(mode);
        if let Some(person) = person {
            rest.copy_from_slice(person.bytes());
        }
        plain
    }
}

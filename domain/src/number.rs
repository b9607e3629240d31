//! Numbers that operators give out again 二次放号: some time after somebody gave up a mobile number, another person gets
//! it. Nothing tells the server of that, so it decides at a login whether the person who has the number in the database
//! is the one who logs in.
//!
//! A number that rested for long may belong to somebody new, and that person must not find the reports and awards of the
//! former one. But whoever shows something that only the former person can have is that person, however long they were
//! away.

use chrono::{NaiveDate, TimeDelta};

/// What somebody who logs in with a number shows of an earlier login or report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Nothing, or only what belongs to somebody who never held this number.
    Nothing,
    /// A key of a phone, a refresh token or a follow-up code of the person who holds the number.
    OfHolder,
    /// The same of a person who held the number before.
    OfFormer,
}

/// Who logs in with a number that a person holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogsIn {
    /// The person who holds the number.
    Holder,
    /// A person who held the number before, and who holds it again from now on.
    Former,
    /// A new person, who holds the number from now on.
    NewPerson,
}

/// How long a number has rested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// The last day on which the holder logged in, refreshed a session, submitted a report or was appointed; `None` if
    /// an earlier build did not record it.
    pub last_seen: Option<NaiveDate>,
    /// The day of the login, in China.
    pub today: NaiveDate,
    /// The number of days for which a number rests before it may belong to a new person.
    pub quiet_days: u32,
}

impl Rest {
    /// Checks whether the number has rested for so long that it may belong to a new person.
    #[must_use]
    pub fn is_over(self) -> bool {
        let days = TimeDelta::days(self.quiet_days.into());
        self.last_seen.is_some_and(|seen| self.today.signed_duration_since(seen) >= days)
    }
}

/// Decides who logs in with a number. Posts and appointments do not matter: they belong to a person, and do not show who
/// has the number today.
#[must_use]
pub fn who_logs_in(shown: Shown, rest: Rest) -> LogsIn {
    match shown {
        Shown::OfFormer => LogsIn::Former,
        Shown::Nothing if rest.is_over() => LogsIn::NewPerson,
        Shown::OfHolder | Shown::Nothing => LogsIn::Holder,
    }
}

//! The time veil 时间面纱: the exact time at which a reporter acted would help to identify them. New reports and their
//! amendments become visible to handlers at a boundary, together with all others of that interval, and every time that
//! a handler can read of a reporter's act is a boundary.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// The shortest time between the arrival of a report and the boundary at which it becomes visible. A report that is
/// still being written when a boundary passes would otherwise appear alone, a moment after the others.
const MARGIN: TimeDelta = TimeDelta::seconds(5);

/// The interval of the boundaries. A boundary is a full minute that divides the hour into such intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Veil {
    minutes: u32,
}

/// The times of something that a reporter sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Veiled {
    /// The time that handlers read.
    pub shown_at: DateTime<Utc>,
    /// The time from which handlers can see it.
    pub visible_from: DateTime<Utc>,
}

/// The moment of a step. One moment serves all decisions and all rows of the step, in every aggregate that it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When the server received the request. Deadlines are judged by it, and handlers never see it if a reporter acted.
    pub exact: DateTime<Utc>,
    /// The time that events, clocks and rows tell.
    pub told: DateTime<Utc>,
}

impl Veil {
    /// What people in danger need: it hides only the second, and nothing waits.
    pub const AT_ONCE: Self = Self { minutes: 0 };

    /// Returns the veil with boundaries every so many minutes. With 0, nothing waits, and times are told to the minute.
    #[must_use]
    pub const fn of_minutes(minutes: u32) -> Self {
        Self { minutes }
    }

    /// Whether the veil only hides the second, so that nothing waits for a boundary.
    #[must_use]
    pub const fn is_at_once(self) -> bool {
        self.minutes == 0
    }

    /// Returns the boundary that follows a time. A boundary is its own.
    #[must_use]
    pub fn boundary(self, at: DateTime<Utc>) -> DateTime<Utc> {
        ceil(at, self.step())
    }

    /// Returns the times of a report or amendment that arrived at `at`: the first boundary that is at least 5 s away,
    /// and `later` further ones. Without a veil it is visible at once.
    #[must_use]
    pub fn over(self, at: DateTime<Utc>, later: u8) -> Veiled {
        if self.is_at_once() {
            return Veiled { shown_at: self.boundary(at), visible_from: at };
        }
        let boundary = self.boundary(at + MARGIN) + self.step() * i32::from(later);
        Veiled { shown_at: boundary, visible_from: boundary }
    }

    fn step(self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.minutes.max(1)))
    }
}

impl Moment {
    /// The moment of a step of an officer or of the system, which is told as it is.
    #[must_use]
    pub const fn exact(at: DateTime<Utc>) -> Self {
        Self { exact: at, told: at }
    }

    /// The moment of a reporter's act, of which the boundary that follows is told.
    #[must_use]
    pub fn of_reporter(at: DateTime<Utc>, veil: Veil) -> Self {
        Self { exact: at, told: veil.boundary(at) }
    }

    /// Returns the moment with a told time that is not before `other`: an act on a report that is not visible yet is
    /// told as late as the report itself.
    #[must_use]
    pub fn not_before(self, other: DateTime<Utc>) -> Self {
        Self { told: self.told.max(other), ..self }
    }
}

fn ceil(at: DateTime<Utc>, step: TimeDelta) -> DateTime<Utc> {
    match at.duration_trunc(step) {
        Ok(floor) if floor == at => at,
        Ok(floor) => floor + step,
        Err(_) => at, // outside the range that chrono can round, which no real report reaches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-{text}Z").parse().unwrap()
    }

    #[test]
    fn an_act_is_told_at_the_boundary_that_follows() {
        for (minutes, exact, told) in [
            (15, "23T08:00:00", "23T08:00:00"),
            (15, "23T08:00:00.001", "23T08:15:00"),
            (60, "23T23:59:59", "24T00:00:00"),
            (1, "23T08:00:01", "23T08:01:00"),
            (0, "23T08:00:01", "23T08:01:00"),
        ] {
            let veil = Veil::of_minutes(minutes);
            assert_eq!(veil.boundary(at(exact)), at(told), "{minutes} {exact}");
            assert_eq!(Moment::of_reporter(at(exact), veil), Moment { exact: at(exact), told: at(told) });
        }
    }

    #[test]
    fn a_report_becomes_visible_at_a_boundary_that_is_not_too_near() {
        for (later, exact, expected) in [
            (0, "23T08:00:00", "23T08:15:00"),
            (0, "23T08:14:55", "23T08:15:00"),
            (0, "23T08:14:55.001", "23T08:30:00"),
            (3, "23T08:14:55", "23T09:00:00"),
        ] {
            let veiled = Veil::of_minutes(15).over(at(exact), later);
            assert_eq!(veiled, Veiled { shown_at: at(expected), visible_from: at(expected) }, "{later} {exact}");
        }
        let at_once = Veil::AT_ONCE.over(at("23T08:14:55"), 3);
        assert_eq!(at_once, Veiled { shown_at: at("23T08:15:00"), visible_from: at("23T08:14:55") });
    }
}

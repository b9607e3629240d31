//! Office hours, parsed from a policy document.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// The office hours of a working day in China Standard Time: one or more (opening, closing) intervals, in order and
/// without overlap.
///
/// Files write them as `[["09:00", "12:00"], ["13:30", "17:30"]]`. The latest possible closing time is `23:59`, because
/// `24:00` is not a valid time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<[String; 2]>", into = "Vec<[String; 2]>")]
pub struct OfficeHours(Vec<(NaiveTime, NaiveTime)>);

/// The policy document of kind `office`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficePolicy {
    /// The opening hours on a working day.
    pub hours: OfficeHours,
}

impl OfficeHours {
    /// Returns the intervals, in the form of [`super::Calendar::hours`].
    #[must_use]
    pub fn stretches(&self) -> &[(NaiveTime, NaiveTime)] {
        &self.0
    }
}

impl TryFrom<Vec<[String; 2]>> for OfficeHours {
    type Error = String;

    /// # Errors
    /// A message that names the invalid interval: a time that is not `HH:MM`, an interval that closes before it opens,
    /// or one that opens before the previous one has closed. An empty list is rejected too.
    fn try_from(written: Vec<[String; 2]>) -> Result<Self, String> {
        let mut stretches: Vec<(NaiveTime, NaiveTime)> = Vec::with_capacity(written.len());
        for [opening, closing] in &written {
            let stretch = (time(opening)?, time(closing)?);
            if stretch.0 >= stretch.1 || stretches.last().is_some_and(|(_, closed)| *closed > stretch.0) {
                return Err(format!("`{opening}`–`{closing}`: office hours stand in order and do not overlap"));
            }
            stretches.push(stretch);
        }
        if stretches.is_empty() {
            Err("an office has hours: give at least one pair".to_owned())
        } else {
            Ok(Self(stretches))
        }
    }
}

impl From<OfficeHours> for Vec<[String; 2]> {
    fn from(hours: OfficeHours) -> Self {
        let written = |time: NaiveTime| time.format("%H:%M").to_string();
        hours.0.into_iter().map(|(opening, closing)| [written(opening), written(closing)]).collect()
    }
}

fn time(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|error| format!("`{text}` is not a time like 09:00: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_and_written() {
        let text = r#"{"hours":[["09:00","12:00"],["13:30","17:30"]]}"#;
        let office: OfficePolicy = serde_json::from_str(text).unwrap();
        assert_eq!(office.hours.stretches().len(), 2);
        assert_eq!(serde_json::to_string(&office).unwrap(), text);
    }

    #[test]
    fn hours_that_make_no_sense_are_refused() {
        for wrong in
            ["[]", r#"[["9am","12:00"]]"#, r#"[["12:00","09:00"]]"#, r#"[["09:00","12:00"],["11:00","17:00"]]"#]
        {
            assert!(serde_json::from_str::<OfficeHours>(wrong).is_err(), "{wrong}");
        }
    }
}

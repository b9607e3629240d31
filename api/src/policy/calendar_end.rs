//! Until when the calendar is complete, and whether that is soon. After its end every weekday counts as a working day,
//! holidays included, so somebody has to import the next year's holidays 节假日安排 in time.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use domain::time::{Calendar, china_day};
use tokio::sync::watch;

use super::rulebook::RuleBook;
use crate::app::App;
use crate::error::ApiResult;

/// How often a calendar that ends soon is mentioned in the log.
const BETWEEN_WARNINGS: Duration = Duration::from_hours(24);

/// The end of the calendar, as seen on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CalendarEnd {
    /// The last day until which the calendar is complete; `None` if there is no calendar.
    pub(crate) until: Option<NaiveDate>,
    today: NaiveDate,
}

impl CalendarEnd {
    /// Determines the end of the calendar of these rules.
    #[must_use]
    pub(crate) fn of(rules: &RuleBook, now: DateTime<Utc>) -> Self {
        Self { until: rules.calendar_until(), today: china_day(now) }
    }

    /// Checks whether the calendar ends soon, has ended, or does not exist.
    #[must_use]
    pub(crate) fn is_soon(self) -> bool {
        self.until.is_none_or(|until| (until - self.today).num_days() <= Calendar::ANNOUNCED_DAYS)
    }
}

impl fmt::Display for CalendarEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.until {
            Some(until) => write!(f, "the calendar is complete until {until}")?,
            None => write!(f, "there is no calendar")?,
        }
        if self.is_soon() {
            write!(
                f,
                ": afterwards holidays count as working days. Import the next holidays as soon as they are published"
            )?;
        }
        Ok(())
    }
}

/// Logs a warning each day while the calendar ends soon. It ends after `stopping` changes.
pub(crate) async fn watch(app: App, mut stopping: watch::Receiver<bool>) {
    loop {
        match current(&app).await {
            Ok(end) if end.is_soon() => tracing::warn!("{end}"),
            Ok(_) => {}
            Err(cause) => tracing::error!(?cause, "the end of the calendar cannot be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(BETWEEN_WARNINGS) => {}
            _ = stopping.changed() => return,
        }
    }
}

/// Returns the end of the calendar today.
pub(crate) async fn current(app: &App) -> ApiResult<CalendarEnd> {
    let rules = app.rule_books.current(&app.database.read).await?;
    Ok(CalendarEnd::of(&rules, app.now()))
}

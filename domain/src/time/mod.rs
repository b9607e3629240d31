//! Time limits 时限: spans in minutes, hours, calendar days, working hours and working days 工作日, counted in the Chinese
//! calendar with holidays and make-up days 调休. The module also rounds times to hide the exact time of a report.

mod calendar;
mod china;
mod hour;
mod office;
mod span;

pub use calendar::{Calendar, DayKind, warn_at};
pub use china::{china_day, china_offset};
pub use hour::{ceil_to_hour, ceil_to_minute};
pub use office::{OfficeHours, OfficePolicy};
pub use span::{Span, SpanUnit};

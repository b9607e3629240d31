//! Time limits 时限: spans in minutes, hours, calendar days, working hours and working days 工作日, counted in the Chinese
//! calendar with holidays and make-up days 调休. The module also hides the exact time at which a reporter acted
//! ([`Veil`]).

mod calendar;
mod china;
mod left;
mod office;
mod reach;
mod span;
mod veil;

pub use calendar::{Calendar, DayKind, warn_at};
pub use china::{china_day, china_day_end, china_offset, end_of_china_day};
pub use left::TimeLeft;
pub use office::{OfficeHours, OfficePolicy};
pub use reach::{earlier, later, without_leap_second};
pub use span::{Span, SpanUnit};
pub use veil::{Moment, Veil, Veiled};

//! What the events of all aggregates have in common: a word, a time, and changes of clocks.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::clock::ClockChange;

/// An event of an aggregate: of a report, a hazard or an award.
///
/// ```
/// use chrono::DateTime;
/// use domain::award::Event;
/// use domain::event::DomainEvent;
///
/// let event = Event::PaymentFailed { attempt: 1, at: DateTime::UNIX_EPOCH };
/// assert_eq!((event.kind(), event.at()), ("PAYMENT_FAILED", DateTime::UNIX_EPOCH));
/// assert!(event.clocks().is_empty());
/// ```
pub trait DomainEvent: Serialize {
    /// The words of all kinds of events of this aggregate.
    const KINDS: &'static [&'static str];

    /// The word for what happened: the tag `kind` of the stored form.
    fn kind(&self) -> &'static str;

    /// The time at which it happened, as it counts. Of an act of a reporter it is the time that officers may see.
    fn at(&self) -> DateTime<Utc>;

    /// The clocks that started, stopped or went on with it.
    fn clocks(&self) -> &[ClockChange];
}

/// Implements [`DomainEvent`] for an enum of events, with one line for each variant.
///
/// The first block names the variant that begins the stream and holds a struct of its own name; the other two tell
/// whether a variant has a field `clocks`. A variant without a line does not compile. A line in the wrong block, or with
/// a word that is not the serde tag, fails the test of the stored forms (`tests/rules/stored_events.rs`).
macro_rules! domain_event {
    ($event:ident {
        first { $first:ident = $first_kind:literal }
        with_clocks { $($timed:ident = $timed_kind:literal),+ $(,)? }
        without_clocks { $($bare:ident = $bare_kind:literal),+ $(,)? }
    }) => {
        impl $crate::event::DomainEvent for $event {
            const KINDS: &'static [&'static str] = &[$first_kind, $($timed_kind,)+ $($bare_kind),+];

            fn kind(&self) -> &'static str {
                match self {
                    Self::$first(_) => $first_kind,
                    $(Self::$timed { .. } => $timed_kind,)+
                    $(Self::$bare { .. } => $bare_kind,)+
                }
            }

            fn at(&self) -> chrono::DateTime<chrono::Utc> {
                match self {
                    Self::$first($first { at, .. })
                    $(| Self::$timed { at, .. })+
                    $(| Self::$bare { at, .. })+ => *at,
                }
            }

            fn clocks(&self) -> &[$crate::clock::ClockChange] {
                match self {
                    Self::$first($first { clocks, .. }) $(| Self::$timed { clocks, .. })+ => clocks,
                    $(Self::$bare { .. })|+ => &[],
                }
            }
        }
    };
}

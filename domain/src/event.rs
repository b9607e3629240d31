//! The common interface of all domain events: a kind, a time, and clock changes.

mod kind;

pub use kind::EventKind;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::clock::ClockChange;

/// An event of one of the aggregates: report, hazard, award or incident.
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
    /// All event kinds of this aggregate.
    const KINDS: &'static [&'static str];

    /// Returns the event kind: the value of the tag `kind` in the stored JSON.
    fn kind(&self) -> &'static str;

    /// Returns the effective time of the event. For a reporter's action it is the rounded time that officers may see.
    fn at(&self) -> DateTime<Utc>;

    /// Returns the changes to clocks that the event makes, in the order in which they are applied.
    fn clocks(&self) -> &[ClockChange];

    /// Returns the same changes to add to them; `None` for an event that cannot change clocks.
    fn clocks_mut(&mut self) -> Option<&mut Vec<ClockChange>>;
}

/// Implements [`DomainEvent`] for an event enum, with one line for each variant.
///
/// The first block names the variant that begins the stream; it wraps a struct of the same name. The other two blocks
/// separate the variants with a field `clocks` from those without. A missing variant is a compile error. A variant in
/// `without_clocks` by mistake, or a kind that differs from the serde tag, fails the stored-form tests
/// (`tests/rules/stored_events.rs`).
macro_rules! domain_event {
    ($event:ident {
        first { $first:ident = $first_kind:literal }
        with_clocks { $($timed:ident = $timed_kind:literal),+ $(,)? }
        without_clocks { $($bare:ident = $bare_kind:literal),* $(,)? }
    }) => {
        impl $crate::event::DomainEvent for $event {
            const KINDS: &'static [&'static str] = &[$first_kind, $($timed_kind,)+ $($bare_kind),*];

            fn kind(&self) -> &'static str {
                match self {
                    Self::$first(_) => $first_kind,
                    $(Self::$timed { .. } => $timed_kind,)+
                    $(Self::$bare { .. } => $bare_kind,)*
                }
            }

            fn at(&self) -> chrono::DateTime<chrono::Utc> {
                match self {
                    Self::$first($first { at, .. })
                    $(| Self::$timed { at, .. })+
                    $(| Self::$bare { at, .. })* => *at,
                }
            }

            fn clocks(&self) -> &[$crate::clock::ClockChange] {
                match self {
                    Self::$first($first { clocks, .. }) $(| Self::$timed { clocks, .. })+ => clocks,
                    $(Self::$bare { .. } => &[],)*
                }
            }

            fn clocks_mut(&mut self) -> Option<&mut Vec<$crate::clock::ClockChange>> {
                match self {
                    Self::$first($first { clocks, .. }) $(| Self::$timed { clocks, .. })+ => Some(clocks),
                    $(Self::$bare { .. } => None,)*
                }
            }
        }
    };
}

//! Registration 登记: creates a case and rebuilds one from its events.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::enforcement::Enforcement;
use super::{Axes, Case, Context, Event, Level, Major, Registered};
use crate::clock::{self, Clock, ClockChange, ClockKey, ClockKind, Timing};
use crate::id::{AreaId, HazardId, SubjectId, UnitId};
use crate::policy::HandlingPolicy;
use crate::time::{Span, Veil};

/// The input for registering a hazard in the ledger 台账.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The id of the hazard.
    pub id: HazardId,
    /// Whether a major hazard is suspected 疑似重大. Only the responsible department decides whether it is one.
    pub suspected_major: bool,
    /// The category code; `None` if the hazard has no known category.
    pub category: Option<String>,
    /// The place kind, industry and disaster kind.
    pub axes: Axes,
    /// The responsible subject 责任单位, if it is known.
    pub subject: Option<SubjectId>,
    /// The smallest area that contains the hazard.
    pub area: AreaId,
    /// The unit that is responsible for the territory.
    pub township: UnitId,
    /// Whether whoever is on duty 值班 may own the dispatch clock of an emergency: not if its report accuses a unit 回避, because
    /// the officer on duty may be recused by another post of theirs.
    pub for_duty: bool,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The closed hazard of which this one is a recurrence.
    pub recurrence_of: Option<HazardId>,
}

/// Creates a case, and starts its township's dispatch clock. That of an emergency belongs to whoever is on duty 值班. Because an emergency is registered together with
/// its report, its times are rounded up to the minute to protect the reporter.
#[must_use]
pub fn register(
    registration: Registration,
    now: DateTime<Utc>,
    policy: &HandlingPolicy,
    timing: &Timing<'_>,
) -> (Case, Event) {
    let at = if registration.emergency { Veil::AT_ONCE.boundary(now) } else { now };
    let level = if registration.suspected_major { Level::SuspectedMajor } else { Level::General };
    let span = dispatch_span(policy, registration.emergency);
    let key = ClockKey::of(ClockKind::Dispatch, 1, registration.township);
    let clock = timing.clock(key, at, span);
    let falls_to_duty = registration.emergency && registration.for_duty;
    let clock = if falls_to_duty { timing.for_duty(clock, at) } else { clock };
    let registered = Registered {
        hazard: registration.id,
        level,
        category: registration.category,
        axes: registration.axes,
        subject: registration.subject,
        area: registration.area,
        township: registration.township,
        emergency: registration.emergency,
        recurrence_of: registration.recurrence_of,
        at,
        clocks: vec![ClockChange::Started(clock)],
    };
    (Case::begin(&registered), Event::Registered(registered))
}

/// Returns the time limit for a dispatch.
const fn dispatch_span(policy: &HandlingPolicy, emergency: bool) -> Span {
    if emergency { policy.dispatch_emergency } else { policy.dispatch }
}

/// Returns the dispatch clock of a round, with a whole span.
pub(super) fn dispatch_clock(round: i32, township: UnitId, emergency: bool, context: &Context<'_>) -> Clock {
    let key = ClockKey::of(ClockKind::Dispatch, round, township);
    context.timing.clock(key, context.now, dispatch_span(context.policy, emergency))
}

impl Case {
    /// Creates the case from its first event.
    #[must_use]
    pub fn begin(registered: &Registered) -> Self {
        let mut clocks = Vec::new();
        clock::apply(&mut clocks, &registered.clocks);
        Self {
            id: registered.hazard,
            version: 1,
            last_at: registered.at,
            registered_at: registered.at,
            round: 1,
            level: registered.level,
            category: registered.category.clone(),
            axes: registered.axes.clone(),
            subject: registered.subject,
            area: registered.area,
            township: registered.township,
            emergency: registered.emergency,
            end: None,
            closed_at: None,
            cancel_reason: None,
            merged_into: None,
            recurrence_of: registered.recurrence_of,
            recurred_as: None,
            suspension_request: None,
            suspension: None,
            suspended_times: 0,
            follow_ups: Vec::new(),
            past_workers: BTreeSet::new(),
            whistles: Vec::new(),
            assignments: Vec::new(),
            whistle_requests: Vec::new(),
            supervisions: Vec::new(),
            enforcement: Enforcement::default(),
            not_solved: 0,
            major: Major::default(),
            clocks,
        }
    }

    /// Rebuilds the case from its whole event stream. Returns `None` if the first event is not the registration.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let Some(Event::Registered(first)) = events.next() else {
            return None;
        };
        let mut case = Self::begin(first);
        events.for_each(|event| super::apply(&mut case, event));
        Some(case)
    }
}

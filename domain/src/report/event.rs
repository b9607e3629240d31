//! What happened to a report. Events hold ids, codes and times, never words; times of its author's acts are rounded up.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Channel, ReportSource};
use crate::clock::ClockChange;
use crate::id::{AmendmentId, HazardId, NoteId, OfficerId, ReportId, UnitId};

/// What happened to a report. `officer` is who reviewed it, `clocks` are the clocks that started or stopped with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the fields say what the same words say in the report and its commands")]
pub enum Event {
    /// It came.
    Received(Received),
    /// 补充.
    Amended { amendment: AmendmentId, at: DateTime<Utc> },
    /// 撤回.
    Withdrawn { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 属实.
    Confirmed { hazard: HazardId, officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 合并.
    Merged { hazard: HazardId, officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 不属实.
    Unfounded { note: NoteId, officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 转办.
    Referred {
        to: Option<UnitId>,
        channel: Option<Channel>,
        note: NoteId,
        officer: OfficerId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// 不予受理.
    OutOfScope { channel: Channel, note: NoteId, officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
}

/// How a report began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Its id.
    pub report: ReportId,
    /// Whose act it is.
    pub source: ReportSource,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// An emergency's own hazard.
    pub hazard: Option<HazardId>,
    /// The unit that reviews it.
    pub review_unit: UnitId,
    /// When it came, as people may see it.
    pub at: DateTime<Utc>,
    /// The clocks that started.
    pub clocks: Vec<ClockChange>,
}

domain_event! { Event {
    first { Received = "RECEIVED" }
    with_clocks {
        Withdrawn = "WITHDRAWN",
        Confirmed = "CONFIRMED",
        Merged = "MERGED",
        Unfounded = "UNFOUNDED",
        Referred = "REFERRED",
        OutOfScope = "OUT_OF_SCOPE",
    }
    without_clocks {
        Amended = "AMENDED",
    }
} }

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

impl Event {
    /// The word for what happened: the same as in the stored form.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Received(_) => "RECEIVED",
            Self::Amended { .. } => "AMENDED",
            Self::Withdrawn { .. } => "WITHDRAWN",
            Self::Confirmed { .. } => "CONFIRMED",
            Self::Merged { .. } => "MERGED",
            Self::Unfounded { .. } => "UNFOUNDED",
            Self::Referred { .. } => "REFERRED",
            Self::OutOfScope { .. } => "OUT_OF_SCOPE",
        }
    }

    /// When it happened, as people may see it.
    #[must_use]
    pub const fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Received(Received { at, .. })
            | Self::Amended { at, .. }
            | Self::Withdrawn { at, .. }
            | Self::Confirmed { at, .. }
            | Self::Merged { at, .. }
            | Self::Unfounded { at, .. }
            | Self::Referred { at, .. }
            | Self::OutOfScope { at, .. } => *at,
        }
    }

    /// What happened to the clocks.
    #[must_use]
    pub fn clocks(&self) -> &[ClockChange] {
        match self {
            Self::Amended { .. } => &[],
            Self::Received(Received { clocks, .. })
            | Self::Withdrawn { clocks, .. }
            | Self::Confirmed { clocks, .. }
            | Self::Merged { clocks, .. }
            | Self::Unfounded { clocks, .. }
            | Self::Referred { clocks, .. }
            | Self::OutOfScope { clocks, .. } => clocks,
        }
    }
}

//! The report events. They contain ids, codes and times, and never free text. The times of the author's own actions are
//! rounded up to protect the author.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Channel, ReportSource};
use crate::callback::Satisfaction;
use crate::clock::ClockChange;
use crate::id::{AmendmentId, HazardId, NoteId, OfficerId, ReportId, UnitId};

/// A report event. `officer` is the reviewer; `clocks` lists the clocks that the step started or stopped; `asked` says that
/// the author is asked for an opinion at once 回访, because the hazard is closed. Events of the first builds have neither
/// the `note` of a true report nor `asked`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the fields say what the same words say in the report and its commands")]
pub enum Event {
    /// The report was received.
    Received(Received),
    /// The report waited without a unit that may review it, and was assigned to one 补派.
    Assigned { review_unit: UnitId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The author added an amendment 补充.
    Amended { amendment: AmendmentId, at: DateTime<Utc> },
    /// A unit ended 撤并, and its successor took over 承接 the review of the report.
    Inherited { from: UnitId, to: UnitId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The calendar changed, and the deadlines of running clocks were counted again.
    Recounted { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The author withdrew the report 撤回.
    Withdrawn { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A review confirmed the report 属实.
    Confirmed {
        hazard: HazardId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteId>,
        #[serde(default, skip_serializing_if = "is_false")]
        asked: bool,
        officer: OfficerId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// A review merged the report into a hazard 合并.
    Merged {
        hazard: HazardId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<NoteId>,
        #[serde(default, skip_serializing_if = "is_false")]
        asked: bool,
        officer: OfficerId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// A review found the report unfounded 不属实.
    Unfounded { note: NoteId, officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A review referred the report to another unit of this system 转办, which goes on with it.
    Forwarded { to: UnitId, note: NoteId, officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A review referred the report to a channel outside this system 转办. In events of the first builds, `to` may name a
    /// unit of this system.
    Referred {
        #[serde(default)]
        to: Option<UnitId>,
        channel: Option<Channel>,
        note: NoteId,
        officer: OfficerId,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// A review found the report out of scope 不予受理.
    OutOfScope { channel: Channel, note: NoteId, officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The hazard of the report was found to be the same as another one, and the report points to that one now; or, if it is
    /// `back`, such a merge was undone, and the report points to its hazard as before.
    Moved {
        hazard: HazardId,
        #[serde(default, skip_serializing_if = "is_false")]
        back: bool,
        at: DateTime<Utc>,
    },
    /// The author answered the questions about the result 回访, after the hazard had been closed. The answers are codes,
    /// and questions without an answer are left out.
    CallbackAnswered {
        hazard: HazardId,
        /// The round of the hazard that was closed.
        round: i32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contacted: Option<bool>,
        solved: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        satisfaction: Option<Satisfaction>,
        /// Whether the answer reopened the hazard.
        reopened: bool,
        at: DateTime<Utc>,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The first event of a report, which contains everything that the report starts with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The id of the report.
    pub report: ReportId,
    /// Whether a member of the public or an officer on patrol sent the report.
    pub source: ReportSource,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The hazard that is registered together with an emergency; `None` for other reports.
    pub hazard: Option<HazardId>,
    /// The unit that reviews the report.
    pub review_unit: UnitId,
    /// The time of receipt as handlers read it (see [`super::Reception::veiled`]).
    pub at: DateTime<Utc>,
    /// The clocks that started: the review clock.
    pub clocks: Vec<ClockChange>,
}

domain_event! { Event {
    first { Received = "RECEIVED" }
    with_clocks {
        Assigned = "ASSIGNED",
        Withdrawn = "WITHDRAWN",
        Confirmed = "CONFIRMED",
        Merged = "MERGED",
        Unfounded = "UNFOUNDED",
        Forwarded = "FORWARDED",
        Referred = "REFERRED",
        OutOfScope = "OUT_OF_SCOPE",
        Inherited = "INHERITED",
        Recounted = "RECOUNTED",
    }
    without_clocks {
        Amended = "AMENDED",
        Moved = "MOVED",
        CallbackAnswered = "CALLBACK_ANSWERED",
    }
} }

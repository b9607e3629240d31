//! Rules that differ by place and year: typed forms of the policy documents that are imported, dated and versioned.
//!
//! A policy document is TOML (see `api/data/policies.toml`). Each document has a `kind`, the code of the area it
//! holds for, and the day from which it holds; the newest that holds for the nearest area wins. Every decision keeps
//! the [`RuleVersion`] it used.

use serde::{Deserialize, Serialize};

use crate::money::Fen;
use crate::staff::Role;
use crate::time::Span;

/// The number of the rules revision that a decision used: a running server sees an import by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
pub struct RuleVersion(pub i64);

coded_enum! {
    /// The legal class of a whistle type. A place can add types, but not classes.
    pub enum WhistleClass {
        /// 应急处置哨: people are in danger now.
        Emergency = "EMERGENCY",
        /// 综合执法哨: the matter needs powers that a township does not have.
        Enforcement = "ENFORCEMENT",
        /// 重点工作哨: a difficult matter that a township cannot resolve alone.
        KeyWork = "KEY_WORK",
        /// 日常哨: a routine matter.
        Routine = "ROUTINE",
    }
}

/// How long the steps of one assignment may take. A step without a span has no clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentSpans {
    /// 签收.
    pub sign: Option<Span>,
    /// 联系 (the clock comes with the message thread).
    pub contact: Option<Span>,
    /// 报到.
    pub check_in: Option<Span>,
    /// 办结.
    pub finish: Option<Span>,
}

/// A type of whistle 哨.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhistleType {
    /// Its code, such as `joint_enforcement`.
    pub code: String,
    /// Its class.
    pub class: WhistleClass,
    /// Its Chinese name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// Which roles may blow it.
    pub may_blow: Vec<Role>,
    /// The spans of each assignment that it makes.
    pub spans: AssignmentSpans,
}

/// The policy of handling hazards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandlingPolicy {
    /// Time to review a report, from the end of the hour in which it came.
    pub review: Span,
    /// Time to review an emergency, from its minute.
    pub review_emergency: Span,
    /// Time for the township's duty post to act on an emergency (default 5 minutes).
    pub dispatch_emergency: Span,
    /// Spans of an assignment that was dispatched without a whistle.
    pub direct: AssignmentSpans,
    /// Spans of a matter that a township keeps for itself 自办.
    pub self_handled: AssignmentSpans,
    /// Time to accept finished work.
    pub accept: Span,
    /// Part of a span after which its owner is warned, in percent.
    pub warn_percent: u8,
    /// Farthest that a check-in may be from the hazard without a reason, in metres.
    pub check_in_metres: u32,
    /// How far before its arrival a step of a worker without network may have happened and still count for clocks, in
    /// minutes. Later arrivals count from the arrival, and both are flagged.
    pub occurred_within_minutes: u32,
    /// Photos that finishing must name.
    pub after_photos_min: u8,
    /// Whether who accepts must be of another unit even outside whistles and major hazards.
    pub accept_by_other_unit: bool,
    /// Days after closure in which "not solved" reopens, counted in calendar days.
    pub callback_days: u32,
    /// The types of whistle.
    pub whistles: Vec<WhistleType>,
}

coded_enum! {
    /// When an award is proposed.
    pub enum ProposeAt {
        /// When the report is found to be true.
        Verified = "VERIFIED",
        /// When the hazard is closed.
        Closed = "CLOSED",
    }
}

/// What a true report of one kind is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwardBand {
    /// Level of the hazard.
    pub level: crate::hazard::Level,
    /// The amount, in fen.
    pub amount: Fen,
}

/// The policy of rewards 举报奖励.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwardPolicy {
    /// When an award is proposed.
    pub propose_at: ProposeAt,
    /// The document that it rests on, as people cite it.
    pub basis: String,
    /// Days to collect after the notice, calendar days (安监总财〔2018〕19号 art. 13: 60).
    pub collect_days: u32,
    /// Time for each step of review, approval and payment.
    pub step: Span,
    /// Whether an anonymous reporter may give an identity with the follow-up code and then collect.
    pub anonymous_may_collect: bool,
    /// Whether matters in the reporter's own duty area are excluded.
    pub exclude_own_duty: bool,
    /// What is paid by level.
    pub bands: Vec<AwardBand>,
}

impl HandlingPolicy {
    /// The type of whistle with this code.
    #[must_use]
    pub fn whistle(&self, code: &str) -> Option<&WhistleType> {
        self.whistles.iter().find(|whistle| whistle.code == code)
    }
}

impl AwardPolicy {
    /// What a true report of a hazard of this level is worth; nothing where no band speaks of it.
    #[must_use]
    pub fn amount(&self, level: crate::hazard::Level) -> Fen {
        self.bands.iter().find(|band| band.level == level).map_or(Fen(0), |band| band.amount)
    }
}

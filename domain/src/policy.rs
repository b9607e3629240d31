//! Policies: rules that differ by place and year. These are the typed forms of the documents that are imported, dated
//! and versioned.
//!
//! A policy document is TOML (see `api/data/policies.toml`). Each document has a `kind`, the code of the area in which
//! it applies, and its first day. The newest document of the nearest area applies. Every decision keeps the
//! [`RuleVersion`] that it used.

use serde::{Deserialize, Serialize};

use crate::money::Fen;
use crate::staff::Role;
use crate::time::Span;

/// The number of the revision of the rules that a decision used. A running server notices an import by it.
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
    /// The span for signing 签收.
    pub sign: Option<Span>,
    /// The span for contacting the reporter 联系. No clock uses it yet.
    pub contact: Option<Span>,
    /// The span for checking in 报到.
    pub check_in: Option<Span>,
    /// The span for finishing 办结.
    pub finish: Option<Span>,
}

/// A type of whistle 哨.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhistleType {
    /// The code, such as `joint_enforcement`.
    pub code: String,
    /// The legal class.
    pub class: WhistleClass,
    /// The Chinese name.
    pub name: String,
    /// The English name.
    pub name_en: String,
    /// The roles that may blow it.
    pub may_blow: Vec<Role>,
    /// The spans of each assignment that it makes.
    pub spans: AssignmentSpans,
}

/// The policy for handling hazards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandlingPolicy {
    /// The time to review a report, from the end of the hour in which it arrived.
    pub review: Span,
    /// The time to review an emergency, from the end of the minute in which it arrived.
    pub review_emergency: Span,
    /// The time for the duty post of the township to act on an emergency (default 5 minutes).
    pub dispatch_emergency: Span,
    /// The spans of an assignment that was dispatched without a whistle.
    pub direct: AssignmentSpans,
    /// The spans of a matter that a township handles itself 自办.
    pub self_handled: AssignmentSpans,
    /// The time to accept finished work.
    pub accept: Span,
    /// The part of a span after which the owner is warned, in percent.
    pub warn_percent: u8,
    /// The maximum distance of a check-in from the hazard without a reason, in metres.
    pub check_in_metres: u32,
    /// How long before its arrival a step of a worker without a network may have happened and still count for clocks,
    /// in minutes. An older step counts from its arrival. Both are flagged.
    pub occurred_within_minutes: u32,
    /// The minimum number of photos of finished work.
    pub after_photos_min: u8,
    /// Whether the officer who accepts work must always be of another unit, not only for whistles and major hazards.
    pub accept_by_other_unit: bool,
    /// The number of calendar days after closure in which the answer "not solved" reopens the hazard.
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
    /// The level of the hazard.
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
    /// The number of calendar days to collect the award after the notice (安监总财〔2018〕19号 art. 13: 60).
    pub collect_days: u32,
    /// The time for each of the steps review, approval and payment.
    pub step: Span,
    /// Whether an anonymous reporter may give an identity with the follow-up code and then collect the award.
    pub anonymous_may_collect: bool,
    /// Whether reports about matters in the reporter's own duty area are excluded.
    pub exclude_own_duty: bool,
    /// The amounts by level.
    pub bands: Vec<AwardBand>,
}

impl HandlingPolicy {
    /// Returns the type of whistle with this code, if there is one.
    #[must_use]
    pub fn whistle(&self, code: &str) -> Option<&WhistleType> {
        self.whistles.iter().find(|whistle| whistle.code == code)
    }
}

impl AwardPolicy {
    /// Returns what a true report of a hazard of this level is worth, or 0 if no band has this level.
    #[must_use]
    pub fn amount(&self, level: crate::hazard::Level) -> Fen {
        self.bands.iter().find(|band| band.level == level).map_or(Fen(0), |band| band.amount)
    }
}

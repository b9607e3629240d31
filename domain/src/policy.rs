//! Policies 政策: rules that differ by area and date. The types here are the parsed form of the policy documents, which
//! are imported, dated and versioned. Long because it describes every field of a policy.
//!
//! A policy document is TOML (see `api/data/policies.toml`). Each document has a `kind`, the code of the area in which
//! it applies, and the first day on which it applies. The newest document of the nearest area is in force. Every
//! decision records the [`RuleVersion`] that it used.
//!
//! A stored document may be older or newer than the build that reads it. So unknown fields are ignored here (the importer
//! refuses them), and a field that is added later needs `#[serde(default)]`.

mod enforcement;
mod follow_up;
mod information;
mod major;
mod rating;
mod send_back;
mod supervision;
mod suspension;
mod whistle;

use serde::{Deserialize, Serialize};

pub use enforcement::{EnforcementPolicy, FineShare};
pub use follow_up::FollowUpPolicy;
pub use information::{InformationPolicy, ReportingRow};
pub use major::{JudgingStandard, MajorPolicy};
pub use rating::RatingPolicy;
pub use send_back::SendBackPolicy;
pub use supervision::{Addressee, Rung, SupervisionPolicy, SupervisionRule, SupervisionTrigger};
pub use suspension::SuspensionPolicy;
pub use whistle::{WhistleApproval, WhistleClass, WhistleType};

use crate::clock::ClockKind;
use crate::money::Fen;
use crate::staff::Role;
use crate::time::{Span, SpanUnit, Veil};

/// The revision number of all imported rules. Every import increases it, which tells a running server to reload its
/// rules, and every decision records it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
pub struct RuleVersion(pub i64);

/// The time limits for the steps of one assignment. A step without a span has no clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssignmentSpans {
    /// The span for signing 签收.
    pub sign: Option<Span>,
    /// The span for contacting the reporter 联系. It is parsed, but no clock uses it yet.
    pub contact: Option<Span>,
    /// The span for checking in 报到.
    pub check_in: Option<Span>,
    /// The span for finishing 办结.
    pub finish: Option<Span>,
}

/// The rules of extensions 延期: who asks and decides, how often and how long. There is no national rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExtensionPolicy {
    /// The roles that may ask for the unit of the assignment.
    pub may_ask: Vec<Role>,
    /// The roles that may decide, in the unit that holds the hazard or above it.
    pub may_decide: Vec<Role>,
    /// How often the time of one assignment can be extended.
    pub times: u32,
    /// The most time that one extension gives, counted from the due time.
    pub at_most: Span,
    /// The time limit for deciding.
    pub decide: Span,
}

impl Default for ExtensionPolicy {
    /// The rules of policies that were stored before there were extensions.
    fn default() -> Self {
        Self {
            may_ask: vec![
                Role::DepartmentClerk,
                Role::DepartmentLeader,
                Role::TownshipClerk,
                Role::TownshipLeader,
                Role::VillageOfficer,
                Role::CommandCentre,
            ],
            may_decide: vec![Role::TownshipLeader, Role::CommandCentre],
            times: 1,
            at_most: Span { amount: 10, unit: SpanUnit::WorkingDays },
            decide: Span { amount: 1, unit: SpanUnit::WorkingDays },
        }
    }
}

/// The handling policy: the time limits, distances and photo requirements for reports and hazards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandlingPolicy {
    /// The time limit for reviewing a report, from the time at which it becomes visible.
    pub review: Span,
    /// The time limit for reviewing an emergency, from the end of the minute in which it arrived.
    pub review_emergency: Span,
    /// The time limit for the township's duty post to dispatch an emergency or blow a whistle for it.
    pub dispatch_emergency: Span,
    /// The time limit for the township to dispatch any other hazard 派单, or to blow a whistle for it.
    #[serde(default = "default_dispatch")]
    pub dispatch: Span,
    /// The spans of an assignment that was dispatched directly, without a whistle.
    pub direct: AssignmentSpans,
    /// The spans of an assignment that a unit made to itself 自办.
    pub self_handled: AssignmentSpans,
    /// The time limit for accepting finished work.
    pub accept: Span,
    /// The time limit for closing a hazard 销号 whose work has been accepted.
    #[serde(default = "default_close")]
    pub close: Span,
    /// The rules of extensions 延期 of the time to finish.
    #[serde(default)]
    pub extension: ExtensionPolicy,
    /// The share of a span after which the owner is warned, in percent.
    pub warn_percent: u8,
    /// The maximum distance from the hazard at which a worker can check in without giving a reason, in metres.
    pub check_in_metres: u32,
    /// The maximum delay with which an offline step may arrive and still take effect at the time when the worker took
    /// it, in minutes. A step that arrives later takes effect on arrival. Any delay of more than a minute is flagged.
    pub occurred_within_minutes: u32,
    /// The minimum number of photos that finished work needs.
    pub after_photos_min: u8,
    /// Whether work must always be accepted by an officer of another unit. Work for a whistle always is.
    pub accept_by_other_unit: bool,
    /// The maximum number of named and confidential reports that one author may submit within 24 hours.
    #[serde(default = "reports_a_day")]
    pub reports_a_day: u32,
    /// The same for an author who reports as part of a duty: an information reporter 信息报告员 with an appointment, such
    /// as the desk of a hotline 热线.
    #[serde(default = "reports_a_day_on_duty")]
    pub reports_a_day_on_duty: u32,
    /// The callback window: the number of calendar days after closure in which a hazard can be reopened.
    pub callback_days: u32,
    /// The time veil 时间面纱 in minutes: how long reports wait at most until handlers see them, and how precisely
    /// handlers learn when a reporter acted. It divides 60. With 0, nothing waits, and times are told to the minute.
    #[serde(default = "default_veil_minutes")]
    pub veil_minutes: u32,
    /// The number of days without a login, a refresh or a submission after which a mobile number may belong to a new
    /// person 二次放号. A login does not tell where somebody is, so only the value for all areas is used.
    #[serde(default = "default_number_quiet_days")]
    pub number_quiet_days: u32,
    /// The rules of send-backs 退单 and rulings 裁定.
    #[serde(default)]
    pub send_back: SendBackPolicy,
    /// The rules of suspensions 挂账.
    #[serde(default)]
    pub suspension: SuspensionPolicy,
    /// The rules of follow-ups 回头看.
    #[serde(default)]
    pub follow_up: FollowUpPolicy,
    /// The supervision ladder 督办.
    #[serde(default)]
    pub supervision: SupervisionPolicy,
    /// The rules of ratings 评哨.
    #[serde(default)]
    pub rating: RatingPolicy,
    /// The rules of inspections 检查, orders 责令 and penalties 行政处罚.
    #[serde(default)]
    pub enforcement: EnforcementPolicy,
    /// The rules of major hazards 重大事故隐患.
    #[serde(default)]
    pub major: MajorPolicy,
    /// The rules of situation reports 信息报告.
    #[serde(default)]
    pub information: InformationPolicy,
    /// The whistle types.
    pub whistles: Vec<WhistleType>,
}

/// The time to dispatch of policies that were stored before it was a rule.
const fn default_dispatch() -> Span {
    Span { amount: 4, unit: SpanUnit::WorkingHours }
}

/// The time to close of policies that were stored before it was a rule.
const fn default_close() -> Span {
    Span { amount: 3, unit: SpanUnit::WorkingDays }
}

/// The rest of numbers in policies that were stored before it was a rule.
const fn default_number_quiet_days() -> u32 {
    180
}

/// The veil of policies that were stored before it was a rule.
const fn default_veil_minutes() -> u32 {
    15
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

/// The award amount for true reports of hazards of one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwardBand {
    /// The hazard level.
    pub level: crate::hazard::Level,
    /// The award amount, in fen.
    pub amount: Fen,
}

/// The award policy 举报奖励.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwardPolicy {
    /// The moment at which an award is proposed.
    pub propose_at: ProposeAt,
    /// The legal basis, as it is cited.
    pub basis: String,
    /// The collection period after the notice, in calendar days (安监总财〔2018〕19号 art. 13: 60).
    pub collect_days: u32,
    /// The time limit for each of the steps review, approval and payment.
    pub step: Span,
    /// Whether an anonymous reporter may identify themselves with the follow-up code in order to collect the award.
    pub anonymous_may_collect: bool,
    /// Whether reports about matters in the reporter's own duty area are excluded.
    pub exclude_own_duty: bool,
    /// The share of the fines 罚款 that the subject paid, if awards follow them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine_share: Option<FineShare>,
    /// The award amounts by hazard level. A level without a band earns no award.
    pub bands: Vec<AwardBand>,
}

const fn reports_a_day() -> u32 {
    200
}

const fn reports_a_day_on_duty() -> u32 {
    5_000
}

impl HandlingPolicy {
    /// Returns the veil over what reporters do. An emergency has none, because people in danger cannot wait.
    #[must_use]
    pub const fn veil(&self, emergency: bool) -> Veil {
        if emergency { Veil::AT_ONCE } else { Veil::of_minutes(self.veil_minutes) }
    }

    /// Returns the spans that a clock of this kind can have been given under this policy.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of clock")]
    pub fn spans(&self, kind: ClockKind) -> Vec<Span> {
        let all = || [&self.direct, &self.self_handled].into_iter().chain(self.whistles.iter().map(|one| &one.spans));
        match kind {
            ClockKind::Review => vec![self.review, self.review_emergency],
            ClockKind::Dispatch => vec![self.dispatch_emergency, self.dispatch],
            ClockKind::Sign => all().filter_map(|spans| spans.sign).collect(),
            ClockKind::CheckIn => all().filter_map(|spans| spans.check_in).collect(),
            ClockKind::Finish => all().filter_map(|spans| spans.finish).collect(),
            ClockKind::Extend => vec![self.extension.decide],
            ClockKind::AnswerSendBack => vec![self.send_back.answer],
            ClockKind::Rule => vec![self.send_back.rule],
            ClockKind::DecideSuspension => vec![self.suspension.decide],
            ClockKind::FollowUp => vec![self.follow_up.within],
            ClockKind::Acknowledge => {
                let rules = self.supervision.rules.iter().map(|rule| rule.acknowledge);
                rules.chain([self.supervision.by_hand]).collect()
            }
            ClockKind::ApproveWhistle => {
                self.whistles.iter().filter_map(|one| Some(one.approval.as_ref()?.within)).collect()
            }
            ClockKind::NameUnits => self.whistles.iter().filter_map(|one| one.through_centre).collect(),
            ClockKind::RateAnswer => self.rating.rate.into_iter().collect(),
            ClockKind::RuleOnRating => vec![self.rating.rule],
            ClockKind::Reinspect => vec![self.enforcement.reinspect],
            ClockKind::JudgeMajor => vec![self.major.judge],
            ClockKind::PlanMajor => vec![self.major.plan],
            ClockKind::AcceptMajor => vec![self.major.accept],
            ClockKind::ConsentMajor => vec![self.major.consent],
            ClockKind::Accept => vec![self.accept],
            ClockKind::Close => vec![self.close],
            // A person set the date of a listing, and those of measures do not depend on the calendar.
            ClockKind::Delist
            | ClockKind::Evacuate
            | ClockKind::StopUse
            | ClockKind::CutPower
            | ClockKind::ReviewSuspension
            | ClockKind::ReviewAward
            | ClockKind::ApproveAward
            | ClockKind::Collect
            | ClockKind::Pay
            // By the wall clock, which no calendar changes.
            | ClockKind::AcknowledgeSituationReport
            | ClockKind::NextSituationReport => Vec::new(),
        }
    }

    /// Returns the whistle type with this code, or `None` if the policy has none.
    #[must_use]
    pub fn whistle(&self, code: &str) -> Option<&WhistleType> {
        self.whistles.iter().find(|whistle| whistle.code == code)
    }
}

impl AwardPolicy {
    /// Returns the award amount for this hazard level and the fines that were paid: the amount of the band, or the share of the
    /// fines if that is more. It is 0 if no band has this level.
    #[must_use]
    pub fn amount(&self, level: crate::hazard::Level, fines: Fen) -> Fen {
        let Some(band) = self.bands.iter().find(|band| band.level == level) else { return Fen(0) };
        let share = self.fine_share.as_ref().filter(|share| share.levels.contains(&level) && fines > Fen(0));
        share.map_or(band.amount, |share| share.of(fines).max(band.amount))
    }
}

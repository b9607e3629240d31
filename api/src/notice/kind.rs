//! Notice kinds, and the facts from which a notice text is rendered.

use chrono::{DateTime, Utc};
use domain::id::NoteId;
use domain::money::Fen;
use domain::report::Channel;
use serde::{Deserialize, Serialize};

/// The kind of event that a notice reports to the author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, async_graphql::Enum)]
pub enum NoticeKind {
    /// 属实: the report was confirmed, and a hazard was registered for it.
    ReportConfirmed,
    /// 合并: the report was confirmed, and joined a hazard that was already registered.
    ReportMerged,
    /// 属实并回访: the report was confirmed after its hazard was closed, and the author is asked for an opinion of the result.
    ReportAsked,
    /// 转办: the review of the report was referred to another unit of this system and continues there.
    ReportForwarded,
    /// 合并办理: the hazard of the report is the same as another one, and is handled together with it.
    ReportMoved,
    /// 撤回合并: the hazard of the report is handled on its own again.
    ReportParted,
    /// 不属实: the report was found to be unfounded.
    ReportUnfounded,
    /// 转办: the report was referred to a body outside this system.
    ReportReferred,
    /// 不予受理: the matter does not belong in this system; the notice names the right channel.
    ReportOutOfScope,
    /// 已派单: units were asked to deal with the hazard, for the first time in this round.
    HazardDispatched,
    /// 已吹哨: units were called by a whistle to deal with the hazard, for the first time in this round.
    HazardBlown,
    /// 已延期: a unit was given more time to deal with the hazard.
    HazardExtended,
    /// 已挂账: the work on the hazard takes longer, and rests until a review date.
    HazardSuspended,
    /// 恢复整改: the work on the hazard continues.
    HazardResumed,
    /// 已销号: the hazard was closed, and the author is asked for an opinion of the result 回访.
    HazardClosed,
    /// 重新整改: the hazard was reopened.
    HazardReopened,
    /// 已撤销: the hazard was cancelled.
    HazardCancelled,
    /// 奖励可领取: the award can be collected.
    AwardNotified,
    /// 奖励暂缓: the award is on hold because the hazard was reopened.
    AwardHeld,
    /// 奖励待核定: the award is on hold because an earlier report of the same hazard has one.
    AwardDoubted,
    /// 奖励不再发放: the award is not given, because an earlier report of the same hazard has one.
    AwardWithdrawn,
    /// 奖励恢复: the award is no longer on hold and has a new last day.
    AwardResumed,
    /// 奖励已发放: the award has been paid.
    AwardPaid,
    /// 逾期未领，视为放弃: the award was not collected in time and is forfeited.
    AwardForfeited,
}

impl NoticeKind {
    /// Every kind with its code, which is identical in the database and in the published schema.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::ReportConfirmed, "REPORT_CONFIRMED"),
        (Self::ReportMerged, "REPORT_MERGED"),
        (Self::ReportAsked, "REPORT_ASKED"),
        (Self::ReportForwarded, "REPORT_FORWARDED"),
        (Self::ReportMoved, "REPORT_MOVED"),
        (Self::ReportParted, "REPORT_PARTED"),
        (Self::ReportUnfounded, "REPORT_UNFOUNDED"),
        (Self::ReportReferred, "REPORT_REFERRED"),
        (Self::ReportOutOfScope, "REPORT_OUT_OF_SCOPE"),
        (Self::HazardDispatched, "HAZARD_DISPATCHED"),
        (Self::HazardBlown, "HAZARD_BLOWN"),
        (Self::HazardExtended, "HAZARD_EXTENDED"),
        (Self::HazardSuspended, "HAZARD_SUSPENDED"),
        (Self::HazardResumed, "HAZARD_RESUMED"),
        (Self::HazardClosed, "HAZARD_CLOSED"),
        (Self::HazardReopened, "HAZARD_REOPENED"),
        (Self::HazardCancelled, "HAZARD_CANCELLED"),
        (Self::AwardNotified, "AWARD_NOTIFIED"),
        (Self::AwardHeld, "AWARD_HELD"),
        (Self::AwardDoubted, "AWARD_DOUBTED"),
        (Self::AwardWithdrawn, "AWARD_WITHDRAWN"),
        (Self::AwardResumed, "AWARD_RESUMED"),
        (Self::AwardPaid, "AWARD_PAID"),
        (Self::AwardForfeited, "AWARD_FORFEITED"),
    ];

    /// Returns the code that the `kind` column stores.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, code)| code)
    }

    /// Parses a code; `None` if it is unknown.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == code).map(|(kind, _)| *kind)
    }
}

/// The facts from which a notice text is rendered, stored as JSON: codes, dates, amounts and note ids, but no free text
/// and no officer ids.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct NoticeFacts {
    /// The competent channel 渠道 for a matter that was referred or is out of scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The award amount; present for award notices only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
    /// The collection deadline of an award.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// When a suspended hazard is reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<DateTime<Utc>>,
    /// The note that an officer wrote for the author, for a report out of scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteId>,
}

#[cfg(test)]
mod tests {
    use async_graphql::{EnumType, Name};

    use super::*;

    #[test]
    fn codes_are_the_words_of_the_published_schema() {
        assert_eq!(NoticeKind::ALL.len(), NoticeKind::items().len());
        for item in NoticeKind::items() {
            assert_eq!(Name::new(item.value.code()), Name::new(item.name));
            assert_eq!(NoticeKind::from_code(item.name), Some(item.value));
        }
    }
}

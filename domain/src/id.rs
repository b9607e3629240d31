//! Typed ids: one newtype for each kind of object, so that a report id cannot be passed where a hazard id is expected.
//!
//! The ids that intake generates are random (UUID version 4), because a time-based id would reveal when the reporter
//! sent the report.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Checks whether an id is a random UUID (version 4). An id that a client makes is known to its maker alone only then:
/// the nil id is shared by every client that forgot to set it, and ids of other versions contain a time or an address.
#[must_use]
pub fn is_random(id: Uuid) -> bool {
    id.get_version_num() == 4 && id.get_variant() == uuid::Variant::RFC4122
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        #[cfg(feature = "sea-orm")]
        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name))) // the program generates ids, never the database
            }
        }

        #[cfg(feature = "graphql")]
        async_graphql::scalar!($name, "UUID", "An id: a UUID in its usual form of 36 characters.");
    )+};
}

ids! {
    /// The id of an area 区域.
    AreaId,
    /// The id of a unit 单位: an organisation that can hold a duty.
    UnitId,
    /// The id of an officer 工作人员.
    OfficerId,
    /// The id of a post 岗位: a role in a unit for an area.
    PostId,
    /// The id of a shift 班次 of the duty roster.
    ShiftId,
    /// The id of one dated version of a category 隐患类别.
    CategoryId,
    /// The id of one dated version of a duty 履职事项.
    DutyId,
    /// The id of a report 报告. It is random, and it is the only pseudonym of the reporter.
    ReportId,
    /// The id of a photo 照片.
    PhotoId,
    /// The id of a hazard 隐患, and of its case 事项.
    HazardId,
    /// The id of a whistle 哨: a township's call for departments.
    WhistleId,
    /// The id of an assignment 交办: one unit's part of the work.
    AssignmentId,
    /// The id of the subject 责任单位 that is responsible for a hazard.
    SubjectId,
    /// The id of an award 奖励.
    AwardId,
    /// The id of a supervision 督办: a rung of the ladder that was set in a case.
    SupervisionId,
    /// The id of the record of an inspection 检查记录.
    InspectionId,
    /// The id of an order 责令.
    OrderId,
    /// The id of a penalty 行政处罚.
    PenaltyId,
    /// The id of an incident 突发事件 on which situation reports are sent.
    IncidentId,
    /// The id of a situation report 信息报告.
    SituationReportId,
    /// The id of a note: a free text that an officer wrote.
    NoteId,
    /// The id of a stored event of any aggregate.
    EventId,
    /// The id of an amendment 补充 that a reporter added to a report.
    AmendmentId,
}

//! Ids: one type for each table, so that the id of a report can never be used where the id of a hazard is meant.
//!
//! The ids that intake makes are random (UUID version 4), because an id that contains the time would reveal when the
//! reporter sent it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name))) // ids are made by us, never counted by the database
            }
        }

        #[cfg(feature = "graphql")]
        async_graphql::scalar!($name, "UUID", "An id: a UUID in its usual form of 36 characters.");
    )+};
}

ids! {
    /// An area 区域.
    AreaId,
    /// A unit 单位.
    UnitId,
    /// An officer 工作人员.
    OfficerId,
    /// A post 岗位.
    PostId,
    /// A category 隐患类别, in one dated version.
    CategoryId,
    /// A duty 履职事项, in one dated version.
    DutyId,
    /// A report 报告. The id is random and is the only pseudonym of the reporter.
    ReportId,
    /// A photo 照片.
    PhotoId,
    /// A hazard 隐患.
    HazardId,
    /// A whistle 哨.
    WhistleId,
    /// An assignment 交办.
    AssignmentId,
    /// The subject of a hazard 责任单位.
    SubjectId,
    /// An award 奖励.
    AwardId,
    /// A note: a free text by an officer.
    NoteId,
    /// An event.
    EventId,
    /// An amendment 补充 that a reporter added to a report.
    AmendmentId,
}

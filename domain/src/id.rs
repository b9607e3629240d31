//! The names of things: one type for each table, so that a report's id can never stand where a hazard's is meant.
//!
//! Ids that intake makes are random (UUID version 4): an id that tells the time would tell on the reporter.

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
    /// A report 报告. Random: the only pseudonym of its reporter.
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
    /// A free text by an officer.
    NoteId,
    /// An event.
    EventId,
    /// An amendment 补充 that a reporter added to a report.
    AmendmentId,
}

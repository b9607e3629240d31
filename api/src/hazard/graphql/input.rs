//! GraphQL inputs of the hazard and report mutations, and their conversion into domain values.
//! Long because each mutation has an input of its own.

use async_graphql::InputObject;
use chrono::{DateTime, NaiveDate, Utc};
use domain::hazard::{Axes, CancelReason, Measure};
use domain::id::{AssignmentId, HazardId, PhotoId, PostId, ReportId, UnitId};
use domain::report::Channel;
use domain::text::unless_blank;
use uuid::Uuid;

use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::findings::ReviewFindings;
use crate::hazard::subjects::NewSubject;
use crate::place::PlaceInput;

/// Defines an input object with the three fields shared by all steps, and the method `step` that returns them.
macro_rules! step_input {
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $ty:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, InputObject)]
        pub(crate) struct $name {
            $($(#[$fmeta])* pub(crate) $field: $ty,)+
            /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect
            /// only once.
            pub(crate) request_id: Uuid,
            /// The id of the post 岗位 under which the caller acts. If omitted, the server uses the caller's first post
            /// that may act.
            pub(crate) as_post: Option<PostId>,
            /// The version that the caller last saw. If it is no longer current, the request is refused with
            /// `CHANGED_MEANWHILE`.
            pub(crate) expected_version: Option<i64>,
        }

        impl $name {
            /// Returns the metadata shared by all steps.
            #[must_use]
            pub(crate) const fn step(&self) -> StepMeta {
                StepMeta {
                    request_id: self.request_id,
                    as_post: self.as_post,
                    expected_version: self.expected_version,
                }
            }
        }
    };
}

pub(super) use step_input;

/// The codes that differ from those that the category presets.
#[derive(Debug, Default, InputObject)]
pub(crate) struct AxesInput {
    /// The code of the kind of place 场所.
    pub place_kind: Option<String>,
    /// The code of the industry 行业领域.
    pub industry: Option<String>,
    /// The code of the disaster kind 灾种.
    pub disaster_kind: Option<String>,
}

/// The party responsible for a hazard 责任单位.
#[derive(Debug, InputObject)]
pub(crate) struct SubjectInput {
    /// The name of the enterprise, owner or place, at most 100 characters.
    pub name: String,
    /// The unified social credit code 统一社会信用代码 (GB 32100-2015), with its check digit.
    pub uscc: Option<String>,
    /// The contact details, which the server stores encrypted.
    pub contact: Option<String>,
}

impl SubjectInput {
    /// Converts the input into a subject.
    #[must_use]
    pub(crate) fn subject(self) -> NewSubject {
        NewSubject { name: self.name, uscc: unless_blank(self.uscc), contact: unless_blank(self.contact) }
    }
}

step_input! {
    /// The input of `confirmReport` 属实.
    ConfirmReportInput {
        /// The id of the report.
        report_id: ReportId,
        /// The findings, 2 to 500 characters.
        reason: String,
        /// The code of the category, if the one from the phone is missing or wrong.
        category: Option<String>,
        /// The codes that differ from those that the category presets.
        axes: Option<AxesInput>,
        /// Whether the hazard may be a major one 疑似重大.
        suspected_major: Option<bool>,
        /// The party responsible for the hazard 责任单位.
        subject: Option<SubjectInput>,
        /// The id of the closed hazard that has recurred.
        recurrence_of: Option<HazardId>,
    }
}

impl ConfirmReportInput {
    /// Converts the input into the review findings.
    #[must_use]
    pub(crate) fn findings(self) -> ReviewFindings {
        let axes = self.axes.unwrap_or_default();
        ReviewFindings {
            category: unless_blank(self.category),
            axes: Axes {
                place_kind: unless_blank(axes.place_kind),
                industry: unless_blank(axes.industry),
                disaster_kind: unless_blank(axes.disaster_kind),
            },
            suspected_major: self.suspected_major.unwrap_or(false),
            subject: self.subject.map(SubjectInput::subject),
            recurrence_of: self.recurrence_of,
        }
    }
}

step_input! {
    /// The input of `mergeReport` 合并.
    MergeReportInput {
        /// The id of the report.
        report_id: ReportId,
        /// The id of the hazard that the report joins.
        hazard_id: HazardId,
        /// The reason why it is the same hazard, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `mergeReports` 合并. `expectedVersion` is the version of the hazard.
    MergeReportsInput {
        /// The ids of the reports, 1 to 100.
        report_ids: Vec<ReportId>,
        /// The id of the hazard that the reports join.
        hazard_id: HazardId,
        /// The reason why it is the same hazard, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `findUnfounded` 不属实.
    FindUnfoundedInput {
        /// The id of the report.
        report_id: ReportId,
        /// The findings, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `referReport` 转办. Exactly one of `toUnitId` and `channel` is given.
    ReferReportInput {
        /// The id of the report.
        report_id: ReportId,
        /// The id of the unit of this system that continues the review: a township or a command centre.
        to_unit_id: Option<UnitId>,
        /// The channel outside this system to which the report is referred.
        channel: Option<Channel>,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `declareOutOfScope` 不予受理.
    DeclareOutOfScopeInput {
        /// The id of the report.
        report_id: ReportId,
        /// The right channel for the matter.
        channel: Channel,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `dispatchHazard` 派单: a request to units without a whistle.
    DispatchHazardInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The id of the unit that leads 主责. A township that names itself handles the matter itself 自办.
        lead_unit_id: UnitId,
        /// The ids of the units that support 协办.
        support_unit_ids: Option<Vec<UnitId>>,
    }
}

step_input! {
    /// The input of `blowWhistle` 吹哨: a call for departments.
    BlowWhistleInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The code of the whistle type, from `whistleTypes`.
        type_code: String,
        /// The id of the unit that leads 主责, from `units`.
        lead_unit_id: UnitId,
        /// The ids of the units that support 协办.
        support_unit_ids: Option<Vec<UnitId>>,
        /// What the units are asked to do, and why the township cannot do it alone: 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `takeBackAssignment` 收回.
    TakeBackAssignmentInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// The id of the unit that leads 主责 instead. It is required if units that support 协办 would remain without a
        /// lead. It can be one of them, or a unit that takes no part in the hazard yet. For a whistle, only the roles that its
        /// type lists in `mayBlow` and the command centre may name it.
        new_lead_unit_id: Option<UnitId>,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `askExtension` 申请延期.
    AskExtensionInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// The last day in China on which the work will be finished. A day off counts as the next working day.
        until: NaiveDate,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of a step on an assignment that needs no text.
    AssignmentInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
    }
}

step_input! {
    /// The input of a step on an assignment that needs a reason.
    ReasonedAssignmentInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// The reason or the opinion, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `handOverAssignment`: passes a claimed assignment to another post of the unit.
    HandOverInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// The id of the post that takes over.
        to_post_id: PostId,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `checkIn` 报到: the worker is on site.
    CheckInInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// The place of the worker. The policy sets how near to the hazard it must be: 300 metres by default.
        place: PlaceInput,
        /// The reason why the worker cannot come close enough. It is required if the place is too far from the hazard;
        /// otherwise the request is refused with `TOO_FAR`.
        far_reason: Option<String>,
        /// The time of the step, for a phone that had no network at that moment.
        occurred_at: Option<DateTime<Utc>>,
    }
}

step_input! {
    /// The input of `finishAssignment` 办结.
    FinishAssignmentInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// The measure taken 治理方式.
        measure: Measure,
        /// The ids of the photos after the work, as `prepareWorkPhoto` returned them in `photo.id`. The policy sets how
        /// many are required: one by default. Their upload may still be in progress.
        photo_ids: Vec<PhotoId>,
        /// The place of the worker.
        place: PlaceInput,
        /// A remark, 2 to 500 characters.
        remark: Option<String>,
        /// The time of the step, for a phone that had no network at that moment.
        occurred_at: Option<DateTime<Utc>>,
    }
}

step_input! {
    /// The input of `closeHazard` 销号 and `reopenHazard`.
    EndHazardInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The opinion, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `cancelHazard` 撤销.
    CancelHazardInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The reason for the cancellation, as a code.
        cause: CancelReason,
        /// The id of the hazard that stands; required for `DUPLICATE`, and not allowed with any other cause. If only
        /// reports that accuse a unit 回避 point to it, that unit sees all of it from then on.
        duplicate_of: Option<HazardId>,
        /// The reason in words, 2 to 500 characters.
        reason: String,
    }
}

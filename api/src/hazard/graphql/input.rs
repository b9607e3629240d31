//! What the mutations of hazards and reports take. Turned into values of the domain at once.

use async_graphql::InputObject;
use chrono::{DateTime, Utc};
use domain::hazard::{Axes, CancelReason, Measure};
use domain::id::{AssignmentId, HazardId, PhotoId, PostId, ReportId, UnitId};
use domain::report::Channel;
use uuid::Uuid;

use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::findings::Findings;
use crate::hazard::subjects::NewSubject;
use crate::place::PlaceInput;

/// Defines an input with the three fields that every step has, and how to take the step out of it.
macro_rules! step_input {
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident: $ty:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, InputObject)]
        pub struct $name {
            $($(#[$fmeta])* pub $field: $ty,)+
            /// Made by the client, one for each press of a button: the same id twice has one effect.
            pub request_id: Uuid,
            /// The post that acts, where you hold several; else the first that may.
            pub as_post: Option<PostId>,
            /// The version that you saw; `CHANGED_MEANWHILE` when there is a newer one.
            pub expected_version: Option<i64>,
        }

        impl $name {
            /// The step of this input.
            #[must_use]
            pub const fn step(&self) -> StepMeta {
                StepMeta {
                    request_id: self.request_id,
                    as_post: self.as_post,
                    expected_version: self.expected_version,
                }
            }
        }
    };
}

/// Axes that differ from what the category presets.
#[derive(Debug, Default, InputObject)]
pub struct AxesInput {
    /// Code of the place 场所.
    pub place_kind: Option<String>,
    /// Code of the industry 行业领域.
    pub industry: Option<String>,
    /// Code of the disaster 灾种.
    pub disaster_kind: Option<String>,
}

/// Who is responsible for a hazard 责任单位.
#[derive(Debug, InputObject)]
pub struct SubjectInput {
    /// Name of the enterprise, owner or place, at most 100 characters.
    pub name: String,
    /// Unified social credit code (GB 32100-2015), with its check digit.
    pub uscc: Option<String>,
    /// How to reach it; kept as ciphertext.
    pub contact: Option<String>,
}

step_input! {
    /// 属实: the report is true.
    ConfirmReportInput {
        /// The report.
        report_id: ReportId,
        /// What was found, 2 to 500 characters.
        reason: String,
        /// Code of the category, where the phone's was none or wrong.
        category: Option<String>,
        /// Axes that differ from what the category presets.
        axes: Option<AxesInput>,
        /// 疑似重大: it may be a major one.
        suspected_major: Option<bool>,
        /// 责任单位.
        subject: Option<SubjectInput>,
        /// The closed hazard that came back.
        recurrence_of: Option<HazardId>,
    }
}

impl ConfirmReportInput {
    /// What was found.
    #[must_use]
    pub fn findings(self) -> Findings {
        let axes = self.axes.unwrap_or_default();
        Findings {
            category: self.category,
            axes: Axes { place_kind: axes.place_kind, industry: axes.industry, disaster_kind: axes.disaster_kind },
            suspected_major: self.suspected_major.unwrap_or(false),
            subject: self.subject.map(|subject| NewSubject {
                name: subject.name,
                uscc: subject.uscc,
                contact: subject.contact,
            }),
            recurrence_of: self.recurrence_of,
        }
    }
}

step_input! {
    /// 合并: the report joins a hazard that is known.
    MergeReportInput {
        /// The report.
        report_id: ReportId,
        /// The hazard that it joins.
        hazard_id: HazardId,
        /// Why it is the same, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// 不属实: there is no hazard.
    FindUnfoundedInput {
        /// The report.
        report_id: ReportId,
        /// What was found, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// 转办: another body has it.
    ReferReportInput {
        /// The report.
        report_id: ReportId,
        /// To which unit of this system.
        to_unit_id: Option<UnitId>,
        /// Through which channel.
        channel: Option<Channel>,
        /// Why, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// 不予受理: no matter of this system; the channel that is right is told.
    DeclareOutOfScopeInput {
        /// The report.
        report_id: ReportId,
        /// The channel that is right.
        channel: Channel,
        /// Why, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// 派单: asks units without a whistle.
    DispatchHazardInput {
        /// The hazard.
        hazard_id: HazardId,
        /// Who leads 主责. A township that names itself keeps the matter 自办.
        lead_unit_id: UnitId,
        /// Who supports 协办.
        support_unit_ids: Option<Vec<UnitId>>,
    }
}

step_input! {
    /// 吹哨: calls departments.
    BlowWhistleInput {
        /// The hazard.
        hazard_id: HazardId,
        /// Code of the type, from `whistleTypes`.
        type_code: String,
        /// Who leads 主责: the id of a unit, from `units`.
        lead_unit_id: UnitId,
        /// Who supports 协办.
        support_unit_ids: Option<Vec<UnitId>>,
        /// What is asked, and why the township cannot do it alone: 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// A step on one assignment that needs no words.
    AssignmentInput {
        /// The assignment: from the `assignments` of its hazard.
        assignment_id: AssignmentId,
    }
}

step_input! {
    /// A step on one assignment that needs a reason.
    ReasonedAssignmentInput {
        /// The assignment.
        assignment_id: AssignmentId,
        /// Why, or the opinion: 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// Hands a claimed assignment to another post of the unit.
    HandOverInput {
        /// The assignment.
        assignment_id: AssignmentId,
        /// The post that takes it.
        to_post_id: PostId,
        /// Why, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// 报到: the worker is on the spot.
    CheckInInput {
        /// The assignment.
        assignment_id: AssignmentId,
        /// Where the worker is: within 300 m of the hazard (policy).
        place: PlaceInput,
        /// Why the worker cannot be that near; without it: `TOO_FAR`.
        far_reason: Option<String>,
        /// When it happened, if the phone had no network then.
        occurred_at: Option<DateTime<Utc>>,
    }
}

step_input! {
    /// 办结: the work is finished.
    FinishAssignmentInput {
        /// The assignment.
        assignment_id: AssignmentId,
        /// What was done 治理方式.
        measure: Measure,
        /// The photos after the work: the `id` of each, announced by `prepareWorkPhoto`; at least one (policy). They may
        /// still be on their way.
        photo_ids: Vec<PhotoId>,
        /// Where the worker is.
        place: PlaceInput,
        /// What else is to be said, 2 to 500 characters.
        remark: Option<String>,
        /// When it happened, if the phone had no network then.
        occurred_at: Option<DateTime<Utc>>,
    }
}

step_input! {
    /// Closes or reopens a hazard.
    EndHazardInput {
        /// The hazard.
        hazard_id: HazardId,
        /// The opinion, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// 撤销: strikes a hazard that is none.
    CancelHazardInput {
        /// The hazard.
        hazard_id: HazardId,
        /// Why, as a code.
        cause: CancelReason,
        /// Why, in words: 2 to 500 characters.
        reason: String,
    }
}

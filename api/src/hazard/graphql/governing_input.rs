//! The inputs and results of the mutations of major hazards. Long because every mutation has its own.

use async_graphql::{InputObject, SimpleObject};
use chrono::NaiveDate;
use domain::hazard::InterimMeasure;
use domain::id::{HazardId, PostId};
use uuid::Uuid;

use super::Hazard;
use super::input::step_input;
use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::major::PlanSaid;
use crate::place::PlaceInput;

step_input! {
    /// The input of `suspectMajor` 疑似重大.
    SuspectMajorInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The reason, 2 to 500 characters.
        reason: String,
        /// What is new, 2 to 500 characters; required if an earlier suspicion was refused.
        new_facts: Option<String>,
    }
}

step_input! {
    /// The input of `withdrawMajorSuspicion` 撤回疑似重大.
    WithdrawMajorSuspicionInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `confirmMajor` 判定为重大隐患.
    ConfirmMajorInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The code of the published standard 判定标准, as the policy lists it, such as `FIRE`.
        standard: String,
        /// The clause of the standard 条款, 2 to 500 characters.
        clause: String,
        /// The opinion, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `refuseMajor` 不构成重大隐患.
    RefuseMajorInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `setMajorPlan` 填报五落实和治理方案.
    SetMajorPlanInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// Responsibility 责任, 2 to 500 characters.
        responsibility: String,
        /// Measures 措施, 2 to 500 characters.
        measures: String,
        /// Funds 资金: where the money comes from, 2 to 500 characters.
        funds: String,
        /// The amount of the money, in fen 分.
        amount: i64,
        /// The last day 时限, in China.
        until: NaiveDate,
        /// The emergency plan 预案, 2 to 500 characters.
        emergency_plan: String,
        /// Goals and tasks 治理的目标和任务, 2 to 500 characters.
        goals: String,
        /// Methods and measures 采取的方法和措施, 2 to 500 characters.
        methods: String,
        /// Funds and material 经费和物资的落实, 2 to 500 characters.
        resources: String,
        /// The organisation and the people 负责治理的机构和人员, 2 to 500 characters.
        organisation: String,
        /// The time and the requirements 治理的时限和要求, 2 to 500 characters.
        schedule: String,
        /// Safety measures and the emergency plan 安全措施和应急预案, 2 to 500 characters.
        safety: String,
        /// The reason for the plan or for its change, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `listMajor` 挂牌督办.
    ListMajorInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The day of its publication 公布日期, in China.
        published_on: NaiveDate,
        /// The limit 督办期限: the last day, in China.
        until: NaiveDate,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `acceptMajorOnSite` 现场验收.
    AcceptMajorOnSiteInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The place of the officer.
        place: PlaceInput,
        /// The reason for accepting from farther away than the policy allows, 2 to 500 characters.
        far_reason: Option<String>,
        /// The opinion, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `consentToClose` 同意销号.
    ConsentToCloseInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The opinion, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `delistMajor` 摘牌.
    DelistMajorInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The day of its publication 公布日期, in China.
        published_on: NaiveDate,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `orderInterimMeasure` 责令临时措施.
    OrderInterimMeasureInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The measure.
        measure: InterimMeasure,
        /// Whether danger is imminent 紧急情形, so that no notice goes before power is cut.
        #[graphql(default)]
        at_once: bool,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `takeInterimMeasure` 落实临时措施.
    TakeInterimMeasureInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The measure.
        measure: InterimMeasure,
        /// The description of how it was carried out, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `liftInterimMeasure` 解除临时措施.
    LiftInterimMeasureInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The measure.
        measure: InterimMeasure,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

impl SetMajorPlanInput {
    /// Returns the plan as the service takes it.
    pub(super) fn said(&self) -> PlanSaid<'_> {
        PlanSaid {
            responsibility: &self.responsibility,
            measures: &self.measures,
            funds: &self.funds,
            amount: self.amount,
            until: self.until,
            emergency_plan: &self.emergency_plan,
            goals: &self.goals,
            methods: &self.methods,
            resources: &self.resources,
            organisation: &self.organisation,
            schedule: &self.schedule,
            safety: &self.safety,
        }
    }
}

/// The result of `suspectMajor`.
#[derive(SimpleObject)]
pub(crate) struct SuspectMajorPayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `withdrawMajorSuspicion`.
#[derive(SimpleObject)]
pub(crate) struct WithdrawMajorSuspicionPayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `confirmMajor`.
#[derive(SimpleObject)]
pub(crate) struct ConfirmMajorPayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `refuseMajor`.
#[derive(SimpleObject)]
pub(crate) struct RefuseMajorPayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `setMajorPlan`.
#[derive(SimpleObject)]
pub(crate) struct SetMajorPlanPayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `listMajor`.
#[derive(SimpleObject)]
pub(crate) struct ListMajorPayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `acceptMajorOnSite`.
#[derive(SimpleObject)]
pub(crate) struct AcceptMajorOnSitePayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `consentToClose`.
#[derive(SimpleObject)]
pub(crate) struct ConsentToClosePayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `delistMajor`.
#[derive(SimpleObject)]
pub(crate) struct DelistMajorPayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `orderInterimMeasure`.
#[derive(SimpleObject)]
pub(crate) struct OrderInterimMeasurePayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `takeInterimMeasure`.
#[derive(SimpleObject)]
pub(crate) struct TakeInterimMeasurePayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

/// The result of `liftInterimMeasure`.
#[derive(SimpleObject)]
pub(crate) struct LiftInterimMeasurePayload {
    /// The hazard after the step.
    pub(super) hazard: Option<Hazard>,
}

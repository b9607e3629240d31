//! The steps of a major hazard 重大事故隐患: the department confirms it, the unit that leads sets the plan, the work is accepted on
//! the spot, and the department consents to the closure.

use serde_json::json;

use super::outcome::{StepResult, both};
use super::person::{DemoPerson, expect, text};
use super::steps::{ACCEPT_ON_SITE, CONFIRM_MAJOR, CONSENT, SET_PLAN};
use super::work::HazardWork;

impl HazardWork<'_> {
    /// Confirms the suspicion, as the responsible department.
    pub(super) async fn confirm_major(&self, who: &DemoPerson) -> StepResult<()> {
        let input = json!({
            "hazardId": self.hazard, "standard": "OTHER", "clause": "地质灾害险情分级：威胁十户以上",
            "reason": "经现场核查，构成重大隐患。",
        });
        let done = who.take(&CONFIRM_MAJOR, input).await?;
        expect("the level of the hazard", text(&done, "hazard.level")?, "MAJOR")?;
        let name = self.who(who);
        let line = both(
            format!("{name} 判定为重大隐患：五落实和治理方案填报前不能办结"),
            format!(
                "{name} confirms a major hazard: nothing is finished before the five elements and the plan are set"
            ),
        );
        self.tell("IN_PROGRESS", line).await.map(drop)
    }

    /// Sets the five elements and the plan.
    pub(super) async fn set_plan(&self, who: &DemoPerson) -> StepResult<()> {
        let until = domain::time::china_day(self.stage.now()) + chrono::TimeDelta::days(60);
        let input = json!({
            "hazardId": self.hazard, "responsibility": "自然资源分局牵头，街道配合", "measures": "封填裂缝、设被动网、避险搬迁",
            "funds": "区级地灾防治专项资金", "amount": 86_000_000, "until": until,
            "emergencyPlan": "雨量预警即组织撤离", "goals": "消除落石威胁", "methods": "先转移、后治理",
            "resources": "被动网、锚杆已到场", "organisation": "成立治理专班", "schedule": "两个月内完工",
            "safety": "设警戒，专人监测", "reason": "首次填报。",
        });
        who.take(&SET_PLAN, input).await?;
        let name = self.who(who);
        let line = both(
            format!("{name} 填报五落实（责任、措施、资金、时限、预案）和治理方案"),
            format!(
                "{name} sets the five elements (responsibility, measures, funds, time limit, emergency plan) and the plan"
            ),
        );
        self.tell("IN_PROGRESS", line).await.map(drop)
    }

    /// Accepts the work on the spot.
    pub(super) async fn accept_on_site(&self, who: &DemoPerson) -> StepResult<()> {
        let input = json!({
            "hazardId": self.hazard, "place": self.here()?, "reason": "现场验收，治理措施到位。",
        });
        who.take(&ACCEPT_ON_SITE, input).await?;
        let name = self.who(who);
        let line = both(format!("{name} 到现场验收通过"), format!("{name} accepts the work on the spot"));
        self.tell("AWAITING_CLOSURE", line).await.map(drop)
    }

    /// Consents to the closure, as the responsible department.
    pub(super) async fn consent(&self, who: &DemoPerson) -> StepResult<()> {
        who.take(&CONSENT, json!({ "hazardId": self.hazard, "reason": "治理达标，同意销号。" })).await?;
        let name = self.who(who);
        let line = both(
            format!("{name} 代表负责监管的部门同意销号"),
            format!("{name} consents to the closure for the responsible department"),
        );
        self.tell("AWAITING_CLOSURE", line).await.map(drop)
    }
}

//! The steps of a dispute about an assignment: a unit sends it back 退单, the township does not agree, and the command centre
//! rules 裁定.

use domain::refusal::Language;
use serde_json::json;

use super::outcome::{StepResult, both};
use super::person::{DemoPerson, expect, text};
use super::steps::{REFUSE_SEND_BACK, RULE, SEND_BACK};
use super::work::HazardWork;

impl HazardWork<'_> {
    /// Sends the assignment of a unit back, and proposes another unit.
    pub(super) async fn send_back(&self, who: &DemoPerson, unit: &str, proposed: &str, basis: &str) -> StepResult<()> {
        let other = self.stage.unit(proposed).await?;
        let input = json!({
            "assignmentId": self.id_of(unit).await?, "cause": "NOT_OUR_DUTY", "proposedUnitId": other.id, "basis": basis,
        });
        let done = who.take(&SEND_BACK, input).await?;
        expect("the assignment's status", text(&done, "assignment.status")?, "SEND_BACK_ASKED")?;
        let (name, other) = (self.who(who), other.label());
        let line = both(
            format!("{name} 申请退单：{basis} 建议由 {} 承办；时限不停", other.text(Language::Chinese)),
            format!(
                "{name} sends it back as not their duty and proposes {}; no clock stops",
                other.text(Language::English)
            ),
        );
        self.tell("IN_PROGRESS", line).await.map(drop)
    }

    /// Does not agree with the send-back, for the township that gave the assignment.
    pub(super) async fn refuse_send_back(&self, who: &DemoPerson, unit: &str, reason: &str) -> StepResult<()> {
        let input = json!({ "assignmentId": self.id_of(unit).await?, "reason": reason });
        who.take(&REFUSE_SEND_BACK, input).await?;
        let name = self.who(who);
        let line = both(
            format!("{name} 不同意退单：{reason} 单位可提请裁定"),
            format!("{name} does not agree; the unit may ask for a ruling"),
        );
        self.tell("IN_PROGRESS", line).await.map(drop)
    }

    /// Rules that the part of a unit goes to another one that supports.
    pub(super) async fn rule_for(&self, who: &DemoPerson, unit: &str, other: &str, reason: &str) -> StepResult<()> {
        let (assignment, other) = (self.id_of(unit).await?, self.stage.unit(other).await?);
        let input = json!({
            "assignmentId": assignment, "outcome": "MOVES", "supportUnitIds": [other.id], "reason": reason,
        });
        let done = who.take(&RULE, input).await?;
        expect("the assignment's status", text(&done, "assignment.status")?, "SENT_BACK")?;
        let (name, other) = (self.who(who), other.label());
        let line = both(
            format!("{name} 裁定：改由 {} 协办，裁定即执行，时限重新计算", other.text(Language::Chinese)),
            format!(
                "{name}, who is no party, rules: {} supports instead, with new clocks",
                other.text(Language::English)
            ),
        );
        self.tell("IN_PROGRESS", line).await.map(drop)
    }
}

//! The steps from the callback 回访, which asks the reporter whether the hazard is solved, to the paid award.

use std::time::Duration;

use serde_json::{Value, json};

use super::intake::SubmittedReport;
use super::outcome::{Broken, StepResult, both};
use super::person::{DemoPerson, at, expect, list, text};
use super::stage::Stage;
use super::steps::{APPROVE_AWARD, CALLBACK, COLLECT, GIVE_IDENTITY, PAY_AWARD, REVIEW_AWARD};

/// The maximum number of polls for a notice, and the polling interval.
const TRIES: usize = 150;
const PAUSE: Duration = Duration::from_millis(100);

/// The steps that lead to the award of a report, with the author who collects it.
pub(super) struct AwardClaim<'a> {
    /// The stage.
    pub(super) stage: &'a Stage,
    /// The short name of the scene.
    pub(super) scene: &'a str,
    /// The id of the hazard.
    pub(super) hazard: &'a str,
    /// The submitted report.
    pub(super) sent: &'a SubmittedReport,
    /// The author of the report.
    pub(super) author: &'a DemoPerson,
}

impl AwardClaim<'_> {
    fn tell(&self, zh: String, en: String) {
        self.stage.teller.step(self.scene, self.stage.now(), &both(zh, en));
    }

    /// Answers the callback 回访 as the author: solved, satisfied.
    pub(super) async fn answer_callback(&self) -> StepResult<()> {
        let input = json!({
            "reportId": self.sent.report, "contacted": true, "solved": true, "satisfaction": "SATISFIED",
        });
        let done = self.author.take(&CALLBACK, input).await?;
        expect("whether it is solved", at(&done, "callback.solved"), &json!(true))?;
        let who = self.author.named(self.stage.language());
        self.tell(
            format!("{who} 答复回访：已联系、已解决、满意"),
            format!("{who} answers the callback: contacted, solved, satisfied"),
        );
        Ok(())
    }

    async fn award(&self) -> StepResult<Value> {
        let seen = self.stage.see(self.hazard).await?;
        let award = seen.award().cloned();
        if let Some(award) = award {
            return Ok(award);
        }
        // The onlooker from the command centre may not read awards, so a reward officer reads them.
        let officer = self.stage.officer("reward-1").await?;
        let query = "query($id: UUID!) { hazard(id: $id) { award { id status version amount } } }";
        let data = officer.read(query, json!({ "id": self.hazard })).await?;
        let award = data.pointer("/hazard/award").filter(|award| !award.is_null()).cloned();
        award.ok_or_else(|| Broken::because("the hazard has no award"))
    }

    /// Reviews and approves the award 审核、审批 by two officers, and checks that the reporter is notified.
    pub(super) async fn approve(&self) -> StepResult<()> {
        let award = self.award().await?;
        expect("the award's status", text(&award, "status")?, "PROPOSED")?;
        let (id, fen) = (at(&award, "id").clone(), at(&award, "amount").as_i64().unwrap_or_default());
        let (first, second) = (self.stage.officer("reward-1").await?, self.stage.officer("reward-2").await?);
        first.take(&REVIEW_AWARD, json!({ "awardId": id })).await?;
        let why = first.expect_refusal(&APPROVE_AWARD, json!({ "awardId": id }), "NOT_YOUR_OWN").await?;
        let (one, other) = (first.named(self.stage.language()), second.named(self.stage.language()));
        self.tell(
            format!("{one} 审核奖励{}元；自己再审批被拒绝 NOT_YOUR_OWN（{why}）", fen / 100),
            format!(
                "{one} reviews the award of {} yuan; approving it as well is refused with NOT_YOUR_OWN ({why})",
                fen / 100
            ),
        );
        let done = second.take(&APPROVE_AWARD, json!({ "awardId": id })).await?;
        expect("the award's status", text(&done, "status")?, "NOTIFIED")?;
        let said = self.hears("AWARD_NOTIFIED").await?;
        self.tell(
            format!("{other} 审批通过，预算入账为“已承诺”；报告人收件箱：“{said}”"),
            format!("{other} approves it: the amount is committed in the ledger; the reporter's inbox says “{said}”"),
        );
        Ok(())
    }

    /// Polls the author's inbox for a notice of this kind, and returns its text. A background job writes notices, so
    /// they arrive with a delay.
    async fn hears(&self, kind: &str) -> StepResult<String> {
        let query = "query($id: UUID!) { myReport(id: $id) { notices(first: 50) { nodes { kind text } } } }";
        for _ in 0..TRIES {
            let data = self.author.read(query, json!({ "id": self.sent.report })).await?;
            let found = list(&data, "myReport.notices.nodes")?.iter().find(|notice| at(notice, "kind") == kind);
            if let Some(notice) = found {
                return Ok(text(notice, "text")?.to_owned());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Broken::because(format!("the inbox has no notice {kind}")))
    }

    /// Collects the award 领取 as the author, after giving the identity of the recipient.
    pub(super) async fn collect(&self, name: &str, phone: &str) -> StepResult<()> {
        let report = json!({ "reportId": self.sent.report });
        let why = self.author.expect_refusal(&COLLECT, report.clone(), "EVIDENCE_MISSING").await?;
        let identity = json!({ "reportId": self.sent.report, "name": name, "phone": phone });
        self.author.take(&GIVE_IDENTITY, identity).await?;
        let done = self.author.take(&COLLECT, report).await?;
        expect("the award's status", text(&done, "status")?, "COLLECTED")?;
        let who = self.author.named(self.stage.language());
        self.tell(
            format!("{who} 领取：须先提供收款人身份（EVIDENCE_MISSING：{why}），提供后加密保存，领取成功"),
            format!("{who} collects the award: EVIDENCE_MISSING ({why}) until the recipient's identity is given"),
        );
        Ok(())
    }

    /// Tries to collect the award of a report that was the author's own duty.
    pub(super) async fn is_excluded(&self, name: &str, phone: &str) -> StepResult<()> {
        let report = json!({ "reportId": self.sent.report });
        let identity = json!({ "reportId": self.sent.report, "name": name, "phone": phone });
        self.author.take(&GIVE_IDENTITY, identity).await?;
        let why = self.author.expect_refusal(&COLLECT, report, "DUTY_EXCLUDED").await?;
        expect("the award's status", text(&self.award().await?, "status")?, "NOTIFIED")?;
        let who = self.author.named(self.stage.language());
        self.tell(
            format!("{who} 领取被拒绝 DUTY_EXCLUDED（{why}）；只有本人知道，经办人看到的与无人领取的奖励相同"),
            format!(
                "{who} may not collect the award: DUTY_EXCLUDED ({why}); nobody else learns of it, and officers see an \
                 award that nobody has collected"
            ),
        );
        Ok(())
    }

    /// Pays the award 发放 as a finance officer, and checks that the ledger sums to 0.
    pub(super) async fn pay(&self) -> StepResult<()> {
        let finance = self.stage.officer("finance-1").await?;
        let award = self.award().await?;
        let done = finance.take(&PAY_AWARD, json!({ "awardId": at(&award, "id") })).await?;
        expect("the award's status", text(&done, "status")?, "PAID")?;
        let lines = list(&done, "ledger")?;
        let sum: i64 = lines.iter().filter_map(|line| at(line, "amount").as_i64()).sum();
        expect("the sum of the ledger", &sum, &0)?;
        let who = finance.named(self.stage.language());
        self.tell(
            format!("{who} 发放成功（测试支付通道）；复式账{}行，合计为0", lines.len()),
            format!(
                "{who} pays the award (test payer); the double-entry ledger has {} lines that sum to 0",
                lines.len()
            ),
        );
        Ok(())
    }
}

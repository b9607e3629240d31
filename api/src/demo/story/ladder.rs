//! The scene of the supervision ladder 督办: a department does not sign, and the clock of the server is put forward while one
//! watches how the matter climbs. It is the last scene, because the clock is not put back.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::refusal::Language;
use serde_json::{Value, json};

use super::telling::{announce, report};
use crate::demo::files::{DemoScene, china};
use crate::demo::intake::How;
use crate::demo::outcome::{BilingualText, Broken, StepResult, both};
use crate::demo::person::{at, expect, list, text};
use crate::demo::review;
use crate::demo::stage::Stage;
use crate::demo::steps::ACKNOWLEDGE;
use crate::demo::work::{Call, FinishedWork, HazardWork};

const ANONYMOUS: How = How { naming: "ANONYMOUS", minutes_ago: 5 };
/// How often the scene looks whether the timer of the server has set a rung, which it does within a second or two.
const LOOK: Duration = Duration::from_millis(100);
/// The number of looks before the scene gives up.
const LOOKS: usize = 200;

/// Plays "market": blocked stairs in a market. The fire service is called and does not sign.
pub(super) async fn market(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both(
            "市场疏散楼梯被堵：无人签收，逐级督办（演示时钟将拨快）",
            "blocked stairs in a market: nobody signs, and the matter climbs (the clock of the demo is put forward)",
        ),
    );
    let sent = report(stage, scene, &stage.stranger(), ANONYMOUS).await?;
    let clerk = stage.officer("yuntan-clerk").await?;
    review::arrives(stage, scene, &clerk, &sent).await?;
    let work =
        HazardWork { stage, scene, hazard: review::confirm(stage, scene, &clerk, &sent.report, json!({})).await? };
    let reason = "疏散楼梯被堵，请到场处置。";
    let call = Call { kind: "joint_enforcement", lead: "fire", supports: &[], reason };
    work.blow(&stage.officer("yuntan-leader").await?, call).await?;
    work.climbs().await?;
    work.is_done_late().await
}

impl HazardWork<'_> {
    /// Puts the clock forward three times, and watches the rung that the server sets each time.
    async fn climbs(&self) -> StepResult<()> {
        let seen = self.stage.see(&self.hazard).await?;
        let signing = list(&seen.0, "clocks")?.iter().find(|clock| at(clock, "kind") == "SIGN");
        let signing = signing.ok_or_else(|| Broken::because("nobody is expected to sign"))?;
        let [start, warn, due] = [time(signing, "start")?, time(signing, "warnAt")?, time(signing, "due")?];
        let late = |by: TimeDelta| due + by + TimeDelta::seconds(1);
        let rungs = [
            ("REMINDER", warn, both("期限将到，系统提醒", "the time is nearly over: a reminder 提醒")),
            ("NOTICE", late(TimeDelta::zero()), both("逾期，书面督办", "it is overdue: a written notice 书面督办")),
            (
                "DISTRICT_ORDER",
                late(due - start),
                both("逾期一倍，区级督办单", "twice overdue: an order of the district 督办单"),
            ),
        ];
        for (rung, when, what) in rungs {
            self.stage.put_forward(when).await;
            self.sees(rung, &what).await?;
        }
        Ok(())
    }

    /// Waits until the newest supervision is this rung, and prints it.
    async fn sees(&self, rung: &str, what: &BilingualText) -> StepResult<()> {
        for _ in 0..LOOKS {
            let seen = self.stage.see(&self.hazard).await?;
            if list(&seen.0, "supervisions")?.last().is_some_and(|one| at(one, "rung") == rung) {
                let clock = china(self.stage.now(), "%H:%M");
                let (zh, en) = (what.text(Language::Chinese), what.text(Language::English));
                let line = both(
                    format!("（时钟拨到{clock}）消防大队未签收，{zh}"),
                    format!("(the clock is put forward to {clock}) the fire service has not signed; {en}"),
                );
                return self.tell("ASSIGNED", line).await.map(drop);
            }
            tokio::time::sleep(LOOK).await;
        }
        Err(Broken::because(format!("no {rung} was set")))
    }

    /// The leader acknowledges the order, the department signs, and the work is done and accepted.
    async fn is_done_late(&self) -> StepResult<()> {
        let leader = self.stage.officer("fire-leader").await?;
        let seen = self.stage.see(&self.hazard).await?;
        let order = list(&seen.0, "supervisions")?.last().map(|one| at(one, "id").clone());
        let done = leader.take(&ACKNOWLEDGE, json!({ "supervisionId": order })).await?;
        expect("the supervision's state", text(&done, "supervision.state")?, "ACKNOWLEDGED")?;
        let name = self.who(&leader);
        let line = both(format!("{name} 签收督办单"), format!("{name} acknowledges the order of the district"));
        self.tell("ASSIGNED", line).await?;
        self.sign(&self.stage.officer("fire-clerk").await?, "fire").await?;
        let states = self.stage.see(&self.hazard).await?;
        let waits = |one: &Value| at(one, "state") == "OPEN";
        expect("whether a rung waits", &list(&states.0, "supervisions")?.iter().any(waits), &false)?;
        let worker = self.stage.officer("fire-worker-1").await?;
        self.claim(&worker, "fire").await?;
        self.check_in(&worker, "fire").await?;
        let cleared = FinishedWork {
            measure: "CLEARED",
            remark: "货箱已搬离，疏散楼梯畅通，应急灯已换。",
            then: "AWAITING_ACCEPTANCE",
        };
        self.finish(&worker, "fire", cleared).await?;
        self.accept(&self.stage.officer("yuntan-clerk").await?, "fire", "AWAITING_CLOSURE").await?;
        self.close(&self.stage.officer("yuntan-leader").await?).await
    }
}

fn time(clock: &Value, name: &str) -> StepResult<DateTime<Utc>> {
    text(clock, name)?.parse().map_err(|_bad| Broken::because(format!("{name} is no time")))
}

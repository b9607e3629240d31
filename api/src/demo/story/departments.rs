//! The scenes of departments: a gas cylinder, a blocked fire lane, a building site.

use serde_json::json;

use super::telling::{announce, later, report};
use crate::demo::award::AwardClaim;
use crate::demo::files::DemoScene;
use crate::demo::intake::How;
use crate::demo::outcome::{StepResult, both};
use crate::demo::person::{DemoPerson, expect, text};
use crate::demo::review;
use crate::demo::stage::Stage;
use crate::demo::steps::UNFOUNDED;
use crate::demo::work::{Call, FinishedWork, HazardWork};

const CONFIDENTIAL: How = How { naming: "CONFIDENTIAL", minutes_ago: 8 };
const NAMED: How = How { naming: "NAMED", minutes_ago: 8 };

/// Plays "eatery": a gas cylinder beside a stove. It is dispatched without a whistle, fixed on the spot and rewarded.
pub(super) async fn eatery(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both(
            "餐馆液化气瓶：直接派单，立行立改，保密报告获奖",
            "a gas cylinder beside a stove: dispatched, fixed on the spot, and an award for a confidential report",
        ),
    );
    let citizen = stage.citizen("19900010003", both("群众丙（保密）", "citizen C")).await?;
    let sent = report(stage, scene, &citizen, CONFIDENTIAL).await?;
    let clerk = stage.officer("zhuchang-clerk").await?;
    review::arrives(stage, scene, &clerk, &sent).await?;
    let subject = json!({ "subject": { "name": "朱昌某饭馆（示例）" } });
    let work = HazardWork { stage, scene, hazard: review::confirm(stage, scene, &clerk, &sent.report, subject).await? };
    let units = ["city-management", "market-supervision", "fire"];
    work.dispatch(&clerk, "city-management", &["market-supervision", "fire"]).await?;
    for (unit, then) in units.iter().zip(["IN_PROGRESS", "IN_PROGRESS", "AWAITING_ACCEPTANCE"]) {
        let worker = stage.officer(&format!("{unit}-worker-2")).await?;
        work.claim(&worker, unit).await?;
        work.check_in(&worker, unit).await?;
        work.finish(&worker, unit, done(then)).await?;
    }
    for (unit, then) in units.iter().zip(["AWAITING_ACCEPTANCE", "AWAITING_ACCEPTANCE", "AWAITING_CLOSURE"]) {
        work.accept(&clerk, unit, then).await?;
    }
    work.close(&stage.officer("zhuchang-leader").await?).await?;
    let claim = AwardClaim { stage, scene: &scene.id, hazard: &work.hazard, sent: &sent, author: &citizen };
    claim.answer_callback().await?;
    claim.approve().await?;
    claim.collect("群众示例丙", "19900010003").await?;
    claim.pay().await
}

fn done(then: &str) -> FinishedWork<'_> {
    FinishedWork { measure: "FIXED_ON_SPOT", remark: "气瓶移出后厨，软管更换，报警器已装。", then }
}

/// Plays "scenic": a blocked fire lane in a scenic area. The township calls two departments, one sends its part back 退单, and the
/// command centre rules 裁定.
pub(super) async fn scenic(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both(
            "景区消防通道被堵：消防与文旅，退单与裁定",
            "a blocked fire lane in a scenic area: one department says that it is not its duty, and a ruling names another",
        ),
    );
    let citizen = stage.citizen("19900010004", both("群众丁（实名）", "citizen D")).await?;
    let sent = report(stage, scene, &citizen, NAMED).await?;
    let clerk = stage.officer("baihuahu-clerk").await?;
    review::arrives(stage, scene, &clerk, &sent).await?;
    let work =
        HazardWork { stage, scene, hazard: review::confirm(stage, scene, &clerk, &sent.report, json!({})).await? };
    let leader = stage.officer("baihuahu-leader").await?;
    let call = Call {
        kind: "joint_enforcement",
        lead: "fire",
        supports: &["culture-tourism"],
        reason: "消防通道被堵、可燃物堆放，请联合处置。",
    };
    work.blow(&leader, call).await?;
    work.sign(&stage.officer("culture-tourism-clerk").await?, "culture-tourism").await?;
    let worker = arrives(stage, &work, "fire-worker-1", "fire").await?;
    is_sent_back(stage, &work, &leader).await?;
    let support = arrives(stage, &work, "market-supervision-worker-1", "market-supervision").await?;
    for (worker, unit, then) in
        [(&support, "market-supervision", "IN_PROGRESS"), (&worker, "fire", "AWAITING_ACCEPTANCE")]
    {
        let cleared =
            FinishedWork { measure: "CLEARED", remark: "摊位撤离，通道畅通，可燃物已清运。", then };
        work.finish(worker, unit, cleared).await?;
    }
    for (unit, then) in [("fire", "AWAITING_ACCEPTANCE"), ("market-supervision", "AWAITING_CLOSURE")] {
        work.accept(&clerk, unit, then).await?;
    }
    work.close(&leader).await
}

/// Lets a worker claim the assignment of the unit and check in.
async fn arrives(stage: &Stage, work: &HazardWork<'_>, staff_no: &str, unit: &str) -> StepResult<DemoPerson> {
    let worker = stage.officer(staff_no).await?;
    work.claim(&worker, unit).await?;
    work.check_in(&worker, unit).await?;
    Ok(worker)
}

/// Plays a send-back 退单 that the township does not agree with, and its ruling 裁定.
async fn is_sent_back(stage: &Stage, work: &HazardWork<'_>, leader: &DemoPerson) -> StepResult<()> {
    let objecting = stage.officer("culture-tourism-clerk").await?;
    let basis = "占用通道的是经营摊位，占道经营由市场监管部门查处。";
    work.send_back(&objecting, "culture-tourism", "market-supervision", basis).await?;
    work.refuse_send_back(leader, "culture-tourism", "景区日常管理属文旅部门，请先行处置。").await?;
    work.send_back(&objecting, "culture-tourism", "market-supervision", basis).await?;
    let reason = "摊位查处属市场监管职责，改由其协办。";
    work.rule_for(&stage.officer("command-1").await?, "culture-tourism", "market-supervision", reason).await?;
    Ok(())
}

/// Plays "site": a building site. The first inspection finds the report unfounded.
pub(super) async fn site(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both(
            "工地临边无护栏：首次核查不属实",
            "a building site without guard rails: unfounded at the first inspection",
        ),
    );
    let citizen = stage.citizen("19900010006", both("工地工人（保密）", "a worker of the site")).await?;
    let sent = report(stage, scene, &citizen, CONFIDENTIAL).await?;
    let clerk = stage.officer("yuntan-clerk").await?;
    review::arrives(stage, scene, &clerk, &sent).await?;
    let input = json!({ "reportId": sent.report, "reason": "到场时护栏齐全，未见夜间施工。" });
    let done = clerk.take(&UNFOUNDED, input).await?;
    expect("the report's status", text(&done, "status")?, "UNFOUNDED")?;
    let name = clerk.named(stage.language());
    let line = both(
        format!("{name} 核查不属实；报告人身份、时间、照片信息均未外露"),
        format!("{name} finds the report unfounded; the author, the times and the photo data are not disclosed"),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
    later(stage, scene, "复核（不属实后再审）", "a re-review");
    Ok(())
}

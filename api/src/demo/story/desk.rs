//! The scenes that one office settles alone: a matter of the township itself, a place outside the district, and a
//! matter that is not a hazard.

use serde_json::json;

use super::telling::{announce, report};
use crate::demo::files::DemoScene;
use crate::demo::intake::How;
use crate::demo::outcome::{StepResult, both};
use crate::demo::review;
use crate::demo::stage::Stage;
use crate::demo::work::{FinishedWork, HazardWork};

const NAMED: How = How { naming: "NAMED", minutes_ago: 5 };

/// Plays "ebike": e-bikes in a stairwell. The township handles the matter itself 自办.
pub(super) async fn ebike(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both("楼道电动车飞线充电：街道自办", "e-bikes charged in a stairwell: the township handles it itself"),
    );
    let citizen = stage.citizen("19900010007", both("群众庚（实名）", "citizen G")).await?;
    let sent = report(stage, scene, &citizen, NAMED).await?;
    let clerk = stage.officer("yuntan-clerk").await?;
    review::arrives(stage, scene, &clerk, &sent).await?;
    let work =
        HazardWork { stage, scene, hazard: review::confirm(stage, scene, &clerk, &sent.report, json!({})).await? };
    let township = "520115002000";
    work.keep(&clerk, township).await?;
    let worker = stage.officer("yuntan-worker-1").await?;
    work.claim(&worker, township).await?;
    work.check_in(&worker, township).await?;
    let done = FinishedWork {
        measure: "CLEARED", remark: "楼道清空，引导至集中充电棚。", then: "AWAITING_ACCEPTANCE"
    };
    work.finish(&worker, township, done).await?;
    work.accept(&clerk, township, "AWAITING_CLOSURE").await?;
    work.close(&stage.officer("yuntan-leader").await?).await
}

/// Plays "outside": a bridge in the next district.
pub(super) async fn outside(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both("区界外的桥栏杆：告知渠道", "a bridge outside the district: the right channel is named"),
    );
    let citizen = stage.citizen("19900010008", both("群众辛（实名）", "citizen H")).await?;
    let sent = report(stage, scene, &citizen, NAMED).await?;
    let desk = stage.officer("command-1").await?;
    review::arrives(stage, scene, &desk, &sent).await?;
    review::send_elsewhere(
        stage,
        scene,
        &desk,
        &sent,
        "OTHER_DISTRICT",
        "该处位于区界外，请向所在区反映，或拨打12345。",
    )
    .await
}

/// Plays "noise": a neighbour sings at night, which is not a hazard.
pub(super) async fn noise(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(stage, scene, &both("半夜唱歌扰民：不是安全隐患", "a neighbour sings at night: not a safety hazard"));
    let citizen = stage.citizen("19900010009", both("群众壬（实名）", "citizen I")).await?;
    let sent = report(stage, scene, &citizen, NAMED).await?;
    let desk = stage.officer("changling-clerk").await?;
    review::arrives(stage, scene, &desk, &sent).await?;
    review::send_elsewhere(stage, scene, &desk, &sent, "CALL_110", "噪声扰民请拨打110。").await
}

//! The scene of the cracked wall, from the photo to the paid award, with a second report of the same wall.

use serde_json::json;

use super::telling::{announce, report};
use crate::demo::award::AwardClaim;
use crate::demo::files::DemoScene;
use crate::demo::intake::{How, SubmittedReport};
use crate::demo::outcome::{Broken, StepResult, both};
use crate::demo::person::{DemoPerson, GraphqlAnswer, at, expect, text};
use crate::demo::review;
use crate::demo::stage::Stage;
use crate::demo::steps::{AMEND, CHECK_IN, CLOSE, FINISH, MERGE, SUBMIT};
use crate::demo::work::{Call, FinishedWork, HazardWork};

const NAMED: How = How { naming: "NAMED", minutes_ago: 12 };
const CONFIDENTIAL: How = How { naming: "CONFIDENTIAL", minutes_ago: 3 };

pub(super) async fn play(stage: &Stage, scene: &DemoScene, again: &DemoScene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both("围墙开裂外倾：从随手拍到销号、奖励", "a cracked wall: from the report to closure and award"),
    );
    let citizen = stage.citizen("19900010001", both("群众甲（实名）", "citizen A")).await?;
    let sent = report(stage, scene, &citizen, NAMED).await?;
    send_again(stage, scene, &citizen, &sent).await?;
    let clerk = stage.officer("binyang-clerk").await?;
    review::arrives(stage, scene, &clerk, &sent).await?;
    hidden_from_others(stage, scene, &sent).await?;
    let subject = json!({ "subject": { "name": "碧雅社区业主委员会（示例）" } });
    let hazard = review::confirm(stage, scene, &clerk, &sent.report, subject).await?;
    let work = HazardWork { stage, scene, hazard };
    second_report(&work, again, &clerk).await?;
    call_and_work(&work).await?;
    accept_and_close(&work).await?;
    let claim = AwardClaim { stage, scene: &scene.id, hazard: &work.hazard, sent: &sent, author: &citizen };
    claim.answer_callback().await?;
    claim.approve().await?;
    claim.collect("群众示例甲", "19900010001").await?;
    claim.pay().await
}

/// Submits the same report again, as a phone does that did not receive the response.
async fn send_again(stage: &Stage, scene: &DemoScene, who: &DemoPerson, sent: &SubmittedReport) -> StepResult<()> {
    let again = who.take(&SUBMIT, sent.input.clone()).await?;
    expect("whether it was here before", at(&again, "replayed"), &json!(true))?;
    expect("the receipt", at(&again, "receipt"), at(&sent.answer, "receipt"))?;
    let amend = json!({ "reportId": sent.report, "text": "今天下午又掉了两块砖。" });
    who.take(&AMEND, amend).await?;
    let name = who.named(stage.language());
    let line = both(
        format!("{name} 没收到答复，原样重发：同一份报告、同一张回执，没有重复；随后补充一句话"),
        format!(
            "{name} did not receive the answer and sends the same report again: one report, the same receipt; \
             then adds a sentence"
        ),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
    Ok(())
}

/// Checks that another township cannot read the report.
async fn hidden_from_others(stage: &Stage, scene: &DemoScene, sent: &SubmittedReport) -> StepResult<()> {
    let other = stage.officer("yuntan-clerk").await?;
    let asked = other.ask("query($id: UUID!) { report(id: $id) { id } }", json!({ "id": sent.report })).await?;
    let GraphqlAnswer::No { code, .. } = asked else {
        return Err(Broken::because("another township reads the report"));
    };
    expect("the refusal", code.as_str(), "NOT_FOUND")?;
    let name = other.named(stage.language());
    let line = both(
        format!("{name}（另一街道）查询同一报告：NOT_FOUND，非本辖区的报告不可见"),
        format!("{name}, of another township, requests the same report: NOT_FOUND, because it is outside their area"),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
    Ok(())
}

/// Merges the report of a second citizen, who sees the progress but gets no award.
async fn second_report(work: &HazardWork<'_>, again: &DemoScene, clerk: &DemoPerson) -> StepResult<()> {
    let stage = work.stage;
    let citizen = stage.citizen("19900010002", both("群众乙（保密）", "citizen B")).await?;
    let sent = report(stage, again, &citizen, CONFIDENTIAL).await?;
    let input = json!({ "reportId": sent.report, "hazardId": work.hazard, "reason": "与在办的围墙隐患为同一处。" });
    let done = clerk.take(&MERGE, input).await?;
    expect("the report's status", text(&done, "status")?, "MERGED")?;
    let seen = stage.see(&work.hazard).await?;
    expect("reports of the hazard", at(&seen.0, "reportCount"), &json!(2))?;
    let query = "query($id: UUID!) { myReport(id: $id) { status award { status } } }";
    let mine = citizen.read(query, json!({ "id": sent.report })).await?;
    expect("what its author reads", text(&mine, "myReport.status")?, "MERGED")?;
    expect("a second award", at(&mine, "myReport.award"), &json!(null))?;
    let name = clerk.named(stage.language());
    let line = both(
        format!("{name} 合并到同一隐患（现有2份报告）；报告人能看到进展，但不会有第二份奖励"),
        format!(
            "{name} merges it into the same hazard (now 2 reports); its author sees the progress, without a \
             second award"
        ),
    );
    stage.teller.step(&again.id, stage.now(), &line);
    Ok(())
}

async fn call_and_work(work: &HazardWork<'_>) -> StepResult<()> {
    let stage = work.stage;
    let leader = stage.officer("binyang-leader").await?;
    let call = Call {
        kind: "joint_enforcement",
        lead: "housing",
        supports: &["city-management"],
        reason: "街道无执法权，请到场鉴定并督促加固。",
    };
    work.blow(&leader, call).await?;
    work.sign(&stage.officer("housing-clerk").await?, "housing").await?;
    work.sign(&stage.officer("city-management-clerk").await?, "city-management").await?;
    let (one, other) = (stage.officer("housing-worker-1").await?, stage.officer("housing-worker-2").await?);
    let worker = work.claim_at_once([&one, &other], "housing").await?;
    too_far(work, &worker).await?;
    work.check_in(&worker, "housing").await?;
    let support = stage.officer("city-management-worker-1").await?;
    work.claim(&support, "city-management").await?;
    work.check_in(&support, "city-management").await?;
    expect("the whistle's status", text(&stage.see(&work.hazard).await?.0, "whistles.0.status")?, "ANSWERED")?;
    no_photo(work, &worker).await?;
    let done = |remark, then| FinishedWork { measure: "ENGINEERING", remark, then };
    work.finish(&worker, "housing", done("已加设支撑并勾缝。", "IN_PROGRESS")).await?;
    let clerk = stage.officer("binyang-clerk").await?;
    work.rework(&clerk, "housing", "支撑未固定，墙顶仍有松动砖块。").await?;
    work.claim(&worker, "housing").await?;
    work.check_in(&worker, "housing").await?;
    work.finish(&worker, "housing", done("拆除松动部分，重砌墙顶，支撑已锚固。", "IN_PROGRESS")).await?;
    let done = FinishedWork {
        measure: "ISOLATION", remark: "人行道封闭，警示牌已立。", then: "AWAITING_ACCEPTANCE"
    };
    work.finish(&support, "city-management", done).await
}

/// Checks in from another place, which is refused.
async fn too_far(work: &HazardWork<'_>, worker: &DemoPerson) -> StepResult<()> {
    let assignment = work.id_of("housing").await?;
    let place = json!({ "lng": 106.63, "lat": 26.65, "crs": "GCJ02" });
    let why =
        worker.expect_refusal(&CHECK_IN, json!({ "assignmentId": assignment, "place": place }), "TOO_FAR").await?;
    let name = worker.named(work.stage.language());
    work.refused("TOO_FAR", &why, &both(format!("{name} 在办公室报到"), format!("{name} checks in from the office")));
    Ok(())
}

/// Finishes without a photo, which is refused.
async fn no_photo(work: &HazardWork<'_>, worker: &DemoPerson) -> StepResult<()> {
    let assignment = work.id_of("housing").await?;
    let input = json!({ "assignmentId": assignment, "measure": "ENGINEERING", "photoIds": [], "place": work.here()? });
    let why = worker.expect_refusal(&FINISH, input, "EVIDENCE_MISSING").await?;
    let name = worker.named(work.stage.language());
    work.refused(
        "EVIDENCE_MISSING",
        &why,
        &both(format!("{name} 未附照片即办结"), format!("{name} finishes without a photo")),
    );
    Ok(())
}

async fn accept_and_close(work: &HazardWork<'_>) -> StepResult<()> {
    let stage = work.stage;
    let (clerk, leader) = (stage.officer("binyang-clerk").await?, stage.officer("binyang-leader").await?);
    work.accept(&clerk, "housing", "AWAITING_ACCEPTANCE").await?;
    let early = json!({ "hazardId": work.hazard, "reason": "先销号再说。" });
    let why = leader.expect_refusal(&CLOSE, early, "ILLEGAL_MOVE").await?;
    let name = leader.named(stage.language());
    let line =
        both(format!("{name} 在协办工作未验收时销号"), format!("{name} closes the hazard before all work is accepted"));
    work.refused("ILLEGAL_MOVE", &why, &line);
    work.accept(&clerk, "city-management", "AWAITING_CLOSURE").await?;
    work.close(&leader).await
}

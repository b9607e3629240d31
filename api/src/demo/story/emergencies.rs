//! The scenes of emergencies, in which the township acts before the review.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::telling::{announce, later, received, report};
use crate::demo::award::AwardClaim;
use crate::demo::files::DemoScene;
use crate::demo::intake::{How, Picture, SubmittedReport, submit};
use crate::demo::outcome::{Broken, StepResult, both};
use crate::demo::person::{DemoPerson, expect, text};
use crate::demo::review;
use crate::demo::stage::Stage;
use crate::demo::steps::OPEN_REPORT;
use crate::demo::work::{Call, FinishedWork, HazardWork};

const ANONYMOUS: How = How { naming: "ANONYMOUS", minutes_ago: 2 };
const NAMED: How = How { naming: "NAMED", minutes_ago: 2 };

/// Returns the id of the hazard that an emergency report registered.
async fn hazard_of(stage: &Stage, scene: &DemoScene, desk: &DemoPerson, sent: &SubmittedReport) -> StepResult<String> {
    let seen = review::arrives(stage, scene, desk, sent).await?;
    Ok(text(&seen, "hazardId")?.to_owned())
}

/// Plays "slope": rocks fall above houses. The report is anonymous, and the whistle comes before the review.
pub(super) async fn slope(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both(
            "边坡落石：匿名突发险情，先处置后审核",
            "rocks falling from a slope: an anonymous emergency, handled before review",
        ),
    );
    let stranger = stage.stranger();
    let sent = report(stage, scene, &stranger, ANONYMOUS).await?;
    let code = text(&sent.answer, "followUpCode")?.to_owned();
    let desk = stage.officer("changling-clerk").await?;
    let work = HazardWork { stage, scene, hazard: hazard_of(stage, scene, &desk, &sent).await? };
    let call = Call {
        kind: "emergency",
        lead: "natural-resources",
        supports: &["emergency"],
        reason: "边坡落石威胁十几户住户，请立即到场，组织转移。",
    };
    work.blow(&desk, call).await?;
    let more = json!({ "suspectedMajor": true });
    review::confirm(stage, scene, &desk, &sent.report, more).await?;
    is_made_safe(stage, &work).await?;
    follow_up(stage, scene, &stranger, &sent, &code).await
}

/// The units that were called work on a suspected major hazard, which the department confirms, plans for and consents to close.
async fn is_made_safe(stage: &Stage, work: &HazardWork<'_>) -> StepResult<()> {
    let (lead, support) =
        (stage.officer("natural-resources-worker-1").await?, stage.officer("emergency-worker-1").await?);
    let department = stage.officer("natural-resources-leader").await?;
    for (worker, unit) in [(&lead, "natural-resources"), (&support, "emergency")] {
        work.claim(worker, unit).await?;
        work.check_in(worker, unit).await?;
    }
    work.confirm_major(&department).await?;
    work.set_plan(&department).await?;
    let done = |measure, remark, then| FinishedWork { measure, remark, then };
    work.finish(&lead, "natural-resources", done("ENGINEERING", "坡顶裂缝封填，设被动网。", "IN_PROGRESS")).await?;
    work.finish(&support, "emergency", done("RELOCATION", "十六户已转移安置（避险搬迁）。", "AWAITING_ACCEPTANCE"))
        .await?;
    let leader = stage.officer("changling-leader").await?;
    work.accept(&leader, "natural-resources", "AWAITING_ACCEPTANCE").await?;
    work.accept(&leader, "emergency", "AWAITING_CLOSURE").await?;
    work.accept_on_site(&stage.officer("command-1").await?).await?;
    work.consent(&department).await?;
    work.close(&leader).await
}

/// Checks that a wrong follow-up code is refused, then logs in with the right one and reads the anonymous report.
async fn follow_up(
    stage: &Stage,
    scene: &DemoScene,
    who: &DemoPerson,
    sent: &SubmittedReport,
    code: &str,
) -> StepResult<()> {
    let wrong = json!({ "reportId": sent.report, "code": "0000000000000000" });
    let why = who.expect_refusal(&OPEN_REPORT, wrong, "NOT_FOUND").await?;
    let opened = who.take(&OPEN_REPORT, json!({ "reportId": sent.report, "code": code })).await?;
    let holder = who.with_token(who.name.clone(), text(&opened, "accessToken")?);
    let query = "query($id: UUID!) { myReport(id: $id) { status callback { askedAt } photos { width height } } }";
    let mine = holder.read(query, json!({ "id": sent.report })).await?;
    // The file is stored as 960 × 1280 and must be rotated by 90° clockwise for display (EXIF orientation 6).
    let side = |name: &str| mine.pointer(&format!("/myReport/photos/0/{name}")).and_then(Value::as_i64);
    expect("whether the photo stands upright", &(side("width") > side("height")), &true)?;
    let status = text(&mine, "myReport.status")?;
    text(&mine, "myReport.callback.askedAt")?;
    let line = both(
        format!(
            "匿名报告人凭16位查询码查看：{status}，已收到回访；照片方向已校正；错误的查询码返回 NOT_FOUND（{why}）"
        ),
        format!(
            "with the 16-digit follow-up code, the anonymous reporter reads {status} and a callback; the photo is \
             upright; a wrong code returns NOT_FOUND ({why})"
        ),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
    Ok(())
}

/// Plays "dike": a boil at the foot of a dike. It was the reporter's duty to look there, so the award cannot be collected.
/// Only the reporter learns why.
pub(super) async fn dike(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both(
            "堤脚管涌：巡查责任人本职发现，奖励不能领取",
            "a boil at the foot of a dike, reported by the person on duty there: the award cannot be collected",
        ),
    );
    // The phone number of the grid worker of this grid. Only the vault knows that they are the same person.
    let reporter = stage.citizen("19900000123", both("巡河人", "the river patroller")).await?;
    let sent = report(stage, scene, &reporter, NAMED).await?;
    let desk = stage.officer("jinyang-clerk").await?;
    let work = HazardWork { stage, scene, hazard: hazard_of(stage, scene, &desk, &sent).await? };
    let call =
        Call {
            kind: "emergency", lead: "water", supports: &["emergency"], reason: "堤脚管涌，请带反滤料到场。"
        };
    work.blow(&desk, call).await?;
    review::confirm(stage, scene, &desk, &sent.report, json!({})).await?;
    let claim = AwardClaim { stage, scene: &scene.id, hazard: &work.hazard, sent: &sent, author: &reporter };
    claim.approve().await?;
    claim.is_excluded("李巡河", "19900000123").await?;
    let (lead, support) = (stage.officer("water-worker-1").await?, stage.officer("emergency-worker-2").await?);
    for (worker, unit) in [(&lead, "water"), (&support, "emergency")] {
        work.claim(worker, unit).await?;
        work.check_in(worker, unit).await?;
    }
    let done = |measure, remark, then| FinishedWork { measure, remark, then };
    work.finish(&lead, "water", done("REINFORCEMENT", "反滤围井已筑，堤脚加固（除险加固）。", "IN_PROGRESS")).await?;
    work.finish(&support, "emergency", done("MONITORING", "专人值守，每小时观测。", "AWAITING_ACCEPTANCE")).await?;
    let leader = stage.officer("jinyang-leader").await?;
    work.accept(&leader, "water", "AWAITING_ACCEPTANCE").await?;
    work.accept(&leader, "emergency", "AWAITING_CLOSURE").await?;
    work.close(&leader).await
}

/// Plays "flood": an underpass under water. The report arrives forty minutes late, and its photo never arrives.
pub(super) async fn flood(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both(
            "地下通道积水：断网四十分钟后提交，照片始终未到",
            "a flooded underpass: sent forty minutes late, and its photo never arrives",
        ),
    );
    let reporter = stage.citizen("19900010005", both("群众戊", "citizen E")).await?;
    let picture = Picture::named(stage, "site-before.jpg")?; // announced, but never sent
    let how = How { naming: "NAMED", minutes_ago: 40 };
    let sent = submit(stage, scene, &reporter, how, Some(&picture)).await?;
    received(stage, scene, &reporter, &sent)?;
    let desk = stage.officer("binyang-clerk").await?;
    let work = HazardWork { stage, scene, hazard: hazard_of(stage, scene, &desk, &sent).await? };
    let supports = ["housing", "city-management"];
    let call =
        Call {
            kind: "emergency", lead: "water", supports: &supports, reason: "地下通道积水过膝，请抽排并封闭。"
        };
    work.blow(&desk, call).await?;
    without_photo(stage, scene, &desk, &sent).await
}

/// Checks that the work did not wait for the photo, and that both times are stored.
async fn without_photo(stage: &Stage, scene: &DemoScene, desk: &DemoPerson, sent: &SubmittedReport) -> StepResult<()> {
    let seen = review::read(desk, &sent.report).await?;
    expect("the photo's status", text(&seen, "photos.0.status")?, "EXPECTED")?;
    let time = |name: &str| text(&seen, name)?.parse::<chrono::DateTime<chrono::Utc>>().map_err(|_bad| no_time(name));
    let late = time("receivedAt")? - time("capturedAt")?;
    expect(
        "whether it was seen forty minutes before it came",
        &(TimeDelta::minutes(39)..=TimeDelta::minutes(41)).contains(&late),
        &true,
    )?;
    let line = both(
        format!("照片仍为 EXPECTED，不影响先行处置；发现时间与收到时间相差{}分钟，分别记录", late.num_minutes()),
        format!(
            "its photo is still EXPECTED, but the whistle did not wait; the hazard was seen {} minutes before the \
             report arrived, and both times are stored",
            late.num_minutes()
        ),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
    Ok(())
}

fn no_time(name: &str) -> Broken {
    Broken::because(format!("{name} is no time"))
}

/// Plays "forest": a fire near a forest. The report is anonymous, and the forestry department leads.
pub(super) async fn forest(stage: &Stage, scene: &DemoScene) -> StepResult<()> {
    announce(stage, scene, &both("林边用火：匿名突发险情", "a fire at the edge of a forest: an anonymous emergency"));
    let stranger = stage.stranger();
    let sent = report(stage, scene, &stranger, ANONYMOUS).await?;
    let desk = stage.officer("baihuahu-clerk").await?;
    let work = HazardWork { stage, scene, hazard: hazard_of(stage, scene, &desk, &sent).await? };
    let supports = ["emergency", "fire"];
    let call = Call {
        kind: "emergency",
        lead: "forestry",
        supports: &supports,
        reason: "林边有人烧纸放炮，风大，请立即到场。",
    };
    work.blow(&desk, call).await?;
    review::confirm(stage, scene, &desk, &sent.report, json!({})).await?;
    let units = ["forestry", "emergency", "fire"];
    for unit in units {
        let worker = stage.officer(&format!("{unit}-worker-1")).await?;
        work.claim(&worker, unit).await?;
        work.check_in(&worker, unit).await?;
    }
    for (unit, then) in units.iter().zip(["IN_PROGRESS", "IN_PROGRESS", "AWAITING_ACCEPTANCE"]) {
        let put_out = FinishedWork { measure: "CLEARED", remark: "明火已扑灭，留守观察无复燃。", then };
        work.finish(&stage.officer(&format!("{unit}-worker-1")).await?, unit, put_out).await?;
    }
    let leader = stage.officer("baihuahu-leader").await?;
    for (unit, then) in units.iter().zip(["AWAITING_ACCEPTANCE", "AWAITING_ACCEPTANCE", "AWAITING_CLOSURE"]) {
        work.accept(&leader, unit, then).await?;
    }
    work.close(&leader).await?;
    later(stage, scene, "对网格责任人的叫应", "alerting the person responsible for the grid (叫应)");
    Ok(())
}

//! People are in danger now: the township acts before anybody has reviewed.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::telling::{announce, later, received, report};
use crate::demo::files::Scene;
use crate::demo::intake::{How, Picture, Sent, hand_in};
use crate::demo::outcome::{Broken, StepResult, both};
use crate::demo::person::{Person, expect, text};
use crate::demo::review;
use crate::demo::stage::Stage;
use crate::demo::steps::OPEN_REPORT;
use crate::demo::work::{Call, Done, Job};

const ANONYMOUS: How = How { naming: "ANONYMOUS", minutes_ago: 2 };
const NAMED: How = How { naming: "NAMED", minutes_ago: 2 };

/// The hazard that came with an emergency.
async fn hazard_of(stage: &Stage, scene: &Scene, desk: &Person, sent: &Sent) -> StepResult<String> {
    let seen = review::arrives(stage, scene, desk, sent).await?;
    Ok(text(&seen, "hazardId")?.to_owned())
}

/// A slope sheds rocks above a house: anonymous, whistled before review, people moved.
pub(super) async fn slope(stage: &Stage, scene: &Scene) -> StepResult<()> {
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
    let job = Job { stage, scene, hazard: hazard_of(stage, scene, &desk, &sent).await? };
    let call = Call {
        kind: "emergency",
        lead: "natural-resources",
        supports: &["emergency"],
        reason: "边坡落石威胁十几户住户，请立即到场，组织转移。",
    };
    job.blow(&desk, call).await?;
    let more = json!({ "suspectedMajor": true });
    review::confirm(stage, scene, &desk, (&sent.report, more)).await?;
    let (lead, support) =
        (stage.officer("natural-resources-worker-1").await?, stage.officer("emergency-worker-1").await?);
    for (worker, unit) in [(&lead, "natural-resources"), (&support, "emergency")] {
        job.claim(worker, unit).await?;
        job.check_in(worker, unit).await?;
    }
    let done = |measure, remark, then| Done { measure, remark, then };
    job.finish(&lead, "natural-resources", done("ENGINEERING", "坡顶裂缝封填，设被动网。", "IN_PROGRESS")).await?;
    job.finish(&support, "emergency", done("RELOCATION", "十六户已转移安置（避险搬迁）。", "AWAITING_ACCEPTANCE"))
        .await?;
    let leader = stage.officer("changling-leader").await?;
    job.accept(&leader, "natural-resources", "AWAITING_ACCEPTANCE").await?;
    job.accept(&leader, "emergency", "AWAITING_ACCEPTANCE").await?;
    job.close(&leader).await?;
    follow_up(stage, scene, &stranger, (&sent, &code)).await
}

/// Nobody was written down: the follow-up code is the way back.
async fn follow_up(stage: &Stage, scene: &Scene, who: &Person, (sent, code): (&Sent, &str)) -> StepResult<()> {
    let wrong = json!({ "reportId": sent.report, "code": "0000000000000000" });
    let why = who.is_refused(&OPEN_REPORT, wrong, "NOT_FOUND").await?;
    let opened = who.take(&OPEN_REPORT, json!({ "reportId": sent.report, "code": code })).await?;
    let holder = who.with_token(who.name.clone(), text(&opened, "accessToken")?);
    let query = "query($id: UUID!) { myReport(id: $id) { status callback { askedAt } photos { width height } } }";
    let mine = holder.read(query, json!({ "id": sent.report })).await?;
    // The file lies on its side: 960 × 1280, to be turned by a quarter (EXIF orientation 6).
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

/// A boil at the foot of a dike, seen by somebody whose duty is to look there: no award.
pub(super) async fn dike(stage: &Stage, scene: &Scene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both(
            "堤脚管涌：巡查责任人本职发现，不予奖励",
            "a boil at the foot of a dike, reported by the person on duty there: no award",
        ),
    );
    // The number of the grid worker of this very grid: identity knows, and tells nobody.
    let reporter = stage.citizen("19900000123", both("巡河人", "the river patroller")).await?;
    let sent = report(stage, scene, &reporter, NAMED).await?;
    let desk = stage.officer("jinyang-clerk").await?;
    let job = Job { stage, scene, hazard: hazard_of(stage, scene, &desk, &sent).await? };
    let call =
        Call {
            kind: "emergency", lead: "water", supports: &["emergency"], reason: "堤脚管涌，请带反滤料到场。"
        };
    job.blow(&desk, call).await?;
    review::confirm(stage, scene, &desk, (&sent.report, json!({}))).await?;
    expect("an award", &stage.see(&job.hazard).await?.award().is_some(), &false)?;
    let (lead, support) = (stage.officer("water-worker-1").await?, stage.officer("emergency-worker-2").await?);
    for (worker, unit) in [(&lead, "water"), (&support, "emergency")] {
        job.claim(worker, unit).await?;
        job.check_in(worker, unit).await?;
    }
    let done = |measure, remark, then| Done { measure, remark, then };
    job.finish(&lead, "water", done("REINFORCEMENT", "反滤围井已筑，堤脚加固（除险加固）。", "IN_PROGRESS")).await?;
    job.finish(&support, "emergency", done("MONITORING", "专人值守，每小时观测。", "AWAITING_ACCEPTANCE")).await?;
    let leader = stage.officer("jinyang-leader").await?;
    job.accept(&leader, "water", "AWAITING_ACCEPTANCE").await?;
    job.accept(&leader, "emergency", "AWAITING_ACCEPTANCE").await?;
    job.close(&leader).await
}

/// An underpass under water: the text came forty minutes late, the photo never.
pub(super) async fn flood(stage: &Stage, scene: &Scene) -> StepResult<()> {
    announce(
        stage,
        scene,
        &both(
            "地下通道积水：断网四十分钟后提交，照片始终未到",
            "a flooded underpass: sent forty minutes late, and its photo never arrives",
        ),
    );
    let reporter = stage.citizen("19900010005", both("群众戊", "citizen E")).await?;
    let picture = Picture::named(stage, "site-before.jpg")?; // announced, and lost with the phone
    let how = How { naming: "NAMED", minutes_ago: 40 };
    let sent = hand_in(stage, scene, &reporter, how, Some(&picture)).await?;
    received(stage, scene, &reporter, &sent)?;
    let desk = stage.officer("binyang-clerk").await?;
    let job = Job { stage, scene, hazard: hazard_of(stage, scene, &desk, &sent).await? };
    let supports = ["housing", "city-management"];
    let call =
        Call {
            kind: "emergency", lead: "water", supports: &supports, reason: "地下通道积水过膝，请抽排并封闭。"
        };
    job.blow(&desk, call).await?;
    without_photo(stage, scene, &desk, &sent).await
}

/// The photo never came, and nothing waited for it; both times are kept.
async fn without_photo(stage: &Stage, scene: &Scene, desk: &Person, sent: &Sent) -> StepResult<()> {
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

/// Fire near a forest: anonymous, forestry leads.
pub(super) async fn forest(stage: &Stage, scene: &Scene) -> StepResult<()> {
    announce(stage, scene, &both("林边用火：匿名突发险情", "a fire at the edge of a forest: an anonymous emergency"));
    let stranger = stage.stranger();
    let sent = report(stage, scene, &stranger, ANONYMOUS).await?;
    let desk = stage.officer("baihuahu-clerk").await?;
    let job = Job { stage, scene, hazard: hazard_of(stage, scene, &desk, &sent).await? };
    let supports = ["emergency", "fire"];
    let call = Call {
        kind: "emergency",
        lead: "forestry",
        supports: &supports,
        reason: "林边有人烧纸放炮，风大，请立即到场。",
    };
    job.blow(&desk, call).await?;
    let worker = stage.officer("forestry-worker-1").await?;
    job.claim(&worker, "forestry").await?;
    job.check_in(&worker, "forestry").await?;
    later(stage, scene, "对网格责任人的叫应", "alerting the person responsible for the grid (叫应)");
    Ok(())
}

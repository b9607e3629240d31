//! The steps of the office that reviews reports.

use chrono::{DateTime, Utc};
use domain::refusal::Language;
use serde_json::{Map, Value, json};

use super::files::{DemoScene, china};
use super::intake::SubmittedReport;
use super::outcome::{Broken, StepResult, both};
use super::person::{DemoPerson, at, expect, text};
use super::stage::Stage;
use super::steps::{CONFIRM, OUT_OF_SCOPE};

/// The query with which an officer reads a report for its review.
const REPORT: &str = "query($id: UUID!) { report(id: $id) {
    status whyHere receivedAt flags hazardId capturedAt photos { status } suggestedUnitIds } }";

/// Reads a report as an officer.
pub(super) async fn read(who: &DemoPerson, report: &str) -> StepResult<Value> {
    let mut data = who.read(REPORT, json!({ "id": report })).await?;
    Ok(data.get_mut("report").map(Value::take).unwrap_or_default())
}

/// Checks that a report has reached an office and shows only a rounded time of receipt, prints this, and returns the
/// report as the officer sees it. In the demo no report waits ([`super::world`]), so all times are told to the minute.
pub(super) async fn arrives(
    stage: &Stage,
    scene: &DemoScene,
    desk: &DemoPerson,
    sent: &SubmittedReport,
) -> StepResult<Value> {
    let seen = read(desk, &sent.report).await?;
    expect("the report's status", text(&seen, "status")?, "RECEIVED")?;
    let at: DateTime<Utc> =
        text(&seen, "receivedAt")?.parse().map_err(|_bad| Broken::because("a time of the report is invalid"))?;
    expect("seconds after the full minute that are shown", &(at.timestamp() % 60), &0)?;
    let shown = china(at, "%H:%M");
    let shown = both(format!("收到时间只显示{shown}"), format!("the time of receipt is shown only as {shown}"));
    let (why, desk) = (text(&seen, "whyHere")?, desk.named(stage.language()));
    let line = both(
        format!("送达 {desk}：{why}报告人身份不显示；{}", shown.text(Language::Chinese)),
        format!("reaches {desk}. {why} The author is not shown; {}", shown.text(Language::English)),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
    Ok(seen)
}

/// Confirms a report 属实, and returns the id of its hazard.
pub(super) async fn confirm(
    stage: &Stage,
    scene: &DemoScene,
    desk: &DemoPerson,
    report: &str,
    more: Value,
) -> StepResult<String> {
    let mut input = Map::from_iter([
        ("reportId".to_owned(), json!(report)),
        ("reason".to_owned(), json!("已到现场核实，情况属实。")),
    ]);
    if let Value::Object(more) = more {
        input.extend(more);
    }
    let done = desk.take(&CONFIRM, Value::Object(input)).await?;
    expect("the report's status", text(&done, "status")?, "CONFIRMED")?;
    let hazard = text(&done, "hazardId")?.to_owned();
    let seen = stage.see(&hazard).await?;
    let award = seen.award().and_then(|award| at(award, "amount").as_i64());
    let who = desk.named(stage.language());
    let (zh, en) = match award {
        Some(fen) => (
            format!("按现行奖励政策提出奖励{}元", fen / 100),
            format!("the policy proposes an award of {} yuan", fen / 100),
        ),
        None => ("未提出奖励".to_owned(), "no award is proposed".to_owned()),
    };
    let line = both(
        format!("{who} 审核属实，登记隐患入台账；{zh}"),
        format!("{who} confirms the report, and a hazard is registered in the ledger; {en}"),
    );
    stage.tell(&scene.id, &hazard, text(&seen.0, "status")?, line).await?;
    Ok(hazard)
}

/// Rejects a report as out of scope 不予受理, with a hint to the responsible channel.
pub(super) async fn send_elsewhere(
    stage: &Stage,
    scene: &DemoScene,
    desk: &DemoPerson,
    sent: &SubmittedReport,
    channel: &str,
    reason: &str,
) -> StepResult<()> {
    let input = json!({ "reportId": sent.report, "channel": channel, "reason": reason });
    let done = desk.take(&OUT_OF_SCOPE, input).await?;
    expect("the report's status", text(&done, "status")?, "OUT_OF_SCOPE")?;
    let who = desk.named(stage.language());
    let line = both(
        format!("{who} 不予受理并告知渠道（{channel}）：{reason}"),
        format!("{who} finds the matter out of scope and names the right channel: {channel} ({reason})"),
    );
    stage.teller.step(&scene.id, stage.now(), &line);
    Ok(())
}

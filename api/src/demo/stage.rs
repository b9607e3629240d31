//! The stage: creates the players, and reads the status and the next deadline of each hazard as an onlooker.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::refusal::Language;
use serde_json::{Value, json};
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

use super::codes::Codes;
use super::files::{DemoOfficer, china, officers};
use super::outcome::{BilingualText, Broken, StepResult, both};
use super::person::{Client, DemoPerson, at, expect, list, text};
use super::steps::{LOGIN, REQUEST_CODE};
use super::teller::Teller;
use crate::app::App;

/// The staff number of the onlooker, an officer of the command centre, who may read every hazard and report of the
/// district.
const ONLOOKER: &str = "command-1";

/// The query with which the onlooker reads a hazard after each step.
const SEEN: &str = "query($id: UUID!) { hazard(id: $id) {
    status level reportCount clocks { kind state start due warnAt overdue ownerUnitId }
    supervisions { id rung state unit { code } }
    whistles { status } award { id status version amount }
    assignments { id part status reworkCount unit { id code name } photos { stage status } } } }";

/// The state of the story: the app, the teller, and the logins of the players.
pub(super) struct Stage {
    /// Prints the story.
    pub(super) teller: Teller,
    /// The sender that stores one-time codes for the players.
    pub(super) codes: Arc<Codes>,
    client: Client,
    app: App,
    cast: Mutex<HashMap<String, DemoPerson>>,
    units: OnceCell<Vec<DemoUnit>>,
}

impl Stage {
    /// Creates a stage for a running server.
    pub(super) fn new(app: App, codes: Arc<Codes>, teller: Teller) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().unwrap_or_default();
        let client = Client { http, url: app.public_url.clone(), language: teller.language() };
        Self { teller, codes, client, app, cast: Mutex::default(), units: OnceCell::new() }
    }

    /// Returns the current time, as a phone's clock would.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.app.now()
    }

    /// Puts the clock of the server forward. Everybody has to log in again: nobody's session lasts that long.
    pub(super) async fn put_forward(&self, to: DateTime<Utc>) {
        self.app.clock.put_forward(to);
        self.cast.lock().await.clear();
    }

    /// Returns the language of the story.
    pub(super) fn language(&self) -> Language {
        self.teller.language()
    }

    /// Creates an anonymous player.
    pub(super) fn stranger(&self) -> DemoPerson {
        DemoPerson::stranger(&self.client)
    }

    /// Logs in the officer with this staff number.
    pub(super) async fn officer(&self, staff_no: &str) -> StepResult<DemoPerson> {
        let mut cast = self.cast.lock().await;
        if let Some(person) = cast.get(staff_no) {
            return Ok(person.clone());
        }
        let all = officers()?;
        let found = all.into_iter().find(|officer| officer.staff_no == staff_no);
        let DemoOfficer { name, phone, .. } = found.ok_or_else(|| Broken::because(format!("no officer {staff_no}")))?;
        let person = self.log_in("OFFICER", &phone, both(format!("{name}（{staff_no}）"), staff_no)).await?;
        cast.insert(staff_no.to_owned(), person.clone());
        Ok(person)
    }

    /// Logs in a member of the public with a one-time code.
    pub(super) async fn citizen(&self, phone: &str, name: BilingualText) -> StepResult<DemoPerson> {
        self.log_in("REPORTER", phone, name).await
    }

    async fn log_in(&self, kind: &str, phone: &str, name: BilingualText) -> StepResult<DemoPerson> {
        let stranger = self.stranger();
        let asked = stranger.take(&REQUEST_CODE, json!({ "kind": kind, "phone": phone })).await?;
        let request: Uuid = text(&asked, "requestId")?.parse().map_err(|_bad| Broken::because("no request id"))?;
        let code = self.codes.take(request).await.ok_or_else(|| Broken::because("no one-time code was sent"))?;
        let session = stranger.take(&LOGIN, json!({ "requestId": request, "code": code })).await?;
        Ok(stranger.with_token(name, text(&session, "accessToken")?))
    }

    /// Finds a unit by its code, with or without the district prefix.
    pub(super) async fn unit(&self, code: &str) -> StepResult<DemoUnit> {
        let units = self.units().await?;
        let found = units.iter().find(|unit| ends_with(&unit.code, code));
        found.cloned().ok_or_else(|| Broken::because(format!("no unit {code}")))
    }

    async fn units(&self) -> StepResult<&Vec<DemoUnit>> {
        let read = async || {
            let onlooker = self.officer(ONLOOKER).await?;
            let query = "{ units(first: 100) { edges { node { id code name } } } }";
            list(&onlooker.read(query, json!({})).await?, "units.edges")?.iter().map(DemoUnit::read).collect()
        };
        self.units.get_or_try_init(read).await
    }

    /// Reads a hazard as the onlooker.
    pub(super) async fn see(&self, hazard: &str) -> StepResult<HazardView> {
        let onlooker = self.officer(ONLOOKER).await?;
        let mut data = onlooker.read(SEEN, json!({ "id": hazard })).await?;
        Ok(HazardView(data.get_mut("hazard").map(Value::take).unwrap_or_default()))
    }

    /// Checks the status of a hazard, prints the step, and returns the hazard as the onlooker sees it.
    pub(super) async fn tell(
        &self,
        scene: &str,
        hazard: &str,
        wanted: &str,
        line: BilingualText,
    ) -> StepResult<HazardView> {
        let seen = self.see(hazard).await?;
        expect("the hazard's status", text(&seen.0, "status")?, wanted)?;
        let next = self.next_deadline(&seen).await?;
        let line = both(
            format!("{} [{wanted}{}]", line.text(Language::Chinese), next.text(Language::Chinese)),
            format!("{} [{wanted}{}]", line.text(Language::English), next.text(Language::English)),
        );
        self.teller.step(scene, self.now(), &line);
        Ok(seen)
    }

    async fn next_deadline(&self, seen: &HazardView) -> StepResult<BilingualText> {
        let running = list(&seen.0, "clocks")?.iter().filter(|clock| at(clock, "state") == "RUNNING");
        let Some(clock) = running.min_by_key(|clock| at(clock, "due").as_str().map(ToOwned::to_owned)) else {
            return Ok(both("；没有进行中的时限", "; no deadline is running"));
        };
        let due: DateTime<Utc> =
            text(clock, "due")?.parse().map_err(|_bad| Broken::because("a deadline is no time"))?;
        let (kind, due) = (text(clock, "kind")?, china(due, "%m-%d %H:%M"));
        let owner = text(clock, "ownerUnitId")?;
        let known = self.units().await?.iter().find(|unit| unit.id == owner);
        let name = known.map_or(both("?", "?"), DemoUnit::label);
        let (zh, en) = (step_name(kind), name.text(Language::English));
        Ok(both(
            format!("；下一时限：{zh} {due} {}", name.text(Language::Chinese)),
            format!("; next deadline: {kind} {due} {en}"),
        ))
    }

    /// Returns the instructions that are printed after the story: the URL of the GraphQL explorer, and how to log in as
    /// each person.
    pub(super) fn how_to_go_on(&self) -> Vec<String> {
        let url = &self.client.url;
        let line = both(
            format!(
                "服务仍在运行，按 Ctrl-C 停止。请用浏览器打开 {url}/graphiql\n登录：requestCode(input: {{kind: OFFICER, phone: …}})，\
                 验证码将显示在此处；再调用 login，将 accessToken 填入页面上方的令牌框。群众登录请用 kind: REPORTER 和任意 199… 号码。\n人员："
            ),
            format!(
                "The server is still running; press Ctrl-C to stop it. Open {url}/graphiql\nTo log in, call requestCode(input: \
                 {{kind: OFFICER, phone: …}}), which prints a code here, then login, and enter the accessToken in the token \
                 field of that page. Citizens use kind: REPORTER and any number 199….\nPeople:"
            ),
        );
        let mut lines = vec![format!("\n{}", line.text(self.language()))];
        let officers = officers().unwrap_or_default();
        lines.extend(officers.chunks(3).map(|row| {
            let cells: Vec<String> =
                row.iter().map(|officer| format!("{} {:<24}", officer.phone, officer.staff_no)).collect();
            format!("  {}", cells.join("  ").trim_end())
        }));
        lines
    }
}

/// Returns the Chinese term for the step whose deadline a clock measures.
fn step_name(kind: &str) -> &str {
    match kind {
        "REVIEW" => "审核",
        "DISPATCH" => "派单",
        "SIGN" => "签收",
        "CHECK_IN" => "报到",
        "FINISH" => "办结",
        "ANSWER_SEND_BACK" => "答复退单",
        "RULE" => "裁定",
        "APPROVE_WHISTLE" => "吹哨审核",
        "NAME_UNITS" => "分哨",
        "RATE_ANSWER" => "评哨",
        "RULE_ON_RATING" => "评哨裁定",
        "SUSPENSION" => "挂账审批",
        "REVIEW_SUSPENSION" => "挂账复核",
        "ACCEPT" => "验收",
        "CLOSE" => "销号",
        "JUDGE_MAJOR" => "重大隐患判定",
        "PLAN_MAJOR" => "治理方案",
        "DELIST" => "摘牌",
        "ACCEPT_MAJOR" => "现场验收",
        "CONSENT_MAJOR" => "同意销号",
        "EVACUATE" => "撤离人员",
        "STOP_USE" => "停产停用",
        "CUT_POWER" => "停止供电",
        "FOLLOW_UP" => "回头看",
        "EXTENSION" => "延期审批",
        "ACKNOWLEDGE_SUPERVISION" => "签收督办",
        "ACKNOWLEDGE_SITUATION_REPORT" => "签收信息报告",
        "NEXT_SITUATION_REPORT" => "续报、终报",
        "REINSPECT" => "复查",
        other => other,
    }
}

/// A unit, as the API returns it to officers.
#[derive(Debug, Clone)]
pub(super) struct DemoUnit {
    /// The id of the unit.
    pub(super) id: String,
    code: String,
    name: String,
}

impl DemoUnit {
    fn read(edge: &Value) -> StepResult<Self> {
        let word = |name: &str| text(edge, &format!("node.{name}")).map(ToOwned::to_owned);
        Ok(Self { id: word("id")?, code: word("code")?, name: word("name")? })
    }

    /// Returns the display name of the unit: in Chinese its name, in English the word in its code, if it has one.
    pub(super) fn label(&self) -> BilingualText {
        let word = self.code.split_once('-').map_or(self.name.as_str(), |(_, word)| word);
        both(&*self.name, word)
    }
}

/// Checks whether a unit has this code, with or without the district prefix of `known`.
fn ends_with(known: &str, code: &str) -> bool {
    known == code || known.strip_suffix(code).is_some_and(|before| before.ends_with('-'))
}

/// A hazard as the onlooker reads it.
#[derive(Debug)]
pub(super) struct HazardView(pub(super) Value);

impl HazardView {
    /// Returns the newest assignment of a unit, by the suffix of its code.
    pub(super) fn assignment(&self, unit: &str) -> StepResult<&Value> {
        let all = list(&self.0, "assignments")?;
        let found = all.iter().rev().find(|one| text(one, "unit.code").is_ok_and(|code| ends_with(code, unit)));
        found.ok_or_else(|| Broken::because(format!("{unit} has no assignment")))
    }

    /// Returns the award of the hazard, or `None` if there is none.
    pub(super) fn award(&self) -> Option<&Value> {
        self.0.get("award").filter(|award| !award.is_null())
    }
}

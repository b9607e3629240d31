//! The steps of townships, departments and workers on one hazard, from the whistle to the closure.

use domain::refusal::Language;
use serde_json::{Value, json};

use super::files::DemoScene;
use super::intake::Picture;
use super::outcome::{BilingualText, Broken, StepResult, both};
use super::person::{DemoPerson, GraphqlAnswer, at, expect, text};
use super::stage::{HazardView, Stage};
use super::steps::{ACCEPT, BLOW, CHECK_IN, CLAIM, CLOSE, DISPATCH, FINISH, PREPARE_WORK_PHOTO, REWORK, SIGN};

/// The default photo after the work, for scenes that specify none.
const ANY_AFTER: &str = "wall-after.jpg";

/// The steps on one hazard of a scene. Each step checks the resulting status of the hazard.
pub(super) struct HazardWork<'a> {
    /// The stage.
    pub(super) stage: &'a Stage,
    /// The scene.
    pub(super) scene: &'a DemoScene,
    /// The id of the hazard.
    pub(super) hazard: String,
}

/// A whistle 吹哨 of a township: its formal call for other departments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    /// The type of the whistle.
    pub(super) kind: &'a str,
    /// The unit that leads 主责.
    pub(super) lead: &'a str,
    /// The units that support 协办.
    pub(super) supports: &'a [&'a str],
    /// The reason that the units read.
    pub(super) reason: &'a str,
}

impl HazardWork<'_> {
    /// Tells what happened, and checks the status of the hazard afterwards.
    pub(super) async fn tell(&self, wanted: &str, line: BilingualText) -> StepResult<HazardView> {
        self.stage.tell(&self.scene.id, &self.hazard, wanted, line).await
    }

    /// Prints a step that was refused as expected.
    pub(super) fn refused(&self, code: &str, why: &str, line: &BilingualText) {
        let line = both(
            format!("{}：被拒绝 {code}（{why}）", line.text(Language::Chinese)),
            format!("{}: refused, {code} ({why})", line.text(Language::English)),
        );
        self.stage.teller.step(&self.scene.id, self.stage.now(), &line);
    }

    /// Returns how a person is called.
    pub(super) fn who<'p>(&self, person: &'p DemoPerson) -> &'p str {
        person.named(self.stage.language())
    }

    /// Returns the id of the assignment of a unit.
    pub(super) async fn id_of(&self, unit: &str) -> StepResult<Value> {
        Ok(at(self.stage.see(&self.hazard).await?.assignment(unit)?, "id").clone())
    }

    async fn name_of(&self, unit: &str) -> StepResult<BilingualText> {
        Ok(self.stage.unit(unit).await?.label())
    }

    /// Returns the ids of units, and their names in one text.
    async fn units(&self, codes: &[&str]) -> StepResult<(Vec<String>, BilingualText)> {
        let (mut ids, mut zh, mut en) = (Vec::new(), Vec::new(), Vec::new());
        for code in codes {
            let unit = self.stage.unit(code).await?;
            let label = unit.label();
            zh.push(label.text(Language::Chinese).to_owned());
            en.push(label.text(Language::English).to_owned());
            ids.push(unit.id);
        }
        Ok((ids, both(zh.join("、"), en.join(" and "))))
    }

    /// Blows the whistle 吹哨.
    pub(super) async fn blow(&self, who: &DemoPerson, call: Call<'_>) -> StepResult<()> {
        let (ids, supports) = self.units(call.supports).await?;
        let lead = self.stage.unit(call.lead).await?;
        let input = json!({
            "hazardId": self.hazard, "typeCode": call.kind, "leadUnitId": lead.id, "supportUnitIds": ids,
            "reason": call.reason,
        });
        who.take(&BLOW, input).await?;
        let (name, lead, zh, en) = (self.who(who), lead.label(), Language::Chinese, Language::English);
        let beside = match call.supports {
            [] => both("", ""),
            _ => both(format!("，协办 {}", supports.text(zh)), format!(", with {}", supports.text(en))),
        };
        let line = both(
            format!("{name} 吹哨（{}）：主责 {}{}。{}", call.kind, lead.text(zh), beside.text(zh), call.reason),
            format!("{name} blows the whistle ({}): {} leads{}", call.kind, lead.text(en), beside.text(en)),
        );
        let seen = self.tell("ASSIGNED", line).await?;
        expect("the whistle's status", text(&seen.0, "whistles.0.status")?, "BLOWN")
    }

    /// Dispatches the hazard to units without a whistle 派单.
    pub(super) async fn dispatch(&self, who: &DemoPerson, lead: &str, supports: &[&str]) -> StepResult<()> {
        let (ids, supports) = self.units(supports).await?;
        let lead = self.stage.unit(lead).await?;
        who.take(&DISPATCH, json!({ "hazardId": self.hazard, "leadUnitId": lead.id, "supportUnitIds": ids })).await?;
        let (name, lead, zh, en) = (self.who(who), lead.label(), Language::Chinese, Language::English);
        let line = both(
            format!("{name} 派单：主责 {}，协办 {}", lead.text(zh), supports.text(zh)),
            format!("{name} dispatches it: {} leads, with {}", lead.text(en), supports.text(en)),
        );
        self.tell("ASSIGNED", line).await.map(drop)
    }

    /// Dispatches the hazard to the township itself 自办.
    pub(super) async fn keep(&self, who: &DemoPerson, township: &str) -> StepResult<()> {
        let township = self.stage.unit(township).await?.id;
        who.take(&DISPATCH, json!({ "hazardId": self.hazard, "leadUnitId": township })).await?;
        let name = self.who(who);
        let line = both(
            format!("{name} 决定由街道自办，不吹哨"),
            format!("{name} decides that the township handles the matter itself (自办), without a whistle"),
        );
        self.tell("ASSIGNED", line).await.map(drop)
    }

    /// Signs for the assignment of a unit 签收, which confirms its receipt.
    pub(super) async fn sign(&self, who: &DemoPerson, unit: &str) -> StepResult<()> {
        who.take(&SIGN, json!({ "assignmentId": self.id_of(unit).await? })).await?;
        let (name, unit) = (self.who(who), self.name_of(unit).await?);
        let unit = unit.text(Language::English);
        let status = text(&self.stage.see(&self.hazard).await?.0, "status")?.to_owned();
        self.tell(&status, both(format!("{name} 签收"), format!("{name} signs for {unit}"))).await.map(drop)
    }

    /// Claims the assignment 认领 as a worker, who thereby becomes responsible for it.
    pub(super) async fn claim(&self, who: &DemoPerson, unit: &str) -> StepResult<()> {
        who.take(&CLAIM, json!({ "assignmentId": self.id_of(unit).await? })).await?;
        let (name, unit) = (self.who(who), self.name_of(unit).await?);
        let unit = unit.text(Language::English);
        let line = both(format!("{name} 认领"), format!("{name} claims the assignment of {unit}"));
        self.tell("IN_PROGRESS", line).await.map(drop)
    }

    /// Lets two workers claim an assignment concurrently, and returns the one who succeeds.
    pub(super) async fn claim_at_once(&self, both_of: [&DemoPerson; 2], unit: &str) -> StepResult<DemoPerson> {
        let input = json!({ "assignmentId": self.id_of(unit).await? });
        let [one, other] = both_of;
        let (first, second) = tokio::join!(one.attempt(&CLAIM, input.clone()), other.attempt(&CLAIM, input));
        let (winner, late) = match (first?, second?) {
            (GraphqlAnswer::Data(_), GraphqlAnswer::No { code, .. }) if code == "ALREADY_CLAIMED" => (one, other),
            (GraphqlAnswer::No { code, .. }, GraphqlAnswer::Data(_)) if code == "ALREADY_CLAIMED" => (other, one),
            answers => return Err(Broken::because(format!("two simultaneous claims ended as {answers:?}"))),
        };
        let (has, has_not) = (self.who(winner), self.who(late));
        let line = both(
            format!("{has} 与 {has_not} 同时点击认领：{has} 认领成功，另一人收到 ALREADY_CLAIMED"),
            format!("{has} and {has_not} claim at the same moment: {has} succeeds, the other receives ALREADY_CLAIMED"),
        );
        self.tell("IN_PROGRESS", line).await?;
        Ok(winner.clone())
    }

    /// Returns the coordinates of the hazard, as a phone at the site sends them.
    pub(super) fn here(&self) -> StepResult<Value> {
        let (lng, lat) = self.scene.place.gcj02()?;
        Ok(json!({ "lng": lng, "lat": lat, "crs": "GCJ02" }))
    }

    /// Checks a worker in at the site of the hazard 报到.
    pub(super) async fn check_in(&self, who: &DemoPerson, unit: &str) -> StepResult<()> {
        who.take(&CHECK_IN, json!({ "assignmentId": self.id_of(unit).await?, "place": self.here()? })).await?;
        let name = self.who(who);
        let line = both(
            format!("{name} 到场报到，位置与隐患点相符"),
            format!("{name} arrives on site and checks in near the hazard"),
        );
        self.tell("IN_PROGRESS", line).await.map(drop)
    }

    /// Finishes the assignment of a unit 办结, with a photo as proof of the work.
    pub(super) async fn finish(&self, who: &DemoPerson, unit: &str, done: FinishedWork<'_>) -> StepResult<()> {
        let assignment = self.id_of(unit).await?;
        let picture = Picture::named(self.stage, self.scene.after.as_deref().unwrap_or(ANY_AFTER))?;
        let photo = self.send_work_photo(who, &assignment, picture).await?;
        let input = json!({
            "assignmentId": assignment, "measure": done.measure, "photoIds": [photo], "place": self.here()?,
            "remark": done.remark,
        });
        who.take(&FINISH, input).await?;
        let name = self.who(who);
        let line = both(
            format!("{name} 办结（{}），附整改后照片：{}", done.measure, done.remark),
            format!("{name} finishes ({}), with a photo after the work", done.measure),
        );
        self.tell(done.then, line).await.map(drop)
    }

    async fn send_work_photo(&self, who: &DemoPerson, assignment: &Value, picture: Picture) -> StepResult<Value> {
        let (bytes, sha256) = picture.announced();
        let announced = json!({
            "assignmentId": assignment, "clientId": picture.id, "sha256": sha256, "bytes": bytes,
            "mediaType": "image/jpeg", "stage": "AFTER",
        });
        let prepared = who.take(&PREPARE_WORK_PHOTO, announced).await?;
        picture.send(who, &prepared).await?;
        let photo = at(&prepared, "photo.id").clone();
        let query = "mutation($id: UUID!) { completeWorkPhoto(photoId: $id) { status } }";
        match who.ask(query, json!({ "id": photo })).await? {
            GraphqlAnswer::Data(data) => {
                expect("the photo's status", text(&data, "completeWorkPhoto.status")?, "VERIFIED")?;
            }
            GraphqlAnswer::No { code, message } => {
                return Err(Broken::because(format!("the photo of the work was refused: {code}: {message}")));
            }
        }
        Ok(photo)
    }

    /// Rejects finished work, so that the unit must rework it 返工.
    pub(super) async fn rework(&self, who: &DemoPerson, unit: &str, reason: &str) -> StepResult<()> {
        who.take(&REWORK, json!({ "assignmentId": self.id_of(unit).await?, "reason": reason })).await?;
        let name = self.who(who);
        let line = both(
            format!("{name} 验收不通过，退回返工：{reason}"),
            format!("{name} inspects the work and sends it back for rework"),
        );
        self.tell("IN_PROGRESS", line).await.map(drop)
    }

    /// Accepts the work 验收. The accepting person must not have done it.
    pub(super) async fn accept(&self, who: &DemoPerson, unit: &str, then: &str) -> StepResult<()> {
        let input = json!({ "assignmentId": self.id_of(unit).await?, "reason": "现场查看，整改到位。" });
        who.take(&ACCEPT, input).await?;
        let (name, unit) = (self.who(who), self.name_of(unit).await?);
        let line = both(
            format!("{name} 现场验收通过（{}）", unit.text(Language::Chinese)),
            format!("{name}, who took no part in the work, accepts the work of {}", unit.text(Language::English)),
        );
        self.tell(then, line).await.map(drop)
    }

    /// Closes the hazard 销号.
    pub(super) async fn close(&self, who: &DemoPerson) -> StepResult<()> {
        who.take(&CLOSE, json!({ "hazardId": self.hazard, "reason": "全部验收通过，同意销号。" })).await?;
        let name = self.who(who);
        let line = both(
            format!("{name} 同意销号，隐患移出台账，系统向报告人回访"),
            format!("{name} closes the hazard: it leaves the ledger, and its reporters are asked for their opinion"),
        );
        self.tell("CLOSED", line).await.map(drop)
    }
}

/// What a worker states when finishing an assignment.
#[derive(Debug, Clone, Copy)]
pub(super) struct FinishedWork<'a> {
    /// The measure 治理方式.
    pub(super) measure: &'a str,
    /// The remark.
    pub(super) remark: &'a str,
    /// The expected status of the hazard afterwards.
    pub(super) then: &'a str,
}

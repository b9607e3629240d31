//! What officers do with a report and its award, through the published schema: from the review to the closure, from the
//! proposal to the money.

use std::{collections::HashMap, path::Path};

use aws_lc_rs::digest::{SHA256, digest};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::TestApp;
use crate::client::{Answer, Client};
use crate::world::{in_binyang, login, phone_of};

/// Takes a step under a fresh request id; `input_type` is the type of its input, `fields` what is asked of the answer.
pub async fn step(who: &Client, name: &str, input_type: &str, fields: &str, mut input: Value) -> Answer {
    if let Some(fields) = input.as_object_mut() {
        fields.insert("requestId".to_owned(), json!(Uuid::new_v4()));
    }
    let query = format!("mutation($i: {input_type}!) {{ {name}(input: $i) {{ {fields} }} }}");
    who.post(&query, json!({ "i": input })).await
}

/// The same, and it must succeed.
///
/// # Panics
/// When it is refused, with the whole answer.
pub async fn done(who: &Client, name: &str, input_type: &str, fields: &str, input: Value) -> Answer {
    step(who, name, input_type, fields, input).await.ok()
}

/// Logs in an officer of the district, by staff number.
pub async fn officer(app: &TestApp, staff_no: &str) -> Client {
    login(app, "OFFICER", &phone_of(staff_no)).await
}

/// The ids of the units of the district, by code.
pub async fn units(who: &Client) -> HashMap<String, Value> {
    let mut found = HashMap::new();
    let mut after = Value::Null;
    loop {
        let query = "query($a: String) { units(first: 100, after: $a) { nodes { id code } pageInfo { hasNextPage endCursor } } }";
        let page = who.post(query, json!({ "a": after })).await.ok();
        for unit in page.data("units.nodes").as_array().into_iter().flatten() {
            found.insert(unit["code"].as_str().unwrap_or_default().to_owned(), unit["id"].clone());
        }
        if page.data("units.pageInfo.hasNextPage") != &json!(true) {
            return found;
        }
        after = page.data("units.pageInfo.endCursor").clone();
    }
}

/// A photo of the district's stories.
///
/// # Panics
/// When there is none of this name.
#[must_use]
pub fn photo(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/data/demo/photos");
    std::fs::read(folder.join(name)).expect("the photo is there")
}

/// SHA-256 of a file, in hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

/// Sends bytes by an upload plan (`{ url fields { name value } }`), as `wx.uploadFile` and browsers do.
///
/// # Panics
/// When they are not taken.
pub async fn upload(plan: &Value, bytes: Vec<u8>) {
    let mut form = Form::new();
    for field in plan["fields"].as_array().into_iter().flatten() {
        let text = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
        form = form.text(text("name"), text("value"));
    }
    let form = form.part("file", Part::bytes(bytes).file_name("photo.jpg"));
    let http = reqwest::Client::builder().no_proxy().build().expect("a client can be made");
    let url = plan["url"].as_str().expect("a plan has a URL");
    let answer = http.post(url).multipart(form).send().await.expect("the door answers");
    assert!(answer.status().is_success(), "{}", answer.status());
}

/// The people who take a report of 宾阳街道 to its end: the township's, and a worker of the housing bureau.
#[derive(Debug)]
pub struct Handlers {
    /// Reviews, dispatches, accepts.
    pub clerk: Client,
    /// Blows, closes.
    pub leader: Client,
    /// Does the work.
    pub worker: Client,
    /// The units by code.
    pub units: HashMap<String, Value>,
}

impl Handlers {
    /// Logs them in, once a test: a number gets one code a minute.
    pub async fn log_in(app: &TestApp) -> Self {
        let leader = officer(app, "binyang-leader").await;
        Self {
            clerk: officer(app, "binyang-clerk").await,
            worker: officer(app, "housing-worker-1").await,
            units: units(&leader).await,
            leader,
        }
    }

    /// The id of a unit.
    ///
    /// # Panics
    /// When there is none with this code.
    #[must_use]
    pub fn unit(&self, code: &str) -> Value {
        self.units.get(code).unwrap_or_else(|| panic!("no unit {code}")).clone()
    }

    /// 属实: answers the hazard.
    pub async fn confirm(&self, report: &str) -> String {
        let input = json!({ "reportId": report, "reason": "现场核实属实" });
        let taken = done(&self.clerk, "confirmReport", "ConfirmReportInput", "hazardId", input).await;
        taken.text("confirmReport.hazardId").to_owned()
    }

    /// 合并.
    pub async fn merge(&self, report: &str, hazard: &str) {
        let input = json!({ "reportId": report, "hazardId": hazard, "reason": "与已登记的隐患相同" });
        done(&self.clerk, "mergeReport", "MergeReportInput", "status", input).await;
    }

    /// 吹哨 for the housing bureau alone: answers its assignment.
    pub async fn blow(&self, hazard: &str) -> String {
        let input = json!({
            "hazardId": hazard, "typeCode": "joint_enforcement", "leadUnitId": self.unit("520115-housing"),
            "reason": "街道无执法权，请到场处置",
        });
        let fields = "assignments { id status unit { code } }";
        let taken = done(&self.leader, "blowWhistle", "BlowWhistleInput", fields, input).await;
        let assignments = taken.data("blowWhistle.assignments").as_array().cloned().unwrap_or_default();
        let open = assignments.iter().find(|one| one["status"] == "OPEN").expect("the whistle asks a unit");
        open["id"].as_str().unwrap_or_default().to_owned()
    }

    /// 认领、报到、办结 by the worker, with one photo after the work that is VERIFIED before it is named.
    pub async fn work(&self, assignment: &str) {
        let photo = self.work_photo(assignment, "wall-after.jpg").await;
        let who = &self.worker;
        let id = json!({ "assignmentId": assignment });
        done(who, "claimAssignment", "AssignmentInput", "status", id).await;
        let there = json!({ "assignmentId": assignment, "place": place() });
        done(who, "checkIn", "CheckInInput", "status", there).await;
        let finished = json!({
            "assignmentId": assignment, "measure": "REINFORCEMENT", "photoIds": [photo], "place": place(),
        });
        done(who, "finishAssignment", "FinishAssignmentInput", "status", finished).await;
    }

    /// Announces, sends and completes a photo after the work; answers its id.
    pub async fn work_photo(&self, assignment: &str, name: &str) -> Value {
        let bytes = photo(name);
        let query = "mutation($i: PrepareWorkPhotoInput!) {
            prepareWorkPhoto(input: $i) { photo { id } plan { url fields { name value } } } }";
        let announced = json!({ "i": {
            "assignmentId": assignment, "clientId": Uuid::new_v4(), "sha256": sha256(&bytes),
            "bytes": bytes.len(), "mediaType": "image/jpeg", "stage": "AFTER",
        } });
        let prepared = self.worker.post(query, announced).await.ok();
        upload(prepared.data("prepareWorkPhoto.plan"), bytes).await;
        let id = prepared.data("prepareWorkPhoto.photo.id").clone();
        let query = "mutation($id: UUID!) { completeWorkPhoto(photoId: $id) { status } }";
        let completed = self.worker.post(query, json!({ "id": id })).await.ok();
        assert_eq!(completed.text("completeWorkPhoto.status"), "VERIFIED");
        id
    }

    /// 验收.
    pub async fn accept(&self, assignment: &str) {
        let input = json!({ "assignmentId": assignment, "reason": "现场验收合格" });
        done(&self.clerk, "acceptWork", "ReasonedAssignmentInput", "status", input).await;
    }

    /// 销号.
    pub async fn close(&self, hazard: &str) {
        let input = json!({ "hazardId": hazard, "reason": "整改到位，同意销号" });
        done(&self.leader, "closeHazard", "EndHazardInput", "status", input).await;
    }

    /// From a confirmed hazard to its closure.
    pub async fn bring_to_closure(&self, hazard: &str) {
        let assignment = self.blow(hazard).await;
        self.work(&assignment).await;
        self.accept(&assignment).await;
        self.close(hazard).await;
    }
}

/// Where the reports of 宾阳街道 lie, without the address.
fn place() -> Value {
    let mut place = in_binyang();
    if let Some(fields) = place.as_object_mut() {
        fields.remove("address");
    }
    place
}

/// The people who bring an award to its reporter: reviewer, approver and payer are three persons.
#[derive(Debug)]
pub struct Rewarders {
    /// 奖励经办, reviews.
    pub reviewer: Client,
    /// 奖励经办 of another unit, approves.
    pub approver: Client,
    /// 财务, pays.
    pub payer: Client,
}

impl Rewarders {
    /// Logs them in, once a test.
    pub async fn log_in(app: &TestApp) -> Self {
        Self {
            reviewer: officer(app, "reward-1").await,
            approver: officer(app, "reward-2").await,
            payer: officer(app, "finance-1").await,
        }
    }

    /// The award of a hazard, as `{ id status amount }`; null where there is none.
    pub async fn award_of(&self, hazard: &str) -> Value {
        let query = "query($id: UUID!) { hazard(id: $id) { award { id status amount } } }";
        self.reviewer.post(query, json!({ "id": hazard })).await.ok().data("hazard.award").clone()
    }

    /// 审核 and 审批; its reporter is told at once.
    pub async fn approve(&self, award: &Value) {
        let id = json!({ "awardId": award["id"] });
        done(&self.reviewer, "reviewAward", "AwardStepInput", "status", id.clone()).await;
        let taken = done(&self.approver, "approveAward", "AwardStepInput", "status", id).await;
        assert_eq!(taken.text("approveAward.status"), "NOTIFIED");
    }

    /// 发放: answers where the award stands then.
    pub async fn pay(&self, award: &Value) -> String {
        let id = json!({ "awardId": award["id"] });
        let taken = done(&self.payer, "payAward", "AwardStepInput", "status", id).await;
        taken.text("payAward.status").to_owned()
    }
}

/// 领取: the author gives the identity of who collects, and collects.
pub async fn collect(author: &Client, report: &str) {
    let identity = json!({ "reportId": report, "name": "王小明", "phone": "19900009999" });
    done(author, "giveIdentity", "GiveIdentityInput", "id", identity).await;
    done(author, "collectAward", "CollectAwardInput", "status", json!({ "reportId": report })).await;
}

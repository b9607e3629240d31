//! The people of the sample district, with one method for each of their actions.

use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    app::TestApp,
    client::{Answer, Client},
    phone::Phone,
    steps::Step,
    world::{self, in_binyang, phone_of},
};

/// A photo that shows the repaired wall, as proof of the work.
const AFTER: &[u8] = include_bytes!("../../api/data/demo/photos/wall-after.jpg");

/// A person of the sample district, with a client that is logged in as them.
#[derive(Debug, Clone)]
pub struct Person {
    client: Client,
}

impl From<Client> for Person {
    /// Wraps a client as the person that it is logged in as.
    fn from(client: Client) -> Self {
        Self { client }
    }
}

impl Person {
    /// Logs in the officer with this staff number.
    pub async fn officer(app: &TestApp, staff_no: &str) -> Self {
        Self { client: world::login(app, "OFFICER", &phone_of(staff_no)).await }
    }

    /// Logs in the member of the public with this phone number.
    pub async fn citizen(app: &TestApp, phone: &str) -> Self {
        Self { client: world::login(app, "REPORTER", phone).await }
    }

    /// Returns an anonymous person.
    #[must_use]
    pub fn stranger(app: &TestApp) -> Self {
        Self { client: app.client().clone() }
    }

    /// Logs in with the follow-up code of an anonymous report, as the author who has kept the code.
    pub async fn with_code(app: &TestApp, report: &str, code: &str) -> Self {
        Self::stranger(app).opens(report, code).await
    }

    /// Logs in with the follow-up code of an anonymous report, through this person's client.
    pub async fn opens(&self, report: &str, code: &str) -> Self {
        let query = "mutation($i: OpenReportInput!) { openReport(input: $i) { accessToken } }";
        let opened = self.asks(query, json!({ "i": { "reportId": report, "code": code } })).await.ok();
        Self { client: self.client.with_token(opened.text("openReport.accessToken")) }
    }

    /// Returns the same person with the address and the retry behaviour of this client.
    #[must_use]
    pub fn insisting_at(&self, client: &Client) -> Self {
        Self { client: self.client.at(client).insisting() }
    }

    /// Returns the same person, connected to another process of the installation.
    #[must_use]
    pub fn at(&self, app: &TestApp) -> Self {
        Self { client: self.client.at(app.client()) }
    }

    /// Returns the same person, who prefers this language, such as `zh-CN` or `en`.
    #[must_use]
    pub fn reading(&self, language: &str) -> Self {
        Self { client: self.client.in_language(language) }
    }

    /// Sends a query.
    pub async fn asks(&self, query: &str, variables: Value) -> Answer {
        self.client.post(query, variables).await
    }

    /// Calls a mutation with a new request id. Its result has the alias `done`.
    pub async fn does(&self, step: &str, input: Value) -> Answer {
        self.does_as(Uuid::new_v4(), step, input).await
    }

    /// Calls a mutation with this request id.
    pub async fn does_as(&self, request: Uuid, step: &str, mut input: Value) -> Answer {
        let Step { mutation, input: ty, answer } = Step::named(step);
        input["requestId"] = json!(request);
        let query = format!("mutation($i: {ty}!) {{ done: {mutation}(input: $i) {{ {answer} }} }}");
        self.asks(&query, json!({ "i": input })).await
    }

    /// Registers the key of a phone, which signs this person's session.
    pub async fn registers(&self, phone: &Phone) -> Answer {
        let query = "mutation($i: RegisterDeviceInput!) { registerDevice(input: $i) { adoptedReports } }";
        self.asks(query, json!({ "i": phone.registration(&self.client.session_id()) })).await
    }

    /// Submits a report.
    pub async fn submits(&self, input: &Value) -> Answer {
        self.asks(world::SUBMIT, json!({ "i": input })).await
    }

    /// Reports a crack in a wall with this `naming` (anonymous or by name), and returns the report id.
    pub async fn reports(&self, naming: &str) -> String {
        let sent = self.submits(&world::submission(Uuid::new_v4(), naming)).await.ok();
        sent.text("submitReport.receipt.reportId").to_owned()
    }

    /// Submits an emergency report: people are in danger now. Returns the report id.
    pub async fn reports_emergency(&self, naming: &str) -> String {
        let sent = self.submits(&world::emergency(Uuid::new_v4(), naming)).await.ok();
        sent.text("submitReport.receipt.reportId").to_owned()
    }

    /// Confirms a report 属实, and returns the id of its hazard.
    pub async fn confirms(&self, report: &str) -> String {
        let input = json!({ "reportId": report, "reason": "现场核实属实" });
        self.does("confirmReport", input).await.ok().text("done.hazardId").to_owned()
    }

    /// Blows a whistle 吹哨, the township's formal call for other departments, for joint enforcement. The first unit
    /// leads. Returns the assignment ids in the order of the units.
    pub async fn blows(&self, hazard: &str, units: &[&str]) -> Vec<String> {
        self.blows_of_type("joint_enforcement", hazard, units).await
    }

    /// Does the same as [`Person::blows`], with this whistle type.
    pub async fn blows_of_type(&self, ty: &str, hazard: &str, units: &[&str]) -> Vec<String> {
        let ids = self.ids_of(units).await;
        let input = json!({
            "hazardId": hazard, "typeCode": ty, "leadUnitId": ids.first(), "supportUnitIds": ids.get(1..),
            "reason": "街道无执法权，请到场处置",
        });
        assignments(&self.does("blowWhistle", input).await.ok(), units)
    }

    /// Dispatches a hazard 派单 to units without a whistle. The first unit leads. Returns the assignment ids as
    /// [`Person::blows`] does.
    pub async fn dispatches(&self, hazard: &str, units: &[&str]) -> Vec<String> {
        let ids = self.ids_of(units).await;
        let input = json!({ "hazardId": hazard, "leadUnitId": ids.first(), "supportUnitIds": ids.get(1..) });
        assignments(&self.does("dispatchHazard", input).await.ok(), units)
    }

    /// Calls a mutation on an assignment that needs no reason.
    pub async fn steps(&self, step: &str, assignment: &str) -> Answer {
        self.does(step, json!({ "assignmentId": assignment })).await
    }

    /// Calls a mutation on an assignment with a reason.
    pub async fn judges(&self, step: &str, assignment: &str) -> Answer {
        self.does(step, json!({ "assignmentId": assignment, "reason": "按现场情况处理" })).await
    }

    /// Checks in 报到 at the site of the hazard.
    pub async fn checks_in(&self, assignment: &str) -> Answer {
        self.does("checkIn", json!({ "assignmentId": assignment, "place": spot() })).await
    }

    /// Checks in 报到, with a reason for not coming closer.
    pub async fn checks_in_from_afar(&self, assignment: &str, reason: &str) -> Answer {
        let input = json!({ "assignmentId": assignment, "place": spot(), "farReason": reason });
        self.does("checkIn", input).await
    }

    /// Prepares the upload of a work photo, and returns its id and its upload plan.
    pub async fn announces_photo(&self, assignment: &str) -> (String, Value) {
        let query = "mutation($i: PrepareWorkPhotoInput!) { prepareWorkPhoto(input: $i) {
            photo { id } plan { url fileField fields { name value } } } }";
        let input = json!({
            "assignmentId": assignment, "clientId": Uuid::new_v4(), "sha256": hex::encode(Sha256::digest(AFTER)),
            "bytes": AFTER.len(), "mediaType": "image/jpeg", "stage": "AFTER",
        });
        let prepared = self.asks(query, json!({ "i": input })).await.ok();
        (prepared.text("prepareWorkPhoto.photo.id").to_owned(), prepared.data("prepareWorkPhoto.plan").clone())
    }

    /// Uploads a work photo, waits until it is verified, and returns its id.
    pub async fn photographs(&self, assignment: &str) -> String {
        let (id, plan) = self.announces_photo(assignment).await;
        let sent = self.client.send_form(&plan, AFTER, "image/jpeg").await;
        assert!(sent.status.is_success(), "the photo was not taken: {} {}", sent.status, sent.body);
        let query = "mutation($id: UUID!) { completeWorkPhoto(photoId: $id) { status whatToDo } }";
        loop {
            let done = self.asks(query, json!({ "id": id })).await.ok();
            match done.text("completeWorkPhoto.status") {
                "STORED" => tokio::time::sleep(Duration::from_millis(50)).await, // it is in the backlog
                status => {
                    assert_eq!(status, "VERIFIED", "{}", done.body);
                    return id;
                }
            }
        }
    }

    /// Checks in, uploads a photo of the repair, and finishes the assignment.
    pub async fn finishes(&self, assignment: &str) {
        self.checks_in(assignment).await.done();
        self.finishes_here(assignment).await;
    }

    /// Uploads a photo of the repair and finishes the assignment, after an earlier check-in.
    pub async fn finishes_here(&self, assignment: &str) {
        let photo = self.photographs(assignment).await;
        let input = json!({
            "assignmentId": assignment, "measure": "REINFORCEMENT", "photoIds": [photo], "place": spot(), "remark": "已加固",
        });
        self.does("finishAssignment", input).await.done();
    }

    /// Claims an assignment 认领, that is accepts it as the responsible worker, and finishes it.
    pub async fn works_on(&self, assignment: &str) {
        self.steps("claimAssignment", assignment).await.done();
        self.finishes(assignment).await;
    }

    /// Closes a hazard 销号.
    pub async fn closes(&self, hazard: &str) {
        self.does("closeHazard", json!({ "hazardId": hazard, "reason": "整改到位，予以销号" })).await.done();
    }

    /// Returns the id of the hazard to which a report belongs.
    pub async fn hazard_of(&self, report: &str) -> String {
        let query = "query($id: UUID!) { report(id: $id) { hazardId } }";
        self.asks(query, json!({ "id": report })).await.ok().text("report.hazardId").to_owned()
    }

    /// Returns the id of the officer's only post.
    pub async fn post(&self) -> String {
        self.asks("{ viewer { posts { id } } }", json!({})).await.ok().text("viewer.posts.0.id").to_owned()
    }

    /// Returns the ids of the units with these codes, in the same order.
    pub async fn ids_of(&self, codes: &[&str]) -> Vec<Value> {
        let units = self.asks("{ units(first: 100) { edges { node { id code } } } }", json!({})).await.ok();
        let edges = units.data("units.edges").as_array().cloned().unwrap_or_default();
        let id = |code: &&str| {
            let unit = edges.iter().find(|edge| edge["node"]["code"] == **code);
            unit.unwrap_or_else(|| panic!("there is no unit {code}"))["node"]["id"].clone()
        };
        codes.iter().map(id).collect()
    }
}

/// Returns the location of the worker: that of the hazard in [`world::submission`].
fn spot() -> Value {
    let place = in_binyang();
    json!({ "lng": place["lng"], "lat": place["lat"], "crs": place["crs"] })
}

/// Returns the id of the newest assignment of each of these units.
fn assignments(answer: &Answer, units: &[&str]) -> Vec<String> {
    let all = answer.data("done.assignments").as_array().cloned().unwrap_or_default();
    let newest = |code: &&str| {
        let found = all.iter().rfind(|one| one["unit"]["code"] == **code);
        found.and_then(|one| one["id"].as_str()).unwrap_or_else(|| panic!("{code} was not asked")).to_owned()
    };
    units.iter().map(newest).collect()
}

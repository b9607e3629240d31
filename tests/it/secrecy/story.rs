//! The story: two hazards from a photo to a paid award, one reported by a named and a confidential reporter, the other
//! by somebody anonymous; and a report that is taken back.

use serde_json::{Value, json};
use tests::world::{in_binyang, submission};
use uuid::Uuid;

use crate::informing::report;

use super::ear::{ANONYMOUS, CONFIDENTIAL, Cast, Ear, NAMED, Person, REPRESENTED, Reporter, WITHDRAWING};
use super::photos::{Picture, look_at};

/// Stands in every report: where it is not found, nothing was looked at.
pub(super) const MARK: &str = "mark-of-the-report-qz7731";

const PHOTO: &str = "photo { id status } plan { url fileField fields { name value } endsAt }";
const SEEN: &str = "photos { id status displayUrl thumbnailUrl }";
const AWARD: &str = "id status amount version";

/// What came of it.
#[derive(Default)]
pub(crate) struct Played {
    pub(crate) reports: Vec<Value>,
    pub(crate) hazards: Vec<Value>,
    pub(crate) assignments: Vec<Value>,
    pub(crate) awards: Vec<Value>,
    pub(crate) incidents: Vec<Value>,
    pub(crate) submissions: Vec<Value>,
    /// How many photos were sent.
    pub(super) photos: usize,
    /// Words that only their owner may know.
    pub(super) secrets: Vec<String>,
    /// The holder of the follow-up code.
    pub(super) follow_up: Option<Person>,
}

impl Played {
    /// As if these reports, hazards and awards were all that was played.
    pub(crate) fn only(reports: &[&str], hazards: &[&str], awards: Vec<Value>) -> Self {
        let values = |ids: &[&str]| ids.iter().map(|id| json!(id)).collect();
        Self { reports: values(reports), hazards: values(hazards), awards, ..Self::default() }
    }
}

/// Plays the story.
pub(super) async fn play(ear: &Ear, cast: &Cast) -> Played {
    let mut stage = Stage { ear, cast, played: Played::default() };
    let (named, confidential) = (cast.get(NAMED.who), cast.get(CONFIDENTIAL.who));

    let first = stage.hand_in(&NAMED, named, "wall-before.jpg").await;
    let again = stage.hand_in(&CONFIDENTIAL, confidential, "wall-again.jpg").await;
    let amended = json!({ "reportId": first, "text": "雨后裂缝更宽了。", "requestId": Uuid::new_v4() });
    ear.step(named, "amendReport", "AmendReportInput", amended, "status amendments { nodes { text } }").await;
    let wall = stage.confirm(&first).await;
    let merged = json!({ "reportId": again, "hazardId": wall, "reason": "同一处围墙" });
    stage.officer("binyang-clerk", "mergeReport", "MergeReportInput", merged, "status").await;
    stage.whistle(&wall).await;
    stage.supervise(&wall).await;
    stage.inform(&wall).await;
    for worker in ["housing-worker-1", "city-management-worker-1"] {
        stage.work(&wall, worker, "wall-after.jpg").await;
    }
    stage.close(&wall).await;
    for (report, author) in [(&first, named), (&again, confidential)] {
        stage.answer(report, author).await;
    }
    stage.give_identity(&CONFIDENTIAL, confidential, &again).await;
    stage.award(&wall, (&NAMED, named, &first)).await;

    let anonymous = Person::new(ANONYMOUS.who, cast.get("nobody").client.clone());
    let other = stage.hand_in(&ANONYMOUS, &anonymous, "eatery-before.jpg").await;
    let holder = stage.open(&other).await;
    let eatery = stage.confirm(&other).await;
    stage.keep(&eatery).await;
    stage.work(&eatery, "binyang-worker-1", "eatery-after.jpg").await;
    stage.close(&eatery).await;
    stage.answer(&other, &holder).await;
    stage.award(&eatery, (&ANONYMOUS, &holder, &other)).await;
    stage.played.follow_up = Some(holder);

    let fourth = cast.get(WITHDRAWING.who);
    let taken_back = stage.hand_in(&WITHDRAWING, fourth, "site-before.jpg").await;
    let input = json!({ "reportId": taken_back, "requestId": Uuid::new_v4() });
    ear.step(fourth, "withdrawReport", "WithdrawReportInput", input, "status").await;
    stage.played
}

struct Stage<'a> {
    ear: &'a Ear,
    cast: &'a Cast,
    played: Played,
}

impl Stage<'_> {
    /// The township reports an incident of the hazard to the command centre, which acknowledges it.
    async fn inform(&mut self, hazard: &Value) {
        let leader = self.cast.get("binyang-leader");
        let posts = self.ear.ask(leader, "{ viewer { posts { id } } }", json!({})).await;
        let signer = posts.json["data"]["viewer"]["posts"][0]["id"].as_str().unwrap().to_owned();
        let input = json!({ "hazardId": hazard, "report": report(&signer) });
        let fields = "incident { id } situationReport { id }";
        let opened = self.officer("binyang-clerk", "openIncident", "OpenIncidentInput", input, fields).await;
        self.played.incidents.push(opened["incident"]["id"].clone());
        let input = json!({ "situationReportId": opened["situationReport"]["id"] });
        let ty = "AcknowledgeSituationReportInput";
        self.officer("command-1", "acknowledgeSituationReport", ty, input, fields).await;
    }

    /// A step of an officer.
    async fn officer(&self, who: &str, name: &str, ty: &str, mut input: Value, fields: &str) -> Value {
        input["requestId"] = json!(Uuid::new_v4());
        self.ear.step(self.cast.get(who), name, ty, input, fields).await
    }

    /// Hands a report in and sends its photo, under a file name that tells the reporter's number and name.
    async fn hand_in(&mut self, reporter: &Reporter, author: &Person, photo: &str) -> Value {
        let (id, picture) = (Uuid::new_v4(), Picture::named(photo));
        let mut input = submission(id, reporter.naming);
        input["text"] = json!(format!("{photo}: 围墙裂缝贯通，墙体外倾。{MARK}"));
        if photo == "eatery-before.jpg" {
            input["category"] = json!("small_premises"); // the township may keep it for itself
        }
        input["devicePlace"] = json!({ "lng": 106.4751, "lat": 26.6116, "crs": "WGS84" });
        input["photos"] = json!([picture.announced()]);
        input["contactConsent"] = json!(true);
        if reporter.who == CONFIDENTIAL.who {
            input["onBehalfOf"] = json!({ "name": REPRESENTED.name, "phone": REPRESENTED.phone });
        }
        let fields = "receipt { reportId submissionId contentHash receivedAt signature } replayed followUpCode";
        let sent = self.ear.step(author, "submitReport", "SubmitReportInput", input, fields).await;
        let wanted = json!({ "submissionId": id, "photoId": picture.id });
        let prepared = self.ear.step(author, "preparePhoto", "SubmissionPhotoInput", wanted.clone(), PHOTO).await;
        let file_name = format!("{}-{}.jpg", reporter.phone, reporter.name);
        picture.send(self.ear, author, &prepared["plan"], &file_name).await;
        let done = self.ear.step(author, "completePhoto", "SubmissionPhotoInput", wanted, "status").await;
        assert_eq!(done["status"], "VERIFIED");
        self.played.photos += 1;
        self.played.submissions.push(json!(id));
        self.played.secrets.extend([id.to_string(), id.simple().to_string()]);
        self.played.secrets.extend(sent["followUpCode"].as_str().map(str::to_owned));
        let report = sent["receipt"]["reportId"].clone();
        self.played.reports.push(report.clone());
        report
    }

    /// The clerk looks at the report and its photos, and finds it true.
    async fn confirm(&mut self, report: &Value) -> Value {
        let clerk = self.cast.get("binyang-clerk");
        let query = format!("query($id: UUID!) {{ report(id: $id) {{ text {SEEN} }} }}");
        let seen = self.ear.ask(clerk, &query, json!({ "id": report })).await.ok();
        assert_eq!(look_at(self.ear, clerk, seen.data("report.photos")).await, 2);
        let input = json!({ "reportId": report, "reason": "现场核实属实", "subject": { "name": "碧雅小区物业" } });
        let found = self.officer("binyang-clerk", "confirmReport", "ConfirmReportInput", input, "hazardId").await;
        self.played.hazards.push(found["hazardId"].clone());
        found["hazardId"].clone()
    }

    async fn unit(&self, code: &str) -> Value {
        let query = "{ units(first: 100) { nodes { id code } } }";
        let units = self.ear.ask(self.cast.get("binyang-leader"), query, json!({})).await.ok();
        let units = units.data("units.nodes").as_array().unwrap().clone();
        units.iter().find(|unit| unit["code"] == code).unwrap()["id"].clone()
    }

    async fn whistle(&self, hazard: &Value) {
        let input = json!({
            "hazardId": hazard, "typeCode": "joint_enforcement", "leadUnitId": self.unit("520115-housing").await,
            "supportUnitIds": [self.unit("520115-city-management").await], "reason": "街道无执法权，请到场处置",
        });
        self.officer("binyang-leader", "blowWhistle", "BlowWhistleInput", input, "status").await;
    }

    /// A supervisor urges the whole matter on 督办.
    async fn supervise(&self, hazard: &Value) {
        let input = json!({ "hazardId": hazard, "rung": "NOTICE", "reason": "临街围墙，请加快处置" });
        let fields = "supervision { id state reason { text } }";
        self.officer("supervisor-1", "superviseHazard", "SuperviseHazardInput", input, fields).await;
    }

    /// The township keeps the matter 自办.
    async fn keep(&self, hazard: &Value) {
        let input = json!({ "hazardId": hazard, "leadUnitId": self.unit("520115001000").await });
        self.officer("binyang-leader", "dispatchHazard", "DispatchHazardInput", input, "status").await;
    }

    /// From signing to acceptance.
    async fn work(&mut self, hazard: &Value, worker: &str, photo: &str) {
        let who = self.cast.get(worker);
        let query = "query($id: UUID!) { hazard(id: $id) { assignments { id status unit { code } } } }";
        let seen = self.ear.ask(who, query, json!({ "id": hazard })).await.ok();
        let viewer = self.ear.ask(who, "{ viewer { posts { unitId } } }", json!({})).await.ok();
        let units = seen.data("hazard.assignments").as_array().unwrap().clone();
        let mut own = Value::Null;
        for assignment in units {
            let unit = self.unit(assignment["unit"]["code"].as_str().unwrap()).await;
            if &unit == viewer.data("viewer.posts.0.unitId") {
                own = assignment["id"].clone();
            }
        }
        let one = json!({ "assignmentId": own });
        if worker != "binyang-worker-1" {
            self.officer(worker, "signAssignment", "AssignmentInput", one.clone(), "status").await;
        }
        self.officer(worker, "claimAssignment", "AssignmentInput", one.clone(), "status").await;
        let mut place = in_binyang();
        place.as_object_mut().unwrap().remove("address");
        let here = json!({ "assignmentId": own, "place": place });
        self.officer(worker, "checkIn", "CheckInInput", here.clone(), "status").await;
        let after = self.send_work_photo(who, &own, photo).await;
        let mut done = here;
        done["measure"] = json!("REINFORCEMENT");
        done["photoIds"] = json!([after]);
        self.officer(worker, "finishAssignment", "FinishAssignmentInput", done, "status").await;
        let accepted = json!({ "assignmentId": own, "reason": "现场查看，整改到位" });
        self.officer("binyang-clerk", "acceptWork", "ReasonedAssignmentInput", accepted, SEEN).await;
        self.played.assignments.push(own);
    }

    async fn send_work_photo(&mut self, who: &Person, assignment: &Value, name: &str) -> Value {
        let picture = Picture::named(name);
        let announced = picture.announced_for(assignment);
        let prepared = self.ear.step(who, "prepareWorkPhoto", "PrepareWorkPhotoInput", announced, PHOTO).await;
        picture.send(self.ear, who, &prepared["plan"], "after.jpg").await;
        let query = "mutation($id: UUID!) { completeWorkPhoto(photoId: $id) { status } }";
        let done = self.ear.ask(who, query, json!({ "id": prepared["photo"]["id"] })).await.ok();
        assert_eq!(done.text("completeWorkPhoto.status"), "VERIFIED");
        self.played.photos += 1;
        prepared["photo"]["id"].clone()
    }

    async fn close(&self, hazard: &Value) {
        let input = json!({ "hazardId": hazard, "reason": "全部验收通过，同意销号" });
        let done = self.officer("binyang-leader", "closeHazard", "EndHazardInput", input, "status").await;
        assert_eq!(done["status"], "CLOSED");
    }

    /// What the reporter says of the result 回访.
    async fn answer(&self, report: &Value, author: &Person) {
        let input = json!({
            "reportId": report, "contacted": true, "solved": true, "satisfaction": "SATISFIED",
            "requestId": Uuid::new_v4(),
        });
        self.ear.step(author, "answerCallback", "AnswerCallbackInput", input, "callback { solved }").await;
    }

    /// Opens the report again with its follow-up code 查询码.
    async fn open(&self, report: &Value) -> Person {
        let code = self.played.secrets.last().unwrap();
        let input = json!({ "reportId": report, "code": code });
        let nobody = self.cast.get("nobody");
        let opened = self.ear.step(nobody, "openReport", "OpenReportInput", input, "accessToken endsAt").await;
        Person::new("the follow-up code", nobody.client.with_token(opened["accessToken"].as_str().unwrap()))
    }

    async fn give_identity(&self, reporter: &Reporter, author: &Person, report: &Value) {
        let input = json!({
            "reportId": report, "name": reporter.name, "phone": format!("+86 {}", reporter.phone),
            "requestId": Uuid::new_v4(),
        });
        self.ear.step(author, "giveIdentity", "GiveIdentityInput", input, "id status").await;
    }

    /// From the review of an award to its payment.
    async fn award(&mut self, hazard: &Value, (reporter, author, report): (&Reporter, &Person, &Value)) {
        let query = format!("query($id: UUID!) {{ hazard(id: $id) {{ award {{ {AWARD} }} }} }}");
        let seen = self.ear.ask(self.cast.get("reward-1"), &query, json!({ "id": hazard })).await.ok();
        let award = json!({ "awardId": seen.data("hazard.award.id") });
        self.officer("reward-1", "reviewAward", "AwardStepInput", award.clone(), AWARD).await;
        self.officer("reward-2", "approveAward", "AwardStepInput", award.clone(), AWARD).await;
        self.give_identity(reporter, author, report).await;
        let input = json!({ "reportId": report, "requestId": Uuid::new_v4() });
        self.ear.step(author, "collectAward", "CollectAwardInput", input, "status amount").await;
        let paid = self.officer("finance-1", "payAward", "AwardStepInput", award.clone(), AWARD).await;
        assert_eq!(paid["status"], "PAID");
        self.played.awards.push(award["awardId"].clone());
    }
}

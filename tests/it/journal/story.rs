//! A working day of the district through the public API, with everything that can happen in one. Long because it
//! is one day.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::client::Client;
use tests::people::Person;
use tests::world::submission;
use uuid::Uuid;

use crate::extending::asks_for_time;
use crate::following_up::looks_again;
use crate::informing::{acknowledges, later, report};
use crate::inspections::{inspects, orders, pays, penalty};
use crate::rating::rated_and_judged;
use crate::suspending::{asks_to_suspend, decides, resumes};
use crate::whistles::whistles_that_wait;

/// What there is of each in the end.
pub(crate) const REPORTS: usize = 15;
pub(crate) const HAZARDS: usize = 10;
pub(crate) const AWARDS: usize = 7;
pub(crate) const ANSWERS: usize = 2;
pub(crate) const INCIDENTS: usize = 1;

/// The people of the day.
pub(crate) struct Cast {
    stranger: Person,
    ann: Person,
    ben: Person,
    clerk: Person,
    leader: Person,
    workers: [Person; 2],
    support: Person,
    reward: [Person; 2],
    finance: Person,
    fire: Person,
    fire_clerk: Person,
    housing: Person,
    city: Person,
    centre: Person,
    judge: Person,
    supervisor: Person,
}

impl Cast {
    /// Logs them in.
    pub(crate) async fn log_in(app: &TestApp) -> Self {
        let officer = async |staff_no: &str| Person::officer(app, staff_no).await;
        Self {
            stranger: Person::stranger(app),
            ann: Person::citizen(app, "19900009991").await,
            ben: Person::citizen(app, "19900009992").await,
            clerk: officer("binyang-clerk").await,
            leader: officer("binyang-leader").await,
            workers: [officer("housing-worker-1").await, officer("housing-worker-2").await],
            support: officer("city-management-worker-1").await,
            reward: [officer("reward-1").await, officer("reward-2").await],
            finance: officer("finance-1").await,
            fire: officer("fire-worker-1").await,
            fire_clerk: officer("fire-clerk").await,
            housing: officer("housing-clerk").await,
            city: officer("city-management-clerk").await,
            centre: officer("command-1").await,
            judge: officer("housing-leader").await,
            supervisor: officer("supervisor-1").await,
        }
    }

    /// The same people, who talk to the server that this client talks to and insist on an answer.
    pub(crate) fn insisting_at(&self, client: &Client) -> Self {
        let same = |person: &Person| person.insisting_at(client);
        let both = |two: &[Person; 2]| two.each_ref().map(same);
        Self {
            stranger: same(&self.stranger),
            ann: same(&self.ann),
            ben: same(&self.ben),
            clerk: same(&self.clerk),
            leader: same(&self.leader),
            workers: both(&self.workers),
            support: same(&self.support),
            reward: both(&self.reward),
            finance: same(&self.finance),
            fire: same(&self.fire),
            fire_clerk: same(&self.fire_clerk),
            housing: same(&self.housing),
            city: same(&self.city),
            centre: same(&self.centre),
            judge: same(&self.judge),
            supervisor: same(&self.supervisor),
        }
    }

    /// Plays it: [`REPORTS`], [`HAZARDS`], [`AWARDS`], [`ANSWERS`].
    pub(crate) async fn play(&self) {
        let (report, hazard) = self.two_reports_of_one_wall().await;
        self.first_round(&hazard).await;
        self.not_solved(&report, &hazard).await;
        self.award_is_paid(&report).await;
        self.other_answers().await;
        self.emergencies().await;
        self.an_award_is_rejected().await;
        self.one_matter_was_entered_twice().await;
        self.one_matter_rests_and_comes_back().await;
        self.an_incident_is_reported().await;
    }

    /// An incident is reported from its first word to its last, with a correction that the centre acknowledges.
    async fn an_incident_is_reported(&self) {
        let signer = self.leader.post().await;
        let opened = self.clerk.does("openIncident", json!({ "report": report(&signer) })).await.ok();
        let (incident, first) = (opened.text("done.incident.id"), opened.text("done.situationReport.id"));
        acknowledges(&self.centre, first).await.done();
        for kind in ["UPDATE", "FINAL"] {
            let input = json!({ "incidentId": incident, "kind": kind, "report": later(&signer) });
            self.clerk.does("sendSituationReport", input).await.done();
        }
        let input = json!({ "situationReportId": first, "reason": "核实后更正", "report": report(&signer) });
        let corrected = self.clerk.does("correctSituationReport", input).await.ok();
        acknowledges(&self.centre, corrected.text("done.situationReport.id")).await.done();
    }

    /// A suspension is refused, then granted; the hazard comes back, is closed, and has come back when it is looked at again.
    async fn one_matter_rests_and_comes_back(&self) {
        let hazard = self.clerk.confirms(&self.stranger.reports("ANONYMOUS").await).await;
        let [assignment] = self.leader.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
        let responsible = self.leader.post().await;
        for decision in ["refuseSuspension", "grantSuspension"] {
            asks_to_suspend(&self.leader, &hazard, &responsible, 30).await.done();
            decides(&self.centre, decision, &hazard).await.done();
        }
        resumes(&self.leader, &hazard).await.done();
        self.workers[1].works_on(&assignment).await;
        self.clerk.judges("acceptWork", &assignment).await.done();
        self.leader.closes(&hazard).await;
        let again = looks_again(&self.clerk, &hazard, "CAME_BACK").await.ok();
        assert_eq!(again.text("done.hazard.status"), "REGISTERED");
    }

    /// The later entry is merged into the earlier one with its open work and a send-back, although its award is approved; undone,
    /// and merged again. The work is finished there, and a ruling ends the dispute.
    async fn one_matter_was_entered_twice(&self) {
        let [earlier, later] = [self.ann.reports("NAMED").await, self.ben.reports("NAMED").await];
        let [standing, hazard] = [self.clerk.confirms(&earlier).await, self.clerk.confirms(&later).await];
        let awards = self.awards("PROPOSED").await;
        let award = awards.iter().find(|award| award["hazardId"] == hazard.as_str()).unwrap();
        let step = json!({ "awardId": award["id"] });
        self.reward[0].does("reviewAward", step.clone()).await.done();
        self.reward[1].does("approveAward", step).await.done();
        let units = ["520115-housing", "520115-city-management"];
        let [lead, support] = self.leader.blows(&hazard, &units).await.try_into().unwrap();
        self.workers[0].works_on(&lead).await;
        self.sends_back(&self.city, &support).await;
        let merge = json!({ "hazardId": hazard, "into": standing, "openWork": "CARRY", "reason": "两条台账为同一处" });
        self.clerk.does("mergeHazards", merge.clone()).await.done();
        let undo = json!({ "hazardId": hazard, "reason": "核实为两处" });
        self.clerk.does("undoHazardMerge", undo).await.done();
        self.clerk.does("mergeHazards", merge).await.done();
        self.clerk.judges("sendToRework", &lead).await.done();
        self.workers[1].works_on(&lead).await;
        self.leader.judges("refuseSendBack", &support).await.done();
        self.sends_back(&self.city, &support).await;
        let stays = json!({ "assignmentId": support, "outcome": "STAYS", "reason": "属综合执法范围" });
        self.centre.does("ruleOnSendBack", stays).await.done();
    }

    /// A supervisor sets a rung by hand for the housing bureau, which acknowledges it.
    async fn supervised(&self, hazard: &str, assignment: &str) {
        let input = json!({
            "hazardId": hazard, "assignmentId": assignment, "rung": "NOTICE", "reason": "围墙临街，请加快办理",
        });
        let set = self.supervisor.does("superviseHazard", input).await.ok();
        let one = json!({ "supervisionId": set.text("done.supervision.id") });
        let done = self.housing.does("acknowledgeSupervision", one).await.ok();
        assert_eq!(done.text("done.supervision.state"), "ACKNOWLEDGED");
    }

    /// The housing bureau inspects, orders, re-inspects, and punishes; what was wrong is revoked or voided.
    async fn enforced(&self, hazard: &str) {
        let record = inspects(&self.housing, hazard).await;
        let [first, second] = [orders(&self.housing, &record).await, orders(&self.housing, &record).await];
        self.housing.does("revokeOrder", json!({ "orderId": first, "reason": "对象有误" })).await.done();
        let again = inspects(&self.housing, hazard).await;
        let met = json!({ "orderId": second, "inspectionId": again, "met": true });
        self.housing.does("reinspectOrder", met).await.done();
        let punished = self.housing.does("recordPenalty", penalty(&record, 1, 100_000)).await.ok();
        let fine = punished.text("done.penalty.id");
        pays(&self.housing, fine).await.done();
        self.housing.does("voidPenalty", json!({ "penaltyId": fine, "reason": "复议撤销" })).await.done();
    }

    /// Asks to send an assignment back.
    async fn sends_back(&self, clerk: &Person, assignment: &str) {
        let input = json!({ "assignmentId": assignment, "cause": "NOT_OUR_DUTY", "basis": "三定方案未列此项职责" });
        let asked = clerk.does("sendBackAssignment", input).await.ok();
        assert_eq!(asked.text("done.assignment.status"), "SEND_BACK_ASKED");
    }

    /// Ann was first, Ben's report is confirmed first: the award goes over to Ann when hers is merged. Answers her report and
    /// the hazard.
    async fn two_reports_of_one_wall(&self) -> (String, String) {
        let anns = self.ann.reports("NAMED").await;
        let bens = self.ben.reports("CONFIDENTIAL").await;
        let hazard = self.clerk.confirms(&bens).await;
        let merged = json!({ "reportId": anns, "hazardId": hazard, "reason": "同一处围墙" });
        assert_eq!(self.clerk.does("mergeReport", merged).await.ok().text("done.status"), "MERGED");
        self.ann.does("amendReport", json!({ "reportId": anns, "text": "裂缝又宽了一指" })).await.done();
        (anns, hazard)
    }

    /// A whistle for two departments: signed, claimed, released, handed over, sent to rework, accepted, closed.
    async fn first_round(&self, hazard: &str) {
        let [one, other] = &self.workers;
        let assignments = self.leader.blows(hazard, &["520115-housing", "520115-city-management"]).await;
        let [lead, support] = assignments.as_slice() else { panic!("two units were asked") };
        other.steps("signAssignment", lead).await.done();
        other.steps("claimAssignment", lead).await.done();
        self.supervised(hazard, lead).await;
        self.enforced(hazard).await;
        other.judges("releaseAssignment", lead).await.done();
        other.steps("claimAssignment", lead).await.done();
        let input = json!({ "assignmentId": lead, "toPostId": one.post().await, "reason": "请你继续" });
        other.does("handOverAssignment", input).await.done();
        one.checks_in_from_afar(lead, "道路中断").await.done();
        one.finishes_here(lead).await;
        self.support.works_on(support).await;
        self.clerk.judges("sendToRework", lead).await.done();
        one.works_on(lead).await;
        for assignment in [lead, support] {
            let accepted = self.clerk.judges("acceptWork", assignment).await.ok();
            assert_eq!(accepted.text("done.status"), "ACCEPTED");
        }
        self.leader.closes(hazard).await;
        rated_and_judged([&self.clerk, &self.housing, &self.centre], hazard, lead).await;
    }

    /// Ann says that it is not solved: a second round without a whistle, and then she is satisfied.
    async fn not_solved(&self, report: &str, hazard: &str) {
        let said = json!({ "reportId": report, "contacted": true, "solved": false, "satisfaction": "DISSATISFIED" });
        let answer = self.ann.does("answerCallback", said).await.ok();
        assert_eq!(answer.data("done.callback.reopened"), &json!(true));
        let assignments = self.leader.dispatches(hazard, &["520115-housing"]).await;
        self.workers[1].works_on(&assignments[0]).await;
        self.clerk.judges("acceptWork", &assignments[0]).await.done();
        self.leader.closes(hazard).await;
        let said = json!({ "reportId": report, "contacted": true, "solved": true, "satisfaction": "SATISFIED" });
        self.ann.does("answerCallback", said).await.done();
    }

    /// Reviewed, approved, collected and paid by four people.
    async fn award_is_paid(&self, report: &str) {
        let award = self.only_award("PROPOSED").await;
        let step = json!({ "awardId": award });
        self.reward[0].does("reviewAward", step.clone()).await.done();
        self.reward[1].does("approveAward", step.clone()).await.done();
        let identity = json!({ "reportId": report, "name": "示例某", "phone": "19900009991" });
        self.ann.does("giveIdentity", identity).await.done();
        self.ann.does("collectAward", json!({ "reportId": report })).await.done();
        let paid = self.finance.does("payAward", step).await.ok();
        assert_eq!(paid.text("done.status"), "PAID");
    }

    /// A report withdrawn, one referred, one out of scope, one unfounded.
    async fn other_answers(&self) {
        let withdrawn = json!({ "reportId": self.ann.reports("NAMED").await });
        assert_eq!(self.ann.does("withdrawReport", withdrawn).await.ok().text("done.status"), "WITHDRAWN");
        for (step, status, extra) in [
            ("referReport", "REFERRED", json!({ "channel": "HOTLINE_12345" })),
            ("declareOutOfScope", "OUT_OF_SCOPE", json!({ "channel": "CALL_110" })),
            ("findUnfounded", "UNFOUNDED", json!({})),
        ] {
            let mut input =
                json!({ "reportId": self.stranger.reports("ANONYMOUS").await, "reason": "现场核实情况如此" });
            input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            assert_eq!(self.clerk.does(step, input).await.ok().text("done.status"), status);
        }
    }

    /// Five emergencies: one unfounded, one taken back by its anonymous author, one that departments already work on and
    /// that turns out to be a duplicate of the next one, whose award it earns, and one that another township takes over.
    async fn emergencies(&self) {
        let (unfounded, _) = self.emergency().await;
        let input = json!({ "reportId": unfounded, "reason": "现场没有隐患" });
        self.clerk.does("findUnfounded", input).await.done();

        let (mistaken, code) = self.emergency().await;
        let author = self.stranger.opens(&mistaken, code.as_str().unwrap()).await;
        author.does("withdrawReport", json!({ "reportId": mistaken })).await.done();

        let (report, _) = self.emergency().await;
        let hazard = self.clerk.hazard_of(&report).await;
        let units = ["520115-emergency", "520115-fire"];
        let assignments = self.clerk.blows_of_type("emergency", &hazard, &units).await;
        self.fire.steps("claimAssignment", &assignments[1]).await.done();
        let found = json!({
            "reportId": report, "reason": "现场核实属实，疑似重大", "category": "gas", "suspectedMajor": true,
            "subject": { "name": "示例餐饮有限公司", "uscc": "9144030071526726XG" },
        });
        let confirmed = self.clerk.does("confirmReport", found).await.ok();
        assert_eq!(confirmed.text("done.hazardId"), hazard, "an emergency keeps its hazard");
        let withdrawn = json!({ "hazardId": hazard, "reason": "经复核，不再怀疑为重大" });
        self.clerk.does("withdrawMajorSuspicion", withdrawn).await.done();
        let (again, _) = self.emergency().await;
        let standing = self.clerk.hazard_of(&again).await;
        let input = json!({
            "hazardId": hazard, "cause": "DUPLICATE", "duplicateOf": standing, "reason": "与另一条台账重复",
        });
        assert_eq!(self.leader.does("cancelHazard", input).await.ok().text("done.status"), "CANCELLED");
        self.govern(&standing).await;

        let (elsewhere, _) = self.emergency().await;
        let unit = self.clerk.ids_of(&["520115002000"]).await.remove(0);
        let input = json!({ "reportId": elsewhere, "toUnitId": unit, "reason": "该处属贵街道辖区" });
        assert_eq!(self.clerk.does("referReport", input).await.ok().text("done.status"), "RECEIVED");
    }

    /// A hazard is suspected and confirmed as a major one, and its plan is set.
    async fn govern(&self, hazard: &str) {
        let suspected = json!({ "hazardId": hazard, "reason": "疑似重大" });
        self.clerk.does("suspectMajor", suspected).await.done();
        let confirmed =
            json!({ "hazardId": hazard, "standard": "OTHER", "clause": "第三条", "reason": "构成重大隐患" });
        self.judge.does("confirmMajor", confirmed).await.done();
        self.clerk.dispatches(hazard, &["520115-fire"]).await;
        let plan = json!({
            "hazardId": hazard, "responsibility": "消防大队", "measures": "清退", "funds": "自筹", "amount": 1_000_000,
            "until": "2199-12-31", "emergencyPlan": "撤离", "goals": "消除隐患", "methods": "先撤后拆", "resources": "到位",
            "organisation": "专班", "schedule": "两个月", "safety": "警戒", "reason": "首次填报",
        });
        self.clerk.does("setMajorPlan", plan).await.done();
    }

    /// An anonymous emergency; answers its report and its follow-up code.
    async fn emergency(&self) -> (String, Value) {
        let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
        input["emergency"] = json!(true);
        let sent = self.stranger.submits(&input).await.ok();
        let report = sent.text("submitReport.receipt.reportId").to_owned();
        (report, sent.data("submitReport.followUpCode").clone())
    }

    /// A hazard that two departments send back and that its township then keeps for itself, and an award that is not given.
    async fn an_award_is_rejected(&self) {
        let mut input = submission(Uuid::new_v4(), "NAMED");
        input["category"] = json!("fire_exit");
        let sent = self.ben.submits(&input).await.ok();
        let hazard = self.clerk.confirms(sent.text("submitReport.receipt.reportId")).await;
        whistles_that_wait([&self.clerk, &self.leader, &self.centre], &hazard).await;
        let [wrong] = self.leader.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
        self.sends_back(&self.housing, &wrong).await;
        self.housing.steps("withdrawSendBack", &wrong).await.done();
        self.leader.judges("takeBackAssignment", &wrong).await.done();
        let [wrong] = self.leader.dispatches(&hazard, &["520115-city-management"]).await.try_into().unwrap();
        self.sends_back(&self.city, &wrong).await;
        let fire = self.leader.ids_of(&["520115-fire"]).await.remove(0);
        let instead = json!({ "assignmentId": wrong, "newLeadUnitId": fire, "reason": "属消防职责" });
        let agreed = self.leader.does("acceptSendBack", instead).await.ok();
        let parts = agreed.data("done.hazard.assignments").as_array().unwrap().clone();
        let slip = parts.iter().find(|one| one["unit"]["code"] == "520115-fire").unwrap()["id"].as_str().unwrap();
        self.fire.steps("claimAssignment", slip).await.done();
        for decision in ["refuseExtension", "grantExtension"] {
            asks_for_time(&self.fire_clerk, &hazard, slip).await.done();
            self.leader.judges(decision, slip).await.done();
        }
        self.leader.judges("takeBackAssignment", slip).await.done();
        self.leader.dispatches(&hazard, &["520115001000"]).await;
        let awards = self.awards("PROPOSED").await;
        let award = awards.iter().find(|award| award["hazardId"] == hazard.as_str()).unwrap();
        let input = json!({ "awardId": award["id"], "reason": "本人已从其他渠道领取" });
        self.reward[0].does("rejectAward", input).await.done();
    }

    async fn only_award(&self, status: &str) -> String {
        let awards = self.awards(status).await;
        assert_eq!(awards.len(), 1);
        awards[0]["id"].as_str().unwrap().to_owned()
    }

    async fn awards(&self, status: &str) -> Vec<Value> {
        let query = "query($s: AwardStatus) { awards(status: $s) { nodes { id hazardId } } }";
        let awards = self.reward[0].asks(query, json!({ "s": status })).await.ok();
        awards.data("awards.nodes").as_array().unwrap().clone()
    }
}

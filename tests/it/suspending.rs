//! 挂账: a hazard that cannot be removed for long rests until a review date, and comes back by itself.

mod due;
mod moving;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use domain::id::HazardId;
use entity::{JsonList, hazard};
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::Handlers;
use tests::people::Person;
use tests::waiting::until;
use tests::world::{change_policies, import, import_lines, submission};
use uuid::Uuid;

use crate::now::now;
use crate::todos::rows::todos_follow_from_events;

/// Asks for a suspension until so many days from today, for which the holder of this post is responsible.
pub(crate) async fn asks_to_suspend(who: &Person, hazard: &str, responsible: &str, days: i64) -> Answer {
    let today = now().with_timezone(&FixedOffset::east_opt(8 * 3_600).unwrap()).date_naive();
    let input = json!({
        "hazardId": hazard, "reason": "管线迁改须待汛期结束", "interimControl": "设置围挡，每日巡查",
        "exitCondition": "迁改完工并验收", "responsiblePostId": responsible, "reviewOn": today + TimeDelta::days(days),
    });
    who.does("askSuspension", input).await
}

/// Decides on it.
pub(crate) async fn decides(who: &Person, step: &str, hazard: &str) -> Answer {
    who.does(step, json!({ "hazardId": hazard, "reason": "情况属实，按规定办理" })).await
}

/// Lets a suspended hazard come back by hand.
pub(crate) async fn resumes(who: &Person, hazard: &str) -> Answer {
    let input = json!({ "hazardId": hazard, "cause": "EXIT_MET", "reason": "迁改已完工" });
    who.does("resumeHazard", input).await
}

fn rule(answer: &Answer) -> String {
    let word = answer.extension("rule").as_str().or(answer.code());
    word.unwrap_or("ok").to_owned()
}

/// The people of these stories.
struct Cast {
    all: Handlers,
    centre: Person,
    supervisor: Person,
    housing: Person,
}

impl Cast {
    async fn log_in(app: &TestApp) -> Self {
        Self {
            all: Handlers::log_in(app).await,
            centre: Person::officer(app, "command-1").await,
            supervisor: Person::officer(app, "supervisor-1").await,
            housing: Person::officer(app, "housing-leader").await,
        }
    }

    /// A hazard that the housing bureau has claimed, and its assignment.
    async fn claimed(&self, report: &str) -> (String, String) {
        let hazard = self.all.clerk.confirms(report).await;
        let [assignment] = self.all.clerk.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
        self.all.worker.steps("claimAssignment", &assignment).await.done();
        (hazard, assignment)
    }

    /// A hazard that is suspended for so many days, under the leader of the housing bureau, and its assignment.
    async fn suspended(&self, report: &str, days: i64) -> (String, String) {
        let (hazard, assignment) = self.claimed(report).await;
        asks_to_suspend(&self.all.leader, &hazard, &self.housing.post().await, days).await.done();
        let granted = decides(&self.centre, "grantSuspension", &hazard).await.ok();
        assert_eq!(granted.text("done.hazard.status"), "SUSPENDED");
        (hazard, assignment)
    }
}

async fn seen(who: &Person, hazard: &str) -> Value {
    let query = "query($id: UUID!) { hazard(id: $id) { status round suspendedTimes suspension { decidedAt decidedByPostId resumesAt
        terms { reason { text } interimControl { text } exitCondition { text } responsiblePostId reviewOn askedAt
            askedByPostId unit { code } responsibleUnit { code } } } suspensionRequest { reviewOn }
        clocks { kind state due assignmentId ownerUnitId pauses { reason } } history { kind notes { text }
            details { resumeCause resumesAt reviewOn } } } }";
    who.asks(query, json!({ "id": hazard })).await.ok().data("hazard").clone()
}

fn clock(hazard: &Value, kind: &str) -> Value {
    let clocks = hazard["clocks"].as_array().unwrap();
    clocks.iter().find(|clock| clock["kind"] == kind).cloned().unwrap_or_default()
}

async fn row(app: &TestApp, hazard: &str) -> hazard::Model {
    let id = HazardId(hazard.parse().unwrap());
    hazard::Entity::find_by_id(id).one(&app.rows().await).await.unwrap().unwrap()
}

/// The review date of the hazard has come.
async fn let_the_date_come(app: &TestApp, id: &str) {
    let mut suspension = row(app, id).await.suspension.unwrap().0;
    suspension.resumes_at = now() - TimeDelta::minutes(1);
    let come = hazard::ActiveModel {
        id: Set(HazardId(id.parse().unwrap())),
        resumes_at: Set(Some(suspension.resumes_at)),
        suspension: Set(Some(JsonList(suspension))),
        ..Default::default()
    };
    hazard::Entity::update(come).exec(&app.rows().await).await.unwrap();
}

async fn has_come_back(who: &Person, hazard: &str) -> Value {
    until("the hazard comes back", async || {
        let seen = seen(who, hazard).await;
        if seen["status"] == "SUSPENDED" { Err(seen["status"].clone()) } else { Ok(seen) }
    })
    .await
}

/// The kinds of the todos of somebody, in alphabetical order.
async fn todos(who: &Person) -> Vec<String> {
    let counts = who.asks("{ todoCounts { kind open } }", json!({})).await.ok();
    let kind = |count: &Value| count["kind"].as_str().unwrap().to_owned();
    let mut kinds: Vec<String> = counts.data("todoCounts").as_array().unwrap().iter().map(kind).collect();
    kinds.sort();
    kinds
}

/// The notices of a report, newest first: kind and text.
async fn notices(author: &Person, report: &str) -> Vec<(String, String)> {
    let query = "query($id: UUID!) { myReport(id: $id) { notices(first: 20) { nodes { kind text } } } }";
    let seen = author.asks(query, json!({ "id": report })).await.ok();
    let notices = seen.data("myReport.notices.nodes").as_array().unwrap();
    let text = |notice: &Value, name: &str| notice[name].as_str().unwrap().to_owned();
    notices.iter().map(|notice| (text(notice, "kind"), text(notice, "text"))).collect()
}

/// It is asked for, shows in the ledger, and comes back by itself with the time that was left.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_suspension_comes_back_by_itself_on_its_review_date(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let (hazard, assignment) = cast.suspended(&Person::stranger(&app).reports("ANONYMOUS").await, 30).await;

    let rests = seen(&cast.all.clerk, &hazard).await;
    let terms = &rests["suspension"]["terms"];
    assert_eq!(terms["interimControl"]["text"], "设置围挡，每日巡查");
    assert_eq!(
        (&terms["reason"]["text"], &terms["exitCondition"]["text"]),
        (&json!("管线迁改须待汛期结束"), &json!("迁改完工并验收"))
    );
    assert_eq!(
        (&terms["unit"]["code"], &terms["responsibleUnit"]["code"]),
        (&json!("520115001000"), &json!("520115-housing"))
    );
    assert_eq!(rests["suspension"]["decidedByPostId"], json!(cast.centre.post().await));
    let finish = clock(&rests, "FINISH");
    assert_eq!((&finish["state"], &finish["pauses"][0]["reason"]), (&json!("PAUSED"), &json!("SUSPENDED")));
    assert_eq!(clock(&rests, "REVIEW_SUSPENSION")["due"], rests["suspension"]["resumesAt"]);
    let listed = "{ hazards(filter: { statuses: [SUSPENDED] }) { nodes { id suspension { resumesAt } } } }";
    let ledger = cast.all.leader.asks(listed, json!({})).await.ok();
    assert_eq!(ledger.data("hazards.nodes.0.id"), &json!(hazard));
    assert_eq!(todos(&cast.housing).await, ["REVIEW_SUSPENSION"]);
    todos_follow_from_events(&app).await;

    let_the_date_come(&app, &hazard).await;
    let back = has_come_back(&cast.all.clerk, &hazard).await;

    assert_eq!((&back["status"], &back["suspension"]), (&json!("IN_PROGRESS"), &Value::Null));
    let after = clock(&back, "FINISH");
    assert_eq!(after["state"], "RUNNING");
    let due = |clock: &Value| clock["due"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    assert!(due(&after) >= due(&finish), "no time was lost");
    assert_eq!(clock(&back, "REVIEW_SUSPENSION")["state"], "CANCELLED");
    let last = back["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["kind"], &last["details"]["resumeCause"]), (&json!("RESUMED"), &json!("REVIEW_DATE")));
    assert_eq!(todos(&cast.housing).await, Vec::<String>::new());
    todos_follow_from_events(&app).await;

    cast.all.worker.finishes(&assignment).await;
    cast.all.clerk.judges("acceptWork", &assignment).await.done();
    cast.all.leader.closes(&hazard).await;
}

/// Several processes look for what is due at the same moment: each hazard comes back once.
#[tokio::test]
async fn each_hazard_comes_back_once_although_several_processes_look() {
    let apps = TestApp::start_many(3, Engine::Postgres).await;
    import(&apps[0]).await;
    let cast = Cast::log_in(&apps[0]).await;
    let mut hazards = Vec::new();
    for _ in 0..4 {
        hazards.push(cast.suspended(&Person::stranger(&apps[0]).reports("ANONYMOUS").await, 30).await.0);
    }
    for hazard in &hazards {
        let_the_date_come(&apps[0], hazard).await;
    }
    for hazard in &hazards {
        let back = has_come_back(&cast.all.clerk, hazard).await;
        let times = back["history"].as_array().unwrap().iter().filter(|event| event["kind"] == "RESUMED").count();
        assert_eq!(times, 1);
    }
    todos_follow_from_events(&apps[0]).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_asked_does_not_decide(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let (hazard, _) = cast.claimed(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let (leader, responsible) = (&cast.all.leader, cast.all.leader.post().await);
    for (who, expected) in
        [(&cast.all.clerk, "FORBIDDEN"), (&cast.all.worker, "FORBIDDEN"), (&cast.centre, "FORBIDDEN")]
    {
        assert_eq!(rule(&asks_to_suspend(who, &hazard, &responsible, 30).await), expected);
    }
    assert_eq!(rule(&asks_to_suspend(leader, &hazard, &responsible, 0).await), "suspension.at_most");
    assert_eq!(rule(&asks_to_suspend(leader, &hazard, &responsible, 91).await), "suspension.at_most");
    let clerk = cast.all.clerk.post().await;
    assert_eq!(rule(&asks_to_suspend(leader, &hazard, &clerk, 30).await), "suspension.responsible");
    assert_eq!(rule(&asks_to_suspend(leader, &hazard, &Uuid::new_v4().to_string(), 30).await), "INVALID_INPUT");
    assert_eq!(rule(&decides(&cast.centre, "grantSuspension", &hazard).await), "suspension.asked");

    let asked = asks_to_suspend(leader, &hazard, &responsible, 30).await.ok();
    assert_eq!(asked.text("done.hazard.status"), "IN_PROGRESS", "the work goes on until somebody decides");
    assert_eq!(rule(&asks_to_suspend(&cast.housing, &hazard, &responsible, 30).await), "suspension.asked_once");
    assert_eq!(todos(&cast.centre).await, ["DECIDE_SUSPENSION"]);
    for step in ["grantSuspension", "refuseSuspension"] {
        for (who, expected) in [(leader, "FORBIDDEN"), (&cast.housing, "FORBIDDEN"), (&cast.all.clerk, "FORBIDDEN")] {
            assert_eq!(rule(&decides(who, step, &hazard).await), expected, "{step}");
        }
    }
    let refused = decides(&cast.centre, "refuseSuspension", &hazard).await.ok();
    assert_eq!(refused.data("done.hazard.suspensionRequest"), &Value::Null);
    todos_follow_from_events(&app).await;

    // The leader of the unit that leads asks again; the same request twice is one.
    asks_to_suspend(&cast.housing, &hazard, &cast.housing.post().await, 30).await.done();
    let (request, input) = (Uuid::new_v4(), json!({ "hazardId": hazard, "reason": "情况属实，同意挂账" }));
    for _ in 0..2 {
        let granted = cast.centre.does_as(request, "grantSuspension", input.clone()).await.ok();
        assert_eq!(granted.text("done.hazard.status"), "SUSPENDED");
    }
    assert_eq!(seen(leader, &hazard).await["suspendedTimes"], 1);
    assert_eq!(rule(&resumes(&cast.all.clerk, &hazard).await), "FORBIDDEN");
    let closed = json!({ "hazardId": hazard, "reason": "整改到位，予以销号" });
    assert_eq!(rule(&leader.does("closeHazard", closed).await), "suspension.resume_first");
    assert_eq!(resumes(&cast.housing, &hazard).await.ok().text("done.hazard.status"), "IN_PROGRESS");
    assert_eq!(rule(&resumes(leader, &hazard).await), "suspension.in_force");
    todos_follow_from_events(&app).await;
}

/// An officer of the command centre who also works for a department that a report accuses does not decide, and is not told
/// why: one who works for a department that nobody accuses gets the same answer.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_who_works_for_the_accused_decides_and_the_refusal_tells_nothing(#[case] engine: Engine) {
    const POSTS: &str = "staff_no,role,unit_code,area_code,valid_from,valid_to";
    let app = TestApp::start(engine).await;
    import(&app).await;
    let second = ["command-2,SUPERVISOR,520115-fire,520115000000,2024-01-01,"];
    import_lines(&app, "posts", POSTS, &second).await;
    let cast = Cast::log_in(&app).await;
    let busy = Person::officer(&app, "command-2").await;
    let mut told = Vec::new();
    for accused in [Some("520115-fire"), None] {
        let (hazard, _) = cast.claimed(&Person::stranger(&app).reports("ANONYMOUS").await).await;
        if let Some(unit) = accused {
            let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
            input["accusedUnitId"] = cast.all.clerk.ids_of(&[unit]).await.remove(0);
            let sent = Person::stranger(&app).submits(&input).await.ok();
            let joined = json!({
                "reportId": sent.text("submitReport.receipt.reportId"), "hazardId": hazard, "reason": "同一处围墙",
            });
            cast.all.clerk.does("mergeReport", joined).await.done();
        }
        asks_to_suspend(&cast.all.leader, &hazard, &cast.all.leader.post().await, 30).await.done();
        told.push(rule(&decides(&busy, "grantSuspension", &hazard).await));
        decides(&cast.centre, "grantSuspension", &hazard).await.done();
    }
    assert_eq!(told, ["suspension.independent"; 2]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_emergency_is_not_suspended(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let (leader, post) = (&cast.all.leader, cast.all.leader.post().await);
    let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    let emergency = cast.all.clerk.hazard_of(&report).await;
    assert_eq!(rule(&asks_to_suspend(leader, &emergency, &post, 30).await), "suspension.emergency");

    // Nor what an emergency whistle has called units to; and it joins nothing that rests.
    let (hazard, _) = cast.claimed(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    leader.blows_of_type("emergency", &hazard, &["520115-fire"]).await;
    assert_eq!(rule(&asks_to_suspend(leader, &hazard, &post, 30).await), "suspension.emergency");
    let (rests, _) = cast.suspended(&Person::stranger(&app).reports("ANONYMOUS").await, 30).await;
    let join = json!({ "reportId": report, "hazardId": rests, "reason": "同一处围墙" });
    assert_eq!(rule(&cast.all.clerk.does("mergeReport", join).await), "suspension.resume_first");
    let merge = json!({ "hazardId": emergency, "into": rests, "openWork": "CARRY", "reason": "同一处围墙" });
    assert_eq!(rule(&cast.all.clerk.does("mergeHazards", merge).await), "suspension.resume_first");
    // Danger needs no detour: a whistle can be blown while the hazard rests, and its deadlines run.
    leader.blows_of_type("emergency", &rests, &["520115-fire"]).await;
    let seen = seen(leader, &rests).await;
    let fire = leader.ids_of(&["520115-fire"]).await.remove(0);
    let runs = |clock: &&Value| clock["state"] == "RUNNING" && clock["ownerUnitId"] == fire;
    assert_eq!(seen["clocks"].as_array().unwrap().iter().filter(runs).count(), 3, "{seen}");
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_reporter_is_told_that_it_takes_longer_and_not_why(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let cast = Cast::log_in(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let report = ann.reports("NAMED").await;
    let (hazard, _) = cast.suspended(&report, 30).await;
    resumes(&cast.centre, &hazard).await.done();
    let told = until("the reporter is told", async || {
        let told = notices(&ann, &report).await;
        if told.first().is_some_and(|(kind, _)| kind == "HAZARD_RESUMED") { Ok(told) } else { Err(told) }
    })
    .await;
    let kinds: Vec<&str> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["HAZARD_RESUMED", "HAZARD_SUSPENDED", "HAZARD_DISPATCHED", "REPORT_CONFIRMED"]);
    let text = &told[1].1;
    assert!(text.contains("需较长时间") && text.contains("复核。"), "{text}");
    for secret in ["管线", "围挡", "迁改", "住建"] {
        assert!(!text.contains(secret), "{text}");
    }
}

/// The renewal is a new request, counted against the maximum of the policy, and decided while the hazard rests.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_renewal_is_asked_for_anew_and_counted(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    change_policies(&app, "may_ask = [\"TOWNSHIP_LEADER\", \"DEPARTMENT_LEADER\",", "may_ask = [\"TOWNSHIP_LEADER\",")
        .await;
    let cast = Cast::log_in(&app).await;
    let (hazard, _) = cast.suspended(&Person::stranger(&app).reports("ANONYMOUS").await, 10).await;
    let before = row(&app, &hazard).await.resumes_at.unwrap();
    let post = cast.housing.post().await;
    assert_eq!(rule(&asks_to_suspend(&cast.housing, &hazard, &post, 60).await), "suspension.may_ask");
    asks_to_suspend(&cast.all.leader, &hazard, &cast.all.leader.post().await, 60).await.done();
    decides(&cast.centre, "grantSuspension", &hazard).await.done();
    let renewed = seen(&cast.all.leader, &hazard).await;
    assert_eq!((&renewed["status"], &renewed["suspendedTimes"]), (&json!("SUSPENDED"), &json!(2)));
    assert!(row(&app, &hazard).await.resumes_at.unwrap() > before + TimeDelta::days(40));
    assert_eq!(todos(&cast.housing).await, Vec::<String>::new(), "another leader is responsible now");
    assert_eq!(rule(&asks_to_suspend(&cast.all.leader, &hazard, &post, 70).await), "suspension.times");
    todos_follow_from_events(&app).await;
}

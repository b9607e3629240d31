//! 信息报告: a unit tells the unit above about an incident, from the initial report over updates to the final one.
//! Long because the whole course of an incident is played here.

mod at_once;
mod hidden;
mod passing_on;

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::people::Person;
use tests::world::import;
use uuid::Uuid;

use crate::now::now;
use crate::todos::rows::todos_follow_from_events;

/// A township that reports to the command centre.
pub(crate) struct Desk {
    pub(crate) clerk: Person,
    pub(crate) leader: Person,
    pub(crate) centre: Person,
    /// The post of the leader, who signs.
    pub(crate) signer: String,
}

impl Desk {
    pub(crate) async fn log_in(app: &TestApp) -> Self {
        let officer = async |staff_no: &str| Person::officer(app, staff_no).await;
        let leader = officer("binyang-leader").await;
        let signer = leader.post().await;
        Self { clerk: officer("binyang-clerk").await, leader, centre: officer("command-1").await, signer }
    }

    /// What the clerk knows: it happened 20 and was learned of 10 minutes ago.
    pub(crate) fn report(&self) -> Value {
        report(&self.signer)
    }

    /// Opens an incident, and returns it with its initial report.
    pub(crate) async fn opens(&self, hazard: Option<&str>) -> (String, String) {
        let answer = self.clerk.does("openIncident", json!({ "hazardId": hazard, "report": self.report() })).await.ok();
        (answer.text("done.incident.id").to_owned(), answer.text("done.situationReport.id").to_owned())
    }

    pub(crate) async fn sends(&self, incident: &str, kind: &str) -> Answer {
        let input = json!({ "incidentId": incident, "kind": kind, "report": later(&self.signer) });
        self.clerk.does("sendSituationReport", input).await
    }

    pub(crate) async fn corrects(&self, report: &str, with: Value) -> Answer {
        let input = json!({ "situationReportId": report, "reason": "核实后更正", "report": with });
        self.clerk.does("correctSituationReport", input).await
    }
}

/// So many minutes ago.
pub(crate) fn ago(minutes: i64) -> String {
    (now() - TimeDelta::minutes(minutes)).to_rfc3339()
}

pub(crate) fn report(signer: &str) -> Value {
    json!({
        "incidentType": "ACCIDENT", "grade": "MAJOR", "source": "PATROL", "happenedAt": ago(20), "learnedAt": ago(10),
        "place": "碧雅社区北门", "facts": "沿街围墙倒塌，原因待查", "injured": 2, "impact": "压占人行道约20米",
        "measures": "已警戒并送医，下一步排查相邻墙体", "signerPostId": signer,
    })
}

/// A later report does not repeat when the incident happened.
pub(crate) fn later(signer: &str) -> Value {
    let mut report = report(signer);
    report.as_object_mut().unwrap().remove("happenedAt");
    report["learnedAt"] = json!(ago(1));
    report
}

pub(crate) fn with(mut report: Value, changes: &Value) -> Value {
    report.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    report
}

pub(crate) async fn acknowledges(who: &Person, report: &str) -> Answer {
    who.does("acknowledgeSituationReport", json!({ "situationReportId": report })).await
}

/// The rule of a refusal, or its code.
pub(crate) fn rule(answer: &Answer) -> String {
    let word = answer.extension("rule").as_str().or(answer.code());
    word.unwrap_or("ok").to_owned()
}

const SEEN: &str = "query($id: UUID!) { incident(id: $id) { id status grade late unreceived endedAt version
    hazard { id } unit { code } receiver { code }
    reports { id number kind grade channel happenedAt learnedAt phonedAt sentAt due late lateMarks dead missing injured
      place facts impact measures writer { staffNo } signer { staffNo role } unit { code } receiver { code }
      correctsId correctionReason correctedById acknowledgedAt acknowledgedBy { staffNo } }
    clocks { kind state ownerUnitId } history { kind sentence notes { kind text }
      details { situationReportId correctedSituationReportId byUnitId toUnitIds deadlines { kind change } } } } }";

pub(crate) async fn seen(who: &Person, incident: &str) -> Value {
    who.asks(SEEN, json!({ "id": incident })).await.ok().data("incident").clone()
}

/// The kinds of the todos of somebody, with the incident of each.
pub(crate) async fn todos(who: &Person) -> Vec<String> {
    let asked = who.asks("{ todos { nodes { kind urgent incident { id } } } }", json!({})).await.ok();
    let all = asked.data("todos.nodes").as_array().unwrap();
    let of = |todo: &Value| format!("{} {}", todo["kind"].as_str().unwrap(), todo["urgent"]);
    all.iter().filter(|todo| !todo["incident"].is_null()).map(of).collect()
}

async fn listed(who: &Person, filter: Value) -> Vec<String> {
    let query = "query($f: IncidentFilter) { incidents(filter: $f) { nodes { id } } }";
    let asked = who.asks(query, json!({ "f": filter })).await.ok();
    let ids = asked.data("incidents.nodes").as_array().unwrap().iter();
    ids.map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_incident_is_reported_from_the_first_word_to_the_last(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let report = with(desk.report(), &json!({ "phonedAt": ago(5), "channel": "FAX" }));
    let opened = desk.clerk.does("openIncident", json!({ "report": report })).await.ok();
    let (incident, first) = (opened.text("done.incident.id"), opened.text("done.situationReport.id"));
    assert_eq!(todos(&desk.centre).await, ["ACKNOWLEDGE_SITUATION_REPORT true"]);
    assert_eq!(todos(&desk.clerk).await, ["SEND_SITUATION_REPORT false"]);

    acknowledges(&desk.centre, first).await.done();
    assert_eq!(todos(&desk.centre).await, [""; 0]);
    let update = desk.sends(incident, "UPDATE").await.ok().text("done.situationReport.id").to_owned();
    let corrected = with(later(&desk.signer), &json!({ "injured": 3, "dead": 0, "learnedAt": ago(1) }));
    let correction = desk.corrects(&update, corrected).await.ok().text("done.situationReport.id").to_owned();
    assert_eq!(rule(&acknowledges(&desk.centre, &update).await), "incident.corrected");
    let last = desk.sends(incident, "FINAL").await.ok();
    assert_eq!(last.text("done.incident.status"), "ENDED");
    for report in [&correction, last.text("done.situationReport.id")] {
        acknowledges(&desk.centre, report).await.done();
    }

    let seen = seen(&desk.centre, incident).await;
    assert_eq!((&seen["status"], &seen["unreceived"], &seen["late"]), (&json!("ENDED"), &json!(false), &json!(false)));
    assert_eq!(
        (&seen["unit"]["code"], &seen["receiver"]["code"]),
        (&json!("520115001000"), &json!("520115-command-centre"))
    );
    let reports = seen["reports"].as_array().unwrap();
    let of = |name: &str| reports.iter().map(|one| one[name].clone()).collect::<Vec<_>>();
    assert_eq!(of("number"), [1, 2, 3, 4]);
    assert_eq!(of("kind"), ["INITIAL", "UPDATE", "UPDATE", "FINAL"]);
    assert_eq!(of("injured"), [2, 2, 3, 2]);
    assert_eq!(of("correctsId"), [Value::Null, Value::Null, json!(update), Value::Null]);
    assert_eq!(of("correctedById"), [Value::Null, json!(correction), Value::Null, Value::Null]);
    assert_eq!(of("correctionReason"), [Value::Null, Value::Null, json!("核实后更正"), Value::Null]);
    assert!(of("happenedAt").iter().all(|at| *at == reports[0]["happenedAt"]), "it does not change");
    let initial = &reports[0];
    assert_eq!((&initial["channel"], &initial["place"]), (&json!("FAX"), &json!("碧雅社区北门")));
    assert_eq!(initial["facts"], "沿街围墙倒塌，原因待查");
    assert_eq!(
        (&initial["writer"]["staffNo"], &initial["signer"]["staffNo"]),
        (&json!("binyang-clerk"), &json!("binyang-leader"))
    );
    assert_eq!(initial["acknowledgedBy"]["staffNo"], "command-1");
    let time = |name: &str| initial[name].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    assert!(time("happenedAt") < time("learnedAt") && time("learnedAt") < time("phonedAt"));
    assert!(time("phonedAt") < time("sentAt") && time("sentAt") <= time("acknowledgedAt"));
    assert_eq!(time("due"), time("learnedAt") + TimeDelta::hours(1));
    let kinds: Vec<&str> =
        seen["history"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    let expected = [
        "INCIDENT_OPENED",
        "SITUATION_REPORT_ACKNOWLEDGED",
        "SITUATION_REPORT_SENT",
        "SITUATION_REPORT_CORRECTED",
        "SITUATION_REPORT_SENT",
        "SITUATION_REPORT_ACKNOWLEDGED",
        "SITUATION_REPORT_ACKNOWLEDGED",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(seen["history"][3]["details"]["correctedSituationReportId"], json!(update));
    assert_eq!(seen["history"][0]["notes"].as_array().unwrap().len(), 4);
    assert_eq!(rule(&desk.sends(incident, "UPDATE").await), "incident.ended");
    assert!(desk.corrects(last.text("done.situationReport.id"), later(&desk.signer)).await.code().is_none());
    todos_follow_from_events(&app).await;
}

/// What the three times say: late marks, and the refusals by name and field. A correction takes no mark away.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_three_times_mark_a_report_as_late_or_are_refused_by_name(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let ahead = |minutes: i64| ago(-minutes);
    for (changes, field, expected) in [
        (json!({ "learnedAt": ago(30) }), "learnedAt", "incident.times_in_order"),
        (json!({ "phonedAt": ago(15) }), "phonedAt", "incident.times_in_order"),
        (json!({ "learnedAt": ahead(30) }), "learnedAt", "incident.times_not_ahead"),
        (json!({ "happenedAt": ahead(600) }), "happenedAt", "incident.times_not_ahead"),
        (json!({ "phonedAt": ahead(6) }), "phonedAt", "incident.times_not_ahead"),
        (json!({ "happenedAt": "1999-01-01T00:00:00Z" }), "happenedAt", "incident.times_not_long_ago"),
        (json!({ "happenedAt": Value::Null }), "happenedAt", "incident.happened_at"),
        (json!({ "channel": "PHONE" }), "phonedAt", "incident.phoned_at"),
    ] {
        let input = json!({ "report": with(desk.report(), &changes) });
        let refused = desk.clerk.does("openIncident", input).await;
        assert_eq!((refused.code(), rule(&refused).as_str()), (Some("INVALID_INPUT"), expected), "{changes}");
        assert_eq!(refused.extension("field"), &json!(format!("input.report.{field}")), "{changes}");
    }
    let slow = with(desk.report(), &json!({ "happenedAt": ago(200), "learnedAt": ago(100), "phonedAt": ago(75) }));
    let opened = desk.clerk.does("openIncident", json!({ "report": slow })).await.ok();
    let (incident, first) = (opened.text("done.incident.id"), opened.text("done.situationReport.id"));
    let told = |seen: &Value, at: usize| seen["reports"][at]["lateMarks"].clone();
    let before = seen(&desk.centre, incident).await;
    assert_eq!(told(&before, 0), json!(["WRITTEN", "SINCE_HAPPENING"]));
    let better = with(desk.report(), &json!({ "happenedAt": ago(20), "learnedAt": ago(5) }));
    desk.corrects(first, better).await.done();
    let after = seen(&desk.centre, incident).await;
    assert_eq!((told(&after, 0), told(&after, 1)), (told(&before, 0), told(&before, 0)));
    assert_eq!(after["reports"][0]["happenedAt"], before["reports"][0]["happenedAt"], "it stays as it was sent");
    assert_eq!(after["late"], true);
    let moved = json!({ "incidentId": incident, "kind": "UPDATE", "report": with(later(&desk.signer), &json!({ "happenedAt": ago(30) })) });
    assert_eq!(rule(&desk.clerk.does("sendSituationReport", moved).await), "incident.happened_by_correction");
}

/// 签发: another officer of the sending unit, in a role of the policy; a village officer may sign alone.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_leader_of_the_unit_signs_and_not_the_writer(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let officer = async |staff_no: &str| Person::officer(&app, staff_no).await;
    let fire = officer("fire-leader").await.post().await;
    for (who, signer, code, expected) in [
        (&desk.clerk, desk.clerk.post().await, "INVALID_INPUT", "incident.signed_by"),
        (&desk.clerk, fire, "INVALID_INPUT", "incident.signer"),
        (&desk.clerk, Uuid::new_v4().to_string(), "INVALID_INPUT", "incident.signer"),
        (&desk.leader, desk.signer.clone(), "NOT_YOUR_OWN", "incident.sign_own"),
    ] {
        let refused = who.does("openIncident", json!({ "report": report(&signer) })).await;
        assert_eq!((refused.code(), rule(&refused).as_str()), (Some(code), expected));
    }
    let village = officer("binyang-village-1").await;
    let alone = report(&village.post().await);
    let opened = village.does("openIncident", json!({ "report": alone })).await.ok();
    assert_eq!(opened.text("done.incident.receiver.code"), "520115-command-centre", "the nearest command centre");
    let township = desk.clerk.ids_of(&["520115001000"]).await.remove(0);
    let named = json!({ "report": alone, "receiverUnitId": township });
    let to_township = village.does("openIncident", named).await.ok();
    assert_eq!(to_township.text("done.incident.receiver.code"), "520115001000", "or the unit above");
    acknowledges(&desk.clerk, to_township.text("done.situationReport.id")).await.done();
    let below = village.ids_of(&["520115002000"]).await.remove(0);
    let refused = village.does("openIncident", json!({ "report": alone, "receiverUnitId": below })).await;
    assert_eq!(rule(&refused), "incident.receiver");
}

/// Only the two units, in their roles, and whoever oversees the area; nobody else finds it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_incident_is_read_and_moved_on_by_its_units_alone(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let (incident, first) = desk.opens(None).await;
    let reads = async |who: &Person| who.asks(SEEN, json!({ "id": incident })).await.code().map(str::to_owned);
    let (supervisor, worker) =
        (Person::officer(&app, "supervisor-1").await, Person::officer(&app, "binyang-worker-1").await);
    for who in [&desk.centre, &desk.leader, &supervisor, &Person::officer(&app, "auditor-1").await] {
        assert_eq!(reads(who).await, None);
    }
    assert_eq!(reads(&worker).await.as_deref(), Some("NOT_FOUND"));
    for staff_no in ["changling-clerk", "housing-clerk", "reward-1", "finance-1"] {
        let other = Person::officer(&app, staff_no).await;
        assert_eq!(reads(&other).await.as_deref(), Some("NOT_FOUND"), "{staff_no}");
        assert_eq!(listed(&other, json!({})).await, [""; 0], "{staff_no}");
        assert_eq!(acknowledges(&other, &first).await.code(), Some("NOT_FOUND"), "{staff_no}");
    }
    let citizen = Person::citizen(&app, "19900009991").await;
    assert_eq!(reads(&citizen).await.as_deref(), Some("FORBIDDEN"));
    assert_eq!(reads(&Person::stranger(&app)).await.as_deref(), Some("UNAUTHENTICATED"));
    assert_eq!(worker.does("openIncident", json!({ "report": desk.report() })).await.code(), Some("FORBIDDEN"));
    assert_eq!(acknowledges(&desk.leader, &first).await.code(), Some("FORBIDDEN"), "the sender receives nothing");
    assert_eq!(acknowledges(&supervisor, &first).await.code(), Some("FORBIDDEN"));
    let input = json!({ "incidentId": incident, "kind": "FINAL", "report": later(&desk.signer) });
    assert_eq!(desk.centre.does("sendSituationReport", input).await.code(), Some("FORBIDDEN"));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn each_filter_narrows_the_list_and_pages_join(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let hazard = desk.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let (alone, first) = desk.opens(None).await;
    let (of_hazard, _) = desk.opens(Some(&hazard)).await;
    let small = with(desk.report(), &json!({ "grade": "ORDINARY", "happenedAt": ago(300), "learnedAt": ago(90) }));
    let late = desk.clerk.does("openIncident", json!({ "report": small })).await.ok();
    let late = late.text("done.incident.id").to_owned();
    acknowledges(&desk.centre, &first).await.done();
    desk.sends(&of_hazard, "FINAL").await.done();
    let ids = desk.clerk.ids_of(&["520115001000", "520115-command-centre", "520115002000"]).await;
    for (filter, expected) in [
        (json!({}), vec![&late, &of_hazard, &alone]),
        (json!({ "status": "OPEN" }), vec![&late, &alone]),
        (json!({ "grades": ["ORDINARY", "UNGRADED"] }), vec![&late]),
        (json!({ "late": true }), vec![&late]),
        (json!({ "unreceived": false }), vec![&alone]),
        (json!({ "hazardId": hazard }), vec![&of_hazard]),
        (json!({ "unitId": ids[0], "receiverUnitId": ids[1] }), vec![&late, &of_hazard, &alone]),
        (json!({ "unitId": ids[2] }), vec![]),
    ] {
        let expected: Vec<String> = expected.into_iter().cloned().collect();
        assert_eq!(listed(&desk.centre, filter.clone()).await, expected, "{filter}");
    }
    let query =
        "query($a: String) { incidents(first: 2, after: $a) { nodes { id } pageInfo { endCursor hasNextPage } } }";
    let page = desk.centre.asks(query, json!({})).await.ok();
    assert_eq!(page.data("incidents.pageInfo.hasNextPage"), &json!(true));
    let rest = desk.centre.asks(query, json!({ "a": page.text("incidents.pageInfo.endCursor") })).await.ok();
    assert_eq!(rest.data("incidents.nodes"), &json!([{ "id": alone }]));
}

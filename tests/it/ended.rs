//! Units, posts and officers that have ended can be given nothing, by whatever command names them.

use std::collections::BTreeSet;

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{ENDED, import, import_lines, phone_of};
use uuid::Uuid;

use crate::informing::report;
use crate::todos::rows::todos_follow_from_events;
use crate::whistles::leaves_to_centre;

/// Every field of an input that names a unit, a post or an officer, and where its ended ones are shown to be refused. A new
/// field belongs into this table and into a test.
const FIELDS: &[(&str, &str)] = &[
    ("DispatchHazardInput.leadUnitId", HERE),
    ("DispatchHazardInput.supportUnitIds", HERE),
    ("BlowWhistleInput.leadUnitId", HERE),
    ("BlowWhistleInput.supportUnitIds", HERE),
    ("NameWhistleUnitsInput.leadUnitId", HERE),
    ("NameWhistleUnitsInput.supportUnitIds", HERE),
    ("TakeBackAssignmentInput.newLeadUnitId", HERE),
    ("SendBackAssignmentInput.proposedUnitId", HERE),
    ("AcceptSendBackInput.newLeadUnitId", HERE),
    ("AcceptSendBackInput.supportUnitIds", HERE),
    ("RuleOnSendBackInput.newLeadUnitId", HERE),
    ("RuleOnSendBackInput.supportUnitIds", HERE),
    ("HandOverInput.toPostId", HERE),
    ("*.asPost", HERE),
    ("ReferReportInput.toUnitId", "the referral of reports"),
    ("SubmitReportInput.accusedUnitId", "gives nothing: it accuses"),
    ("HazardFilter.unitId", "gives nothing: it reads"),
    ("SupervisionFilter.unitId", "gives nothing: it reads"),
    ("PenaltyFilter.unitId", "gives nothing: it reads"),
    ("EnterShiftInput.unitId", ROSTER),
    ("EnterShiftInput.postId", ROSTER),
    ("EnterShiftInput.deputyPostId", ROSTER),
    ("ChangeShiftInput.postId", ROSTER),
    ("ChangeShiftInput.deputyPostId", ROSTER),
    ("AskSuspensionInput.responsiblePostId", SUSPENSION),
    ("IncidentFilter.unitId", "gives nothing: it reads"),
    ("IncidentFilter.receiverUnitId", "gives nothing: it reads"),
    ("OpenIncidentInput.receiverUnitId", HERE),
    ("SituationReportInput.signerPostId", HERE),
];
const HERE: &str = "here";
const ROSTER: &str = "the rules of the duty roster: a_shift_is_of_a_unit_and_of_posts_that_are_in_force";
const SUSPENSION: &str = "the table of suspensions: responsible_nobody and responsible_unit_ended";
const POSTS: &str = "staff_no,role,unit_code,area_code,valid_from,valid_to";
const OFFICERS: &str = "staff_no,name,unit_code,phone,active";
const UNITS: &str = "code,name,kind,area_code,parent_code,valid_from,valid_to";

/// The fields of all inputs of the schema that name a unit, a post or an officer.
fn fields() -> BTreeSet<String> {
    let mut input = None;
    let mut fields = BTreeSet::new();
    for line in include_str!("../../schema.graphql").lines() {
        match line.strip_prefix("input ") {
            Some(name) => input = name.strip_suffix(" {").map(str::to_owned),
            None if line == "}" => input = None,
            None => {}
        }
        let field = line.trim().split(':').next().unwrap_or_default();
        let names = |word: &str| field.ends_with(&format!("{word}Id")) || field.ends_with(&format!("{word}Ids"));
        if let Some(input) = &input
            && (names("Unit") || names("unit") || names("Post") || names("post") || names("fficer"))
        {
            fields.insert(format!("{input}.{field}"));
        }
    }
    fields
}

#[test]
fn every_field_that_names_a_unit_a_post_or_an_officer_is_in_the_table() {
    let known: BTreeSet<String> =
        FIELDS.iter().map(|(field, _)| (*field).to_owned()).filter(|field| field != "*.asPost").collect();
    assert_eq!(fields(), known);
}

/// 已撤销的单位: work cannot be given to it in any way, and its workers claim no more.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_unit_that_has_ended_is_given_nothing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let officer = async |staff_no: &str| Person::officer(&app, staff_no).await;
    let (clerk, leader, worker) =
        (officer("binyang-clerk").await, officer("binyang-leader").await, officer("fire-worker-1").await);
    let hazard = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let [housing, fire] = leader.blows(&hazard, &["520115-housing", "520115-fire"]).await.try_into().unwrap();
    let other = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let ids = clerk.ids_of(&["520115-fire", "520115-gas-company", "520115-city-management"]).await;
    let (dead, alive) = (&ids[0], &ids[2]);
    let row = format!("520115-fire,观山湖区消防救援大队,DEPARTMENT,520115000000,,2024-01-01,{ENDED}");
    import_lines(&app, "units", UNITS, &[&row]).await;

    let whistle = |lead: &Value, supports: &[&Value]| {
        json!({ "hazardId": other, "typeCode": "joint_enforcement", "leadUnitId": lead, "supportUnitIds": supports,
            "reason": "街道无执法权，请到场处置" })
    };
    let told = json!({ "receiverUnitId": dead, "report": report(&leader.post().await) });
    assert_eq!(clerk.does("openIncident", told).await.code(), Some("NOT_FOUND"), "a receiver that has ended");
    let givings = [
        ("dispatchHazard", json!({ "hazardId": other, "leadUnitId": dead })),
        ("dispatchHazard", json!({ "hazardId": other, "leadUnitId": alive, "supportUnitIds": [dead] })),
        ("blowWhistle", whistle(dead, &[])),
        ("blowWhistle", whistle(alive, &[dead])),
        ("takeBackAssignment", json!({ "assignmentId": housing, "newLeadUnitId": dead, "reason": "点错了单位" })),
    ];
    for (step, input) in givings {
        assert_eq!(leader.does(step, input.clone()).await.code(), Some("NOT_FOUND"), "{step} {input}");
    }
    let asked = leaves_to_centre(&leader, &other).await.ok();
    let (centre, whistle) = (Person::officer(&app, "command-1").await, asked.data("done.whistleRequest.id"));
    for (lead, supports) in [(dead, vec![]), (alive, vec![dead])] {
        let input = json!({ "hazardId": other, "whistleId": whistle, "leadUnitId": lead, "supportUnitIds": supports });
        assert_eq!(centre.does("nameWhistleUnits", input).await.code(), Some("NOT_FOUND"));
    }
    let claim = worker.steps("claimAssignment", &fire).await;
    assert_eq!((claim.code(), claim.extension("rule")), (Some("ILLEGAL_MOVE"), &json!("assignment.unit_ended")));
    clerk.judges("takeBackAssignment", &fire).await.done();
    todos_follow_from_events(&app).await;
}

/// 已撤销的单位: no file gives it a post or a duty that begins after its end. What began before stays as it is.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_file_gives_a_post_or_a_duty_to_a_unit_that_has_ended(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let row = format!("520115-fire,观山湖区消防救援大队,DEPARTMENT,520115000000,,2024-01-01,{ENDED}");
    import_lines(&app, "units", UNITS, &[&row]).await;
    let duties = "area_code,category,lead_unit,support_units,township_may_lead,township_tasks,valid_from,basis";
    for (kind, heading, line) in [
        ("posts", POSTS, "fire-worker-1,WORKER,520115-fire,520115000000,{day},"),
        ("duties", duties, "520115000000,small_premises,520115-fire,,true,,{day},测试"),
    ] {
        for (day, is_taken) in [("2024-12-31", true), (ENDED, false)] {
            let file = app.data().join(format!("{kind}-{day}.csv"));
            std::fs::write(&file, format!("{heading}\n{}\n", line.replace("{day}", day))).unwrap();
            let done = app.run(&["import", kind, file.to_str().unwrap(), "--dry-run"]).await;
            let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
            assert_eq!(done.status.success(), is_taken, "{kind} {day}: {said}");
            assert!(is_taken || said.contains("`520115-fire` has ended on 2025-01-01"), "{said}");
        }
    }
}

/// 退单给已撤销的单位: it is neither proposed, nor named by the unit that agrees, nor by a ruling.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_work_is_sent_back_to_a_unit_that_has_ended(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let officer = async |staff_no: &str| Person::officer(&app, staff_no).await;
    let (clerk, leader, centre) =
        (officer("binyang-clerk").await, officer("binyang-leader").await, officer("command-1").await);
    let housing = officer("housing-clerk").await;
    let hazard = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let [assignment] = leader.blows(&hazard, &["520115-housing"]).await.try_into().unwrap();
    let ids = clerk.ids_of(&["520115-fire", "520115-gas-company"]).await;
    let (dead, alive) = (&ids[0], &ids[1]);
    let row = format!("520115-fire,观山湖区消防救援大队,DEPARTMENT,520115000000,,2024-01-01,{ENDED}");
    import_lines(&app, "units", UNITS, &[&row]).await;

    let refused = async |who: &Person, step: &str, more: Value| {
        let mut input = json!({ "assignmentId": assignment, "reason": "按职责清单重新明确" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        assert_eq!(who.does(step, input).await.code(), Some("NOT_FOUND"), "{step} {more}");
    };
    let asks = async |more: Value| {
        let mut input = json!({ "assignmentId": assignment, "cause": "ANOTHER_LEAD", "basis": "不属于本单位职责" });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        housing.does("sendBackAssignment", input).await
    };
    assert_eq!(asks(json!({ "proposedUnitId": dead })).await.code(), Some("NOT_FOUND"));
    asks(json!({})).await.done();
    refused(&leader, "acceptSendBack", json!({ "newLeadUnitId": dead })).await;
    refused(&leader, "acceptSendBack", json!({ "newLeadUnitId": alive, "supportUnitIds": [dead] })).await;
    leader.does("refuseSendBack", json!({ "assignmentId": assignment, "reason": "属于你单位职责" })).await.done();
    asks(json!({})).await.done();
    refused(&centre, "ruleOnSendBack", json!({ "outcome": "MOVES", "newLeadUnitId": dead })).await;
    let both = json!({ "outcome": "MOVES", "newLeadUnitId": alive, "supportUnitIds": [dead] });
    refused(&centre, "ruleOnSendBack", both).await;
    todos_follow_from_events(&app).await;
}

/// A post that has ended, the post of an officer who may not log in, and a post in a unit that has ended: none takes an
/// assignment over, and nobody acts in them. A repeated request gets its answer all the same.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_post_in_which_nobody_acts_is_given_nothing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let officer = async |staff_no: &str| Person::officer(&app, staff_no).await;
    let (clerk, leader, head) =
        (officer("binyang-clerk").await, officer("binyang-leader").await, officer("housing-clerk").await);
    let workers = [officer("housing-worker-1").await, officer("housing-worker-2").await];
    let posts = [workers[0].post().await, workers[1].post().await];
    let hazard = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let [assignment] = leader.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
    workers[0].steps("claimAssignment", &assignment).await.done();
    let to = |post: &str| json!({ "assignmentId": assignment, "toPostId": post, "reason": "请你继续" });
    let request = Uuid::new_v4();
    let first = head.does_as(request, "handOverAssignment", to(&posts[1])).await.ok();
    head.does("handOverAssignment", to(&posts[0])).await.done();

    let line = |active: bool| format!("housing-worker-2,示例,520115-housing,{},{active}", phone_of("housing-worker-2"));
    import_lines(&app, "officers", OFFICERS, &[&line(false)]).await;
    assert_eq!(head.does("handOverAssignment", to(&posts[1])).await.code(), Some("INVALID_INPUT"), "not active");
    assert_eq!(workers[1].steps("signAssignment", &assignment).await.code(), Some("UNAUTHENTICATED"));

    import_lines(&app, "officers", OFFICERS, &[&line(true)]).await;
    let ended = format!("housing-worker-2,WORKER,520115-housing,520115000000,2024-01-01,{ENDED}");
    import_lines(&app, "posts", POSTS, &[&ended]).await;
    assert_eq!(
        head.does("handOverAssignment", to(&posts[1])).await.code(),
        Some("INVALID_INPUT"),
        "a post that has ended"
    );
    let again = head.does_as(request, "handOverAssignment", to(&posts[1])).await.ok();
    assert_eq!(again.data("done.id"), first.data("done.id"), "the same request gets its answer");
    let as_post = json!({ "assignmentId": assignment, "asPost": posts[1], "reason": "按现场情况处理" });
    assert_eq!(head.does("releaseAssignment", as_post).await.code(), Some("FORBIDDEN"), "the post of somebody else");

    let signed = json!({ "report": report(&posts[1]) });
    let unsigned = head.does("openIncident", signed).await;
    assert_eq!(unsigned.extension("rule"), "incident.signer", "a post that has ended signs nothing");
    let row = format!("520115-housing,观山湖区住房和城乡建设局,DEPARTMENT,520115000000,,2024-01-01,{ENDED}");
    import_lines(&app, "units", UNITS, &[&row]).await;
    let own = workers[0].does("handOverAssignment", to(&posts[0])).await;
    assert_eq!(own.code(), Some("INVALID_INPUT"), "a unit that has ended");
    let add = ["officer", "add", "--staff-no", "housing-worker-9", "--name", "示例", "--unit", "520115-housing"];
    let post = ["--phone", "19900000999", "--post", "WORKER@520115000000"];
    let added = app.run(&[&add[..], &post].concat()).await;
    assert!(!added.status.success(), "an officer was added to a unit that has ended");
    todos_follow_from_events(&app).await;
}

//! Inspections 检查, orders 责令 and penalties 行政处罚: from the first record to an award that follows the fine, and who sees how
//! often a party is responsible.

use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::{Handlers, Rewarders, collect};
use tests::people::Person;
use tests::world::{change_policies, import, in_binyang};
use uuid::Uuid;

use crate::now::now;
use crate::todos::rows::todos_follow_from_events;

const USCC: &str = "91330100799655058B";

/// What an inspection at the place of the sample reports found, just now.
pub(crate) fn inspection(hazard: &str) -> Value {
    json!({
        "hazardId": hazard, "inspectedAt": now(), "place": place(), "secondOfficer": "GZ-0042",
        "subject": { "name": "碧雅社区业主委员会", "uscc": USCC }, "findings": "围墙外倾，未设警戒。",
    })
}

fn place() -> Value {
    let mut place = in_binyang();
    place.as_object_mut().unwrap().remove("address");
    place
}

/// Records an inspection, and returns its id.
pub(crate) async fn inspects(who: &Person, hazard: &str) -> String {
    who.does("recordInspection", inspection(hazard)).await.ok().text("done.inspection.id").to_owned()
}

/// Orders the party to stop until today, and returns the id of the order.
pub(crate) async fn orders(who: &Person, inspection: &str) -> String {
    let until = (now() + chrono::TimeDelta::hours(8)).date_naive();
    let input = json!({ "inspectionId": inspection, "kind": "STOP_WORK", "until": until, "text": "立即停止使用围墙" });
    who.does("issueOrder", input).await.ok().text("done.order.id").to_owned()
}

/// A penalty that was decided today.
pub(crate) fn penalty(inspection: &str, number: u32, fine: i64) -> Value {
    let today = (now() + chrono::TimeDelta::hours(8)).date_naive();
    json!({
        "inspectionId": inspection, "documentNumber": format!("筑应急罚[2026]{number}号"), "fineFen": fine,
        "decidedOn": today, "basis": "《安全生产法》第一百零二条，未消除事故隐患",
    })
}

/// Records that a fine was paid today.
pub(crate) async fn pays(who: &Person, penalty: &str) -> Answer {
    let today = (now() + chrono::TimeDelta::hours(8)).date_naive();
    who.does("recordFinePayment", json!({ "penaltyId": penalty, "paidOn": today })).await
}

fn rule(answer: &Answer) -> &Value {
    answer.extension("rule")
}

struct Scene {
    all: Handlers,
    housing: Person,
    hazard: String,
    assignment: String,
}

impl Scene {
    /// A hazard for which a whistle has called the housing bureau.
    async fn on(app: &TestApp, report: &str) -> Self {
        let all = Handlers::log_in(app).await;
        let hazard = all.clerk.confirms(report).await;
        let [assignment] = all.leader.blows(&hazard, &["520115-housing"]).await.try_into().unwrap();
        Self { all, housing: Person::officer(app, "housing-clerk").await, hazard, assignment }
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_open_order_holds_the_closure_up_until_a_re_inspection_finds_that_it_was_met(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let report = Person::stranger(&app).reports("ANONYMOUS").await;
    let Scene { all, housing, hazard, assignment } = Scene::on(&app, &report).await;
    let first = inspects(&housing, &hazard).await;
    let order = orders(&housing, &first).await;
    all.worker.works_on(&assignment).await;
    all.clerk.judges("acceptWork", &assignment).await.done();
    let close = json!({ "hazardId": hazard, "reason": "已全部整改" });
    let refused = all.leader.does("closeHazard", close).await;
    assert_eq!((refused.code(), rule(&refused)), (Some("ILLEGAL_MOVE"), &json!("closing.orders_ended")));

    let todos = "{ todos(first: 100) { nodes { kind orderId clock } } }";
    let seen = housing.asks(todos, json!({})).await.ok();
    let expected = json!({ "kind": "REINSPECT", "orderId": order, "clock": "REINSPECT" });
    assert!(seen.data("todos.nodes").as_array().unwrap().contains(&expected), "{}", seen.body);

    let same = json!({ "orderId": order, "inspectionId": first, "met": true });
    assert_eq!(rule(&housing.does("reinspectOrder", same).await), "order.inspected_since");
    let second = inspects(&housing, &hazard).await;
    let met = json!({ "orderId": order, "inspectionId": second, "met": true });
    let done = housing.does("reinspectOrder", met.clone()).await.ok();
    assert_eq!(done.text("done.order.state"), "MET");
    assert_eq!(rule(&housing.does("reinspectOrder", met).await), "order.open");
    all.leader.closes(&hazard).await;

    let query = "query($id: UUID!) { hazard(id: $id) { status subject { name uscc hazardCount }
        inspections { findings { text } distanceMetres secondOfficer unit { code } }
        orders { kind state holds text { text } reinspections { inspectionId met } }
        history { kind details { inspectionId orderId orderMet } note { text } } } }";
    let seen = all.leader.asks(query, json!({ "id": hazard })).await.ok();
    assert_eq!(seen.text("hazard.subject.uscc"), USCC, "the hazard got the party that was inspected");
    assert_eq!(seen.data("hazard.inspections")[0]["unit"]["code"], "520115-housing");
    let events: Vec<&str> =
        seen.data("hazard.history").as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(events.contains(&"ORDERED") && events.contains(&"REINSPECTED"), "{events:?}");
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_fine_that_was_paid_feeds_the_base_of_the_award(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    change_policies(&app, "levels = [\"MAJOR\"]", "levels = [\"GENERAL\", \"MAJOR\"]").await;
    let citizen = Person::citizen(&app, "19900009991").await;
    let report = citizen.reports("NAMED").await;
    let Scene { housing, hazard, .. } = Scene::on(&app, &report).await;
    let rewarders = Rewarders::log_in(&app).await;
    assert_eq!(rewarders.award_of(&hazard).await["amount"], 10_000);

    let record = inspects(&housing, &hazard).await;
    let punish = async |number: u32, fine: i64| {
        let done = housing.does("recordPenalty", penalty(&record, number, fine)).await.ok();
        done.text("done.penalty.id").to_owned()
    };
    let first = punish(1, 4_000_000).await;
    assert_eq!(rewarders.award_of(&hazard).await["amount"], 10_000, "a fine that is not paid feeds nothing");
    assert_eq!(pays(&housing, &first).await.ok().text("done.penalty.state"), "PAID");
    let award = rewarders.award_of(&hazard).await;
    assert_eq!((&award["status"], &award["amount"]), (&json!("PROPOSED"), &json!(600_000)), "15 % of 40,000 yuan");
    rewarders.approve(&award).await;

    let second = punish(2, 6_000_000).await;
    pays(&housing, &second).await.done();
    let raised = rewarders.award_of(&hazard).await;
    assert_eq!((&raised["status"], &raised["amount"]), (&json!("PROPOSED"), &json!(1_500_000)), "it is reviewed again");
    let early = citizen.does("collectAward", json!({ "reportId": report })).await;
    assert_eq!(early.code(), Some("ILLEGAL_MOVE"), "{}", early.body);
    rewarders.approve(&raised).await;
    collect(&citizen, &report).await;

    let void = json!({ "penaltyId": second, "reason": "行政复议撤销" });
    assert_eq!(housing.does("voidPenalty", void).await.ok().text("done.penalty.state"), "VOIDED");
    let collected = rewarders.award_of(&hazard).await;
    assert_eq!((&collected["status"], &collected["amount"]), (&json!("COLLECTED"), &json!(1_500_000)));
    assert_eq!(rewarders.pay(&collected).await, "PAID");
    let lines = entity::ledger_entry::Entity::find().all(&app.rows().await).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.amount_fen.0).sum::<i64>(), 0);
    let paid: i64 =
        lines.iter().filter(|line| line.account == domain::award::Account::Paid).map(|line| line.amount_fen.0).sum();
    assert_eq!(paid, 1_500_000);
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_party_is_found_again_by_its_code_and_counted_as_far_as_one_sees(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let stranger = Person::stranger(&app);
    let report = stranger.reports("ANONYMOUS").await;
    let Scene { all, housing, hazard, .. } = Scene::on(&app, &report).await;
    let typed = format!(" {} ", USCC.to_lowercase());
    for name in ["碧雅社区业主委员会", "另一个写法"] {
        let report = stranger.reports("ANONYMOUS").await;
        let input = json!({ "reportId": report, "reason": "现场属实", "subject": { "name": name, "uscc": typed } });
        all.clerk.does("confirmReport", input).await.done();
    }
    inspects(&housing, &hazard).await;
    let query = "query($id: UUID!) { hazard(id: $id) { subject { id name hazardCount } } }";
    let count = async |who: &Person| {
        let seen = who.asks(query, json!({ "id": hazard })).await.ok();
        seen.data("hazard.subject.hazardCount").clone()
    };
    assert_eq!(count(&all.leader).await, 3);
    assert_eq!(count(&housing).await, 1, "the bureau works on one of them");
    let subjects = entity::subject::Entity::find().all(&app.rows().await).await.unwrap();
    assert_eq!(subjects.len(), 1, "one party");
    assert_eq!((subjects[0].name.as_str(), subjects[0].uscc.as_deref()), ("碧雅社区业主委员会", Some(USCC)));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_record_is_made_once_and_corrected_by_another_one(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let report = Person::stranger(&app).reports("ANONYMOUS").await;
    let Scene { all, housing, hazard, .. } = Scene::on(&app, &report).await;
    let outsider = Person::officer(&app, "fire-clerk").await;
    assert_eq!(outsider.does("recordInspection", inspection(&hazard)).await.code(), Some("NOT_FOUND"));

    let (request, input) = (Uuid::new_v4(), inspection(&hazard));
    for _ in 0..2 {
        let done = housing.does_as(request, "recordInspection", input.clone()).await.ok();
        assert_eq!(done.text("done.inspection.id"), request.to_string());
    }
    let mut other = input.clone();
    other["findings"] = json!("另一次检查");
    assert_eq!(housing.does_as(request, "recordInspection", other).await.code(), Some("REQUEST_ID_TAKEN"));

    let mut alone = inspection(&hazard);
    alone.as_object_mut().unwrap().remove("secondOfficer");
    let refused = housing.does("recordInspection", alone).await;
    assert_eq!((refused.code(), rule(&refused)), (Some("INVALID_INPUT"), &json!("inspection.two_officers")));
    let mut ahead = inspection(&hazard);
    ahead["inspectedAt"] = json!(now() + chrono::TimeDelta::hours(1));
    assert_eq!(rule(&housing.does("recordInspection", ahead).await), "inspection.time");
    let mut wrong_code = inspection(&hazard);
    wrong_code["subject"]["uscc"] = json!("91330100799655058X");
    assert_eq!(housing.does("recordInspection", wrong_code).await.code(), Some("INVALID_INPUT"));

    let mut right = inspection(&hazard);
    right["corrects"] = json!(request);
    let township = all.clerk.does("recordInspection", right.clone()).await.ok();
    assert_eq!(township.data("done.inspection.corrects"), &json!(request));
    assert_eq!(rule(&housing.does("recordInspection", right).await), "inspection.corrected");
    let based = penalty(&request.to_string(), 7, 100);
    assert_eq!(rule(&housing.does("recordPenalty", based).await), "inspection.corrected");
}

/// The records move to the hazard that stands, whatever becomes of the work, and the number of a document counts once anywhere.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn records_move_with_a_merge_and_come_back(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let stranger = Person::stranger(&app);
    let Scene { all, housing, hazard, .. } = Scene::on(&app, &stranger.reports("ANONYMOUS").await).await;
    let standing = all.clerk.confirms(&stranger.reports("ANONYMOUS").await).await;
    let record = inspects(&housing, &hazard).await;
    let order = orders(&housing, &record).await;
    let fine = housing.does("recordPenalty", penalty(&record, 3, 500_000)).await.ok();
    let fine = fine.text("done.penalty.id").to_owned();
    let there = inspects(&all.clerk, &standing).await;
    let same = penalty(&there, 3, 500_000);
    assert_eq!(rule(&all.clerk.does("recordPenalty", same).await), "penalty.document_once");

    let merge = json!({ "hazardId": hazard, "into": standing, "openWork": "CANCEL", "reason": "两条台账为同一处" });
    all.clerk.does("mergeHazards", merge.clone()).await.done();
    let query = "query($id: UUID!) { hazard(id: $id) { inspections { id } orders { id state unit { code } } penalties { id } } }";
    let seen = all.clerk.asks(query, json!({ "id": standing })).await.ok();
    assert_eq!(seen.data("hazard.inspections").as_array().unwrap().len(), 2);
    let expected = json!([{ "id": order, "state": "OPEN", "unit": { "code": "520115001000" } }]);
    assert_eq!(seen.data("hazard.orders"), &expected, "who takes no part there cannot re-inspect");
    todos_follow_from_events(&app).await;

    all.clerk.does("undoHazardMerge", json!({ "hazardId": hazard, "reason": "核实为两处" })).await.done();
    let back = all.clerk.asks(query, json!({ "id": hazard })).await.ok();
    assert_eq!(back.data("hazard.orders")[0]["unit"]["code"], "520115-housing");
    todos_follow_from_events(&app).await;
    all.clerk.does("mergeHazards", merge).await.done();
    assert_eq!(pays(&all.clerk, &fine).await.ok().text("done.penalty.state"), "PAID");

    let list = "query($filter: PenaltyFilter) { penalties(filter: $filter) { nodes { id documentNumber fineFen hazard { id } } } }";
    for (filter, expected) in [
        (json!({}), 1),
        (json!({ "uscc": USCC, "states": ["PAID"] }), 1),
        (json!({ "states": ["UNPAID"] }), 0),
        (json!({ "uscc": "9144030071526726XG" }), 0),
    ] {
        let seen = all.clerk.asks(list, json!({ "filter": filter })).await.ok();
        let nodes = seen.data("penalties.nodes").as_array().unwrap();
        assert_eq!(nodes.len(), expected, "{filter}");
        assert!(nodes.iter().all(|one| one["hazard"]["id"] == standing.as_str()));
    }
    let outsider = Person::officer(&app, "fire-clerk").await;
    let seen = outsider.asks(list, json!({})).await.ok();
    assert_eq!(seen.data("penalties.nodes"), &json!([]), "other units see none");
}

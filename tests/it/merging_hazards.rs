//! 合并同一事项: two entries of one matter, whose work, reports and awards go on together, and the undoing of such a merge.

mod awards;

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::Handlers;
use tests::people::Person;
use tests::world::{import, submission};
use uuid::Uuid;

use crate::todos::rows::todos_follow_from_events;

/// Everything that a merge may touch, as an officer sees it.
const SEEN: &str = "query($id: UUID!) { hazard(id: $id) {
    status round level emergency mergedInto recurrenceOf reportCount township { code }
    whistles { id status } assignments { id status part workerId unit { code } }
    clocks { kind state start due stoppedAt } award { status }
} }";

async fn seen(officer: &Person, hazard: &str) -> Value {
    let mut seen = officer.asks(SEEN, json!({ "id": hazard })).await.ok().data("hazard").clone();
    seen["clocks"].as_array_mut().unwrap().sort_by_key(ToString::to_string);
    seen
}

async fn kinds(officer: &Person, hazard: &str) -> Vec<Value> {
    let query = "query($id: UUID!) { hazard(id: $id) { history { kind } } }";
    let seen = officer.asks(query, json!({ "id": hazard })).await.ok();
    seen.data("hazard.history").as_array().unwrap().iter().map(|event| event["kind"].clone()).collect()
}

fn merging(hazard: &str, into: &str, work: &str) -> Value {
    json!({ "hazardId": hazard, "into": into, "openWork": work, "reason": "两条台账为同一处隐患" })
}

async fn merges(officer: &Person, hazard: &str, into: &str, work: &str) -> Answer {
    officer.does("mergeHazards", merging(hazard, into, work)).await
}

async fn undoes(officer: &Person, hazard: &str) -> Answer {
    officer.does("undoHazardMerge", json!({ "hazardId": hazard, "reason": "核实为两处隐患" })).await
}

fn rule(answer: &Answer) -> (Option<&str>, &Value) {
    (answer.code(), answer.extension("rule"))
}

async fn asked(author: &Person, report: &str) -> Value {
    let query = "query($id: UUID!) { myReport(id: $id) { callback { round answeredAt } } }";
    author.asks(query, json!({ "id": report })).await.ok().data("myReport.callback").clone()
}

/// Two reports by two people, each with a hazard of its own: the first one is the earlier.
struct Scene {
    authors: [Person; 2],
    reports: [String; 2],
    hazards: [String; 2],
    handlers: Handlers,
}

impl Scene {
    async fn new(app: &TestApp) -> Self {
        import(app).await;
        let authors = [Person::citizen(app, "19900009991").await, Person::citizen(app, "19900009992").await];
        let handlers = Handlers::log_in(app).await;
        let reports = [authors[0].reports("NAMED").await, authors[1].reports("NAMED").await];
        let hazards = [handlers.clerk.confirms(&reports[0]).await, handlers.clerk.confirms(&reports[1]).await];
        Self { authors, reports, hazards, handlers }
    }
}

/// The worker goes on with the assignment, which has kept its id; the hazard that stands is closed by a leader who took no
/// part, and both reporters are asked.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn open_work_goes_on_under_the_hazard_that_stands(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Scene { authors, reports, hazards: [one, two], handlers } = Scene::new(&app).await;
    let Handlers { clerk, leader, worker } = &handlers;
    let support = Person::officer(&app, "city-management-worker-1").await;
    let units = ["520115-housing", "520115-city-management"];
    let [lead, other] = leader.blows(&one, &units).await.try_into().unwrap();
    worker.steps("claimAssignment", &lead).await.done();
    worker.checks_in(&lead).await.done();

    let request = Uuid::new_v4();
    for _ in 0..2 {
        let done = clerk.does_as(request, "mergeHazards", merging(&one, &two, "CARRY")).await.ok();
        assert_eq!(done.data("done.hazard.mergedInto"), &json!(two));
        assert_eq!(done.data("done.into.reportCount"), &json!(2));
        assert_eq!(done.data("done.into.assignments").as_array().unwrap().len(), 2);
    }
    assert_eq!(kinds(clerk, &two).await, ["REGISTERED", "JOINED"]);
    assert_eq!(kinds(clerk, &one).await.last().unwrap(), "CANCELLED");
    let before = seen(clerk, &one).await;
    assert_eq!(
        (&before["assignments"], &before["whistles"], &before["status"]),
        (&json!([]), &json!([]), &json!("CANCELLED"))
    );
    for hazard in [&one, &two] {
        let found =
            worker.asks("query($id: UUID!) { hazard(id: $id) { id mergedInto } }", json!({ "id": hazard })).await;
        assert_eq!(found.ok().text("hazard.id"), hazard, "the unit finds the work and where it was");
    }

    worker.finishes_here(&lead).await;
    support.works_on(&other).await;
    for assignment in [&lead, &other] {
        clerk.judges("acceptWork", assignment).await.done();
    }
    leader.closes(&two).await;
    for (author, report) in authors.iter().zip(&reports) {
        assert_eq!(asked(author, report).await, json!({ "round": 1, "answeredAt": null }));
    }
    let said = json!({ "reportId": reports[0], "solved": false });
    assert_eq!(authors[0].does("answerCallback", said).await.ok().data("done.callback.reopened"), &json!(true));
    assert_eq!(seen(clerk, &two).await["round"], 2);
    todos_follow_from_events(&app).await;
}

/// Undoing gives back everything, with work that was carried on and with work that was cancelled, until something else
/// happens to either hazard.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn undoing_gives_everything_back_until_the_next_event(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Scene { authors, reports, hazards: [one, two], handlers } = Scene::new(&app).await;
    let Handlers { clerk, leader, worker } = &handlers;
    let [lead, _] = leader.blows(&one, &["520115-housing", "520115-fire"]).await.try_into().unwrap();
    worker.works_on(&lead).await;
    leader.dispatches(&two, &["520115-city-management"]).await;
    let before = [seen(clerk, &one).await, seen(clerk, &two).await];

    for work in ["CARRY", "CANCEL", "CARRY"] {
        merges(clerk, &one, &two, work).await.done();
        assert_ne!([seen(clerk, &one).await, seen(clerk, &two).await], before);
        let request = Uuid::new_v4();
        for _ in 0..2 {
            let input = json!({ "hazardId": one, "reason": "核实为两处隐患" });
            let done = clerk.does_as(request, "undoHazardMerge", input).await.ok();
            assert_eq!((done.text("done.from.id"), done.data("done.hazard.mergedInto")), (two.as_str(), &Value::Null));
        }
        assert_eq!([seen(clerk, &one).await, seen(clerk, &two).await], before, "{work}");
        assert_eq!(rule(&undoes(clerk, &one).await), (Some("ILLEGAL_MOVE"), &json!("merging.undo")));
    }
    for (report, hazard) in reports.iter().zip([&one, &two]) {
        assert_eq!(&clerk.hazard_of(report).await, hazard);
    }

    merges(clerk, &one, &two, "CARRY").await.done();
    clerk.judges("sendToRework", &lead).await.done();
    assert_eq!(rule(&undoes(clerk, &one).await), (Some("ILLEGAL_MOVE"), &json!("merging.undo")));
    assert_eq!(worker.steps("claimAssignment", &lead).await.ok().text("done.hazardId"), two);
    drop(authors);
    todos_follow_from_events(&app).await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_open_hazards_are_merged_by_whoever_may_cancel(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Scene { authors, hazards: [one, two], handlers, .. } = Scene::new(&app).await;
    let Handlers { clerk, leader, worker } = &handlers;
    let [closed, cancelled, merged] = [
        clerk.confirms(&authors[0].reports("NAMED").await).await,
        clerk.confirms(&authors[0].reports("NAMED").await).await,
        clerk.confirms(&authors[0].reports("NAMED").await).await,
    ];
    handlers.bring_to_closure(&closed).await;
    let input = json!({ "hazardId": cancelled, "cause": "OUT_OF_SCOPE", "reason": "不属于隐患" });
    clerk.does("cancelHazard", input).await.done();
    merges(clerk, &merged, &two, "CARRY").await.done();
    for ended in [&closed, &cancelled, &merged] {
        let refused = merges(clerk, &one, ended, "CARRY").await;
        assert_eq!(rule(&refused), (Some("ILLEGAL_MOVE"), &json!("merging.target_open")));
        let refused = merges(clerk, ended, &one, "CANCEL").await;
        assert_eq!(rule(&refused), (Some("ILLEGAL_MOVE"), &json!("case.ended")));
    }
    let refused = merges(clerk, &one, &one, "CARRY").await;
    assert_eq!((refused.code(), refused.extension("field")), (Some("INVALID_INPUT"), &json!("input.into")));
    leader.dispatches(&one, &["520115-housing"]).await;
    leader.dispatches(&two, &["520115-housing"]).await;
    assert_eq!(merges(worker, &one, &two, "CARRY").await.code(), Some("FORBIDDEN"));
    let mut stale = merging(&one, &two, "CARRY");
    stale["expectedVersion"] = json!(1);
    assert_eq!(clerk.does("mergeHazards", stale).await.code(), Some("CHANGED_MEANWHILE"));
    let done = merges(clerk, &one, &two, "CARRY").await.ok();
    assert_eq!(done.data("done.into.assignments").as_array().unwrap().len(), 2, "one unit works for both");
    assert_eq!(undoes(worker, &one).await.code(), Some("FORBIDDEN"));
    todos_follow_from_events(&app).await;
}

/// Two officers merge in both directions at once, and others work meanwhile: one merge happens, and no step is lost.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn merges_at_once_and_steps_beside_them_lose_nothing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Scene { authors, hazards: [one, two], handlers, .. } = Scene::new(&app).await;
    let Handlers { clerk, leader, worker } = &handlers;
    let (there, back) = tokio::join!(merges(clerk, &one, &two, "CARRY"), merges(leader, &two, &one, "CARRY"));
    let codes = [there.code(), back.code()];
    assert!(codes == [None, Some("ILLEGAL_MOVE")] || codes == [Some("ILLEGAL_MOVE"), None], "{codes:?}");
    let stands = if there.code().is_none() { &two } else { &one };
    assert_eq!(seen(clerk, stands).await["reportCount"], 2);

    for _ in 0..3 {
        let urgent = authors[0].reports_emergency("NAMED").await;
        let source = clerk.hazard_of(&urgent).await;
        let [assignment] = leader.dispatches(&source, &["520115-housing"]).await.try_into().unwrap();
        let found = json!({ "reportId": urgent, "reason": "现场核实属实" });
        let (merged, claimed, reviewed) = tokio::join!(
            merges(leader, &source, stands, "CARRY"),
            worker.steps("claimAssignment", &assignment),
            clerk.does("confirmReport", found)
        );
        merged.done();
        claimed.done();
        reviewed.done();
        assert_eq!(&clerk.hazard_of(&urgent).await, stands);
        let now = seen(clerk, stands).await;
        let carried =
            now["assignments"].as_array().unwrap().iter().find(|one| one["id"] == assignment.as_str()).unwrap();
        assert_eq!(carried["status"], "CLAIMED");
    }
    todos_follow_from_events(&app).await;
}

/// A unit that is accused does not see a hazard because its reports have moved away, nor comes to a matter by a merge.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_accused_learn_nothing_by_a_merge(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (centre, handlers) = (Person::officer(&app, "command-1").await, Handlers::log_in(&app).await);
    let accusing = async |unit: &str| {
        let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
        input["accusedUnitId"] = centre.ids_of(&[unit]).await.remove(0);
        let sent = Person::stranger(&app).submits(&input).await.ok();
        sent.text("submitReport.receipt.reportId").to_owned()
    };
    let township = "520115001000";
    let [one, two] =
        [centre.confirms(&accusing(township).await).await, centre.confirms(&accusing(township).await).await];
    let sees = async |hazard: &str| {
        let query = "query($id: UUID!) { hazard(id: $id) { id } }";
        handlers.clerk.asks(query, json!({ "id": hazard })).await.code().is_none()
    };
    assert!(!sees(&one).await && !sees(&two).await);
    merges(&centre, &one, &two, "CARRY").await.done();
    assert!(!sees(&one).await && !sees(&two).await, "no report points to the first one any more");

    let against_fire = handlers.clerk.confirms(&accusing("520115-fire").await).await;
    let open = handlers.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let [fire] = handlers.leader.dispatches(&open, &["520115-fire"]).await.try_into().unwrap();
    assert_eq!(merges(&handlers.clerk, &against_fire, &open, "CARRY").await.code(), Some("UNIT_BARRED"));
    assert_eq!(merges(&handlers.clerk, &open, &against_fire, "CARRY").await.code(), Some("UNIT_BARRED"));
    handlers.leader.judges("takeBackAssignment", &fire).await.done();
    merges(&handlers.clerk, &against_fire, &open, "CARRY").await.done();
    todos_follow_from_events(&app).await;

    // Whoever works where a hazard went on, but is accused by its reports, neither sees it nor which one it was.
    handlers.leader.dispatches(&open, &["520115-fire"]).await;
    let brigade = Person::officer(&app, "fire-leader").await;
    let joined = async |who: &Person| {
        let query = "query($id: UUID!) { hazard(id: $id) { history { kind note { text } details { hazardId } } } }";
        let seen = who.asks(query, json!({ "id": open })).await.ok();
        let all = seen.data("hazard.history").as_array().unwrap().clone();
        all.into_iter().find(|event| event["kind"] == "JOINED").unwrap()
    };
    assert_eq!(joined(&handlers.clerk).await["details"]["hazardId"], json!(against_fire));
    assert_eq!(joined(&brigade).await, json!({ "kind": "JOINED", "note": null, "details": { "hazardId": null } }));
    let ledger = "{ hazards(first: 10) { nodes { id } } }";
    assert_eq!(brigade.asks(ledger, json!({})).await.ok().data("hazards.nodes"), &json!([{ "id": open }]));
    let named = json!({ "id": against_fire });
    let alone = brigade.asks("query($id: UUID!) { hazard(id: $id) { id } }", named).await;
    assert_eq!(alone.code(), Some("NOT_FOUND"));
}

//! 评哨: a township rates the answers to its whistles, a department objects, and the command centre rules.

use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::Handlers;
use tests::people::Person;
use tests::world::{change_policies, import};

use crate::todos::rows::todos_follow_from_events;
use crate::whistles::{rule, seen, todos};

/// Brings a hazard to the acceptance of what the housing bureau was called for, and returns its assignment.
async fn answered(all: &Handlers, hazard: &str) -> String {
    let [assignment] = all.leader.blows(hazard, &["520115-housing"]).await.try_into().unwrap();
    all.worker.works_on(&assignment).await;
    all.clerk.judges("acceptWork", &assignment).await.done();
    assignment
}

/// Rates an assignment with one grade for all 评哨.
pub(crate) async fn rates(who: &Person, assignment: &str, grade: &str, reason: Option<&str>) -> Answer {
    let input = json!({
        "assignmentId": assignment, "onTime": grade, "inPlace": "GOOD", "effective": grade, "reason": reason,
    });
    who.does("rateAnswer", input).await
}

/// Rules on the objection to a rating 评哨裁定.
pub(crate) async fn rules(who: &Person, assignment: &str, outcome: &str) -> Answer {
    let input = json!({ "assignmentId": assignment, "outcome": outcome, "reason": "经核实到场记录" });
    who.does("ruleOnRating", input).await
}

/// Judges that a whistle was without need 乱吹哨.
pub(crate) async fn judges_whistle(who: &Person, hazard: &str) -> Answer {
    let whistle = seen(who, hazard).await["whistles"][0]["id"].clone();
    let input = json!({ "hazardId": hazard, "whistleId": whistle, "cause": "OWN_DUTY", "reason": "街道可自行处置" });
    who.does("judgeWhistle", input).await
}

/// Rates an answer; the unit objects, the command centre rules, and judges the whistle.
pub(crate) async fn rated_and_judged([clerk, unit, centre]: [&Person; 3], hazard: &str, assignment: &str) {
    rates(clerk, assignment, "POOR", Some("到场超时")).await.done();
    unit.judges("objectToRating", assignment).await.done();
    rules(centre, assignment, "STANDS").await.done();
    judges_whistle(centre, hazard).await.done();
}

const RATINGS: &str = "query($id: UUID!) { hazard(id: $id) { status
    whistles { judgement { cause reason { text } unit { code } } }
    assignments { rating { onTime inPlace effective counts outcome reason { text } objection { text } rulingReason { text }
        unit { code } ruledBy { code } ruledAs } }
    clocks { kind state }
    history { kind note { text } details { grades { onTime } objectionOutcome whistleCause } } } }";

/// The township rates after the closure, the department objects once, and the command centre strikes the rating.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_answer_is_rated_objected_to_and_ruled_on(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    change_policies(&app, "[policy.body.rating]\n", "[policy.body.rating]\nrate = \"2wd\"\n").await;
    let all = Handlers::log_in(&app).await;
    let (centre, housing) = (Person::officer(&app, "command-1").await, Person::officer(&app, "housing-clerk").await);
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let assignment = answered(&all, &hazard).await;
    all.leader.closes(&hazard).await;
    assert_eq!(
        (todos(&all.clerk).await, todos(&all.leader).await),
        (vec!["RATE_ANSWER".to_owned()], vec!["RATE_ANSWER".to_owned()])
    );
    todos_follow_from_events(&app).await;

    assert_eq!(rule(&housing.judges("objectToRating", &assignment).await), "rating.rated");
    assert_eq!(rule(&rates(&housing, &assignment, "GOOD", None).await), "FORBIDDEN");
    assert_eq!(rule(&rates(&all.clerk, &assignment, "POOR", None).await), "rating.reason");
    let rated = rates(&all.clerk, &assignment, "POOR", Some("签收后两日才到场")).await.ok();
    assert_eq!(rated.text("done.assignment.rating.onTime"), "POOR");
    assert_eq!(rated.text("done.hazard.status"), "CLOSED");
    assert_eq!(rule(&rates(&all.leader, &assignment, "GOOD", None).await), "rating.once");
    assert_eq!((todos(&all.clerk).await, todos(&centre).await), (vec![], vec![]));

    assert_eq!(rule(&all.worker.judges("objectToRating", &assignment).await), "FORBIDDEN");
    housing.judges("objectToRating", &assignment).await.done();
    assert_eq!(rule(&housing.judges("objectToRating", &assignment).await), "rating.objected_once");
    assert_eq!(todos(&centre).await, ["RULE_ON_RATING"]);
    todos_follow_from_events(&app).await;
    assert_eq!(rule(&rules(&all.leader, &assignment, "STRUCK").await), "FORBIDDEN");
    let struck = rules(&centre, &assignment, "STRUCK").await.ok();
    assert_eq!(struck.data("done.assignment.rating.counts"), &json!(false));
    assert_eq!(rule(&rules(&centre, &assignment, "STANDS").await), "rating.objected");

    judges_whistle(&centre, &hazard).await.done();
    assert_eq!(rule(&judges_whistle(&centre, &hazard).await), "whistle.judged_once");
    let told = housing.asks(RATINGS, json!({ "id": hazard })).await.ok().data("hazard").clone();
    let rating = &told["assignments"][0]["rating"];
    assert_eq!((&rating["unit"]["code"], &rating["ruledAs"]), (&json!("520115001000"), &json!("COMMAND_CENTRE")));
    assert_eq!((&rating["outcome"], &rating["reason"]["text"]), (&json!("STRUCK"), &json!("签收后两日才到场")));
    assert_eq!(told["whistles"][0]["judgement"]["cause"], "OWN_DUTY");
    let history = told["history"].as_array().unwrap();
    let kinds: Vec<_> = history.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert!(kinds.ends_with(&["CLOSED", "RATED", "RATING_OBJECTED", "RATING_RULED", "WHISTLE_JUDGED"]), "{kinds:?}");
    let of = |kind: &str| history.iter().find(|event| event["kind"] == kind).unwrap()["details"].clone();
    assert_eq!(
        (&of("RATED")["grades"]["onTime"], &of("RATING_RULED")["objectionOutcome"]),
        (&json!("POOR"), &json!("STRUCK"))
    );
    todos_follow_from_events(&app).await;
}

/// Today's policies ask for no rating: nothing waits for one, but it can be given.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn without_a_time_in_the_policy_a_rating_is_free(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let assignment = answered(&all, &hazard).await;
    assert_eq!(todos(&all.leader).await, ["CLOSE"]);
    let rated = rates(&all.leader, &assignment, "GOOD", None).await.ok();
    assert_eq!(rated.data("done.assignment.rating.counts"), &json!(true));
    todos_follow_from_events(&app).await;
}

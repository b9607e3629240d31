//! Two people take steps of one send-back at the same moment: one order explains both answers, and the one who is late is
//! refused by the same rule each time.

use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::world::import;

use super::{Cast, rule, seen, sends_back};

/// How often each pair of steps is taken.
const ROUNDS: usize = 6;

/// The rule of a refused step; `ok` if it was taken.
fn word(answer: &Answer) -> String {
    if answer.codes().is_empty() { "ok".to_owned() } else { rule(answer) }
}

/// An assignment of the housing bureau that it has asked to send back, if `asked`, and that a worker has claimed, if
/// `claimed`.
async fn assignment(app: &TestApp, cast: &Cast, asked: bool, claimed: bool) -> (String, String) {
    let hazard = cast.hazard(app).await;
    let [assignment] = cast.clerk.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
    if claimed {
        cast.housing_worker.steps("claimAssignment", &assignment).await.done();
    }
    if asked {
        sends_back(&cast.housing, &assignment, None).await.done();
    }
    (hazard, assignment)
}

async fn status(cast: &Cast, hazard: &str) -> Value {
    seen(&cast.centre, hazard).await["assignments"][0]["status"].clone()
}

/// The status of the assignment after one agreed and the other ended the send-back at the same moment: the first one wins.
fn ended(agreed: &Answer, other: &Answer) -> &'static str {
    match (word(agreed).as_str(), word(other).as_str()) {
        ("ok", "send_back.asked") => "SENT_BACK",
        ("send_back.asked", "ok") => "SIGNED",
        other => panic!("both or neither: {other:?}"),
    }
}

async fn one_order_explains_both(apps: &[TestApp]) {
    let first = &apps[0];
    import(first).await;
    let cast = Cast::log_in(first).await;
    let there = apps.last().unwrap();
    let [worker, clerk, colleague] = [cast.housing_worker.at(there), cast.clerk.at(there), cast.leader.at(there)];
    for _ in 0..ROUNDS {
        let (hazard, id) = assignment(first, &cast, true, false).await;
        let (agreed, claimed) =
            tokio::join!(clerk.judges("acceptSendBack", &id), cast.housing_worker.steps("claimAssignment", &id));
        assert_eq!(word(&agreed), "ok", "a claim is never in the way of a decision");
        assert!(["send_back.waits", "assignment.over"].contains(&word(&claimed).as_str()), "{}", claimed.body);
        assert_eq!(status(&cast, &hazard).await, "SENT_BACK");

        let (hazard, id) = assignment(first, &cast, true, false).await;
        let (agreed, withdrawn) =
            tokio::join!(clerk.judges("acceptSendBack", &id), cast.housing.steps("withdrawSendBack", &id));
        assert_eq!(status(&cast, &hazard).await, ended(&agreed, &withdrawn));

        let (hazard, id) = assignment(first, &cast, true, false).await;
        let (agreed, refused) =
            tokio::join!(cast.clerk.judges("acceptSendBack", &id), colleague.judges("refuseSendBack", &id));
        assert_eq!(status(&cast, &hazard).await, ended(&agreed, &refused));

        let (hazard, id) = assignment(first, &cast, false, true).await;
        let (asked, arrived) = tokio::join!(sends_back(&cast.housing, &id, None), worker.checks_in(&id));
        let expected = match (word(&asked).as_str(), word(&arrived).as_str()) {
            ("ok", "send_back.waits") => "SEND_BACK_ASKED",
            ("send_back.before_check_in", "ok") => "ON_SITE",
            other => panic!("both or neither: {other:?}"),
        };
        assert_eq!(status(&cast, &hazard).await, expected);
        let known = seen(&cast.centre, &hazard).await["sendBacks"].as_array().unwrap().len();
        assert_eq!(json!(known), json!(usize::from(expected == "SEND_BACK_ASKED")));
    }
}

#[tokio::test]
async fn two_people_decide_at_once_on_sqlite() {
    one_order_explains_both(&[TestApp::start(Engine::Sqlite).await]).await;
}

#[tokio::test]
async fn two_people_decide_at_once_over_two_processes() {
    one_order_explains_both(&TestApp::start_many(2, Engine::Postgres).await).await;
}

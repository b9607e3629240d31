//! How much one author may send: nothing is lost by it.

use futures::future::{join, join_all};
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::people::Person;
use tests::phone::Phone;
use tests::world::{change_policies, import, submission};
use uuid::Uuid;

use crate::queue::MANY;

/// A phone that waited is told when the report can be sent, and nothing is lost.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_author_sends_so_many_reports_a_day(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    change_policies(
        &app,
        "reports_a_day = 200\nreports_a_day_on_duty = 5000",
        "reports_a_day = 20\nreports_a_day_on_duty = 30",
    )
    .await;
    let (ann, phone) = (Person::citizen(&app, "19900009991").await, Phone::new());
    for (who, limit) in [(Some(&ann), 20), (None, 20), (Some(&ann), 30)] {
        if limit == 30 {
            let appoint = ["reporter", "appoint", "--phone", "19900009991", "--area", "520115001000"];
            assert!(app.run(&appoint).await.status.success());
        }
        let client = match who {
            Some(ann) => ann.clone(),
            None => Person::stranger(&app),
        };
        let reports = |count: usize| -> Vec<Value> {
            let named = (0..count).map(|_| submission(Uuid::new_v4(), "NAMED"));
            named.map(|input| if who.is_some() { input } else { phone.signs(&input) }).collect()
        };
        let first = if limit == 30 { 10 } else { 20 };
        let (kept, more) = (reports(first - 1), reports(3));
        let answers = client.asks(MANY, json!({ "i": kept })).await.ok();
        assert!(
            answers.data("submitReports").as_array().unwrap().iter().all(|one| one["refusal"].is_null()),
            "{}",
            answers.body
        );
        let answers = client.asks(MANY, json!({ "i": more })).await.ok();
        assert!(answers.data("submitReports.0.accepted").is_object(), "{limit}: {}", answers.body);
        for n in [1, 2] {
            let refusal = answers.data(&format!("submitReports.{n}.refusal"));
            assert_eq!((&refusal["code"], &refusal["retryable"]), (&json!("RATE_LIMITED"), &json!(true)), "{refusal}");
            assert_eq!(refusal["rule"], json!("submission.a_day"));
            assert!((86_000..=86_400).contains(&refusal["retryAfterSeconds"].as_i64().unwrap()), "{refusal}");
        }
        let again = client.asks(MANY, json!({ "i": [kept[0], more[0]] })).await.ok();
        assert!(again.data("submitReports.1.accepted").is_object(), "what is stored is answered: {}", again.body);
        let one: Answer = client.submits(&more[1]).await;
        assert_eq!(one.code(), Some("RATE_LIMITED"));
        client.submits(&submission(Uuid::new_v4(), "ANONYMOUS")).await.done();
    }
    let mut listed = Vec::new();
    let mut after = Value::Null;
    loop {
        let query =
            "query($a: String) { myReports(first: 7, after: $a) { nodes { id } pageInfo { endCursor hasNextPage } } }";
        let page = ann.asks(query, json!({ "a": after })).await.ok();
        listed.extend(page.data("myReports.nodes").as_array().unwrap().iter().map(|node| node["id"].to_string()));
        after = page.data("myReports.pageInfo.endCursor").clone();
        if page.data("myReports.pageInfo.hasNextPage") == &json!(false) {
            break;
        }
    }
    let count = listed.len();
    listed.sort_unstable();
    listed.dedup();
    assert_eq!((count, listed.len()), (30, 30));
}

/// The limit is asked before the queue and kept when the reports are written: nobody gets more by sending them at once.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn reports_that_come_at_once_share_the_limit_of_their_author(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    change_policies(&app, "reports_a_day = 200", "reports_a_day = 20").await;
    let (ann, bob) = (Person::citizen(&app, "19900009991").await, Person::citizen(&app, "19900009992").await);
    let call = async |who: &Person| {
        let reports: Vec<Value> = (0..7).map(|_| submission(Uuid::new_v4(), "NAMED")).collect();
        let answer = who.asks(MANY, json!({ "i": reports })).await.ok();
        let answers = answer.data("submitReports").as_array().unwrap().clone();
        answers.iter().filter(|one| one["accepted"].is_object()).count()
    };
    let (many, few) = join(join_all((0..12).map(|_| call(&ann))), join_all((0..2).map(|_| call(&bob)))).await;
    assert_eq!(many.iter().sum::<usize>(), 20, "{many:?}");
    assert_eq!(few, [7, 7], "another author is not concerned");
    assert_eq!(call(&ann).await, 0);
}

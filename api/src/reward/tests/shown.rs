//! Tests awards through the GraphQL schema.

use async_graphql::{EmptySubscription, Request, Schema};
use domain::staff::Role;
use rstest::rstest;
use serde_json::{Value, json};

use super::{PHONE, Scene};
use crate::caller::Caller;
use crate::database::Engine;
use crate::dataloader;
use crate::identity::bars;
use crate::reward::graphql::RewardQuery;
use crate::reward::graphql::mutation::RewardMutation;
use crate::reward::reading;
use crate::testing::author;

async fn ask(scene: &Scene, caller: &Caller, document: &str, variables: Value) -> Result<Value, String> {
    let app = &scene.world.app;
    let schema = Schema::build(RewardQuery, RewardMutation, EmptySubscription).data(app.clone()).finish();
    let request = Request::new(document).variables(async_graphql::Variables::from_json(variables));
    let response = dataloader::execute(&schema, app, caller.clone(), request).await;
    match response.errors.first() {
        Some(error) => Err(error.source::<crate::error::ApiError>().map_or(error.message.clone(), ToString::to_string)),
        None => Ok(response.data.into_json().unwrap()),
    }
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn awards_are_paged_newest_first(#[case] engine: Engine) {
    let mut scene = Scene::new(engine, 10_000).await;
    for amount in [20_000, 30_000] {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        scene.hazard = scene.world.hazard().await;
        scene.propose(scene.report, amount).await.unwrap();
    }
    let document = "query($after: String, $status: AwardStatus) { awards(first: 2, after: $after, status: $status) {
        edges { cursor node { amount status } } pageInfo { hasNextPage endCursor } } }";
    let first = ask(&scene, &scene.reviewer, document, json!({})).await.unwrap();
    let amounts = |page: &Value| {
        let edges = page["awards"]["edges"].as_array().unwrap();
        edges.iter().map(|edge| edge["node"]["amount"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((amounts(&first), &first["awards"]["pageInfo"]["hasNextPage"]), (vec![30_000, 20_000], &json!(true)));
    let after = json!({ "after": first["awards"]["pageInfo"]["endCursor"] });
    let second = ask(&scene, &scene.reviewer, document, after).await.unwrap();
    assert_eq!((amounts(&second), &second["awards"]["pageInfo"]["hasNextPage"]), (vec![10_000], &json!(false)));
    let none = ask(&scene, &scene.reviewer, document, json!({ "status": "PAID" })).await.unwrap();
    assert_eq!(amounts(&none), Vec::<i64>::new());
    let bad = ask(&scene, &scene.reviewer, document, json!({ "after": "x" })).await;
    assert_eq!(bad, Err("INVALID_INPUT".into()));
    let worker = scene.world.officer(Role::Worker);
    assert_eq!(ask(&scene, &worker, document, json!({})).await, Err("FORBIDDEN".into()));
    assert_eq!(ask(&scene, &author(scene.report), document, json!({})).await, Err("FORBIDDEN".into()));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_whole_way_is_walked_through_the_schema(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    scene.give_identity(PHONE).await;
    let step =
        |name: &str| format!("mutation($input: AwardStepInput!) {{ {name}(input: $input) {{ status version }} }}");
    let input = || json!({ "input": { "awardId": scene.award, "requestId": uuid::Uuid::new_v4() } });
    let done = ask(&scene, &scene.reviewer, &step("reviewAward"), input()).await.unwrap();
    assert_eq!(done, json!({ "reviewAward": { "status": "REVIEWED", "version": 2 } }));
    let done = ask(&scene, &scene.approver, &step("approveAward"), input()).await.unwrap();
    assert_eq!(done, json!({ "approveAward": { "status": "NOTIFIED", "version": 4 } }));
    let collect = "mutation($input: CollectAwardInput!) { collectAward(input: $input) { status amount } }";
    let own = json!({ "input": { "reportId": scene.report, "requestId": uuid::Uuid::new_v4() } });
    let done = ask(&scene, &author(scene.report), collect, own).await.unwrap();
    assert_eq!(done, json!({ "collectAward": { "status": "COLLECTED", "amount": 10_000 } }));
    let done = ask(&scene, &scene.finance, &step("payAward"), input()).await.unwrap();
    assert_eq!(done, json!({ "payAward": { "status": "PAID", "version": 7 } }));
    let document = "query($id: UUID!) { award(id: $id) { ledger { account amount } clocks { kind state overdue } } }";
    let seen = ask(&scene, &scene.finance, document, json!({ "id": scene.award })).await.unwrap();
    assert_eq!(seen["award"]["ledger"].as_array().unwrap().len(), 8);
    assert_eq!(seen["award"]["clocks"].as_array().unwrap().len(), 4);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_award_of_a_report_that_accuses_a_unit_is_not_there_for_it(#[case] engine: Engine) {
    let scene = Scene::new(engine, 10_000).await;
    let app = &scene.world.app;
    assert!(reading::award(app, &scene.reviewer, scene.award).await.is_ok());
    let unit = scene.world.county_unit;
    scene.world.write(async |txn| bars::bar(txn, &app.keys, scene.report, &[unit]).await).await.unwrap();
    assert_eq!(
        crate::testing::refused(reading::award(app, &scene.reviewer, scene.award).await),
        Some((domain::Code::NotFound, None))
    );
}

//! A worker in a basement may retry for ever: the same request id has one effect, whatever it asks for.

use entity::{event, note, officer, request};
use futures::future::join_all;
use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::import;
use uuid::Uuid;

/// How often a request is sent at once.
const AT_ONCE: usize = 8;

/// A step that somebody takes, and the same with another input.
struct Step<'a> {
    who: &'a Person,
    name: &'static str,
    input: Value,
    other: Value,
}

/// What a step may have written twice.
async fn written(app: &TestApp) -> [u64; 3] {
    let rows = app.rows().await;
    [
        event::Entity::find().count(&rows).await.unwrap(),
        note::Entity::find().count(&rows).await.unwrap(),
        request::Entity::find().count(&rows).await.unwrap(),
    ]
}

/// Sent at once over all processes, then once more: everybody is answered, and it happened once. The id with another
/// input, and by another step, is refused and changes nothing. `events`: how many events the step is worth.
async fn has_one_effect(apps: &[TestApp], step: &Step<'_>, events: u64) {
    let (id, before) = (Uuid::new_v4(), written(&apps[0]).await);

    let answers = join_all((0..AT_ONCE).map(async |n| {
        let who = step.who.at(&apps[n % apps.len()]);
        who.does_as(id, step.name, step.input.clone()).await
    }))
    .await;
    let again = step.who.does_as(id, step.name, step.input.clone()).await.ok();

    for answer in answers {
        assert_eq!(answer.ok().json, again.json, "{}", step.name);
    }
    let after = written(&apps[0]).await;
    assert_eq!((after[0] - before[0], after[2] - before[2]), (events, 1), "{}", step.name);
    assert!(after[1] - before[1] <= 1, "{}: its reason was kept twice", step.name);

    let other = step.who.does_as(id, step.name, step.other.clone()).await;
    assert_eq!(other.code(), Some("REQUEST_ID_TAKEN"), "{}", step.name);
    assert_eq!(written(&apps[0]).await, after, "{}", step.name);
}

/// A review, steps of a hazard and of an award, and an answer to a callback.
async fn requests_have_one_effect(apps: &[TestApp]) {
    let app = &apps[0];
    import(app).await;
    let ann = Person::citizen(app, "19900009991").await;
    let [clerk, leader] = [Person::officer(app, "binyang-clerk").await, Person::officer(app, "binyang-leader").await];
    let worker = Person::officer(app, "housing-worker-1").await;
    let report = ann.reports("NAMED").await;

    // With the review its hazard is registered and an award proposed.
    let reviewed = |reason: &str| json!({ "reportId": report, "reason": reason });
    let review =
        Step { who: &clerk, name: "confirmReport", input: reviewed("属实"), other: reviewed("属实，很急") };
    has_one_effect(apps, &review, 3).await;
    let hazard = clerk.hazard_of(&report).await;

    let [lead, support] =
        <[String; 2]>::try_from(leader.blows(&hazard, &["520115-housing", "520115-city-management"]).await).unwrap();
    let on = |assignment: &str| json!({ "assignmentId": assignment });
    let claim = Step { who: &worker, name: "claimAssignment", input: on(&lead), other: on(&support) };
    // Another unit's assignment would be refused by itself, so that the id has to be looked at first.
    has_one_effect(apps, &claim, 1).await;
    let far = |metres: f64| {
        json!({ "assignmentId": lead, "farReason": "道路中断",
            "place": { "lng": 106.475 + metres, "lat": 26.6115, "crs": "WGS84" } })
    };
    let check_in = Step { who: &worker, name: "checkIn", input: far(0.01), other: far(0.02) };
    has_one_effect(apps, &check_in, 1).await;

    let reward = Person::officer(app, "reward-1").await;
    let awards = reward.asks("{ awards { edges { node { id } } } }", json!({})).await.ok();
    let award = awards.text("awards.edges.0.node.id").to_owned();
    let step = |award: &str| json!({ "awardId": award });
    let as_post = json!({ "awardId": award, "asPost": Uuid::new_v4() });
    let review = Step { who: &reward, name: "reviewAward", input: step(&award), other: as_post.clone() };
    has_one_effect(apps, &review, 1).await;
    let approver = Person::officer(app, "reward-2").await;
    let approve = Step { who: &approver, name: "approveAward", input: step(&award), other: as_post };
    has_one_effect(apps, &approve, 2).await; // approved, and notified at once
}

/// The author answers once, though the phone sends it eight times.
async fn a_callback_is_answered_once(apps: &[TestApp]) {
    let app = &apps[0];
    import(app).await;
    let ann = Person::citizen(app, "19900009991").await;
    let [clerk, leader] = [Person::officer(app, "binyang-clerk").await, Person::officer(app, "binyang-leader").await];
    let worker = Person::officer(app, "housing-worker-1").await;
    let report = ann.reports("NAMED").await;
    let hazard = clerk.confirms(&report).await;
    let assignment = leader.dispatches(&hazard, &["520115-housing"]).await.remove(0);
    worker.works_on(&assignment).await;
    clerk.judges("acceptWork", &assignment).await.done();
    leader.closes(&hazard).await;

    let said = |solved: bool| json!({ "reportId": report, "contacted": true, "solved": solved });
    let answer = Step { who: &ann, name: "answerCallback", input: said(false), other: said(true) };
    has_one_effect(apps, &answer, 3).await; // the answer itself; the hazard is open again, its award waits
}

#[tokio::test]
async fn requests_have_one_effect_on_sqlite() {
    requests_have_one_effect(&[TestApp::start(Engine::Sqlite).await]).await;
}

#[tokio::test]
async fn requests_have_one_effect_over_two_processes() {
    requests_have_one_effect(&TestApp::start_many(2, Engine::Postgres).await).await;
}

#[tokio::test]
async fn a_callback_is_answered_once_on_sqlite() {
    a_callback_is_answered_once(&[TestApp::start(Engine::Sqlite).await]).await;
}

#[tokio::test]
async fn a_callback_is_answered_once_over_two_processes() {
    a_callback_is_answered_once(&TestApp::start_many(2, Engine::Postgres).await).await;
}

/// A thief of the database cannot try out inputs, such as the numbers that a review contains: without the keys of the
/// installation, neither hash of a request can be computed.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_stored_request_cannot_be_guessed_without_the_keys(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (clerk, ann) = (Person::officer(&app, "binyang-clerk").await, Person::citizen(&app, "19900009991").await);
    let (report, id) = (ann.reports("NAMED").await, Uuid::new_v4());
    clerk.does_as(id, "confirmReport", json!({ "reportId": report, "reason": "属实" })).await.done();
    let withdrawn = Uuid::new_v4();
    let other = ann.reports("NAMED").await;
    ann.does_as(withdrawn, "withdrawReport", json!({ "reportId": other })).await.done();

    let rows = app.rows().await;
    let officers = officer::Entity::find().filter(officer::Column::StaffNo.eq("binyang-clerk"));
    let officer = officers.one(&rows).await.unwrap().unwrap().id;
    let caller = [b"officer".as_slice(), officer.0.as_bytes()].concat();
    let length = (caller.len() as u64).to_be_bytes();
    let key = Sha256::digest([length.as_slice(), &caller, id.as_bytes()].concat()).to_vec();
    let input = Sha256::digest(json!(other).to_string()).to_vec();
    let stored = request::Entity::find().all(&rows).await.unwrap();
    assert_eq!(stored.len(), 2);
    assert!(stored.iter().all(|row| row.request_key != key && row.input_hash != input));
}

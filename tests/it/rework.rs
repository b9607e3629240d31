//! What shows that work is finished, the first time and after a rework 返工.

use futures::future::join_all;
use rstest::rstest;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{import, in_binyang};
use uuid::Uuid;

use crate::todos::rows::todos_follow_from_events;

const PREPARE: &str = "mutation($i: PrepareWorkPhotoInput!) { prepareWorkPhoto(input: $i) { photo { id } } }";

fn photo(assignment: &str, stage: &str, client: Uuid) -> Value {
    json!({ "i": { "assignmentId": assignment, "clientId": client, "sha256": "ab".repeat(32), "bytes": 100,
        "mediaType": "image/jpeg", "stage": stage } })
}

fn finished(assignment: &str, photo: &str) -> Value {
    let place = in_binyang();
    let place = json!({ "lng": place["lng"], "lat": place["lat"], "crs": place["crs"] });
    json!({ "assignmentId": assignment, "measure": "REINFORCEMENT", "photoIds": [photo], "place": place })
}

/// A hazard of which the housing bureau is on site: the clerk, the worker, the assignment and when the worker checked in.
async fn on_site(app: &TestApp) -> (Person, Person, String, Value) {
    import(app).await;
    let (clerk, worker) = (Person::officer(app, "binyang-clerk").await, Person::officer(app, "housing-worker-1").await);
    let hazard = clerk.confirms(&Person::stranger(app).reports("ANONYMOUS").await).await;
    let [assignment] = clerk.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
    worker.steps("claimAssignment", &assignment).await.done();
    worker.checks_in(&assignment).await.done();
    let query = "query($id: UUID!) { hazard(id: $id) { assignments { checkedInAt } } }";
    let seen = clerk.asks(query, json!({ "id": hazard })).await.ok();
    (clerk, worker, assignment, seen.data("hazard.assignments.0.checkedInAt").clone())
}

/// Not a photo from before the work, and after a rework not the same photo once more; a time from before the rework does
/// not count.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn finished_work_is_shown_by_a_new_photo_taken_after_it(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (clerk, worker, assignment, early) = on_site(&app).await;
    for stage in ["BEFORE", "DURING"] {
        let prepared = worker.asks(PREPARE, photo(&assignment, stage, Uuid::new_v4())).await.ok();
        let refused =
            worker.does("finishAssignment", finished(&assignment, prepared.text("prepareWorkPhoto.photo.id"))).await;
        assert_eq!(
            (refused.code(), refused.extension("rule")),
            (Some("EVIDENCE_MISSING"), &json!("finish.after_photos"))
        );
    }
    let old = worker.photographs(&assignment).await;
    worker.does("finishAssignment", finished(&assignment, &old)).await.done();
    clerk.judges("sendToRework", &assignment).await.done();
    worker.steps("claimAssignment", &assignment).await.done();
    worker.checks_in(&assignment).await.done();
    let again = worker.does("finishAssignment", finished(&assignment, &old)).await;
    assert_eq!((again.code(), again.extension("rule")), (Some("EVIDENCE_MISSING"), &json!("finish.new_photo")));
    let new = worker.photographs(&assignment).await;
    let mut input = finished(&assignment, &new);
    input["occurredAt"] = early;
    worker.does("finishAssignment", input).await.done();
    let events = entity::event::Entity::find().all(&app.rows().await).await.unwrap();
    let at =
        |kind: &str| events.iter().filter(|event| event.kind == kind).map(|event| event.occurred_at).max().unwrap();
    assert!(at("FINISHED") >= at("CHECKED_IN") && at("CHECKED_IN") > at("REWORKED"), "a step counts before the rework");
    todos_follow_from_events(&app).await;
}

/// The same announcement many times at once is one photo; photos that never come leave the places of those that do.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn photos_that_never_come_use_up_no_place(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let (_, worker, assignment, _) = on_site(&app).await;
    let same = photo(&assignment, "AFTER", Uuid::new_v4());
    let answers = join_all((0..12).map(|_| worker.asks(PREPARE, same.clone()))).await;
    let ids: Vec<&str> = answers.iter().map(|answer| answer.text("prepareWorkPhoto.photo.id")).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "one photo: {ids:?}");
    for _ in 0..40 {
        worker.asks(PREPARE, photo(&assignment, "AFTER", Uuid::new_v4())).await.done();
    }
    let came = worker.photographs(&assignment).await;
    worker.does("finishAssignment", finished(&assignment, &came)).await.done();
    todos_follow_from_events(&app).await;
}

//! What an officer may see is the same by every way that leads to it.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{import, submission};
use uuid::Uuid;

/// Gives a reward officer of the emergency bureau 应急管理局 a second post: supervisor of the command centre.
async fn appoint_supervisor(app: &TestApp) {
    let file = app.data().join("second-post.csv");
    let posts = "staff_no,role,unit_code,area_code,valid_from,valid_to\n\
                 reward-2,SUPERVISOR,520115-command-centre,520115000000,2024-01-01,\n";
    std::fs::write(&file, posts).unwrap();
    let imported = app.run(&["import", "posts", file.to_str().unwrap()]).await;
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
}

async fn award_of(officer: &Person, hazard: &str) -> Value {
    let query = "query($id: UUID!) { hazard(id: $id) { award { id } } }";
    officer.asks(query, json!({ "id": hazard })).await.ok().data("hazard.award").clone()
}

/// The supervisor's post lets the hazard be seen, as an independent report points to it too; the report that earned the
/// award accuses the unit of the other post.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_award_of_an_accusing_report_is_not_shown_with_its_hazard(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    appoint_supervisor(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let mut input = submission(Uuid::new_v4(), "NAMED");
    input["accusedUnitId"] = clerk.ids_of(&["520115-emergency"]).await.remove(0);
    let citizen = Person::citizen(&app, "19900009991").await;
    let sent = citizen.submits(&input).await.ok();
    let hazard = clerk.confirms(sent.text("submitReport.receipt.reportId")).await;
    let independent = Person::stranger(&app).reports("ANONYMOUS").await;
    let merged = json!({ "reportId": independent, "hazardId": hazard, "reason": "同一处围墙" });
    clerk.does("mergeReport", merged).await.done();
    let other = Person::officer(&app, "reward-1").await;
    let accused = Person::officer(&app, "reward-2").await;

    let award = award_of(&other, &hazard).await;
    let by_id = |officer: Person, id: Value| async move {
        officer.asks("query($id: UUID!) { award(id: $id) { id } }", json!({ "id": id })).await
    };

    assert_eq!(by_id(other, award["id"].clone()).await.ok().data("award.id"), &award["id"]);
    assert_eq!(by_id(accused.clone(), award["id"].clone()).await.code(), Some("NOT_FOUND"));
    assert_eq!(award_of(&accused, &hazard).await, Value::Null);
}

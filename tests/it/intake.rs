//! A report is never lost and never doubled; who handles it does not learn who wrote it.

use futures::future::join_all;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::world::{SUBMIT, import, login, phone_of, submission};
use uuid::Uuid;

tests::on_both_engines! {
    /// Thirty-two phones press at once: one report, one receipt.
    async fn the_same_submission_at_once_gives_one_receipt(app: TestApp) {
        import(&app).await;
        let input = submission(Uuid::new_v4(), "ANONYMOUS");

        let answers = join_all((0..32).map(|_| app.client().post(SUBMIT, json!({ "i": input })))).await;

        let first = answers[0].text("submitReport.receipt.signature").to_owned();
        assert!(answers.iter().all(|answer| answer.text("submitReport.receipt.signature") == first));
        let new = answers.iter().filter(|answer| answer.data("submitReport.replayed") == &json!(false));
        assert_eq!(new.count(), 1);
    }

    async fn the_same_id_with_other_content_is_told_the_stored_hash(app: TestApp) {
        import(&app).await;
        let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
        let kept = app.client().post(SUBMIT, json!({ "i": input })).await.ok();
        input["text"] = json!("另一段文字");

        let refused = app.client().post(SUBMIT, json!({ "i": input })).await;

        assert_eq!(refused.code(), Some("CONTENT_CHANGED"));
        assert_eq!(refused.extension("storedHash"), kept.data("submitReport.receipt.contentHash"));
    }

    async fn whoever_wants_to_be_named_must_log_in(app: TestApp) {
        import(&app).await;

        let refused = app.client().post(SUBMIT, json!({ "i": submission(Uuid::new_v4(), "NAMED") })).await;

        assert_eq!(refused.code(), Some("UNAUTHENTICATED"));
    }

    /// Named and anonymous look the same to the clerk; another township finds nothing.
    async fn a_report_reaches_its_township_and_no_other(app: TestApp) {
        import(&app).await;
        let citizen = login(&app, "REPORTER", "19900009991").await;
        let sent = citizen.post(SUBMIT, json!({ "i": submission(Uuid::new_v4(), "NAMED") })).await.ok();
        let id = sent.text("submitReport.receipt.reportId").to_owned();
        let query = "query($id: UUID!) { report(id: $id) { status receivedAt whyHere history { kind facts } } }";

        let clerk = login(&app, "OFFICER", &phone_of("binyang-clerk")).await;
        let stranger = login(&app, "OFFICER", &phone_of("changling-clerk")).await;
        let seen = clerk.post(query, json!({ "id": id })).await.ok();

        assert_eq!(seen.text("report.status"), "RECEIVED");
        assert!(seen.text("report.receivedAt").contains(":00:00"), "the end of its hour");
        assert_eq!(stranger.post(query, json!({ "id": id })).await.code(), Some("NOT_FOUND"));
        assert_eq!(citizen.post(query, json!({ "id": id })).await.code(), Some("FORBIDDEN"));
        assert_eq!(app.client().post(query, json!({ "id": id })).await.code(), Some("UNAUTHENTICATED"));
    }
}

#[tokio::test]
async fn two_processes_give_one_receipt() {
    let apps = TestApp::start_many(2, Engine::Postgres).await;
    import(&apps[0]).await;
    for _ in 0..10 {
        let input = submission(Uuid::new_v4(), "ANONYMOUS");
        let sent = (0..32).map(|n: usize| apps[n % 2].client().post(SUBMIT, json!({ "i": input })));
        let answers = join_all(sent).await;
        let first = answers[0].text("submitReport.receipt.signature").to_owned();
        assert!(answers.iter().all(|answer| answer.text("submitReport.receipt.signature") == first));
    }
}

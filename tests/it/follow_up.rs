//! Follow-up codes 查询码: every report has one, and shows it to nobody but its author.

use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{import, submission};
use uuid::Uuid;

use crate::report::submit;

/// Every report has a code, whatever it names, and the same one for every repetition. A phone that several people use does not
/// show it to another one of them, nor to an officer.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_report_has_a_follow_up_code(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let [ann, ben] = [Person::citizen(&app, "19900009991").await, Person::citizen(&app, "19900009992").await];
    let (clerk, stranger) = (Person::officer(&app, "binyang-clerk").await, Person::stranger(&app));
    for naming in ["NAMED", "CONFIDENTIAL", "ANONYMOUS"] {
        let input = submission(Uuid::new_v4(), naming);
        let (report, code) = submit(&ann, &input).await;
        assert_eq!(code.len(), 19, "{naming}");
        let shown = if naming == "ANONYMOUS" { code.clone() } else { String::new() };
        for (who, expected) in [(&ann, &code), (&stranger, &code), (&ben, &shown), (&clerk, &shown)] {
            assert_eq!(&submit(who, &input).await, &(report.clone(), expected.clone()), "{naming}");
        }
        let holder = Person::with_code(&app, &report, &code).await;
        let input = json!({ "reportId": report, "text": "裂缝又宽了" });
        holder.does("amendReport", input).await.done();
        assert_eq!(
            holder.asks("{ myReports { nodes { id } } }", json!({})).await.code(),
            Some("FORBIDDEN"),
            "one report"
        );
        holder.does("withdrawReport", json!({ "reportId": report })).await.done();
    }
}

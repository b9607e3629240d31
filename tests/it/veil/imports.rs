//! Imports tell nothing of reports that are still behind the time veil: not that they exist, and not when they arrived.

use entity::{event, report};
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::waiting::until;
use tests::world::import_as_shipped;

use super::{far_ahead, id_of, long_ago, visible_from};
use crate::now::now;
use crate::succession::{ending, run};

/// Keeps a report behind the veil, however long the test takes.
async fn veil(app: &TestApp, report: &str) {
    visible_from(app, report, far_ahead()).await;
    let shown = report::ActiveModel { id: Set(id_of(report)), shown_at: Set(far_ahead()), ..Default::default() };
    report::Entity::update(shown).exec(&app.rows().await).await.unwrap();
}

async fn events_of(app: &TestApp, report: &str) -> Vec<event::Model> {
    let of_report = event::COLUMN.stream.eq(format!("report:{report}"));
    let in_order = event::Entity::find().filter(of_report).order_by_asc(event::COLUMN.stream_version);
    in_order.all(&app.rows().await).await.unwrap()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_import_tells_of_a_report_behind_the_veil_at_its_boundary_only(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_as_shipped(&app).await;
    let report = Person::stranger(&app).reports("ANONYMOUS").await;
    let shown_at = far_ahead();
    veil(&app, &report).await;
    let day = |days| format!("{},OFF,测试\n", (now() + chrono::TimeDelta::days(days)).date_naive());
    let days = (1..=12).map(day).collect::<Vec<_>>().concat();
    let calendar = app.data().join("days.csv");
    std::fs::write(&calendar, format!("date,kind,name\n{days}")).unwrap();

    let done = app.run(&["import", "calendar", calendar.to_str().unwrap()]).await;

    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success() && said.contains("0 running clock(s) have a new due time"), "{said}");
    let recounted = until("the deadline to be counted again", async || {
        let events = events_of(&app, &report).await;
        let last = events.last().filter(|event| event.kind == "RECOUNTED").cloned();
        last.ok_or(events.len())
    })
    .await;
    assert_eq!((recounted.occurred_at, recounted.recorded_at), (shown_at, shown_at));

    // The successor takes it over when it becomes visible, and nothing is said of it before.
    let (ok, said) = run(&app, &ending(&app, &["520115001000"]), &["--successor", "520115002000"]).await;
    assert!(ok && !said.contains("report(s)") && !said.contains(&report), "{said}");
    assert_eq!(events_of(&app, &report).await.len(), 2);
    visible_from(&app, &report, long_ago()).await;
    until("the successor to take over", async || {
        let events = events_of(&app, &report).await;
        if events.last().is_some_and(|event| event.kind == "INHERITED") { Ok(()) } else { Err(events.len()) }
    })
    .await;

    // The version of the rules would tell on which side of an import the report arrived.
    let query = "{ __type(name: \"DeadlineChange\") { fields { name } } }";
    let fields = Person::officer(&app, "command-1").await.asks(query, json!({})).await.ok();
    assert!(fields.body.contains("due") && !fields.body.to_lowercase().contains("version"), "{}", fields.body);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_file_of_successors_need_not_name_a_report_behind_the_veil(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_as_shipped(&app).await;
    let report = Person::stranger(&app).reports("ANONYMOUS").await;
    veil(&app, &report).await;
    let township = ending(&app, &["520115001000"]);
    let (_, told) = run(&app, &township, &["--dry-run"]).await;
    let posts = told.lines().filter(|line| line.starts_with("post,"));
    let named = posts.map(|line| format!("{line}520115002000\n")).collect::<Vec<_>>().concat();
    let file = app.data().join("successors.csv");
    std::fs::write(&file, format!("kind,id,unit\n{named}")).unwrap();

    let (ok, said) = run(&app, &township, &["--successors", file.to_str().unwrap()]).await;

    assert!(ok && !said.contains(&report), "{said}");
    let waiting = report::Entity::find_by_id(id_of(&report));
    visible_from(&app, &report, long_ago()).await;
    entity::unassigned_report::Entity::update_many()
        .set(entity::unassigned_report::ActiveModel { since: Set(long_ago()), ..Default::default() })
        .exec(&app.rows().await)
        .await
        .unwrap();
    until("another unit to be found", async || {
        let row = waiting.clone().one(&app.rows().await).await.unwrap().unwrap();
        if row.version == 2 { Ok(()) } else { Err(row.version) }
    })
    .await;
    assert_eq!(events_of(&app, &report).await[1].kind, "ASSIGNED");
}
